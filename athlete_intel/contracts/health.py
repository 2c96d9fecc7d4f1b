"""The published tables about the health of model and data: drift, its history, and what tells the windows apart."""

from athlete_intel.contracts.model import Column, Table

_FEATURE = (
    Column("feature", "text", "Name of the feature, as in the feature catalogue; or predicted, or outcome."),
    Column("label", "text", "Name of the feature as people read it."),
)
_WINDOWS = (
    Column("reference_from", "timestamp", "Start of the reference window.", "UTC"),
    Column("reference_to", "timestamp", "End of the reference window.", "UTC"),
    Column("analysis_from", "timestamp", "Start of the analysis window.", "UTC"),
    Column("analysis_to", "timestamp", "End of the analysis window.", "UTC"),
)

HEALTH_TABLES = (
    Table(
        "drift",
        "Each feature in the analysis window against the reference window; empty where a data set has one day only.",
        ("feature",),
        (
            *_FEATURE,
            *_WINDOWS,
            Column("reference_rows", "integer", "Rows with a value in the reference window."),
            Column("analysis_rows", "integer", "Rows with a value in the analysis window."),
            Column("reference_null_share", "number", "Share of empty values in the reference window."),
            Column("analysis_null_share", "number", "Share of empty values in the analysis window."),
            Column("psi", "number", "Population stability index.", nullable=True),
            Column("psi_threshold", "number", "PSI from which the feature counts as drifting."),
            Column("ks", "number", "Kolmogorov-Smirnov distance; of numbers only.", nullable=True),
            Column("ks_p", "number", "p-value of the whole distribution, corrected, at most 1.", nullable=True),
            Column("ks_p_threshold", "number", "Corrected p-value under which a feature counts as drifting."),
            Column("drifting", "boolean", "Whether a size and its p-value say so."),
            Column("kind", "text", "'number' (Kolmogorov-Smirnov) or 'category' (chi-square)."),
            Column("js", "number", "Jensen-Shannon distance of the bins, base 2, 0 to 1.", nullable=True),
            Column("ks_error", "number", "The distance is at most by this larger than it says.", nullable=True),
            Column("chi_square", "number", "Pearson's statistic; of categories only.", nullable=True),
            Column("design", "number", "Design effect: below 1 where the same athletes fill both.", nullable=True),
            Column("athletes", "integer", "Athletes with values in both windows."),
            Column("shift", "number", "Mean change of the athletes' own level, on the model's scale.", nullable=True),
            Column("shift_size", "number", "The same in units of the spread of such changes.", nullable=True),
            Column(
                "shift_usual", "number", "What whole windows shift at most by chance, on that scale.", nullable=True
            ),
            Column("shift_p", "number", "Its p-value, corrected, at most 1.", nullable=True),
            Column("shift_threshold", "number", "Size of the shift from which it counts as drift."),
            Column("null_p", "number", "Corrected p-value of the change of the share of empty values.", nullable=True),
            Column(
                "null_usual", "number", "What that share strays by in whole windows at most by chance.", nullable=True
            ),
            Column("null_share_threshold", "number", "Change of that share from which it counts as drift."),
            Column("why", "text", "What drifts: distribution, own level, empty values.", nullable=True),
            Column("money_cents", "integer", "What it moves in the expected pay of a story.", "cents", nullable=True),
        ),
    ),
    Table(
        "drift_bins",
        "The two distributions of each feature, in tenths of the reference window or by category.",
        ("feature", "bin"),
        (
            Column("feature", "text", "Name of the feature."),
            Column("bin", "integer", "Number of the bin, from 0."),
            Column("bin_from", "number", "Lower end of the bin.", nullable=True),
            Column("bin_to", "number", "Upper end of the bin.", nullable=True),
            Column("reference_share", "number", "Share of the reference window in it."),
            Column("analysis_share", "number", "Share of the analysis window in it."),
            Column("category", "text", "The category, where the bin is one.", nullable=True),
        ),
    ),
    Table(
        "drift_history",
        "Each feature in each of the newest windows, against the windows before it.",
        ("feature", "window_from"),
        (
            *_FEATURE,
            Column("window_from", "timestamp", "Start of the window.", "UTC"),
            Column("window_to", "timestamp", "End of the window.", "UTC"),
            Column("rows", "integer", "Rows with a value in the window."),
            Column("psi", "number", "Population stability index less what chance brings on average.", nullable=True),
            Column("ks", "number", "Kolmogorov-Smirnov distance.", nullable=True),
            Column("shift_size", "number", "Size of the athletes' own shift less what is usual.", nullable=True),
            Column(
                "moved", "number", "The larger of both sizes over its threshold: from 1 on it matters.", nullable=True
            ),
        ),
    ),
    Table(
        "windows_apart",
        "Whether a classifier tells the newest window from those before it; one row, or none where rows are few.",
        ("analysis_from",),
        (
            *_WINDOWS,
            Column("rows", "integer", "Rows that it was tried on."),
            Column("auc", "number", "Area under the curve on rows not seen: 0.5 for windows that look the same."),
            Column("auc_threshold", "number", "Area from which the windows count as different."),
            Column("p", "number", "Chance of such an area between equal windows."),
            Column("p_threshold", "number", "Chance under which they count as different."),
            Column("apart", "boolean", "Whether both say so."),
        ),
    ),
    Table(
        "estimated_errors",
        "Estimated errors of each window, beside the real ones where outcomes are in.",
        ("window_from",),
        (
            Column("window_from", "timestamp", "First story of the window.", "UTC"),
            Column("window_to", "timestamp", "Last story of the window.", "UTC"),
            Column("rows", "integer", "Stories."),
            Column("estimated_mae_log", "number", "Estimated mean absolute error of log(1 + outcome)."),
            Column("mae_log", "number", "The real one; empty while outcomes are not in.", nullable=True),
            Column("mae_log_se", "number", "Standard error of the real one, between athletes.", nullable=True),
            Column("fails", "boolean", "Whether the real one is larger beyond noise: the relation has changed."),
        ),
    ),
    Table(
        "quality",
        "Quality of data and labels, bad ones first.",
        ("check", "subject"),
        (
            Column("check", "text", "freshness, volume, nulls, duplicates, quarantine, disputes or late outcomes."),
            Column("subject", "text", "What was looked at."),
            Column("figure", "number", "What was found.", nullable=True),
            Column("threshold", "number", "Where it becomes bad."),
            Column("worse", "text", "'above' or 'below' the threshold it is bad."),
            Column("state", "text", "good, bad or not known."),
            Column("about", "text", "What the figure means."),
        ),
    ),
    Table(
        "alerts",
        "What needs a person; one row for each alert, however long it lasts.",
        ("rule", "subject"),
        (
            Column("rule", "text", "drift, windows apart, accuracy, coverage, estimate or quality."),
            Column("subject", "text", "The feature, check or group that it is about."),
            Column("severity", "text", "critical or warning."),
            Column("window_from", "timestamp", "Start of the window.", "UTC"),
            Column("window_to", "timestamp", "End of the window.", "UTC"),
            Column("figure", "number", "What was found."),
            Column("threshold", "number", "Where it becomes an alert."),
            Column("message", "text", "What happened, in a sentence."),
            Column("first_seen", "timestamp", "Day of the data in which it was first seen.", "UTC"),
            Column("last_seen", "timestamp", "Day of the data in which it was last seen.", "UTC"),
            Column("open", "boolean", "Whether it lasts."),
        ),
    ),
    Table(
        "model_choice",
        "Champion and challenger on the same outcomes, and which of them the snapshot is made with; one row.",
        ("challenger",),
        (
            Column("champion", "text", "The model in use before; empty if there was none.", nullable=True),
            Column("challenger", "text", "The model learnt from everything known."),
            Column("used", "text", "The model that the snapshot is made with."),
            Column("reason", "text", "first model, alert, calendar, by hand, no reason or champion cannot be used."),
            Column("rows", "integer", "Outcomes that neither had seen."),
            Column("champion_mae_log", "number", "Mean absolute error of the champion on them.", nullable=True),
            Column("challenger_mae_log", "number", "The same of the challenger's kind.", nullable=True),
            Column("noise", "number", "Standard error of the difference, between athletes.", nullable=True),
            Column("champion_coverage", "number", "Share of outcomes inside its ranges.", nullable=True),
            Column("challenger_coverage", "number", "The same of the challenger's kind.", nullable=True),
            Column("why", "text", "Why it was promoted or not."),
            Column("pay_moved", "number", "Change of all expected pay that the challenger would bring, as a share."),
            Column("pay_gaining", "integer", "Athletes whose expected pay it would raise by a tenth or more."),
            Column("pay_losing", "integer", "Athletes whose expected pay it would lower by a tenth or more."),
            Column("athletes", "integer", "Athletes whose expected pay was compared."),
        ),
    ),
)
