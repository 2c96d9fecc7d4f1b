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


def test_groups_come_with_what_they_were_formed_of_unless_the_snapshot_is_from_before_that_was_kept(
    tmp_path: Path,
) -> None:
    tables = literal_tables()
    tables["cluster_base"] = pd.DataFrame([("athlete-01", "likes_median", 5.0), ("athlete-02", "likes_median", None)])
    tables["cluster_base"].columns = ["athlete_id", "feature", "value"]
    publish(tmp_path / "now", tables)
    formed = Earlier(Snapshots(tmp_path / "now")).clusters(AS_OF + pd.Timedelta(days=1)).formed
    assert formed is not None
    assert formed.base["value"].tolist()[0] == 5.0
    assert formed.base["value"].isna().tolist() == [False, True]
    assert formed.formation["formed_at"].tolist() == [AS_OF]
    assert formed.catalogue["feature"].tolist() == tables["feature_catalogue"]["feature"].tolist()
    for name in ("cluster_base", "cluster_formation"):
        del tables[name]
    publish(tmp_path / "old", tables)
    before = Earlier(Snapshots(tmp_path / "old")).clusters(AS_OF + pd.Timedelta(days=1))
    assert before.formed is None
    assert set(before.members["identity"].dropna()) == {"C1", "C2", "C3"}
