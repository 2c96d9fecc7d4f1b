"""The published tables about pay beside `payouts`: what it rests on, and what else an athlete can expect."""

from athlete_intel.contracts.model import Column, Table

_ATHLETE_ID = Column("athlete_id", "text", "The athlete.")


def _cents(name: str, about: str, nullable: bool = True) -> Column:
    return Column(name, "integer", about, "cents", nullable=nullable)


PAYOUT_TABLES = (
    Table(
        "outlook",
        "What each athlete can expect beyond the next story, what is paid ahead, and prices to compare.",
        ("athlete_id",),
        (
            _ATHLETE_ID,
            Column("platform", "text", "Platform that most readers come from.", nullable=True),
            _cents("rate_cents_per_1000", "Pay for each 1,000 of the outcome, by tier and sport.", False),
            _cents("floor_cents", "A story earns at least this, before add-ons.", False),
            _cents("cap_cents", "A story earns at most this, before add-ons; 0 for none.", False),
            Column("uplift", "number", "Fee after add-ons and commission, over the base fee."),
            _cents("advance_cents", "Paid ahead: a low quantile of what the next story may earn.", False),
            Column("engagements", "number", "Likes, reposts and replies of a typical post.", nullable=True),
            _cents("by_engagement_cents", "The next story priced by engagements."),
            _cents("by_followers_cents", "The next story priced by followers."),
            Column("waits_why", "text", "Why the payout waits for a person; empty if it does not.", nullable=True),
            Column(
                "stories_per_week", "number", "Stories a week, drawn to the usual where little was seen.", nullable=True
            ),
            Column("stories_shape", "number", "Shape of the gamma distribution of that rate.", nullable=True),
            _cents("month_low_cents", "Pay of the next 30 days, lower end of the 80% range."),
            _cents("month_middle_cents", "Pay of the next 30 days, median."),
            _cents("month_mean_cents", "Pay of the next 30 days, mean."),
            _cents("month_high_cents", "Pay of the next 30 days, upper end of the 80% range."),
        ),
    ),
    Table(
        "what_ifs",
        "What the model predicts after a change of an athlete's signals.",
        ("athlete_id", "change"),
        (
            _ATHLETE_ID,
            Column("change", "text", "Name of the change."),
            Column("label", "text", "The change in words."),
            Column("predicted", "number", "Typical outcome after it.", "outcome"),
            Column("low", "number", "Lower end of the range.", "outcome"),
            Column("high", "number", "Upper end of the range.", "outcome"),
            Column("outside", "boolean", "Whether a signal is then above all that the model has learnt from."),
        ),
    ),
    Table(
        "outcomes",
        "Every story, and what it earned as far as that is known.",
        ("story_id",),
        (
            Column("story_id", "text", "The story."),
            _ATHLETE_ID,
            Column("published_at", "timestamp", "When it went out.", "UTC"),
            Column("format", "text", "Photo, video, link and so on.", nullable=True),
            Column("sponsored", "boolean", "Whether a brand paid for it.", nullable=True),
            Column("outcome", "number", "The outcome; empty until it is known.", "outcome", nullable=True),
            Column("known_at", "timestamp", "When the outcome became known.", "UTC", nullable=True),
        ),
    ),
    Table(
        "outcome_spread",
        "How far outcomes lie from predictions, in widths of the range on the scale of log(1 + outcome).",
        ("level",),
        (
            Column("level", "number", "Share of outcomes below."),
            Column("error", "number", "Quantile of past errors, in widths of their range."),
        ),
    ),
    Table(
        "shocks",
        "How much of the errors is shared, so that stories fail together; empty where the past is too short to tell.",
        ("component",),
        (
            Column("component", "text", "Who shares it: everybody, platform, sport (season), athlete; or estimate."),
            Column("share", "number", "Share of the variance of errors (as normal scores); of estimate, on top."),
            Column("periods", "integer", "Periods of four weeks that it was measured on."),
            Column("freedom", "integer", "Degrees of freedom that its size rests on."),
            Column("rows", "integer", "Past errors that it was measured on."),
        ),
    ),
    Table(
        "rate_card",
        "Every assumption behind pay, as an operator reads it.",
        ("section", "name", "value"),
        (
            Column("section", "text", "Part of the card."),
            Column("name", "text", "Name of the setting."),
            Column("value", "text", "Its value."),
            Column("unit", "text", "What it means."),
        ),
    ),
    Table(
        "rate_card_source",
        "The rate card itself; one row.",
        ("rate_card",),
        (
            Column("rate_card", "text", "Name and version."),
            Column("sha256", "text", "Fingerprint of what it says."),
            Column("json", "text", "All that it says, as JSON."),
        ),
    ),
    Table(
        "fairness",
        "Pay at equal predicted outcome, each group of athletes against all others.",
        ("measure", "grouping", "value"),
        (
            Column("measure", "text", "'paid ahead' on the estimate, or 'earned in the end' by the outcome."),
            Column("grouping", "text", "gender, sport or history."),
            Column("value", "text", "The group."),
            Column("athletes", "integer", "Athletes in it."),
            Column("rows", "integer", "Payouts in it."),
            Column("difference", "number", "Difference of log pay at equal predicted outcome; above 0 is more."),
            Column("low", "number", "Lower end of its 95% range."),
            Column("high", "number", "Upper end of it."),
            Column("p", "number", "p-value."),
            Column("p_corrected", "number", "The same, corrected for the number of groups (Holm)."),
            Column("alert", "boolean", "Whether the difference is beyond chance."),
        ),
    ),
)
