"""What a snapshot is made of: features, model, ranking, pay, bundles and health, in this order.

Each stage takes tables and returns published tables by name.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from athlete_intel import bundles
from athlete_intel.contracts import PUBLISHED_TABLES, RAW_TABLES, Table
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.matrix import design_matrix, signals
from athlete_intel.handle_results import handle_results
from athlete_intel.handles.stage import Settled, left_out, settle_handles
from athlete_intel.influence import evaluation
from athlete_intel.influence.candidates import CANDIDATES, Model, fit
from athlete_intel.influence.explanations import coefficients, drivers
from athlete_intel.influence.intervals import Ranges, spread_features
from athlete_intel.influence.ranking import rank_athletes
from athlete_intel.monitoring import accuracy
from athlete_intel.monitoring.drift import drift
from athlete_intel.payout_results import payout_results
from athlete_intel.payouts.cards import RateCard, base_rate, load_card
from athlete_intel.payouts.what_if import what_ifs
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database

Progress = Callable[[str], None]
"""Told the name of each stage as it begins."""


@dataclass(frozen=True)
class Questions:
    """Rows to learn from or to predict, and what was known for each of them."""

    asks: pd.DataFrame
    answers: dict[str, pd.DataFrame]
    matrix: pd.DataFrame
    catalogue: pd.DataFrame

    @property
    def rows(self) -> pd.DataFrame:
        """The questions with `row_id` for their name, one a row of the matrix."""
        return self.asks.rename(columns={"ask_id": "row_id"})


@dataclass(frozen=True)
class Learned:
    """The chosen model, and how far outcomes may lie from its predictions."""

    model: Model
    chosen: str
    version: str
    ranges: Ranges
    by_time: bool
    mean_factor: float


def publish_tables(database: Database, snapshot_id: str, settings: Settings, progress: Progress) -> None:
    """Run the stages on the raw tables in `database` and write the published tables beside them.

    Args:
        database: holds the raw tables, `mappings` and `feature_labels`.
        snapshot_id: the snapshot in the making.
        settings: intervals, windows, thresholds, seed and rate.
        progress: called with the name of each stage as it begins.

    Raises:
        NotEnoughDataError: nothing with a time, or too little to learn from.
    """
    progress("handles")
    settled = settle_handles(database, settings)

    progress("features")
    as_of = feature_tables.data_as_of(database)
    mappings = database.table("mappings")
    feature_tables.prepare(database, window_days=int(mappings["window_days"].max()), owners=settled.owners)
    training = _questions(database, feature_tables.sql("training_asks"), as_of, settings)
    scoring = _questions(database, feature_tables.sql("scoring_asks"), as_of, settings)

    # What rests on a contested handle is not learnt from; the athlete is judged by the rest.
    label = str(mappings.sort_values("mapping")["outcome_label"].iloc[0])
    all_training, all_scoring = training, scoring
    training, scoring = _trusted(training, settled, label), _trusted(scoring, settled, label, drop=False)

    progress("model")
    learned, model_tables = _learn(training, settings)
    card = load_card(settings.rate_card)
    dataset = _dataset(mappings, as_of, learned, card, settings)

    progress("ranking")
    # The features of today in the columns of training: a platform that is new today is unknown to the model.
    today = scoring.matrix.reindex(columns=training.catalogue["feature"])
    today = today[today.notna().any(axis="columns")].sort_index()
    athletes = database.table("athletes")
    ranking_tables = _rank(learned, scoring, today, athletes)

    progress("pay")
    pay_tables = payout_results(
        database,
        ranking_tables["rankings"],
        model_tables["backtest"],
        scoring.answers,
        settled.states.loc[settled.states["left_out"].astype(bool), "athlete_id"],
        card,
        dataset,
        snapshot_id,
        settings.seed,
    )
    pay_tables["what_ifs"] = what_ifs(learned.model, learned.ranges, today, training.matrix)

    progress("bundles")
    profile = bundles.social_profile(today, training.catalogue)
    packages, clusters = bundles.package(
        bundles.find_clusters(profile),
        profile,
        training.catalogue,
        ranking_tables["rankings"],
        pay_tables["payouts"],
    )

    progress("health")
    health_tables = _check(training, model_tables["backtest"], learned.mean_factor, athletes, settings)

    progress("audit")
    handle_tables = handle_results(
        settled, all_training, training, all_scoring, scoring, athletes, dataset, pay_tables["payouts"], settings
    )

    progress("publishing")
    published = {
        "dataset": dataset,
        "feature_catalogue": _catalogue(training, today, learned),
        "training_rows": training.rows.join(training.matrix.reset_index(drop=True)),
        "scoring_rows": scoring.matrix.rename_axis("athlete_id").reset_index(),
        "clusters": clusters,
        "bundles": packages,
        "table_facts": _table_facts(database),
        **model_tables,
        **ranking_tables,
        **pay_tables,
        **health_tables,
        **handle_tables,
    }
    for name, table in published.items():
        database.write(name, _in_contract_order(table, PUBLISHED_TABLES[name]))
    for name in ("post_features", "activity_features", "wikipedia_features", "follower_features"):
        today_table = scoring.answers[name].rename(columns={"ask_id": "athlete_id"})
        keys = [column for column in ("athlete_id", "platform") if column in today_table]
        database.write(f"today_{name}", today_table.sort_values(keys, ignore_index=True))


_PANDAS_TYPES = {
    "text": "str",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "timestamp": "datetime64[us]",
    "day": "datetime64[us]",
}


def _in_contract_order(table: pd.DataFrame, contract: Table) -> pd.DataFrame:
    """The columns of the contract first, in its types even where a column is empty."""
    types = {column.name: _PANDAS_TYPES[column.type] for column in contract.columns}
    ordered = contract.column_names
    return table[ordered + [column for column in table if column not in ordered]].astype(types)


def _questions(database: Database, asks_sql: str, as_of: datetime, settings: Settings) -> Questions:
    asks = database.query(asks_sql, {"as_of": as_of}).sort_values(["as_of", "ask_id"], ignore_index=True)
    answers = feature_tables.answer(database, asks, settings.posts_window)
    matrix, catalogue = design_matrix(asks, answers, database.table("feature_labels"))
    return Questions(asks, answers, matrix, catalogue)


def _trusted(questions: Questions, settled: Settled, outcome_label: str, drop: bool = True) -> Questions:
    """The questions without the features of contested handles, and without rows in which nothing is left."""
    matrix, useful = left_out(questions.matrix, questions.asks["athlete_id"], settled.states, outcome_label)
    kept = useful.to_numpy() if drop else np.ones(len(matrix), dtype=bool)
    asks = questions.asks[kept].reset_index(drop=True)
    return Questions(asks, questions.answers, matrix[kept], questions.catalogue)


def _learn(training: Questions, settings: Settings) -> tuple[Learned, dict[str, pd.DataFrame]]:
    """Compare the candidates on outcomes they had not seen, and fit the chosen one on all of them."""
    rows, catalogue = training.rows, training.catalogue
    by_time = evaluation.has_time(rows)
    splits = list(
        evaluation.time_splits(rows, settings.backtest_windows, settings.backtest_window_days)
        if by_time
        else evaluation.fold_splits(rows, settings.seed)
    )
    predictions = evaluation.out_of_sample(rows, training.matrix, catalogue, splits, settings.seed)
    candidates = evaluation.compare(predictions)
    chosen = str(candidates.loc[candidates["chosen"], "candidate"].item())
    tested = evaluation.with_ranges(predictions, training.matrix, chosen, settings.interval, by_time)
    inside = tested["actual"].between(tested["low"], tested["high"]).where(tested["low"].notna())
    candidates["coverage"] = np.where(candidates["chosen"], inside.astype("float64").mean(), np.nan)
    candidate = next(candidate for candidate in CANDIDATES if candidate.name == chosen)
    model = fit(candidate, training.matrix, catalogue, rows["outcome"], settings.seed)
    learned = Learned(
        model=model,
        chosen=chosen,
        version=f"{chosen}-{_table_hash(rows.assign(**training.matrix.reset_index(drop=True)))}",
        ranges=evaluation.ranges_of_all(predictions, training.matrix, chosen, settings.interval),
        by_time=by_time,
        mean_factor=evaluation.mean_factor(tested),
    )
    return learned, {
        "model_candidates": candidates,
        "coefficients": coefficients(model),
        "backtest": tested if by_time else tested[tested["window"].str.startswith("repeat 1,")],
    }


def _rank(
    learned: Learned,
    scoring: Questions,
    today: pd.DataFrame,
    athletes: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Predict for every athlete of today, and turn predictions into ranks and reasons."""
    predicted = learned.model.predict_log(today)
    rankings = rank_athletes(
        predicted,
        learned.ranges,
        spread_features(today, predicted),
        athletes,
        scoring.answers["follower_features"].groupby("ask_id")["followers"].sum(),
        scoring.answers["outcome_features"].set_index("ask_id")["outcomes_seen"],
        learned.mean_factor,
    )
    return {"rankings": rankings, "drivers": drivers(learned.model, today)}


def _check(
    training: Questions, backtest: pd.DataFrame, mean_factor: float, athletes: pd.DataFrame, settings: Settings
) -> dict[str, pd.DataFrame]:
    """Accuracy by time and group, and drift of the features."""
    drifts, drift_bins = drift(
        training.rows,
        training.matrix,
        signals(training.catalogue),
        settings.drift_window_days,
        settings.drift_psi_threshold,
        settings.drift_p_threshold,
    )
    return {
        "accuracy_by_window": accuracy.by_window(backtest, mean_factor),
        "accuracy_by_group": accuracy.by_group(backtest, athletes),
        "drift": drifts,
        "drift_bins": drift_bins,
    }


def _catalogue(training: Questions, today: pd.DataFrame, learned: Learned) -> pd.DataFrame:
    features = training.catalogue["feature"]
    return training.catalogue.assign(
        null_share=today.isna().mean().reindex(features).to_numpy(),
        in_model=features.isin(learned.model.catalogue["feature"]),
    )


def _dataset(
    mappings: pd.DataFrame, as_of: datetime, learned: Learned, card: RateCard, settings: Settings
) -> pd.DataFrame:
    first = mappings.sort_values("mapping").iloc[0]
    rate, rate_from = base_rate(
        settings.rate_cents_per_1000, card, int(first["rate_cents_per_1000"]), str(first["mapping"])
    )
    return pd.DataFrame(
        {
            "title": [" and ".join(mappings["title"])],
            "source": ["; ".join(mappings["source"])],
            "made_up": [bool(mappings["made_up"].any())],
            "rows_are": ["stories" if learned.by_time else "athletes"],
            "outcome_name": [first["outcome_name"]],
            "outcome_label": [first["outcome_label"]],
            "outcome_unit": [first["outcome_unit"]],
            "window_days": [int(mappings["window_days"].max())],
            "as_of": [pd.Timestamp(as_of)],
            "interval": [settings.interval],
            "model_version": [learned.version],
            "mean_factor": [learned.mean_factor],
            "rate_card": [card.label],
            "rate_cents_per_1000": [rate],
            "rate_from": [rate_from],
        }
    )


def _table_facts(database: Database) -> pd.DataFrame:
    facts = []
    for table in RAW_TABLES.values():
        times = [
            column.name for column in table.columns if column.type in ("timestamp", "day") and column.name != "known_at"
        ]
        time = f"CAST({times[0]} AS TIMESTAMP)" if times else "CAST(NULL AS TIMESTAMP)"
        athletes = "count(DISTINCT athlete_id)" if "athlete_id" in table.column_names else "NULL"
        found = database.query(
            f"SELECT count(*) AS rows, {athletes} AS athletes, min({time}) AS oldest, max({time}) AS newest "
            f"FROM {table.name}"
        )
        facts.append(found.assign(table_name=table.name, about=table.about))
    return pd.concat(facts, ignore_index=True).astype({"athletes": "Int64"})


def _table_hash(table: pd.DataFrame) -> str:
    hashes = pd.util.hash_pandas_object(table, index=False).to_numpy()
    return hashlib.sha256(np.ascontiguousarray(hashes).tobytes()).hexdigest()[:8]
