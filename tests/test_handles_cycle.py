"""The way round: questions out, results in, decisions down, and the next cycle reads them all."""

import csv
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest

from athlete_intel import pipeline
from athlete_intel.journal import Journal
from athlete_intel.settings import Settings
from athlete_intel.sources.mapping import load_mapping
from athlete_intel.warehouse import Snapshots

KEY = ["athlete_id", "platform"]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory, small_demo_folder: Path) -> Settings:
    chosen = Settings(home=tmp_path_factory.mktemp("round"), workspace="demo", backtest_windows=2, history_windows=2)
    pipeline.run_import(chosen, load_mapping("demo"), small_demo_folder, pipeline.utc_now())
    pipeline.build(chosen, pipeline.utc_now())
    return chosen


def states(settings: Settings) -> pd.DataFrame:
    return Snapshots(settings.folder).read("handle_states").set_index(KEY)


def run(settings: Settings, *arguments: str) -> str:
    command = [
        sys.executable,
        "-m",
        "athlete_intel",
        *arguments,
        "--home",
        str(settings.home),
        "-w",
        settings.workspace,
    ]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


def test_every_handle_has_a_state_and_accepted_ones_are_right(settings: Settings, small_demo_folder: Path) -> None:
    found = states(settings)
    truth = pd.read_parquet(small_demo_folder / "truth" / "handles-0000.parquet").set_index(KEY)
    assert len(found) == len(truth) == 4 * 120
    both = found.join(truth["true_handle"])
    accepted = both[both["state"] == "accepted"]
    right = accepted["answer"].fillna("").str.casefold() == accepted["true_handle"].fillna("").str.casefold()
    assert right.mean() > 0.99
    assert len(accepted) > 0.9 * len(found)
    claim = Snapshots(settings.folder).read("handle_claim").iloc[0]
    assert claim["measured_low"] <= right.mean()
    assert abs(claim["accepted_posterior"] - right.mean()) < 0.015
    # The namesakes' wrong articles are found without anybody's help.
    wrong = truth[(truth["handle_in_use"] != truth["true_handle"]) & truth["true_handle"].notna()].index
    assert len(wrong) == 2
    assert both.loc[wrong, "left_out"].all()


def test_a_contested_handle_is_left_out_of_training_and_of_the_estimate(settings: Settings) -> None:
    out = states(settings).query("left_out").reset_index()
    snapshots = Snapshots(settings.folder)
    for name in ("training_rows", "scoring_rows"):
        rows = snapshots.read(name)
        for platform in ("twitter", "wikipedia"):
            spoiled = rows["athlete_id"].isin(out.loc[out["platform"] == platform, "athlete_id"])
            columns = [column for column in rows if column.startswith(f"{platform}_")]
            assert spoiled.any()
            assert rows.loc[spoiled, columns].isna().all(axis=None)
            assert rows.loc[~spoiled, columns].notna().any(axis=None)
    effect = snapshots.read("handle_effect").iloc[0]
    assert effect["contested"] == len(out)
    assert effect[["r2_with", "r2_without"]].between(0, 1).all()
    paid = snapshots.read("handle_payouts")
    contested = paid["athlete_id"].isin(out["athlete_id"])
    assert (paid["contested"] == contested).all()
    assert (paid.loc[contested, "with_cents"] != paid.loc[contested, "without_cents"]).mean() > 0.5


def test_turk_votes_settle_what_was_open(settings: Settings, small_demo_folder: Path, tmp_path: Path) -> None:
    told = run(settings, "handles", "hits", str(tmp_path / "hits.csv"), "--most", "5")
    asked = pd.read_csv(tmp_path / "hits.csv", keep_default_na=False)
    assert f"Wrote {len(asked)} questions" in told
    truth = pd.read_parquet(small_demo_folder / "truth" / "handles-0000.parquet").set_index(KEY)
    with (tmp_path / "results.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        names = ["HITId", "AssignmentId", "WorkerId", "AssignmentStatus", "SubmitTime"]
        writer.writerow([*names, "Input.athlete_id", "Input.platform", "Answer.handle"])
        for number, question in enumerate(asked[KEY].itertuples(index=False)):
            right = truth.loc[tuple(question), "true_handle"]
            for worker in range(30):
                row = [f"H{number}", f"A{number}-{worker}", f"expert-{worker}", "Approved", "2026-10-02T10:00:00Z"]
                writer.writerow([*row, *question, "" if pd.isna(right) else right])
        writer.writerow(["H", "A-bad", "w", "Approved", "2026-10-02", "nobody", "twitter", "x"])
    told = run(settings, "handles", "votes", str(tmp_path / "results.csv"))
    assert "1 in quarantine" in " ".join(told.split())
    assert f"line {len(asked) * 30 + 2}: athlete_id is an unknown task" in told
    before = states(settings)
    assert not pipeline.build(settings, pipeline.utc_now()).reused, "new votes make the next cycle build"
    after = states(settings)
    waiting = [
        tuple(question) for question in asked[KEY].itertuples(index=False) if before.loc[tuple(question), "left_out"]
    ]
    assert len(waiting) == 5
    assert (after.loc[waiting, "votes"] == before.loc[waiting, "votes"] + 30).all()
    same = (
        after.loc[waiting, "answer"].fillna("").str.casefold()
        == truth.loc[waiting, "true_handle"].fillna("").str.casefold()
    )
    assert same.all()
    quarantine = Snapshots(settings.folder).read("quarantine")
    assert quarantine[["mapping", "file", "line"]].to_numpy().tolist() == [["turk", "results.csv", len(asked) * 30 + 2]]


def test_a_decision_counts_in_the_next_cycle_and_only_once(settings: Settings) -> None:
    first = pipeline.build(settings, pipeline.utc_now()).snapshot
    accepted = states(settings).query("state == 'accepted' and platform == 'instagram'").index[0]
    with Journal.of(settings) as journal:
        values = {
            "athlete_id": accepted[0],
            "platform": accepted[1],
            "action": "contest",
            "handle": None,
            "since": None,
        }
        number = journal.append("handle_reviews", values, who="Ann", role="athlete", why="not mine")
    second = pipeline.build(settings, pipeline.utc_now() + timedelta(seconds=2))
    assert second.snapshot.id != first.id
    row = states(settings).loc[accepted]
    assert (row["state"], row["source"], row["review_id"]) == ("contested", "review", number)
    assert row["why"] == "Contest by Ann: not mine"
    assert pipeline.build(settings, pipeline.utc_now()).reused
    with Journal.of(settings) as journal:
        journal.append(
            "handle_reviews", values | {"action": "revoke"}, who="Mia", role="analyst", why="it is", revokes=number
        )
    pipeline.build(settings, pipeline.utc_now() + timedelta(seconds=4))
    assert states(settings).loc[accepted, "state"] == "accepted"


def test_the_journal_is_copied_from_the_command_line(settings: Settings, tmp_path: Path) -> None:
    with Journal.of(settings) as journal:
        rows = len(journal.rows("handle_reviews"))
    assert f"Copied {rows} decisions" in run(settings, "journal", "backup", str(tmp_path / "copy.sqlite"))
