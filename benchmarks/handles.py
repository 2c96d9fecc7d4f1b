"""`make bench-handles`: every figure that the handles rest on, measured on real data and on the demo world.

Real data come from ../shared/real; what is not there is left out with a word.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from athlete_intel import pipeline
from athlete_intel.handles import audit, consensus, effect, gold, skills
from athlete_intel.handles.consensus import Rule
from athlete_intel.handles.stage import settle_handles
from athlete_intel.handles.suggest import suspicious
from athlete_intel.journal import no_rows
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.importer import store_path
from athlete_intel.sources.mapping import SHIPPED, load_mapping
from athlete_intel.warehouse import Database
from benchmarks import unseen

REAL = Path(__file__).parents[1] / ".." / "shared" / "real"
GOLD_SHARE, TURNS = 0.2, 5


@dataclass(frozen=True)
class Measured:
    """One rule or model on one set: what it accepts, how often that is right, and what it says of itself."""

    accepted: int
    precision: float
    raw: float
    stated: float
    stated_gap: float
    turn_gaps: tuple[float, ...]
    weight: float


def turk_votes(name: str, first: int = 9) -> tuple[pd.DataFrame, pd.Series]:
    """The first votes on each task in file order, and the truth by task."""
    rows = pd.read_csv(REAL / "crowd_rte_temp" / f"{name}.standardized.tsv", sep="\t", dtype=str)
    rows.columns = pd.Index(["assignment", "worker", "task", "answer", "truth"])
    nth = rows.groupby("task", sort=False).cumcount()
    votes = rows[nth < first].assign(at=range(int((nth < first).sum())))
    return votes[["task", "worker", "answer", "at"]], rows.groupby("task")["truth"].first()


def measure(answers: pd.DataFrame, accepted: pd.Series, truth: pd.Series) -> Measured:
    """Stated against measured precision. In each turn a fifth of the tasks is gold and the rest is stated.

    Args:
        answers: answer and log_odds of the best answer by task.
        accepted: by task.
        truth: by task.
    """
    right = answers["answer"] == truth.reindex(answers.index)
    gaps, weights, told = [], [], []
    for turn in range(TURNS):
        kept = gold.reserved(answers.index, GOLD_SHARE, turn)
        weight = gold.evidence_weight(answers["log_odds"][kept].to_numpy(), right[kept].to_numpy())
        shown = accepted.to_numpy() & ~kept
        says = gold.stated(answers["log_odds"].to_numpy(), weight)
        gaps.append(float(says[shown].mean() - right[shown].mean()))
        told.append(float(says[accepted].mean()))
        weights.append(weight)
    return Measured(
        accepted=int(accepted.sum()),
        precision=float(right[accepted].mean()),
        raw=float(gold.stated(answers["log_odds"].to_numpy(), 1.0)[accepted].mean()),
        stated=float(np.mean(told)),
        stated_gap=float(np.mean(gaps)),
        turn_gaps=tuple(gaps),
        weight=float(np.mean(weights)),
    )


def turk_figures(name: str) -> tuple[dict[str, Measured], dict[str, float]]:
    """The rule and both learned models on one set."""
    votes, truth = turk_votes(name)
    rule = Rule()
    decisions = consensus.decide(votes, rule)
    accepted = decisions["state"] == consensus.ACCEPTED
    kept = gold.reserved(decisions.index, GOLD_SHARE)
    on_gold = gold.worker_accuracy(votes, truth[truth.index.isin(decisions.index[kept])])
    accuracy = float(on_gold["gold_right"].sum() / on_gold["gold_asked"].sum())
    counts = decisions[["answer", "agreeing", "votes"]]
    odds = (2 * counts["agreeing"] - counts["votes"]) * np.log(accuracy / (1 - accuracy))
    figures = {"7 of 9": measure(counts.assign(log_odds=odds), accepted, truth)}
    for label, fitted in (
        ("one coin", skills.one_coin(votes, plausible=2)),
        ("Dawid-Skene", skills.dawid_skene(votes)),
    ):
        best = fitted.best()
        figures[label] = measure(best, gold.as_many(best["log_odds"], int(accepted.sum())), truth)
    saved, cast = consensus.votes_saved(decisions)
    return figures, {
        "tasks": len(decisions),
        "worker accuracy on gold": accuracy,
        "7 of 9 if independent": consensus.precision_of_rule(rule, accuracy, 2),
        "accuracy for 99.9999%": consensus.accuracy_needed(rule, 0.999999, 2),
        "of a bare 7 to 2": consensus.accuracy_needed(rule, 0.999999, 2, barely=True),
        "votes saved": saved,
        "votes cast": cast,
    }


@dataclass(frozen=True)
class Nba:
    """What the audit finds among the players whose true article is known, and what that does to the model."""

    players: int
    flagged: int
    known: int
    wrong: int
    wrong_flagged: int
    right_flagged: int
    missed: tuple[str, ...]
    r2_with: float
    r2_without: float


def nba_figures(cut: float = 3.5, seed: int = 2026) -> Nba:
    """The audit of page views on all players, judged by those of known truth.

    The page-view model (points, salary, Twitter medians) is cross-validated with flagged rows in training and out, and
    measured on the players whose page views are their own, both times.
    """
    folder = REAL / "nba2017"
    players = pd.read_csv(folder / "nba_2017_players_with_salary_wiki_twitter.csv").drop_duplicates("PLAYER")
    players = players[players["PAGEVIEWS"].notna()].set_index("PLAYER")
    truth = pd.read_csv(folder / "nba_2016_2017_100.csv", encoding="utf-8-sig", lineterminator="\r")
    article = truth.drop_duplicates("PLAYER_NAME").set_index("PLAYER_NAME")["WIKIPEDIA_HANDLE"]
    known = pd.DataFrame(
        {
            "points": players["POINTS"],
            "salary": np.log1p(players["SALARY_MILLIONS"]),
            "twitter_likes_median": np.log1p(players["TWITTER_FAVORITE_COUNT"]),
            "twitter_reposts_median": np.log1p(players["TWITTER_RETWEET_COUNT"]),
        }
    )
    views = pd.Series(np.log1p(players["PAGEVIEWS"].to_numpy()), index=players.index)
    found = audit.residuals(views, known, pd.Series("person", index=views.index), cut, seed)
    judged = found.join(article, how="inner")
    guessed = judged.index.str.replace(" ", "_")
    wrong = judged["WIKIPEDIA_HANDLE"] != guessed
    own = found.index.isin(judged.index[~wrong])
    sides = [
        effect.cross_validated_r2(known.to_numpy(), views.to_numpy(), views.index.to_numpy(), learnt, own)
        for learnt in (np.ones(len(views), dtype=bool), ~found["flagged"].to_numpy())
    ]
    return Nba(
        players=len(views),
        flagged=int(found["flagged"].sum()),
        known=len(judged),
        wrong=int(wrong.sum()),
        wrong_flagged=int((judged["flagged"] & wrong).sum()),
        right_flagged=int((judged["flagged"] & ~wrong).sum()),
        missed=tuple(judged.index[wrong & ~judged["flagged"]]),
        r2_with=sides[0],
        r2_without=sides[1],
    )


def facebook_flags(cut: float = 3.5, seed: int = 2026) -> pd.DataFrame:
    """The audit of median likes of Facebook pages, each among pages of its kind."""
    posts = pd.read_csv(REAL / "facebook_pages" / "posts.csv", usecols=["page", "num_likes"])
    who = pd.read_csv(SHIPPED / "facebook_pages_who.csv").rename(columns={"page": "athlete_id"})
    likes = posts.groupby("page")["num_likes"].median()
    nothing = pd.DataFrame({"athlete_id": [], "platform": [], "followers": []})
    known = pd.DataFrame(index=likes.index)
    return suspicious({"facebook": likes}, known, nothing, who, {"facebook": "Median likes"}, cut, seed)


@dataclass(frozen=True)
class Demo:
    """The demo world with mixed-up labels: what is found, and what the handles cost in time."""

    seconds: float
    swapped: int
    swapped_left_out: int
    wrong_accepted: int
    accepted: int


def demo_figures(athletes: int = 1200) -> Demo:
    """Judge the votes of the scenario label-mixup, and compare with its hidden truth."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "world"
        write_demo(folder, load_scenario("label-mixup"), athletes=athletes)
        settings = Settings(home=Path(scratch), workspace="mixup")
        pipeline.run_import(settings, load_mapping("demo"), folder, pipeline.utc_now())
        with Database.in_memory() as database:
            with database.attached(store_path(settings.folder), "store"):
                for name in ("handles", "handle_votes", "handle_gold", "turk_assignments", "posts"):
                    database.create(name, f"SELECT * FROM store.{name}")
            database.write("handle_reviews", no_rows("handle_reviews"))
            started = time.perf_counter()
            states = settle_handles(database, settings).states
            seconds = time.perf_counter() - started
        truth = pd.read_parquet(folder / "truth" / "handles-0000.parquet")
    both = states.merge(truth, on=["athlete_id", "platform"])
    swapped = (both["platform"] == "twitter") & (both["true_handle"] != both["handle_in_use_y"])
    accepted = both["state"] == consensus.ACCEPTED
    right = both["answer"].fillna("").str.casefold() == both["true_handle"].fillna("").str.casefold()
    return Demo(
        seconds=seconds,
        swapped=int(swapped.sum()),
        swapped_left_out=int((swapped & both["left_out"]).sum()),
        wrong_accepted=int((accepted & ~right).sum()),
        accepted=int(accepted.sum()),
    )


def main() -> None:
    """Measure and print."""
    out = sys.stdout.write
    if (REAL / "crowd_rte_temp").is_dir():
        for name in ("rte", "temp"):
            figures, facts = turk_figures(name)
            out(f"\n{name.upper()}: " + ", ".join(f"{key} {value:.6g}" for key, value in facts.items()) + "\n")
            for label, figure in figures.items():
                turns = " ".join(f"{100 * gap:+.1f}" for gap in figure.turn_gaps)
                out(
                    f"  {label:12} accepts {figure.accepted} at {figure.precision:.4f}; says {figure.raw:.4f} if "
                    f"independent, {figure.stated:.4f} calibrated (weight {figure.weight:.2f}); "
                    f"gap {100 * figure.stated_gap:+.2f} points, by turn {turns}\n"
                )
    if (REAL / "nba2017").is_dir():
        nba = nba_figures()
        out(
            f"\nNBA 2016-17: {nba.flagged} of {nba.players} page views flagged; of {nba.wrong} of {nba.known} known to "
            f"be another's {nba.wrong_flagged} (missed: {', '.join(nba.missed) or 'none'}), of "
            f"{nba.known - nba.wrong} right ones {nba.right_flagged}.\n"
            f"  R² of page views on the right ones: {nba.r2_with:.3f} with flagged rows in training, "
            f"{nba.r2_without:.3f} without.\n"
        )
    if (REAL / "facebook_pages").is_dir():
        out("\nFacebook pages flagged:\n")
        for flag in facebook_flags().itertuples():
            out(f"  {flag.athlete_id}: {flag.why}\n")
    demo = demo_figures()
    out(
        f"\nDemo world, label-mixup, 1,200 athletes: {demo.swapped_left_out} of {demo.swapped} swapped accounts found "
        f"and left out; {demo.wrong_accepted} of {demo.accepted} accepted answers wrong; judged in "
        f"{demo.seconds:.2f} s.\n"
    )
    out(unseen.report())


if __name__ == "__main__":
    main()
