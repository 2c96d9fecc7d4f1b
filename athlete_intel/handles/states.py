"""The state of every handle: what the votes say, what people decided, and whether its data may be learnt from."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from athlete_intel.handles import consensus, gold, names, review, skills
from athlete_intel.handles.consensus import ACCEPTED, CONTESTED, NEEDS_VOTES, Rule
from athlete_intel.handles.votes import neutral

NOT_ASKED = "not asked"
KEY = ["athlete_id", "platform"]
CLAIM = [
    *("agreeing", "of_votes", "plausible", "gold_votes", "gold_votes_right", "accuracy", "theory"),
    *("accuracy_needed", "accuracy_needed_barely"),
    *("gold_accepted", "gold_accepted_right", "measured", "measured_low", "measured_high", "evidence_weight"),
    *("accepted_by_rule", "questions", "votes_saved", "votes_cast", "accepted_posterior"),
]
"""Figures behind the claim of the rule; the published table `handle_claim` says what each is."""
NO_CANDIDATES = pd.DataFrame(
    {"athlete_id": [], "platform": [], "answer": [], "votes": [], "posterior": [], "log_odds": [], "written": []}
).astype({"athlete_id": "str", "platform": "str", "answer": "str", "votes": "int64", "written": "str"})
NO_WORKERS = pd.DataFrame({"worker_id": [], "votes": [], "accuracy": [], "gold_asked": [], "gold_right": []}).astype(
    {"worker_id": "str", "votes": "int64", "gold_asked": "int64", "gold_right": "int64"}
)


@dataclass(frozen=True)
class Judged:
    """What the votes alone say: `answers` one row a question, `candidates` one row an answer, and the workers."""

    answers: pd.DataFrame
    candidates: pd.DataFrame
    workers: pd.DataFrame
    claim: dict[str, float]


def judge(ballots: pd.DataFrame, known: pd.DataFrame, rule: Rule, plausible: int, least_posterior: float) -> Judged:
    """Consensus by the rule and by the workers' skills, calibrated on gold questions.

    Args:
        ballots: athlete_id, platform, worker_id, answer (key), written, voted_at; each worker once a question.
        known: the raw table `handle_gold`.
        rule: how many of how many must agree.
        plausible: accounts that could pass for the right one, itself among them.
        least_posterior: calibrated posterior from which skills alone accept an answer, if there are enough gold
            questions to calibrate on.
    """
    votes, tasks = neutral(ballots)
    decided = consensus.decide(votes, rule)
    fitted = skills.one_coin(votes, plausible)
    best = fitted.best()
    right = _gold_by_task(known, tasks)
    sure = best.loc[right.index]
    weight = gold.evidence_weight(sure["log_odds"].to_numpy(), (sure["answer"] == right).to_numpy())
    posterior = pd.Series(gold.stated(best["log_odds"].to_numpy(), weight), index=best.index)
    by_rule = decided["state"] == ACCEPTED
    by_skill = (posterior >= least_posterior) & (len(right) >= gold.LEAST_GOLD)
    state = decided["state"].mask(by_rule | by_skill, ACCEPTED)
    state = state.mask(by_rule & (best["answer"] != decided["answer"]) & (posterior >= 0.5), CONTESTED)
    elsewhere = best["answer"].map(names.leads_elsewhere)
    # However many workers give one short link or one post: it names no account that could be accepted.
    state = state.mask((state == ACCEPTED) & elsewhere, CONTESTED)
    written = _usual_spelling(ballots.assign(task=votes["task"]))
    candidates = fitted.answers.drop(columns="log_odds").assign(
        posterior=gold.stated(fitted.answers["log_odds"].to_numpy(), weight)
    )
    candidates["written"] = written.reindex(pd.MultiIndex.from_frame(candidates[["task", "answer"]])).to_numpy()
    answers = tasks.assign(
        answer=best["answer"],
        written=written.reindex(pd.MultiIndex.from_arrays([best.index, best["answer"]])).to_numpy(),
        agreeing=best["votes"],
        votes=votes.groupby("task").size(),
        posterior=posterior,
        state=state,
        votes_used=decided["votes_used"],
    )
    on_gold = gold.worker_accuracy(votes, right)
    workers = fitted.workers.merge(on_gold, how="left", left_on="worker", right_index=True)
    workers = workers.fillna({"gold_asked": 0, "gold_right": 0}).rename(columns={"worker": "worker_id"})
    claim = _claim(decided, right, on_gold, weight, rule)
    claim["accepted_posterior"] = float(posterior[state == ACCEPTED].mean()) if (state == ACCEPTED).any() else np.nan
    return Judged(
        answers.reset_index(drop=True),
        candidates.merge(tasks, left_on="task", right_index=True).drop(columns="task").reset_index(drop=True),
        workers.astype({"gold_asked": "int64", "gold_right": "int64"}),
        claim,
    )


def settle(judged: Judged | None, handles: pd.DataFrame, decisions: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The state of each athlete's handle on each platform.

    Args:
        judged: what the votes say; None where nobody was asked.
        handles: athlete_id, platform, handle: the account whose data the athlete has now.
        decisions: standing decisions.
        rule: for the words.

    Returns:
        athlete_id, platform, handle_in_use, answer, state, agreeing, votes, posterior, votes_used, source, why,
        left_out, other_id (another athlete with the same account), and review_id, reviewer, reviewed_at, review_action,
        review_why.
    """
    empty = ["answer", "written", "agreeing", "votes", "posterior", "state", "votes_used"]
    voted = pd.DataFrame(columns=[*KEY, *empty]) if judged is None else judged.answers
    table = handles[[*KEY, "handle"]].merge(voted, how="outer", on=KEY).sort_values(KEY, ignore_index=True)
    in_use = [names.key(handle, platform) for handle, platform in zip(table["handle"], table["platform"], strict=True)]
    table = table.assign(in_use=in_use, source="votes").astype({"in_use": "str", "answer": "str", "written": "str"})
    asked = table["state"].notna()
    table["source"] = table["source"].where(asked, "gathered")
    table["state"] = table["state"].fillna(NOT_ASKED)
    others = _others(table)
    table["other_id"] = others.reindex(table.index)
    why = [_why(row, rule) for row in table.itertuples()]
    table["why"] = why
    gathers = table["in_use"] != names.NO_ACCOUNT
    differs = (table["state"] == ACCEPTED) & gathers & (table["answer"] != table["in_use"])
    shared = (
        gathers & table["other_id"].notna() & ~((table["state"] == ACCEPTED) & (table["answer"] == table["in_use"]))
    )
    # Two athletes for whom workers name one account cannot both be right.
    claimed = ((table["state"] == ACCEPTED) | (gathers & (table["answer"] == table["in_use"]))) & (
        table["answer"].fillna(names.NO_ACCOUNT) != names.NO_ACCOUNT
    )
    claimed &= table[claimed].duplicated(["platform", "answer"], keep=False).reindex(table.index, fill_value=False)
    table["state"] = table["state"].mask(differs | shared | claimed, CONTESTED)
    table = _with_decisions(table, decisions)
    asked_again = table["review_action"] == review.ASK_AGAIN
    table["left_out"] = (table["state"] == CONTESTED) | asked_again
    number = {"agreeing": "Int64", "votes": "Int64", "votes_used": "Int64", "posterior": "float64"}
    table = table.drop(columns=["answer", "in_use"]).rename(columns={"written": "answer", "handle": "handle_in_use"})
    return table.astype(number)


def _gold_by_task(known: pd.DataFrame, tasks: pd.DataFrame) -> pd.Series:
    found = tasks.reset_index().merge(known, on=KEY).set_index("task")
    keys = [names.key(answer, platform) for answer, platform in found[["answer", "platform"]].to_numpy()]
    return pd.Series(keys, index=found.index, dtype="str").sort_index()


def _claim(
    decided: pd.DataFrame, right: pd.Series, on_gold: pd.DataFrame, weight: float, rule: Rule
) -> dict[str, float]:
    asked, hit = int(on_gold["gold_asked"].sum()), int(on_gold["gold_right"].sum())
    accepted = decided.loc[right.index]
    accepted = accepted[accepted["state"] == ACCEPTED]
    good = int((accepted["answer"] == right.reindex(accepted.index)).sum())
    # A share of exactly 1 would make the formula claim certainty out of a short list.
    accuracy = min(hit / asked, 1 - 0.5 / asked) if asked else np.nan
    # The namesake's account is what a worker takes for the right one: two plausible accounts, the hardest case.
    plausible = 2
    low, high = consensus.wilson(good, len(accepted))
    saved, cast = consensus.votes_saved(decided)
    theory = consensus.precision_of_rule(rule, accuracy, plausible) if asked and accuracy > 1 / plausible else np.nan
    return {
        "agreeing": rule.agreeing,
        "of_votes": rule.votes,
        "plausible": plausible,
        "gold_votes": asked,
        "gold_votes_right": hit,
        "accuracy": accuracy,
        "accuracy_needed": consensus.accuracy_needed(rule, 0.999999, plausible),
        "accuracy_needed_barely": consensus.accuracy_needed(rule, 0.999999, plausible, barely=True),
        "theory": theory,
        "gold_accepted": len(accepted),
        "gold_accepted_right": good,
        "measured": good / len(accepted) if len(accepted) else np.nan,
        "measured_low": low,
        "measured_high": high,
        "evidence_weight": weight,
        "accepted_by_rule": int((decided["state"] == ACCEPTED).sum()),
        "questions": len(decided),
        "votes_saved": saved,
        "votes_cast": cast,
    }


def _usual_spelling(ballots: pd.DataFrame) -> pd.Series:
    """By task and answer, the spelling that most workers used; of equals the first in the alphabet."""
    counts = ballots.groupby(["task", "answer", "written"]).size().rename("number").reset_index()
    counts = counts.sort_values(["task", "answer", "number", "written"], ascending=[True, True, False, True])
    return counts.drop_duplicates(["task", "answer"]).set_index(["task", "answer"])["written"]


def _others(table: pd.DataFrame) -> pd.Series:
    """For each row another athlete whose data come from the same account, or for whom workers name the same one."""
    named = table.assign(named=table["answer"].where(table["state"] != NOT_ASKED).fillna(names.NO_ACCOUNT))
    found: dict[int, str] = {}
    for wanted, theirs in (("in_use", "in_use"), ("named", "in_use"), ("named", "named"), ("in_use", "named")):
        asked, used = (named[named[column] != names.NO_ACCOUNT] for column in (wanted, theirs))
        used = used[["athlete_id", "platform", theirs]].rename(columns={theirs: "account"})
        pairs = asked.reset_index().merge(used, left_on=["platform", wanted], right_on=["platform", "account"])
        pairs = pairs[pairs["athlete_id_x"] != pairs["athlete_id_y"]].sort_values(["index", "athlete_id_y"])
        for place, other in pairs.drop_duplicates("index")[["index", "athlete_id_y"]].to_numpy():
            found.setdefault(int(place), str(other))
    return pd.Series(found, dtype="str")


def _why(row: object, rule: Rule) -> str:
    """The state in words. Who the other athlete is stands in `other_id` alone: an athlete may read this."""
    value = row._asdict()  # type: ignore[attr-defined]
    state, in_use = value["state"], value["handle"]
    if state == NOT_ASKED:
        told = "Nobody was asked; the handle is the one that the data came with."
        return told if pd.isna(value["other_id"]) else f"{told} Another athlete has the same one."
    answer = value["written"] or "no account"
    told = f"{value['agreeing']} of {value['votes']} workers say {answer}"
    if value["agreeing"] < rule.agreeing and state == ACCEPTED:
        told += ", and they are the more skilled ones"
    if state == ACCEPTED and not pd.isna(in_use) and value["answer"] != value["in_use"]:
        told += f", but the data were gathered by {in_use}"
    elif state == CONTESTED and names.leads_elsewhere(value["answer"]):
        told += f", which names no account on {str(value['platform']).capitalize()}"
    elif state == CONTESTED:
        told += f", fewer than the {rule.words} that must agree"
    elif state == NEEDS_VOTES:
        told += f", so far; {rule.agreeing} must agree"
    if not pd.isna(value["other_id"]):
        told += ". The same account is in use or named for another athlete"
    return told + "."


def _with_decisions(table: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    columns = {
        "id": "review_id",
        "who": "reviewer",
        "at": "reviewed_at",
        "action": "review_action",
        "why": "review_why",
    }
    known = decisions[[*KEY, "handle", *columns]].rename(columns={**columns, "handle": "decided"})
    table = table.merge(known, how="outer", on=KEY).sort_values(KEY, ignore_index=True)
    action = table["review_action"]
    states = {
        review.ACCEPT: ACCEPTED,
        review.REJECT: CONTESTED,
        review.CONTEST: CONTESTED,
        review.ASK_AGAIN: NEEDS_VOTES,
    }
    table["state"] = action.map(states).fillna(table["state"])
    table["source"] = table["source"].mask(action.notna(), "review")
    table["written"] = table["written"].mask(action == review.ACCEPT, table["decided"].fillna(""))
    said = (
        action.fillna("").astype("str") + " by " + table["reviewer"].fillna("") + ": " + table["review_why"].fillna("")
    )
    said = said.str[:1].str.upper() + said.str[1:]
    table["why"] = table["why"].fillna("").where(action.isna(), said)
    return table.drop(columns="decided")
