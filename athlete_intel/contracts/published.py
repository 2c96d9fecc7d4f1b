"""The tables that a snapshot adds to the raw ones; the app reads nothing else.

`training_rows` and `scoring_rows` have one more column for each feature, so only their fixed columns stand here.
"""

from athlete_intel.contracts.model import Column, Table

_PROFILE = (
    Column("name", "text", "Name as people write it."),
    Column("kind", "text", "person, team, league, brand or media.", nullable=True),
    Column("sport", "text", "Sport.", nullable=True),
    Column("league", "text", "League or conference.", nullable=True),
    Column("team", "text", "Team or school.", nullable=True),
    Column("position", "text", "Position played.", nullable=True),
    Column("country", "text", "Country, or state inside one.", nullable=True),
    Column("gender", "text", "Gender of the competition.", nullable=True),
)
_ATHLETE_ID = Column("athlete_id", "text", "The athlete.")
_PREDICTION = (
    Column("predicted", "number", "Expected outcome: the middle of the range.", "outcome"),
    Column("low", "number", "Lower end of the range.", "outcome", nullable=True),
    Column("high", "number", "Upper end of the range.", "outcome", nullable=True),
)
_ERRORS = (
    Column("rows", "integer", "Predictions that have an actual outcome."),
    Column("mae_log", "number", "Mean absolute error of log(1 + outcome)."),
    Column("bias_log", "number", "Mean of predicted minus actual log(1 + outcome); above 0 is too high."),
    Column("coverage", "number", "Share of actual outcomes inside their range.", nullable=True),
)
_FEATURE = (
    Column("feature", "text", "Name of the feature, as in the feature catalogue."),
    Column("label", "text", "Name of the feature as people read it."),
)

_TABLES = (
    Table(
        "dataset",
        "What the snapshot is about; one row.",
        ("title",),
        (
            Column("title", "text", "Name of the data set."),
            Column("source", "text", "Where the data come from."),
            Column("made_up", "boolean", "True for demo data; every page then says so."),
            Column("rows_are", "text", "'stories' or 'athletes': what one row of the training data is."),
            Column("outcome_name", "text", "The outcome in lower case, plural, such as page views."),
            Column("outcome_label", "text", "The outcome with its frame, such as Page views of a story in 28 days."),
            Column("outcome_unit", "text", "Prefix or word for one number: '$', or '' for a plain count."),
            Column("window_days", "integer", "Days after which an outcome is final.", "days"),
            Column("as_of", "timestamp", "Features look no further than this.", "UTC"),
            Column("interval", "number", "Share of outcomes that a range should hold."),
            Column("model_version", "text", "Version of the model behind every prediction."),
            Column("rate_card", "text", "Name of the rates behind every payout."),
            Column("rate_cents_per_1000", "integer", "Pay for each 1,000 of the outcome.", "cents"),
        ),
    ),
    Table(
        "feature_catalogue",
        "Every feature with its name for people.",
        ("feature",),
        (
            *_FEATURE,
            Column("scale", "text", "'log' for heavy-tailed counts, 'linear' otherwise."),
            Column("profile", "text", "Part in the social profile: 'level', 'habit' or 'no'."),
            Column("null_share", "number", "Share of athletes today without a value."),
            Column("in_model", "boolean", "Whether the model uses it."),
        ),
    ),
    Table(
        "training_rows",
        "One row a story (or an athlete, where a data set only has aggregates): features as of then, and the outcome.",
        ("row_id",),
        (
            Column("row_id", "text", "The story, or the athlete where there are no stories."),
            _ATHLETE_ID,
            Column("as_of", "timestamp", "Features use what was known by then.", "UTC"),
            Column("outcome_known_at", "timestamp", "When the outcome became known.", "UTC"),
            Column("outcome", "number", "The outcome.", "outcome"),
        ),
    ),
    Table("scoring_rows", "Features of each athlete as of the day of the snapshot.", ("athlete_id",), (_ATHLETE_ID,)),
    Table(
        "model_candidates",
        "The models compared on outcomes they had not seen.",
        ("candidate",),
        (
            Column("candidate", "text", "Name of the candidate."),
            Column("label", "text", "The candidate in words."),
            *_ERRORS,
            Column("mae_log_se", "number", "Standard error of mae_log."),
            Column("r2_log", "number", "R² of log(1 + outcome).", nullable=True),
            Column("chosen", "boolean", "Whether this candidate makes the predictions."),
            Column("why", "text", "Why it was chosen or not."),
        ),
    ),
    Table(
        "coefficients",
        "The chosen model itself, where it is linear.",
        ("feature",),
        (
            *_FEATURE,
            Column("weight", "number", "Change of log(1 + outcome) for one spread of the transformed feature."),
            Column("centre", "number", "Mean of the transformed feature in training."),
            Column("spread", "number", "Standard deviation of the transformed feature in training."),
        ),
    ),
    Table(
        "backtest",
        "Predictions of the chosen model for outcomes it had not seen, and what came.",
        ("row_id", "window"),
        (
            Column("row_id", "text", "The story, or the athlete where there are no stories."),
            _ATHLETE_ID,
            Column("as_of", "timestamp", "Features use what was known by then.", "UTC"),
            Column("window", "text", "Time window, or fold, in which it was tested."),
            *_PREDICTION,
            Column("baseline", "number", "What the naive baseline predicted.", "outcome"),
            Column("actual", "number", "The outcome that came.", "outcome"),
        ),
    ),
    Table(
        "rankings",
        "Athletes by expected outcome of their next story.",
        ("athlete_id",),
        (
            Column("rank", "integer", "1 for the highest expected outcome; ties broken by athlete_id."),
            _ATHLETE_ID,
            *_PROFILE,
            *_PREDICTION,
            Column("followers", "integer", "Latest followers over all platforms.", nullable=True),
            Column("follower_rank", "integer", "Rank by followers, for comparison.", nullable=True),
            Column("outcomes_seen", "integer", "Known past outcomes of this athlete."),
        ),
    ),
    Table(
        "drivers",
        "What moves an athlete's prediction away from the typical one; effects add up in log(1 + outcome).",
        ("athlete_id", "feature"),
        (
            _ATHLETE_ID,
            *_FEATURE,
            Column("value", "number", "The athlete's value.", nullable=True),
            Column("typical", "number", "The typical value in training."),
            Column("effect_log", "number", "Change of predicted log(1 + outcome) against the typical value."),
        ),
    ),
    Table(
        "payouts",
        "Expected pay of each athlete's next story.",
        ("athlete_id",),
        (
            _ATHLETE_ID,
            Column("expected_cents", "integer", "Expected pay.", "cents"),
            Column("low_cents", "integer", "Lower end of the range.", "cents"),
            Column("high_cents", "integer", "Upper end of the range.", "cents"),
            Column("rate_cents_per_1000", "integer", "Pay for each 1,000 of the outcome.", "cents"),
            Column("rate_card", "text", "Name of the rates used."),
            Column("model_version", "text", "Version of the model behind the prediction."),
            Column("snapshot_id", "text", "Snapshot in which it was computed."),
        ),
    ),
    Table(
        "clusters",
        "Which athletes are alike.",
        ("athlete_id",),
        (
            _ATHLETE_ID,
            Column("cluster", "integer", "Number of the cluster; -1 for athletes unlike any group."),
            Column("strength", "number", "Strength of membership, 0 to 1."),
            Column("bundle_id", "text", "The bundle made of the cluster.", nullable=True),
            Column("x", "number", "First axis of the map: the direction in which athletes differ most."),
            Column("y", "number", "Second axis of the map."),
        ),
    ),
    Table(
        "bundles",
        "One package for each cluster.",
        ("bundle_id",),
        (
            Column("bundle_id", "text", "Identity of the bundle."),
            Column("name", "text", "Name from what sets its members apart."),
            Column("why", "text", "The figures behind the name, in words."),
            Column("members", "integer", "Athletes in it."),
            Column("expected", "number", "Expected outcome of one story by each member.", "outcome"),
            Column("low", "number", "Sum of the members' lower ends: a cautious bound.", "outcome"),
            Column("high", "number", "Sum of the members' upper ends.", "outcome"),
            Column("cost_cents", "integer", "Expected pay of one story by each member.", "cents"),
            Column("low_cents", "integer", "Sum of the members' lower ends.", "cents"),
            Column("high_cents", "integer", "Sum of the members' upper ends.", "cents"),
            Column("strength", "number", "Mean strength of membership, 0 to 1."),
        ),
    ),
    Table(
        "accuracy_by_window",
        "Errors of the chosen model by time window or fold.",
        ("window",),
        (
            Column("window", "text", "Time window, or fold."),
            *_ERRORS,
            Column("baseline_mae_log", "number", "The same error of the naive baseline."),
        ),
    ),
    Table(
        "accuracy_by_group",
        "Errors of the chosen model by group of athletes, weakest first.",
        ("grouping", "value"),
        (
            Column("grouping", "text", "What groups them: sport, team, position, tier …"),
            Column("value", "text", "The group."),
            *_ERRORS,
        ),
    ),
    Table(
        "drift",
        "Each feature in the analysis window against the reference window; empty where a data set has one day only.",
        ("feature",),
        (
            *_FEATURE,
            Column("reference_from", "timestamp", "Start of the reference window.", "UTC"),
            Column("reference_to", "timestamp", "End of the reference window.", "UTC"),
            Column("analysis_from", "timestamp", "Start of the analysis window.", "UTC"),
            Column("analysis_to", "timestamp", "End of the analysis window.", "UTC"),
            Column("reference_rows", "integer", "Rows with a value in the reference window."),
            Column("analysis_rows", "integer", "Rows with a value in the analysis window."),
            Column("reference_null_share", "number", "Share of empty values in the reference window."),
            Column("analysis_null_share", "number", "Share of empty values in the analysis window."),
            Column("psi", "number", "Population stability index.", nullable=True),
            Column("psi_threshold", "number", "PSI from which the feature counts as drifting."),
            Column("ks", "number", "Kolmogorov-Smirnov distance.", nullable=True),
            Column(
                "ks_p", "number", "Its p-value, times the number of features (Bonferroni), at most 1.", nullable=True
            ),
            Column("ks_p_threshold", "number", "p-value under which the feature counts as drifting."),
            Column("drifting", "boolean", "Whether both tests say so."),
        ),
    ),
    Table(
        "drift_bins",
        "The two distributions of each feature, in tenths of the reference window.",
        ("feature", "bin"),
        (
            Column("feature", "text", "Name of the feature."),
            Column("bin", "integer", "Number of the bin, from 0."),
            Column("bin_from", "number", "Lower end of the bin.", nullable=True),
            Column("bin_to", "number", "Upper end of the bin.", nullable=True),
            Column("reference_share", "number", "Share of the reference window in it."),
            Column("analysis_share", "number", "Share of the analysis window in it."),
        ),
    ),
    Table(
        "imports",
        "Each file read, with its newest import.",
        ("mapping", "file"),
        (
            Column("mapping", "text", "Mapping used."),
            Column("file", "text", "File, as seen from the folder of the import."),
            Column("sha256", "text", "Fingerprint of the file."),
            Column("imported_at", "timestamp", "When it was last loaded.", "UTC"),
            Column("lines", "integer", "Rows read from the file."),
            Column("bad_lines", "integer", "Rows of the file with something in quarantine."),
        ),
    ),
    Table(
        "quarantine",
        "Every value that was not loaded, and why.",
        ("mapping", "file", "line", "table_name", "column_name"),
        (
            Column("mapping", "text", "Mapping used."),
            Column("file", "text", "File, as seen from the folder of the import."),
            Column("line", "integer", "Line of the file, from 1 (row number in Parquet)."),
            Column("table_name", "text", "Table it was meant for."),
            Column("column_name", "text", "Column it was meant for."),
            Column("value", "text", "What stood there, cut to 200 characters.", nullable=True),
            Column("reason", "text", "What is wrong with it."),
        ),
    ),
    Table(
        "table_facts",
        "Size and freshness of each raw table.",
        ("table_name",),
        (
            Column("table_name", "text", "Raw table."),
            Column("about", "text", "What it holds."),
            Column("rows", "integer", "Number of rows."),
            Column("athletes", "integer", "Athletes with at least one row.", nullable=True),
            Column("oldest", "timestamp", "Oldest time in it.", "UTC", nullable=True),
            Column("newest", "timestamp", "Newest time in it.", "UTC", nullable=True),
        ),
    ),
)

PUBLISHED_TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
"""The published tables by name."""
