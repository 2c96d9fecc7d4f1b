"""What stands on the screen where something cannot be shown: what is wrong, and the commands that mend it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from athlete_intel.errors import AthleteIntelError, BusyError, NoSnapshotError, WarehouseError
from athlete_intel.settings import Settings
from athlete_intel.ui import formats, frame, reads, sign_in
from athlete_intel.warehouse import Snapshots
from athlete_intel.warehouse.snapshots import POINTER

_COMMAND = re.compile(r"`(athlete-intel[^`]*)`")
_FOLDER_NAME = re.compile(r"[\w-]+")
_TITLE = "This data set cannot be shown"
_SAFE = "What people decided stands in the journal, which neither of them changes."


@dataclass
class Place:
    """Where the app is reading, as far as it has come; commands on the screen then name it."""

    folder: Path | None = None
    settings: Settings | None = None
    page: Page | None = None

    def command(self, words: str) -> str:
        """A command of ours for the workspace, if one is known."""
        return _command(self.folder, words) if self.folder else f"athlete-intel {words}"


@contextmanager
def errors_in_words() -> Iterator[Place]:
    """An error becomes a sentence and the command that mends it; a stack trace is for the log."""
    place = Place()
    try:
        yield place
    except AthleteIntelError as error:
        _show(error, place)
    except OSError as error:
        where = f"{error.filename} cannot be read" if error.filename else "A file cannot be read"
        _show(AthleteIntelError(f"{where}: {error.strerror or error}."), place)


def gave_way(settings: Settings, wanted: str, shown: str) -> None:
    """That the data set that is usually shown is not there to be shown, and which one stands here instead."""
    why = "has no published snapshot here" if sign_in.person() is None else "is not among those published for you"
    told = f"The data set {wanted!r} {why}. What follows is {reads.title(settings.home / shown)}."
    st.warning(formats.plain(told), icon=":material/link_off:")


def no_such_data_set(settings: Settings, wanted: str, there: list[str], page: Page) -> None:
    """Why the data set that the link names is not shown, how it comes here, and links to those that are here.

    Another one is not shown in its place: its figures would be taken for those that were asked for.

    Args:
        settings: of the app.
        wanted: by the link, so any text.
        there: names of the data sets that can be shown.
        page: the one asked for.
    """
    st.title(_TITLE)
    folder = settings.home / wanted if _FOLDER_NAME.fullmatch(wanted) else None
    if sign_in.person() is not None:
        _wrong(f"The data set {wanted!r}, which the link names, is not among those published for you.")
    elif folder is not None and Snapshots(folder).all():
        _wrong(f"{reads.title(folder)} has snapshots here, but none of them is published at the moment.")
        _ways_out(folder)
        _again()
    else:
        _wrong(f"The link names {wanted!r}, and no data set of that name is here.")
        if folder is not None:
            st.markdown("If it should be here, this reads its files from FOLDER, as MAPPING says, and publishes them:")
            frame.command(_command(folder, "cycle MAPPING --from FOLDER"))
            _again()
    _those_here(settings, there, page)


def _those_here(settings: Settings, there: list[str], page: Page) -> None:
    """Links to the same page of other data sets."""
    frame.section("Data sets that are here")
    for name, title in reads.titles(settings, there).items():
        st.page_link(page, label=formats.plain(title), icon=":material/database:", query_params={"data": name})


def _show(error: AthleteIntelError, place: Place) -> None:
    sentence, _, sql = str(error).partition(" The SQL was: ")
    store = Snapshots(place.folder) if place.folder else None
    if isinstance(error, NoSnapshotError) and store is not None and not _was_published(store):
        _begin(store.folder)
    elif isinstance(error, NoSnapshotError) and store is not None and not _is_whole(store):
        st.title(_TITLE)
        is_missing = any(words in sentence for words in ("is gone", "is not there"))
        fault = "missing" if is_missing else "damaged"
        _wrong(f"The published snapshot of {reads.title(store.folder)} is {fault}.")
        _ways_out(store.folder)
        frame.note(_COMMAND.split(sentence)[0].removesuffix("Run ").removesuffix("run ").rstrip(" ;"))
    else:
        st.title(_TITLE if place.folder else "This cannot be shown")
        _tell(sentence, place, error)
    if isinstance(error, BusyError | NoSnapshotError):
        _again()
    if place.settings is not None and place.page is not None and place.folder is not None:
        known = sign_in.data_sets(reads.workspaces(place.settings.home), place.settings.workspace)
        if others := [name for name in known if name != place.folder.name]:
            _those_here(place.settings, others, place.page)
    if sql:
        st.caption("If that does not help, the data may come from another version of the product.")


def _again() -> None:
    """What to press once a command has run."""
    st.button("Try again", icon=":material/refresh:")


def _wrong(sentence: str) -> None:
    st.error(formats.plain(sentence), icon=":material/error:")


def _begin(folder: Path) -> None:
    """Nothing was published yet: how to come to a first snapshot."""
    st.title("Nothing to show yet")
    frame.nothing_here(f"Nothing has been published in {folder} yet.")
    frame.say("This reads your files and publishes them. MAPPING says what they hold, and FOLDER holds them:")
    frame.command(_command(folder, "cycle MAPPING --from FOLDER"))
    frame.say("Without any files, these make some up and read them:")
    frame.command("athlete-intel demo --to world")
    frame.command(_command(folder, "cycle demo --from world"))


def _ways_out(folder: Path) -> None:
    """The commands after which something is published again, each with what it does."""
    before = Snapshots(folder).before()
    if before is not None:
        frame.say(f"This goes back to the snapshot of {formats.snapshot(before.id)}, at once:")
        frame.command(_command(folder, "snapshots rollback"))
    frame.say("This builds a new snapshot out of what was imported, which takes longer:")
    frame.command(_command(folder, "build --force"))
    frame.note(_SAFE)


def _tell(sentence: str, place: Place, error: AthleteIntelError) -> None:
    """An error in its own words; the commands in it stand where they are named, so that each can be copied."""
    first, *rest = _COMMAND.split(sentence)
    _wrong(f"{first.strip().rstrip(':')}:" if rest else first)
    for command, text in zip(rest[::2], rest[1::2], strict=True):
        frame.command(command)
        if words := text.strip(" .;,"):
            frame.say(words)
    for command in [] if rest else _usual_commands(error, place):
        frame.command(command)


def _usual_commands(error: AthleteIntelError, place: Place) -> list[str]:
    if isinstance(error, BusyError):
        return []
    mend = ("snapshots rollback", "build --force") if isinstance(error, WarehouseError) else ("doctor",)
    return [place.command(words) for words in mend]


def _command(folder: Path, words: str) -> str:
    return Snapshots(folder).command(words).strip("`")


def _was_published(store: Snapshots) -> bool:
    """Whether anything was ever published there, whole or not."""
    try:
        return (store.folder / POINTER).exists() or bool(store.all())
    except OSError:
        return True


def _is_whole(store: Snapshots) -> bool:
    """Whether what is published can be read; what went wrong then lies elsewhere."""
    try:
        return store.is_whole(store.current())
    except NoSnapshotError:
        return False
