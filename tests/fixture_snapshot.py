"""A small published snapshot, made of literal and generated tables, so that pages are tested without the pipeline."""

import math
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import pandas as pd

from athlete_intel.bundles.chosen import Chosen, chosen_sets
from athlete_intel.bundles.draws import Errors, joint_draws
from athlete_intel.bundles.packages import packages, with_terms
from athlete_intel.bundles.stage import bookable
from athlete_intel.contracts import PUBLISHED_TABLES
from athlete_intel.influence.peers import peer_groups
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database, Snapshots
from tests.fixture_payouts import payout_tables

AS_OF = datetime(2026, 3, 1)
MEAN_FACTOR = 1.4
WINDOWS = ("2026-01-04", "2026-01-18", "2026-02-01", "2026-02-15")
FEATURES = (
    # feature, label, scale, typical value, weight in log(1 + outcome)
    ("likes_median", "Median likes of the last 200 posts", "log", 1_000.0, 0.45),
    ("wikipedia_views_median", "Median Wikipedia views a day", "log", 300.0, 0.30),
    ("followers", "Followers over all platforms", "log", 20_000.0, 0.12),
    ("posts_a_week", "Posts a week", "linear", 4.0, -0.02),
)
FIRST = ("Élodie Ångström-Łukasiewicz", "Jánošík Ďurišić", "=SUM(A1:A9)", "María José Fernández de la Vega y Rodríguez")
GIVEN = ("Ana", "Ben", "Chloé", "Dario", "Ebba", "Femi", "Gus", "Hana", "Ines", "Jo")
FAMILY = ("Abiola", "Brandt", "Costa", "Dončić")
WHY = "Median likes 2.1x the typical athlete, Wikipedia views 0.8x"
BUNDLES = (("C1", "Widely followed", 0), ("C2", "Loud for their size", 1), ("C3", "Steady", 2))


def literal_snapshot(folder: Path, *, rows_are: Literal["stories", "athletes"] = "stories") -> Path:
    """Publish a complete snapshot of 40 athletes into `folder`; with 'athletes' there is one day and no drift."""
    tables = literal_tables(rows_are)
    return publish(folder, tables)


def publish(folder: Path, tables: dict[str, pd.DataFrame]) -> Path:
    """Publish tables as they are."""

    def fill(database: Database, snapshot_id: str) -> None:
        for name, table in tables.items():
            database.write(name, table)

    Snapshots(folder).publish(fill, inputs="literal0" * 8, now=AS_OF)
    return folder


def literal_tables(rows_are: Literal["stories", "athletes"] = "stories") -> dict[str, pd.DataFrame]:
    """The tables of the literal snapshot, for a test to change before it publishes them."""
    stories = rows_are == "stories"
    athletes = _athletes(with_profile=stories)
    backtest = _backtest(athletes, stories)
    tables = {
        "dataset": _dataset(stories),
        "feature_catalogue": pd.DataFrame(
            [(name, label, scale, label, "level", 0.0, scale == "log", True) for name, label, scale, _, _ in FEATURES],
            columns=PUBLISHED_TABLES["feature_catalogue"].column_names,
        ),
        "training_rows": backtest[["row_id", "athlete_id", "as_of"]].assign(
            outcome_known_at=backtest["as_of"], outcome=backtest["actual"]
        ),
        "scoring_rows": athletes[["athlete_id", "likes_median"]],
        "model_candidates": _candidates(len(backtest)),
        "models": pd.DataFrame(
            [
                ("ridge-0a1b2c3d", "champion", AS_OF, "ridge", 0.31, 0.42, 0.91, 0.8, 320),
                ("median-9f8e7d6c", "archived", datetime(2026, 2, 1), "median", 0.42, 0.42, 0.8, 0.79, 280),
            ],
            columns=PUBLISHED_TABLES["models"].column_names[:9],
        ).assign(
            window_from=datetime(2025, 6, 1),
            window_to=datetime(2026, 1, 20),
            features=len(FEATURES),
            parameters='{"seed": 2026}',
            data="cd" * 32,
            code="0.1.0+abcdef012345",
            libraries="numpy 2.4.6",
            sha256="ef" * 32,
        ),
        "coefficients": pd.DataFrame(
            [(name, label, weight, 5.0, 1.2) for name, label, _, _, weight in FEATURES],
            columns=["feature", "label", "weight", "centre", "spread"],
        ),
        "backtest": backtest,
        "rankings": athletes.drop(columns="likes_median"),
        "peer_groups": peer_groups(athletes),
        "authenticity": _authenticity(athletes),
        "drivers": _drivers(athletes),
        "payouts": _payouts(athletes),
        "clusters": _clusters(athletes),
        "cluster_groups": _groups(_clusters(athletes)),
        "cluster_memberships": pd.DataFrame(columns=PUBLISHED_TABLES["cluster_memberships"].column_names),
        "cluster_settings": pd.DataFrame(columns=PUBLISHED_TABLES["cluster_settings"].column_names),
        "cluster_formation": pd.DataFrame(
            [(AS_OF, len(athletes), "There were no groups before.")],
            columns=PUBLISHED_TABLES["cluster_formation"].column_names,
        ),
        "cluster_base": pd.DataFrame(columns=PUBLISHED_TABLES["cluster_base"].column_names),
        "accuracy_by_window": _by_window(backtest),
        "accuracy_by_group": _by_group(),
        "drift": _drift() if stories else _drift().head(0),
        "drift_bins": _drift_bins() if stories else _drift_bins().head(0),
        "drift_history": _drift_history() if stories else _drift_history().head(0),
        "estimated_errors": _estimated_errors() if stories else _estimated_errors().head(0),
        "quality": _quality(),
        "model_choice": _model_choice(),
        "pay_moves": _pay_moves(),
        "model_uses": _model_uses(),
        "alerts": _alerts() if stories else _alerts().head(0),
        "windows_apart": _windows_apart() if stories else _windows_apart().head(0),
        "imports": pd.DataFrame(
            {
                "mapping": ["literal"],
                "file": ["posts.csv"],
                "sha256": ["ab" * 32],
                "imported_at": [AS_OF],
                "lines": [8_000],
                "bad_lines": [3],
            }
        ),
        "quarantine": pd.DataFrame(
            [
                ("literal", "posts.csv", 17, "posts", "likes", "-4", "likes must be at least 0"),
                ("literal", "posts.csv", 90, "posts", "post_id", "a1", "stands twice; the first, on line 88, is kept"),
                (
                    "literal",
                    "posts.csv",
                    90,
                    "stories",
                    "story_id",
                    "a1",
                    "stands twice; the first, on line 88, is kept",
                ),
                ("literal", "posts.csv", 91, "posts", "post_id", "a2", "stands twice; the first, on line 89, is kept"),
            ],
            columns=PUBLISHED_TABLES["quarantine"].column_names,
        ),
        "table_facts": pd.DataFrame(
            [
                ("athletes", "Who can be ranked.", 40, 40, None, None),
                ("posts", "What an athlete put on a platform.", 8_000, 40, datetime(2025, 3, 1), AS_OF),
                ("stories", "Pieces of content.", 320, 40, datetime(2025, 6, 1), datetime(2026, 2, 20)),
            ],
            columns=PUBLISHED_TABLES["table_facts"].column_names,
        ),
    }
    tables |= payout_tables(athletes, AS_OF, stories)
    tables |= _offer(tables)
    handles = [table for name, table in PUBLISHED_TABLES.items() if name.startswith("handle_")]
    # Nobody was asked for handles here.
    return tables | {table.name: pd.DataFrame(columns=table.column_names) for table in handles}


def _names() -> list[str]:
    return [*FIRST, *(f"{given} {family}" for family in FAMILY for given in GIVEN)][:40]


def _athletes(with_profile: bool) -> pd.DataFrame:
    rows = []
    for i, name in enumerate(_names()):
        predicted = 60_000 * math.exp(-i / 7)
        rows.append(
            {
                "rank": i + 1,
                "athlete_id": f"athlete-{i:02d}",
                "name": name,
                "kind": "person" if i % 10 else "team",
                "sport": ("football", "tennis")[i % 2] if with_profile else None,
                "league": None,
                "team": ("Reds", "Blues", "Greens")[i % 3] if with_profile else None,
                "position": None,
                "country": ("Brazil", "Sweden", "Nigeria", "Japan")[i % 4] if with_profile else None,
                "gender": None,
                "predicted": predicted,
                "low": predicted * 0.55,
                "high": predicted * 1.9,
                "mean": predicted * MEAN_FACTOR,
                "followers": 1_000_000 // (1 + (i * 7) % 40) if with_profile else None,
                "follower_rank": 1 + (i * 7) % 40 if with_profile else None,
                "outcomes_seen": 8 if with_profile else 1,
                "rank_low": max(1, i - 2),
                "rank_high": min(40, i + 4),
                "previous_rank": (i + 3 if i < 20 else i) if with_profile else None,
                "novel": i == 39,
                "novel_why": "Median likes 30x the most seen in training." if i == 39 else None,
                "likes_median": predicted / 20,
            }
        )
    table = pd.DataFrame(rows)
    return table.astype(dict.fromkeys(("followers", "follower_rank", "previous_rank"), "Int64"))


def _dataset(stories: bool) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "title": ["Literal league"],
            "source": ["Numbers made up for tests"],
            "made_up": [stories],
            "rows_are": ["stories" if stories else "athletes"],
            "outcome_name": ["page views" if stories else "deal values"],
            "outcome_label": ["Page views of a story in 28 days" if stories else "Estimated deal value"],
            "outcome_unit": ["" if stories else "$"],
            "window_days": [28 if stories else 1],
            "as_of": [AS_OF],
            "interval": [0.8],
            "model_version": ["20260301-ridge"],
            "mean_factor": [MEAN_FACTOR],
            "rate_card": ["standard"],
            "rate_cents_per_1000": [2_500],
            "rate_from": ["mapping literal"],
        }
    )


def _backtest(athletes: pd.DataFrame, stories: bool) -> pd.DataFrame:
    rows = []
    windows = WINDOWS if stories else ("repeat 1, fold 1", "repeat 1, fold 2")
    for i, athlete in enumerate(athletes.itertuples()):
        tested = [(j, window) for j, window in enumerate(windows)] if stories else [(i % 2, windows[i % 2])]
        for j, window in tested:
            predicted = athlete.predicted * (0.9 + 0.05 * j)
            rows.append(
                {
                    "row_id": f"story-{i:02d}-{j}" if stories else athlete.athlete_id,
                    "athlete_id": athlete.athlete_id,
                    "as_of": pd.Timestamp(window) if stories else AS_OF,
                    "window": window,
                    "predicted": predicted,
                    "low": predicted * 0.55,
                    "high": predicted * 1.9,
                    "baseline": 9_000.0,
                    "actual": predicted * math.exp(0.9 * math.sin(3 * i + 5 * j)),
                }
            )
    return pd.DataFrame(rows)


def _candidates(rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            (
                "baseline",
                "Naive guess: the athlete's own median",
                rows,
                1.02,
                0.03,
                0.80,
                0.05,
                0.01,
                0.98,
                False,
                "worse",
            ),
            (
                "ridge",
                "Ridge regression on logs",
                rows,
                0.47,
                0.01,
                0.79,
                0.02,
                0.81,
                0.98,
                True,
                "simplest near the best",
            ),
            ("boosting", "Monotone gradient boosting", rows, 0.46, 0.00, 0.81, 0.02, 0.82, 0.98, False, "not worth it"),
        ],
        columns=[
            "candidate",
            "label",
            "rows",
            "mae_log",
            "bias_log",
            "coverage",
            "mae_log_se",
            "r2_log",
            "baseline_mae_log",
            "chosen",
            "why",
        ],
    )


def _drivers(athletes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for i, athlete in enumerate(athletes.itertuples()):
        for j, (feature, label, scale, typical, weight) in enumerate(FEATURES):
            ratio = math.exp(1.2 * math.sin(i + j))
            value = typical * ratio if scale == "log" else typical + 3 * math.sin(i + j)
            effect = weight * (math.log(ratio) if scale == "log" else value - typical)
            rows.append((athlete.athlete_id, feature, label, None if i == 5 else value, typical, effect))
        rows.append((athlete.athlete_id, "patterns", "How all of it comes together", None, None, 0.3))
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["drivers"].column_names)


def _authenticity(athletes: pd.DataFrame) -> pd.DataFrame:
    known = athletes.dropna(subset=["followers"])
    table = pd.DataFrame(
        {
            "athlete_id": known["athlete_id"],
            "platform": "twitter",
            "followers": known["followers"],
            "likes_median": known["likes_median"],
            "likes_per_1000_followers": 1000 * known["likes_median"] / known["followers"].astype("float64"),
            "peers_likes_per_1000": 20.0,
            "peers": len(known),
            "z": 0.3,
            "biggest_jump_share": 0.04,
            "jump_at": AS_OF,
            "jump_likes_share": 0.01,
            "flagged": known["athlete_id"].isin(["athlete-03", "athlete-08"]),
        }
    )
    return table.assign(
        question=table["flagged"].map({True: "Do these followers read? 9 likes against 20.", False: None})
    )


def _payouts(athletes: pd.DataFrame) -> pd.DataFrame:
    def cents(column: str) -> pd.Series:
        return (athletes[column] * 2.5).round().astype("int64")

    return pd.DataFrame(
        {
            "athlete_id": athletes["athlete_id"],
            "expected_cents": cents("predicted"),
            "mean_cents": cents("mean"),
            "low_cents": cents("low"),
            "high_cents": cents("high"),
            "rate_cents_per_1000": 2_500,
            "rate_card": "standard",
            "model_version": "20260301-ridge",
            "snapshot_id": "literal",
        }
    )


def _clusters(athletes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for i, athlete_id in enumerate(athletes["athlete_id"]):
        cluster = -1 if i % 8 == 7 else i % 3
        angle, radius = 2.1 * cluster + 0.3 * math.sin(9 * i), 3 + math.cos(5 * i)
        identity = None if cluster < 0 else BUNDLES[cluster][0]
        strength = 0.0 if cluster < 0 else 0.6 + 0.4 * abs(math.sin(i))
        place = radius * math.cos(angle), radius * math.sin(angle)
        rows.append((athlete_id, cluster, identity, strength, i % 9 == 0, *place, False))
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["clusters"].column_names)


def _groups(clusters: pd.DataFrame) -> pd.DataFrame:
    rows = [
        (identity, number, name, WHY, int(inside), 0.8, 0.9, True, "same", "", "", 1.0)
        for identity, name, number in BUNDLES
        for inside in [(clusters["identity"] == identity).sum()]
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["cluster_groups"].column_names)


def _offer(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Bundles of the literal clusters, and whom a plan can book, as the product makes them."""
    rankings = tables["rankings"]
    platforms = tables["outlook"].set_index("athlete_id")["platform"]
    errors = Errors.measured(tables["backtest"], rankings, platforms)
    groups = tables["clusters"].set_index("athlete_id")["identity"].dropna()
    chosen = chosen_sets(tables["backtest"], rankings, groups, errors, Settings().seed)
    draws = Chosen.of(chosen).applied(joint_draws(rankings, errors, Settings().seed))
    athletes = bookable(rankings, tables["payouts"], pd.Series({"athlete-01": 1}), tables["authenticity"], draws)
    offered = with_terms(athletes, tables["outlook"])
    bundles, members = packages(tables["clusters"], tables["cluster_groups"], offered, draws, 0.8)
    athletes["bundle_offers"] = athletes["athlete_id"].isin(members["athlete_id"]).astype("int64")
    return {"chosen_sets": chosen, "bundles": bundles, "bundle_members": members, "plan_athletes": athletes}


def _by_window(backtest: pd.DataFrame) -> pd.DataFrame:
    windows = sorted(backtest["window"].unique())
    rows = [
        (w, 40, 0.44 + 0.03 * i, 0.02, 0.80 - 0.02 * i, 0.9, 4_000, 0.35, 0.98 + 0.02 * i, 0.6, 9_000, 0.7, 1.02)
        for i, w in enumerate(windows)
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["accuracy_by_window"].column_names)


def _by_group() -> pd.DataFrame:
    more = (0.9, 4_000, 0.35, 0.8, 0.6, 9_000, 0.7)
    rows = [
        ("tier", "under 1k", 40, 0.71, 0.11, 0.72),
        ("tier", "1k to 10k", 70, 0.45, 0.02, 0.80),
        ("tier", "over 10k", 50, 0.36, -0.04, 0.84),
        ("sport", "tennis", 80, 0.55, 0.03, 0.77),
        ("sport", "football", 80, 0.39, 0.01, 0.81),
    ]
    return pd.DataFrame([(*row, *more) for row in rows], columns=PUBLISHED_TABLES["accuracy_by_group"].column_names)


def _drift() -> pd.DataFrame:
    times = (datetime(2025, 6, 1), datetime(2026, 2, 15), datetime(2026, 2, 15), AS_OF)
    figures = ((0.31, 0.22, 0.0004, True), (0.04, 0.05, 1.0, False), (0.12, 0.09, 0.4, False), (0.02, 0.03, 1.0, False))
    test = ("Kolmogorov-Smirnov", -0.2)
    rows = [
        (name, label, *times, 280, 40, 0.0, 0.02, psi, 0.2, ks, p, 0.01, drifting)
        + ("number", psi / 2, 0.0, None, 0.9, 35, -0.2, -0.3, 0.02, p, 0.2, 1.0, 0.0, 0.1)
        + (("distribution", *test, -1_250, True) if drifting else (None, *test, None, True))
        for (name, label, *_), (psi, ks, p, drifting) in zip(FEATURES, figures, strict=True)
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["drift"].column_names)


def _drift_bins() -> pd.DataFrame:
    rows = []
    for back in (1, 2):
        begins = AS_OF - timedelta(days=14 * back)
        for name, _, _, typical, _ in FEATURES:
            for i in range(10):
                low, high = typical * 1.5 ** (i - 5), typical * 1.5 ** (i - 4)
                share = (1 + i) / 55 if back == 1 else 0.1
                rows.append((name, begins, i, None if i == 0 else low, None if i == 9 else high, 0.1, share, None))
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["drift_bins"].column_names)


def _drift_history() -> pd.DataFrame:
    weeks = pd.date_range(end=AS_OF, periods=7, freq="14D")
    rows = [
        (
            name,
            label,
            weeks[k],
            weeks[k + 1],
            40,
            0.05 * (k + 1) if place == 0 else 0.04,
            0.05,
            0.0,
            0.0,
            0.25 * (k + 1) if place == 0 else 0.2,
        )
        for place, (name, label, *_) in enumerate(FEATURES)
        for k in range(6)
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["drift_history"].column_names)


def _windows_apart() -> pd.DataFrame:
    times = (datetime(2025, 6, 1), datetime(2026, 2, 1), datetime(2026, 2, 1), AS_OF)
    return pd.DataFrame(
        [(*times, 320, 0.53, 0.6, 0.21, 0.01, False)], columns=PUBLISHED_TABLES["windows_apart"].column_names
    )


def _estimated_errors() -> pd.DataFrame:
    days = pd.date_range(end=AS_OF, periods=5, freq="14D")
    rows = [
        (
            days[k],
            days[k + 1],
            40,
            0.40 + 0.01 * k,
            *((0.41 + 0.05 * k, 0.03, 0.45) if k < 2 else (None, None, None)),
            k == 1,
        )
        for k in range(4)
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["estimated_errors"].column_names)


def _model_choice() -> pd.DataFrame:
    row = ("ridge-0a", "ridge-1b", "ridge-0a", "calendar", 80, 0.41, 0.40, 0.02, 0.05, 0.8, 0.81)
    why = "The challenger's error is not smaller beyond noise."
    pay = (0.03, 1_200_000, 1_236_000, 12, 5, 120)
    columns = PUBLISHED_TABLES["model_choice"].column_names
    return pd.DataFrame([(*row, why, *pay, 2, datetime(2026, 1, 31), None)], columns=columns)


def _pay_moves() -> pd.DataFrame:
    rows = [("athlete-02", 50_000, 80_000), ("athlete-01", 40_000, 36_000)]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["pay_moves"].column_names)


def _model_uses() -> pd.DataFrame:
    rows = [
        ("literal", AS_OF, "20260301-ridge"),
        ("20260201T040000-0b", datetime(2026, 2, 1, 4), "ridge-0a"),
        ("20260115T040000-0a", datetime(2026, 1, 15, 4), "ridge-0a"),
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["model_uses"].column_names)


def _quality() -> pd.DataFrame:
    told = "Rows of the newest window for each usual one."
    rows = [
        ("quarantine", "newest import of literal", 0.08, 0.05, "above", "bad", "Share of its lines set aside.", None),
        (
            "freshness",
            "posts on twitter",
            1.0,
            7.0,
            "above",
            "good",
            "Days since the newest row.",
            datetime(2026, 2, 28),
        ),
        ("volume", "posts on twitter", None, 0.5, "below", "not known", told, None),
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["quality"].column_names)


def _alerts() -> pd.DataFrame:
    window = (datetime(2026, 2, 1), AS_OF)
    name = FEATURES[0][0]
    rows = [
        (
            "estimate",
            "all stories",
            "critical",
            *window,
            0.46,
            0.41,
            "Errors are larger than inputs explain.",
            datetime(2026, 2, 1),
            AS_OF,
            True,
            None,
        ),
        (
            "drift",
            name,
            "warning",
            *window,
            0.31,
            0.2,
            f"{FEATURES[0][1]} moved (distribution).",
            AS_OF,
            AS_OF,
            True,
            -1250,
        ),
        (
            "quality",
            "volume of posts",
            "warning",
            *window,
            0.4,
            0.5,
            "Volume of posts.",
            datetime(2026, 1, 1),
            datetime(2026, 1, 15),
            False,
            None,
        ),
    ]
    return pd.DataFrame(rows, columns=PUBLISHED_TABLES["alerts"].column_names).astype({"money_cents": "Int64"})


def missing_columns(tables: dict[str, pd.DataFrame]) -> dict[str, list[str]]:
    """Columns that the contract asks for and the tables lack; empty when complete."""
    empty = pd.DataFrame()
    lacking = {
        name: [column for column in table.column_names if column not in tables.get(name, empty)]
        for name, table in PUBLISHED_TABLES.items()
    }
    return {name: columns for name, columns in lacking.items() if columns}
