"""What the tables about handles say: the queue, the claim and the effect. Pure functions, without streamlit."""

import math
from typing import Any

import pandas as pd

from athlete_intel.contracts.decisions import ACCEPT, ASK_AGAIN, CONTEST, REJECT, REVOKE, taken_back
from athlete_intel.ui import formats as f
from athlete_intel.ui.words import athlete_labels

OTHER = "another handle"
NO_ACCOUNT = "no account"
_NEWER = {
    CONTEST: "contested",
    ACCEPT: "accepted, waits",
    REJECT: "rejected, waits",
    ASK_AGAIN: "asked again, waits",
    REVOKE: "taken back, waits",
}
"""What was decided since the snapshot was made; a handle that is contested needs a person and does not only wait."""


def queue(
    states: pd.DataFrame, flags: pd.DataFrame, decisions: pd.DataFrame, athletes: pd.DataFrame, newest_read: int
) -> pd.DataFrame:
    """Handles that a person should look at, by money at stake.

    Contested ones, those that need votes, what the audit flags unless a person has accepted it, and what was decided
    since the snapshot was made.

    Args:
        states: published table.
        flags: published table.
        decisions: the journal as it is now.
        athletes: athlete_id, name, team.
        newest_read: number of the newest decision that the snapshot knows.
    """
    key = ["athlete_id", "platform"]
    table = states.merge(flags[[*key, "why", "action"]], how="outer", on=key, suffixes=("", "_audit"))
    newer = decisions[decisions["id"] > newest_read].drop_duplicates(key, keep="last")
    newer = newer.rename(columns={"why": "why_newer"})
    table = table.merge(newer[[*key, "action", "who", "why_newer"]], how="outer", on=key, suffixes=("", "_newer"))
    open_state = table["state"].isin(["contested", "needs more votes"])
    flagged = table["action"].notna() & (table["review_action"].fillna("") != "accept")
    wanted = table[open_state | flagged | table["action_newer"].notna()]
    wanted = wanted.merge(athletes[["athlete_id", "name"]], how="left", on="athlete_id")
    because = wanted["why"].fillna("").where(wanted["state"].isin(["contested", "needs more votes"]), "")
    audit = "Audit: " + wanted["why_audit"].fillna("")
    because = because.where(wanted["why_audit"].isna(), (because + " " + audit).str.strip())
    others = wanted["other_id"].map(athlete_labels(athletes)).where(wanted["review_action"].isna())
    because = pd.Series(map(_naming, because, others), because.index, dtype="str")
    told = zip(wanted["action_newer"], wanted["who"], wanted["why_newer"], strict=True)
    decided = pd.Series([_decided_since(*each) for each in told], because.index, dtype="str")
    because = (decided + " " + because).str.strip()
    state = wanted["state"].fillna("not asked").where(wanted["state"] != "accepted", "looks wrong")
    state = state.where(wanted["action"].isna() | (state != "not asked"), "looks wrong")
    wanted = wanted.assign(
        because=because,
        shown_state=state.where(wanted["action_newer"].isna(), wanted["action_newer"].map(_NEWER)),
        stake_dollars=wanted["stake_cents"].astype("Float64") / 100,
        handle_key=wanted["athlete_id"] + "~" + wanted["platform"],
    )
    return wanted.sort_values(
        ["stake_cents", "athlete_id", "platform"], ascending=[False, True, True], ignore_index=True
    )


def in_doubt(waiting: pd.DataFrame) -> set[str]:
    """Athletes whose figures may rest on another account: with a handle that waits and still counts.

    One that is left out counts for nothing, and one that somebody has accepted since waits for no judgement.

    Args:
        waiting: from `queue`.

    >>> waiting = pd.DataFrame({"athlete_id": list("abc"), "left_out": [False, True, None]})
    >>> sorted(in_doubt(waiting.assign(action_newer=None))), in_doubt(waiting.assign(action_newer=ACCEPT))
    (['a', 'c'], set())
    """
    counts = ~waiting["left_out"].astype("boolean").fillna(False).astype(bool)
    return set(waiting.loc[counts & (waiting["action_newer"].fillna("") != ACCEPT), "athlete_id"])


def _decided_since(action: Any, who: Any, why: Any) -> str:
    """What somebody decided since the snapshot was made, with the reason; empty if nobody has.

    >>> _decided_since("contest", "Ana", "That is not my account."), _decided_since(None, None, None)
    ('Contested by Ana: That is not my account.', '')
    """
    if f.missing(action):
        return ""
    told = f"{f.upper_first(_NEWER[str(action)].partition(',')[0])} by {who}: {why}"
    return told if told.endswith((".", "!", "?")) else f"{told}."


def _naming(because: str, other: Any) -> str:
    """Why a handle waits, with the other athlete by name: analysts may read it.

    >>> _naming("The same account is in use or named for another athlete.", "Ana, Reds")
    'The same account is in use or named for Ana, Reds.'
    >>> _naming("7 of 9 workers say ana.", "Ana, Reds"), _naming("", "Ana, Reds"), _naming("Nobody was asked.", None)
    ('7 of 9 workers say ana. The other athlete is Ana, Reds.', '', 'Nobody was asked.')
    """
    if f.missing(other) or not because:
        return because
    if "another athlete" in because:
        return because.replace("another athlete", str(other))
    return f"{because} The other athlete is {other}."


def queue_sentence(waiting: pd.DataFrame, states: pd.DataFrame, storied: bool = True) -> str:
    """How many handles wait, and where most money is at stake.

    Args:
        waiting: from `queue`.
        states: the published table.
        storied: whether pay is for a story.
    """
    if waiting.empty:
        return "No handle waits for review."
    return f"{f.some(len(waiting), 'handle')} to review, {at_stake(waiting, states, storied)}"


def at_stake(waiting: pd.DataFrame, states: pd.DataFrame, storied: bool = True) -> str:
    """How many of the handles that wait are left out, and where most money is at stake; see `queue_sentence`.

    >>> waiting = pd.DataFrame({"name": ["Ana"], "platform": ["twitter"], "stake_cents": [25_000]})
    >>> at_stake(waiting, pd.DataFrame({"left_out": [False]}))
    'none of them left out of training. Most is at stake for Ana on Twitter, $250 a story.'
    """
    contested = states[states["left_out"].astype(bool)]
    first = waiting.iloc[0]
    number = f.count(len(contested)) if len(contested) else "none"
    money = "" if f.missing(first["stake_cents"]) else f", {f.money(first['stake_cents'])}{' a story' * storied}"
    where = f"{first['name']} on {f.platform(first['platform'])}{money}"
    return f"{number} of them left out of training. Most is at stake for {where}."


def handle_label(row: pd.Series) -> str:
    """A handle of the queue in a list of choices."""
    money = "" if f.missing(row["stake_cents"]) else f", {f.money(row['stake_cents'])}"
    return f"{row['name']} on {f.platform(row['platform'])}{money}"


def candidates(
    state: pd.Series, votes: pd.DataFrame, states: pd.DataFrame, names: dict[str, str], most: int = 4
) -> list[dict[str, Any]]:
    """The accounts to choose from, side by side: those that workers name and the one in use, likeliest first."""
    rows = votes.sort_values(["posterior", "votes", "written"], ascending=[False, False, True])
    found = [
        {"handle": row["written"], "votes": int(row["votes"]), "posterior": row["posterior"]}
        for _, row in rows.iterrows()
    ]
    in_use = state["handle_in_use"]
    if isinstance(in_use, str) and in_use.casefold() not in {str(each["handle"]).casefold() for each in found}:
        found.append({"handle": in_use, "votes": 0, "posterior": None, "asked": len(rows) > 0})
    kept = found[:most]
    kept += [each for each in found[most:] if each["handle"] == in_use]
    users = states[states["platform"] == state["platform"]].dropna(subset=["handle_in_use"])
    for each in kept:
        same = users[users["handle_in_use"].str.casefold() == str(each["handle"]).casefold()]
        whose = [names.get(athlete, athlete) for athlete in same["athlete_id"] if athlete != state["athlete_id"]]
        each["notes"] = [
            *(["in use for this athlete's data"] if state["athlete_id"] in set(same["athlete_id"]) else []),
            *(f"in use for {name}" for name in whose[:2]),
        ]
    return kept


def answers_title(accounts: list[dict[str, Any]]) -> str:
    """What stands above the accounts to choose from.

    >>> answers_title([{"handle": "ana", "votes": 4}]), answers_title([{"handle": "ana", "votes": 0}])
    ('What the workers answered', 'The handle in use')
    """
    return "What the workers answered" if any(each["votes"] for each in accounts) else "The handle in use"


def side_by_side(accounts: list[dict[str, Any]], most: int = 3) -> list[list[dict[str, Any]]]:
    """Accounts in rows of about equal length, short enough that names of accounts are not broken.

    >>> [len(row) for row in side_by_side([{}] * 4)], [len(row) for row in side_by_side([{}] * 5)]
    ([2, 2], [3, 2])
    """
    rows = math.ceil(len(accounts) / most)
    width = math.ceil(len(accounts) / max(rows, 1))
    return [accounts[first : first + width] for first in range(0, len(accounts), max(width, 1))]


def claim_sentences(claim: pd.Series) -> list[str]:
    """What the rule promises, what it would take, and what it keeps here.

    >>> claim = pd.Series({"agreeing": 7, "of_votes": 9, "accuracy_needed": 0.9153,
    ...     "accuracy_needed_barely": 0.9407, "gold_votes": 900,
    ...     "accuracy": 0.83, "theory": 0.999868, "gold_accepted": 85, "gold_accepted_right": 83, "measured": 0.976,
    ...     "measured_low": 0.918, "measured_high": 0.994, "evidence_weight": 0.45, "votes_saved": 1455,
    ...     "votes_cast": 10800})
    >>> print(claim_sentences(claim)[0])
    7 of 9 is 99.9999% sure only if each worker is right 91.5% of the time and no two err for the same reason;
    an answer that just passes takes 94.1%.
    """
    rule = f"{int(claim['agreeing'])} of {int(claim['of_votes'])}"
    told = [
        f"{rule} is 99.9999% sure only if each worker is right {100 * claim['accuracy_needed']:.1f}% of the time "
        "and no two err for the same reason; an answer that just passes takes "
        f"{100 * claim['accuracy_needed_barely']:.1f}%."
    ]
    if int(claim["gold_votes"]):
        promise = "" if f.missing(claim["theory"]) else f"; the formula then promises {nines(claim['theory'])}"
        told.append(
            f"On {f.some(int(claim['gold_votes']), 'vote')} on gold questions, workers were right "
            f"{100 * claim['accuracy']:.1f}% of the time{promise}."
        )
    if int(claim["gold_accepted"]):
        told.append(
            f"Measured: of {f.some(int(claim['gold_accepted']), 'gold answer')} that the rule accepted, "
            f"{f.count(claim['gold_accepted_right'])} were right, so {f.percent(claim['measured_low'])} to "
            f"{f.percent(claim['measured_high'])}, 95 times in 100. This is the figure to go by."
        )
    share = f"{100 * claim['evidence_weight']:.0f}%"
    if int(claim["gold_votes"]):
        told.append(
            f"Errors are not independent: a vote's evidence counts for {share} of what independence would make of it, "
            "as the gold questions show, and posteriors on this page are mended by that."
        )
    else:
        told.append(
            f"No gold question was asked, so nobody knows how far errors hang together: that a vote's evidence counts "
            f"for {share} of what independence would make of it is assumed, and no handle is accepted for that alone."
        )
    if int(claim["votes_cast"]):
        share = f.percent(claim["votes_saved"] / claim["votes_cast"])
        told.append(
            f"To stop asking once a handle is decided saves {f.count(claim['votes_saved'])} of "
            f"{f.count(claim['votes_cast'])} votes ({share}) and changes no decision."
        )
    return told


def nines(share: float) -> str:
    """A share near 1 with as many digits as it takes to see that it is not 1.

    >>> nines(0.976), nines(0.999868), nines(0.9999999)
    ('97.6%', '99.99%', '99.99999%')
    """
    for digits in range(1, 8):
        text = f"{100 * share:.{digits}f}%"
        if not text.startswith("100") and 100 * (1 - share) >= 0.6 * 10.0**-digits:
            return text
    return ">99.99999%"


def effect_sentence(effect: pd.Series) -> str:
    """What contested handles do to accuracy.

    >>> effect_sentence(pd.Series({"contested": 2, "athletes": 1, "rows": 20, "r2_with": 0.71, "r2_without": 0.72}))
    'Without 2 contested handles of 1 athlete, R² on all other athletes is 0.720; with them it is 0.710.'
    """
    if not int(effect["contested"]):
        return "No handle is contested, so nothing is left out."
    what = f"{f.some(int(effect['contested']), 'contested handle')} of {f.some(int(effect['athletes']), 'athlete')}"
    if f.missing(effect["r2_with"]) or f.missing(effect["r2_without"]):
        return f"{what} are left out; there are too few outcomes to measure what that does to accuracy."
    return (
        f"Without {what}, R² on all other athletes is {effect['r2_without']:.3f}; with them it is "
        f"{effect['r2_with']:.3f}."
    )


def payout_changes(now: pd.DataFrame, before: pd.DataFrame, names: pd.DataFrame, reviewed: set[str]) -> pd.DataFrame:
    """Payouts that differ, those of athletes with a reviewed handle first, then by size of the change.

    Args:
        now: athlete_id, expected_cents.
        before: the same.
        names: athlete_id, name.
        reviewed: athletes about whose handles somebody decided.
    """
    both = now[["athlete_id", "expected_cents"]].merge(
        before[["athlete_id", "expected_cents"]], on="athlete_id", how="outer", suffixes=("", "_before")
    )
    both = both[both["expected_cents"].fillna(-1) != both["expected_cents_before"].fillna(-1)]
    both = both.merge(names[["athlete_id", "name"]], on="athlete_id", how="left")
    both["change_cents"] = both["expected_cents"].fillna(0) - both["expected_cents_before"].fillna(0)
    both["reviewed"] = both["athlete_id"].isin(reviewed).map({True: "handle reviewed", False: "model learnt anew"})
    both["size"] = both["change_cents"].abs()
    both = both.sort_values(["reviewed", "size", "athlete_id"], ascending=[True, False, True], ignore_index=True)
    for column in ("expected", "expected_before", "change"):
        cents = column.replace("expected", "expected_cents") if column != "change" else "change_cents"
        both[f"{column}_dollars"] = both[cents] / 100
    return both.drop(columns="size")


def contested_marks(states: pd.DataFrame) -> list[str]:
    """What an athlete is told about handles that are contested."""
    return [
        f"The {f.platform(row['platform'])} handle is contested, and what comes from it is left out of this "
        f"estimate. {row['why']}"
        for _, row in states[states["left_out"].astype(bool)].iterrows()
    ]


def contested_since(decisions: pd.DataFrame, athlete_id: str, states: pd.DataFrame, newest_read: int) -> list[str]:
    """What an athlete is told about handles that were contested since the snapshot was made.

    Args:
        decisions: the journal as it is now.
        athlete_id: of the athlete.
        states: platform, left_out of the athlete's handles; what is left out already is not told again.
        newest_read: number of the newest decision that the snapshot knows.

    >>> decisions = pd.DataFrame({"id": [3, 4], "athlete_id": "a", "platform": ["twitter", "facebook"],
    ...     "action": "contest", "revokes": None})
    >>> states = pd.DataFrame({"platform": ["twitter", "facebook"], "left_out": False})
    >>> print(*contested_since(decisions, "a", states, 3))
    The Facebook handle was contested and waits for an analyst. The figures here still count what comes from it; from
    the next update of the data on, that is left out, and pay waits.
    >>> contested_since(decisions, "a", states.assign(left_out=True), 3), contested_since(decisions, "b", states, 3)
    ([], [])
    """
    own = decisions[decisions["athlete_id"] == athlete_id]
    if own.empty:
        return []
    gone = taken_back(decisions[["id", "revokes"]].itertuples(index=False))
    newest = own[(own["id"] > newest_read) & (own["action"] != REVOKE) & ~own["id"].isin(list(gone))].sort_values("id")
    newest = newest.drop_duplicates("platform", keep="last")
    known = states.loc[states["left_out"].astype(bool), "platform"]
    wanted = newest[(newest["action"] == CONTEST) & ~newest["platform"].isin(known)]
    return [
        f"The {f.platform(platform)} handle was contested and waits for an analyst. The figures here still count what "
        "comes from it; from the next update of the data on, that is left out, and pay waits."
        for platform in wanted["platform"]
    ]


_DECIDED = {
    "accept": "A person looked at it and found that it is right",
    "reject": "A person looked at it and found that it is wrong",
    "ask again": "A person looked at it and asks more workers",
    "contest": "It was contested",
}


_OF_THE_ATHLETE = ("athlete_id", "platform", "handle_in_use", "state", "why", "left_out")


def for_the_athlete(states: pd.DataFrame) -> pd.DataFrame:
    """The states as the athlete may read them: who decided and the note under it are for those who review.

    What nobody needs is left out, as a browser gets the columns of a table that it does not show, too.

    >>> row = dict.fromkeys(_OF_THE_ATHLETE) | {"why": "Reject by Mia <mia@x.org>: it is Ben's.",
    ...     "review_action": "reject", "reviewed_at": pd.Timestamp("2026-03-01"), "other_id": "ben"}
    >>> told = for_the_athlete(pd.DataFrame([row]))
    >>> told["why"][0], "other_id" in told
    ('A person looked at it and found that it is wrong, on 1 March 2026.', False)
    """
    told = [
        why if f.missing(action) else f"{_DECIDED.get(action, 'A person decided about it')}, on {f.day(day)}."
        for why, action, day in states[["why", "review_action", "reviewed_at"]].itertuples(index=False)
    ]
    return states.assign(why=told)[list(_OF_THE_ATHLETE)]


def on_gold(workers: pd.DataFrame) -> pd.DataFrame:
    """The workers, most skilled first, with their gold answers in words."""
    gold = [
        f"{right} of {asked} right" if asked else "not asked"
        for asked, right in zip(workers["gold_asked"], workers["gold_right"], strict=True)
    ]
    return workers.assign(gold=gold).sort_values(["accuracy", "worker_id"], ascending=[False, True], ignore_index=True)


def with_skills(ballots: pd.DataFrame, workers: pd.DataFrame) -> pd.DataFrame:
    """The votes on one handle with the skill of each worker, by answer."""
    rows = ballots.merge(workers[["worker_id", "accuracy", "gold"]], on="worker_id", how="left")
    number = rows.groupby("written")["worker_id"].transform("size")
    rows = rows.assign(number=number, written=rows["written"].replace("", NO_ACCOUNT))
    return rows.sort_values(["number", "written", "accuracy"], ascending=[False, True, False], ignore_index=True)


def candidate_words(candidate: dict[str, Any]) -> str:
    """Votes, posterior and use of one account.

    >>> candidate_words({"handle": "x", "votes": 6, "posterior": 0.981, "notes": ["in use for Ana"]})
    '6 votes, 98% sure to be right; in use for Ana'
    """
    sure = candidate["posterior"]
    if not candidate["votes"]:
        told = "No worker named it" if candidate["asked"] else "No worker was asked"
    else:
        told = f.some(candidate["votes"], "vote")
        told += "" if f.missing(sure) else f", {f.percent(sure)} sure to be right"
    return "; ".join([told, *candidate["notes"]])


def measured_range(claim: pd.Series | None) -> str:
    """The range of the share of right answers on gold questions."""
    if claim is None or not int(claim["gold_accepted"]):
        return "not measured"
    return f"{f.percent(claim['measured_low'])} to {f.percent(claim['measured_high'])}"


def pay_differences(payouts: pd.DataFrame, athletes: pd.DataFrame) -> pd.DataFrame:
    """Expected pay with contested handles and without, where it differs, the largest difference first."""
    rows = payouts[payouts["with_cents"] != payouts["without_cents"]]
    rows = rows.merge(athletes[["athlete_id", "name"]], on="athlete_id", how="left")
    rows = rows.assign(
        with_dollars=rows["with_cents"] / 100,
        without_dollars=rows["without_cents"] / 100,
        change_dollars=(rows["without_cents"] - rows["with_cents"]) / 100,
        whose=rows["contested"].astype(bool).map({True: "contested", False: "not contested"}),
    )
    rows["size"] = rows["change_dollars"].abs()
    order = ["contested", "size", "athlete_id"]
    return rows.sort_values(order, ascending=[False, False, True], ignore_index=True).drop(columns="size")
