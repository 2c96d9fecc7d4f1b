"""A small mapping, and a workspace in a temporary folder, for the tests of the import."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd

from athlete_intel.sources.importer import ImportReport, import_files, store_path
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Database

NOW = datetime(2026, 3, 1, 12)

MAPPING = """
name = "vendor"
title = "A vendor's export"
max_bad_share = {share}

[outcome]
name = "engagements"
label = "Engagements"
window_days = 7
rate_cents_per_1000 = 500

[[files]]
path = "{path}"
{file_settings}

[[files.tables]]
table = "athletes"
many_rows_a_key = true
[files.tables.columns]
athlete_id = "slug(name)"
name = "name"

[[files.tables]]
table = "posts"
[files.tables.columns]
platform = "'x'"
post_id = "post"
athlete_id = "slug(name)"
published_at = "at"
likes = "likes"
"""

HEADER = "post,name,at,likes\n"


def small_mapping(*, path: str = "posts.csv", share: float = 1.0, file_settings: str = "") -> str:
    """The text of a mapping of one file with the columns post, name, at, likes to athletes and posts."""
    return MAPPING.format(path=path, share=share, file_settings=file_settings)


class Workspace:
    """Files to import, their mapping, and the store that they are imported to."""

    def __init__(self, folder: Path, mapping: str | None = None) -> None:
        self.inbox = folder / "inbox"
        self.home = folder / "workspace"
        self.mapping_file = folder / "vendor.toml"
        self.inbox.mkdir()
        self.home.mkdir()
        self.use(mapping or small_mapping())

    def use(self, mapping: str) -> None:
        """Write the mapping file anew."""
        self.mapping_file.write_text(mapping, encoding="utf-8")

    def write(self, content: str | bytes, name: str = "posts.csv") -> Path:
        """Put a file into the inbox; text is written as UTF-8, with its line ends as they are."""
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, content: str | bytes | None = None, now: datetime = NOW) -> ImportReport:
        """Import the inbox, after writing `content` as posts.csv if it is given."""
        if content is not None:
            self.write(content)
        mapping = load_mapping(str(self.mapping_file))
        with Database(store_path(self.home)) as store:
            return import_files(store, mapping, self.inbox, now, refused_folder=self.home)

    def table(self, name: str) -> pd.DataFrame:
        """A table of the store, sorted by all its columns."""
        with Database(store_path(self.home), read_only=True) as store:
            return store.query(f"SELECT * FROM {name} ORDER BY ALL")

    def posts(self) -> Mapping[str, int | None]:
        """Likes by post."""
        posts = self.table("posts")
        return {
            post: None if pd.isna(likes) else int(likes)
            for post, likes in zip(posts["post_id"], posts["likes"], strict=True)
        }

    def quarantine(self) -> list[tuple[object, ...]]:
        """What was not loaded, as (line, column, value, reason), without saying it again for the second table."""
        rows = self.table("quarantine")
        columns = [rows[name] for name in ("line", "column_name", "value", "reason")]
        found = [tuple(None if pd.isna(value) else value for value in values) for values in zip(*columns, strict=True)]
        return list(dict.fromkeys(found))

    def dump(self) -> dict[str, str]:
        """Every table of the store as text."""
        with Database(store_path(self.home), read_only=True) as store:
            return {name: store.query(f"SELECT * FROM {name} ORDER BY ALL").to_csv() for name in store.tables()}
