"""What a new snapshot takes over from the one before."""

from pathlib import Path

import pandas as pd

from athlete_intel.earlier import Earlier
from athlete_intel.warehouse import Snapshots
from tests.fixture_snapshot import AS_OF, literal_tables, publish


def test_identities_that_are_gone_stay_so_with_where_their_members_went(tmp_path: Path) -> None:
    tables = literal_tables()
    gone = pd.DataFrame([("C7", "gone", "C1, C2", "", "", 0, False)])
    gone.columns = ["identity", "state", "went_to", "name", "why", "members", "offered"]
    groups = pd.concat([tables["cluster_groups"], gone.assign(came_from="")], ignore_index=True)
    tables["cluster_groups"] = groups.astype({"cluster": "Int64"})
    publish(tmp_path, tables)
    before = Earlier(Snapshots(tmp_path)).clusters(AS_OF + pd.Timedelta(days=1))
    assert before.gone == {"C7": "C1, C2"}
    assert set(before.members["identity"].dropna()) == {"C1", "C2", "C3"}
    assert Earlier(Snapshots(tmp_path)).clusters(AS_OF).gone == {}
