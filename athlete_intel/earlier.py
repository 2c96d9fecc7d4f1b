"""What a new snapshot takes over from those before: ranks, clusters with their identities, and alerts."""

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from athlete_intel.bundles import Before, Formed
from athlete_intel.bundles.identity import GONE
from athlete_intel.errors import NoSnapshotError
from athlete_intel.monitoring.drift import no_rows
from athlete_intel.warehouse import Snapshot, Snapshots


@dataclass(frozen=True)
class Earlier:
    """Reads from the newest snapshot whose data end before a time; alerts from the one in use, whatever its time.

    A snapshot of an older version of the product may lack a table; then there is nothing to take over.
    """

    snapshots: Snapshots

    def ranks(self, as_of: datetime) -> pd.Series:
        """Rank by athlete_id."""
        older = self._with("rankings", as_of)
        if older is None:
            return pd.Series(dtype="Int64")
        return self.snapshots.read("rankings", ["athlete_id", "rank"], snapshot=older).set_index("athlete_id")["rank"]

    def clusters(self, as_of: datetime) -> Before:
        """The clusters, which are kept, or at least their identities."""
        older = self._with("cluster_groups", as_of)
        if older is None:
            return Before()
        groups = self.snapshots.read("cluster_groups", ["identity", "state", "went_to"], snapshot=older)
        members = self.snapshots.read("clusters", ["athlete_id", "identity"], snapshot=older)
        offered = self.snapshots.read("plan_athletes", ["athlete_id", "bundle_offers"], snapshot=older)
        ended = groups[groups["state"] == GONE]
        gone = dict(zip(ended["identity"], ended["went_to"].fillna(""), strict=True))
        return Before(members, gone, offered.set_index("athlete_id")["bundle_offers"], self._formed(older))

    def _formed(self, older: Snapshot) -> Formed | None:
        """The groups of a snapshot with what they were formed of, if it tells."""
        if "cluster_formation" not in older.rows:
            return None

        def read(table: str) -> pd.DataFrame:
            return self.snapshots.read(table, snapshot=older)

        return Formed(
            formation=read("cluster_formation"),
            base=read("cluster_base"),
            catalogue=read("feature_catalogue"),
            settings=read("cluster_settings"),
            clusters=read("clusters"),
            groups=read("cluster_groups"),
            memberships=read("cluster_memberships"),
        )

    def alerts(self) -> pd.DataFrame:
        """The published table `alerts` of the snapshot in use: what people see as open is what goes on or ends.

        Its data may end on the same day as those of the new one; an alert is not new because it is computed again.
        """
        try:
            current = self.snapshots.current()
            return self.snapshots.read("alerts", snapshot=current) if "alerts" in current.rows else no_rows("alerts")
        except NoSnapshotError:
            return no_rows("alerts")

    def _with(self, table: str, as_of: datetime) -> Snapshot | None:
        for snapshot in self.snapshots.all():
            if self.snapshots.read("dataset", ["as_of"], snapshot=snapshot)["as_of"].iloc[0] < pd.Timestamp(as_of):
                return snapshot if table in snapshot.rows else None
        return None
