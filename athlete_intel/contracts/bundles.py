"""The published tables on clusters, and on the bundles that are made of them."""

from athlete_intel.contracts.model import Column, Table

_ATHLETE_ID = Column("athlete_id", "text", "The athlete.")
_IDENTITY = Column("identity", "text", "The cluster's name for good, such as C3: a retrain keeps it.")

BUNDLE_TABLES = (
    Table(
        "clusters",
        "Which athletes are alike.",
        ("athlete_id",),
        (
            _ATHLETE_ID,
            Column("cluster", "integer", "Number of the cluster in this snapshot; -1 for athletes unlike any group."),
            Column("identity", "text", "The cluster's name for good; a retrain keeps it.", nullable=True),
            Column("strength", "number", "Strength of membership, 0 to 1."),
            Column("exemplar", "boolean", "Whether the athlete stands at the heart of the cluster."),
            Column("x", "number", "First axis of the map: the direction in which athletes differ most."),
            Column("y", "number", "Second axis of the map."),
        ),
    ),
    Table(
        "cluster_groups",
        "The clusters, and what became of those of the snapshot before.",
        ("identity",),
        (
            _IDENTITY,
            Column("cluster", "integer", "Its number in this snapshot; missing where it is gone.", nullable=True),
            Column("name", "text", "Name from what sets its members apart; empty where it is gone."),
            Column("why", "text", "The figures behind the name, in words."),
            Column("members", "integer", "Athletes in it."),
            Column("strength", "number", "Mean strength of membership, 0 to 1.", nullable=True),
            Column("stability", "number", "Mean best Jaccard similarity over resamples, 0 to 1.", nullable=True),
            Column("offered", "boolean", "Whether it is stable enough to make bundles of."),
            Column("state", "text", "same, new, split off, merged or gone, against the snapshot before."),
            Column("came_from", "text", "Clusters before that at least a fifth of the members were in."),
            Column("went_to", "text", "For one that is gone, where at least a fifth of its members are now."),
            Column("kept", "number", "Share of the former members who are still in it.", nullable=True),
        ),
    ),
    Table(
        "cluster_memberships",
        "How much of each cluster is in each athlete; what is missing is below 1%.",
        ("athlete_id", "identity"),
        (_ATHLETE_ID, _IDENTITY, Column("membership", "number", "Soft membership, 0 to 1.")),
    ),
    Table(
        "cluster_settings",
        "The settings of HDBSCAN that were tried, in order, and which of them the rule took.",
        ("setting",),
        (
            Column("setting", "integer", "Number of the setting."),
            Column("size_share", "number", "Smallest cluster, as a share of the athletes."),
            Column("neighbours", "integer", "Neighbours that make a spot dense."),
            Column("method", "text", "eom for clusters of any size, leaf for the finest ones."),
            Column("on_plane", "boolean", "Whether the plane of the two main directions was searched."),
            Column("clusters", "integer", "Clusters found."),
            Column("noise", "number", "Share of athletes in none."),
            Column("largest", "number", "Share of athletes in the largest."),
            Column("validity", "number", "Density-based validity; missing for one cluster or none.", nullable=True),
            Column("stable", "number", "Share of athletes in clusters that came back, if tested.", nullable=True),
            Column("chosen", "boolean", "Whether the rule took it."),
        ),
    ),
    Table(
        "bundles",
        "One package for each cluster that is offered.",
        ("bundle_id",),
        (
            Column("bundle_id", "text", "Identity of the bundle."),
            Column("name", "text", "Name from what sets its members apart."),
            Column("why", "text", "The figures behind the name, in words."),
            Column("members", "integer", "Athletes in it."),
            Column("expected", "number", "Mean outcome of one story by each member.", "outcome"),
            Column("low", "number", "Sum of the members' lower ends: a cautious bound.", "outcome"),
            Column("high", "number", "Sum of the members' upper ends.", "outcome"),
            Column("cost_cents", "integer", "Mean pay of one story by each member.", "cents"),
            Column("low_cents", "integer", "Sum of the members' lower ends.", "cents"),
            Column("high_cents", "integer", "Sum of the members' upper ends.", "cents"),
            Column("strength", "number", "Mean strength of membership, 0 to 1."),
            Column("stability", "number", "Whether the cluster comes back in resamples, 0 to 1."),
        ),
    ),
)
