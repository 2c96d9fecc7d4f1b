"""The raw tables that sources deliver and that every import is checked against.

Times are UTC without a zone. What features may use is decided by `known`: a value is used as of a day only
if it was known by then. `data/README.md` is generated from these descriptions.
"""

from athlete_intel.contracts.model import Column, Table

_ATHLETE = (("athlete_id", "athletes", "athlete_id"),)
_COUNT_LIMIT = 1e12


def _id(name: str, about: str, **more: str) -> Column:
    return Column(name, "text", about, maximum_length=200, **more)  # type: ignore[arg-type]


def _count(name: str, about: str, unit: str, known: str, nullable: bool = True) -> Column:
    return Column(name, "integer", about, unit, known=known, nullable=nullable, minimum=0, maximum=_COUNT_LIMIT)


ATHLETES = Table(
    "athletes",
    "Who can be ranked, paid and bundled. Teams, leagues and brands may stand here, too; `kind` tells them apart.",
    ("athlete_id",),
    (
        _id("athlete_id", "Our own stable name of the athlete."),
        Column("name", "text", "Name as people write it."),
        Column("kind", "text", "person, team, league, brand or media.", nullable=True),
        Column("sport", "text", "Sport.", nullable=True),
        Column("league", "text", "League or conference.", nullable=True),
        Column("team", "text", "Team or school.", nullable=True),
        Column("position", "text", "Position played.", nullable=True),
        Column("country", "text", "Country, or state inside one.", nullable=True),
        Column("gender", "text", "Gender of the competition.", nullable=True),
    ),
)

HANDLES = Table(
    "handles",
    "Which account on a platform belongs to an athlete.",
    ("athlete_id", "platform"),
    (
        _id("athlete_id", "The athlete."),
        _id("platform", "Platform, in lower case, such as twitter, instagram, wikipedia."),
        Column("handle", "text", "Account name on the platform."),
    ),
    _ATHLETE,
)

POSTS = Table(
    "posts",
    "What an athlete put on a platform, with the reactions it drew.",
    ("platform", "post_id"),
    (
        _id("platform", "Platform, in lower case."),
        _id("post_id", "Name of the post on its platform."),
        _id("athlete_id", "The athlete."),
        Column("published_at", "timestamp", "When it went out.", "UTC", known="published_at"),
        _count("likes", "Likes, favourites or reactions.", "likes", "known_at"),
        _count("reposts", "Reposts, retweets or shares.", "reposts", "known_at"),
        _count("replies", "Replies or comments.", "replies", "known_at"),
        Column(
            "known_at",
            "timestamp",
            "When the counts were read, or are held to be final. If a source does not say: one day after publication.",
            "UTC",
            known="known_at",
            default="days_after(published_at, 1)",
            may_lie_ahead=True,
        ),
    ),
    _ATHLETE,
)

FOLLOWER_COUNTS = Table(
    "follower_counts",
    "Followers of an account on a day.",
    ("athlete_id", "platform", "day"),
    (
        _id("athlete_id", "The athlete."),
        _id("platform", "Platform, in lower case."),
        Column("day", "day", "Day of the count.", known="day"),
        _count("followers", "Followers.", "followers", "day", nullable=False),
    ),
    _ATHLETE,
)

WIKIPEDIA_VIEWS = Table(
    "wikipedia_views",
    "Page views of an athlete's Wikipedia article on a day.",
    ("athlete_id", "day"),
    (
        _id("athlete_id", "The athlete."),
        Column("day", "day", "Day of the views.", known="day"),
        _count("views", "Page views.", "views", "day", nullable=False),
    ),
    _ATHLETE,
)

STORIES = Table(
    "stories",
    "Pieces of content whose outcome is predicted and paid.",
    ("story_id",),
    (
        _id("story_id", "Our own stable name of the story."),
        _id("athlete_id", "The athlete."),
        Column("published_at", "timestamp", "When it went out.", "UTC", known="published_at"),
        Column("format", "text", "Photo, video, link and so on.", nullable=True, known="published_at"),
        Column("sponsored", "boolean", "Whether a brand paid for it.", nullable=True, known="published_at"),
        _count("text_length", "Length of its text.", "characters", "published_at"),
    ),
    _ATHLETE,
)

STORY_OUTCOMES = Table(
    "story_outcomes",
    "What a story earned in its window, also of the newest stories; each counts only once its window is over.",
    ("story_id",),
    (
        _id("story_id", "The story."),
        Column("outcome", "number", "The outcome.", "outcome", known="known_at", minimum=0, maximum=_COUNT_LIMIT),
        Column(
            "known_at",
            "timestamp",
            "When the window was over and the outcome final.",
            "UTC",
            known="known_at",
            may_lie_ahead=True,
        ),
    ),
    (("story_id", "stories", "story_id"),),
)

STORY_VIEWS = Table(
    "story_views",
    "Page views of a story on a day, by the channel that readers came from; a day without views has no row.",
    ("story_id", "channel", "day"),
    (
        _id("story_id", "The story."),
        _id("channel", "Where readers came from: site, or a platform in lower case."),
        Column("day", "day", "Day of the views.", known="day"),
        _count("views", "Page views.", "views", "day", nullable=False),
    ),
    (("story_id", "stories", "story_id"),),
)

HANDLE_VOTES = Table(
    "handle_votes",
    "What workers answered when asked for an athlete's account on a platform.",
    ("athlete_id", "platform", "worker_id"),
    (
        _id("athlete_id", "The athlete."),
        _id("platform", "Platform, in lower case, such as twitter, instagram, wikipedia."),
        _id("worker_id", "Who answered."),
        Column(
            "answer",
            "text",
            "The handle that the worker gave; empty if the worker found none.",
            nullable=True,
            known="voted_at",
        ),
        Column("voted_at", "timestamp", "When the answer came.", "UTC", known="voted_at"),
    ),
    _ATHLETE,
)

HANDLE_GOLD = Table(
    "handle_gold",
    "Gold questions: accounts that are known for sure, mixed in with the others to measure the workers.",
    ("athlete_id", "platform"),
    (
        _id("athlete_id", "The athlete."),
        _id("platform", "Platform, in lower case."),
        Column("answer", "text", "The right handle; empty if there is no account.", nullable=True),
    ),
    _ATHLETE,
)

TURK_ASSIGNMENTS = Table(
    "turk_assignments",
    "Answers out of Mechanical Turk's batch results; rejected ones are kept apart and are no votes.",
    ("assignment_id",),
    (
        _id("assignment_id", "Turk's name of the assignment."),
        _id("hit_id", "Turk's name of the question."),
        _id("worker_id", "Who answered."),
        Column("status", "text", "Approved, Rejected or Submitted.", maximum_length=20, known="submitted_at"),
        Column("submitted_at", "timestamp", "When the answer came.", "UTC", known="submitted_at"),
        _id("athlete_id", "The athlete."),
        _id("platform", "Platform, in lower case."),
        Column(
            "answer",
            "text",
            "The handle that the worker gave; empty if the worker found none.",
            nullable=True,
            maximum_length=200,
            known="submitted_at",
        ),
    ),
    _ATHLETE,
)

CAMPAIGNS = Table(
    "campaigns",
    "What a brand pays stories for.",
    ("campaign_id",),
    (
        _id("campaign_id", "Our own stable name of the campaign."),
        Column("brand", "text", "Name of the brand.", known="agreed_at"),
        Column("sport", "text", "Sport that it is about; empty if any.", nullable=True, known="agreed_at"),
        Column("starts_on", "day", "First day of its stories.", known="agreed_at", may_lie_ahead=True),
        Column("ends_on", "day", "Last day of its stories.", known="agreed_at", may_lie_ahead=True),
        _count("budget_cents", "What the brand will spend at most.", "cents", "agreed_at", nullable=False),
        Column("agreed_at", "timestamp", "When it was agreed.", "UTC", known="agreed_at"),
    ),
)

ADVANCES = Table(
    "advances",
    "What an athlete was paid ahead for a story, on the estimate of then.",
    ("story_id",),
    (
        _id("story_id", "The story."),
        Column(
            "estimated_outcome",
            "number",
            "The estimate that the advance was based on.",
            "outcome",
            known="paid_at",
            minimum=0,
            maximum=_COUNT_LIMIT,
        ),
        _count("rate_cents_per_1000", "Pay for each 1,000 of the outcome.", "cents", "paid_at", nullable=False),
        _count("advance_cents", "Paid ahead.", "cents", "paid_at", nullable=False),
        Column("paid_at", "timestamp", "When it was paid.", "UTC", known="paid_at"),
    ),
    (("story_id", "stories", "story_id"),),
)

SETTLEMENTS = Table(
    "settlements",
    "What was paid for a story once its window was over: pay on the actual outcome, less the advance.",
    ("story_id",),
    (
        _id("story_id", "The story."),
        Column(
            "actual_outcome",
            "number",
            "The outcome that the pay is based on.",
            "outcome",
            known="settled_at",
            minimum=0,
            maximum=_COUNT_LIMIT,
        ),
        Column(
            "settlement_cents",
            "integer",
            "Paid; below zero if the advance was more than the pay.",
            "cents",
            known="settled_at",
            minimum=-_COUNT_LIMIT,
            maximum=_COUNT_LIMIT,
        ),
        Column("settled_at", "timestamp", "When it was settled.", "UTC", known="settled_at"),
    ),
    (("story_id", "stories", "story_id"),),
)

SPONSOR_REVENUE = Table(
    "sponsor_revenue",
    "What a sponsor paid for a story of its campaign.",
    ("story_id",),
    (
        _id("story_id", "The story."),
        _id("campaign_id", "The campaign.", known="paid_at"),
        _count("revenue_cents", "Paid by the sponsor.", "cents", "paid_at", nullable=False),
        Column("paid_at", "timestamp", "When the sponsor paid.", "UTC", known="paid_at"),
    ),
    (("story_id", "stories", "story_id"), ("campaign_id", "campaigns", "campaign_id")),
)

FEATURES_AS_OF = Table(
    "features_as_of",
    "Signals of sources that only have aggregates: one row for each athlete, day and signal.",
    ("athlete_id", "as_of", "feature"),
    (
        _id("athlete_id", "The athlete."),
        Column("as_of", "day", "Day up to which the signal looks back.", known="as_of"),
        _id("feature", "Name of the signal; the mapping says its label and scale."),
        Column("value", "number", "The signal.", "as the mapping says", known="as_of", minimum=-1e12, maximum=1e12),
    ),
    _ATHLETE,
)

OUTCOMES_AS_OF = Table(
    "outcomes_as_of",
    "Outcomes of sources that only have aggregates: one row for each athlete and day.",
    ("athlete_id", "as_of"),
    (
        _id("athlete_id", "The athlete."),
        Column("as_of", "day", "Day to which the outcome belongs.", known="as_of"),
        Column("outcome", "number", "The outcome.", "outcome", known="as_of", minimum=0, maximum=_COUNT_LIMIT),
    ),
    _ATHLETE,
)

RAW_TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ATHLETES,
        HANDLES,
        POSTS,
        FOLLOWER_COUNTS,
        WIKIPEDIA_VIEWS,
        STORIES,
        STORY_OUTCOMES,
        STORY_VIEWS,
        HANDLE_VOTES,
        HANDLE_GOLD,
        TURK_ASSIGNMENTS,
        CAMPAIGNS,
        ADVANCES,
        SETTLEMENTS,
        SPONSOR_REVENUE,
        FEATURES_AS_OF,
        OUTCOMES_AS_OF,
    )
}
"""The raw tables by name, in an order in which each only refers to those before it."""
