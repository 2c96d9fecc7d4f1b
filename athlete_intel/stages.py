"""What a snapshot is made of: features, model, ranking, pay, bundles and health, in this order.

Each stage takes tables and returns published tables by name.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import numpy as np
import pandas as pd

from athlete_intel import bundles
from athlete_intel.contracts import PUBLISHED_TABLES, RAW_TABLES, Table
from athlete_intel.earlier import Earlier
from athlete_intel.features import tables as feature_tables
from athlete_intel.features.questions import Questions, questions_of
from athlete_intel.handle_results import handle_results
from athlete_intel.handles.stage import Settled, left_out, settle_handles
from athlete_intel.health_results import Health
from athlete_intel.influence import authenticity, peers
from athlete_intel.influence.cards import Card, card_of
from athlete_intel.influence.explanations import coefficients
from athlete_intel.influence.learning import Learned, learn
from athlete_intel.influence.ranking import rank_athletes
from athlete_intel.model_choice import Pay
from athlete_intel.monitoring.observed import waiting_questions
from athlete_intel.payout_results import payout_results
from athlete_intel.payouts.cards import RateCard, base_rate, load_card
from athlete_intel.payouts.expected import expected_cents
from athlete_intel.payouts.what_if import what_ifs
from athlete_intel.settings import Settings
from athlete_intel.warehouse import Database

Progress = Callable[[str], None]
"""Told the name of each stage as it begins."""
Check = Callable[[Learned, pd.DataFrame], bool]
"""Whether the data of today raise an alert about a model in use, given its backtest."""
KeepModel = Callable[
    [Learned, Card, Questions, pd.DataFrame, dict[str, pd.DataFrame], Pay, Check],
    tuple[Learned, dict[str, pd.DataFrame]],
]
"""Stores a model with its card, checks the one in use and sets both against each other; gives the model to use, and the
published tables about it. It is told what the model learnt from, today's features, the tables of its test, what is
paid, and how a model is checked."""


def publish_tables(
    database: Database,
    snapshot_id: str,
    settings: Settings,
    progress: Progress,
    keep_model: KeepModel,
    earlier: Earlier,
) -> None:
    """Run the stages on the raw tables in `database` and write the published tables beside them.

    Args:
        database: holds the raw tables, `mappings` and `feature_labels`.
        snapshot_id: the snapshot in the making.
        settings: intervals, windows, thresholds, seed and rate.
        progress: called with the name of each stage as it begins.
        keep_model: stores the model.
        earlier: the snapshots before, for ranks, identities of clusters and alerts.

    Raises:
        NotEnoughDataError: nothing with a time, or too little to learn from.
    """
    progress("handles")
    settled = settle_handles(database, settings)

    progress("features")
    as_of = feature_tables.data_as_of(database)
    mappings = database.table("mappings")
    feature_tables.prepare(database, window_days=int(mappings["window_days"].max()), owners=settled.owners)
    training = questions_of(database, feature_tables.sql("training_asks"), as_of, settings.posts_window)
    scoring = questions_of(database, feature_tables.sql("scoring_asks"), as_of, settings.posts_window)

    # What rests on a contested handle is not learnt from; the athlete is judged by the rest.
    label = str(mappings.sort_values("mapping")["outcome_label"].iloc[0])
    all_training, all_scoring = training, scoring
    training, scoring = _trusted(training, settled, label), _trusted(scoring, settled, label, drop=False)

    progress("model")
    learned, model_tables = learn(training, settings)
    rate_card = load_card(settings.rate_card)
    dataset = _dataset(mappings, as_of, learned, rate_card, settings)
    card = card_of(learned, training, model_tables["model_candidates"], settings)
    # The features of today in the columns of training: a platform that is new today is unknown to the model.
    today = scoring.matrix.reindex(columns=training.catalogue["feature"])
    today = today[today.notna().any(axis="columns")].sort_index()
    athletes = database.table("athletes")
    sports = athletes.set_index("athlete_id")["sport"]
    rate = int(dataset["rate_cents_per_1000"].item())

    progress("check")
    waiting = waiting_questions(database, as_of, settings.posts_window, int(dataset["window_days"].item()))
    health = Health(database, training, waiting, dataset.iloc[0], earlier.alerts(), settings)
    pay = partial(expected_cents, sports=sports, card=rate_card, base_rate=rate)
    learned, kept_tables = keep_model(learned, card, training, today, model_tables, pay, health.has_alert)
    model_tables |= kept_tables
    model_tables["coefficients"] = coefficients(learned.model)
    dataset["model_version"], dataset["mean_factor"] = learned.version, learned.mean_factor

    progress("ranking")
    ranking_tables = _rank(learned, scoring, today, athletes, earlier.ranks(as_of), settings)
    follower_tables = _compare_with_followers(database, ranking_tables["rankings"], all_scoring, settled, as_of)

    progress("pay")
    pay_tables = payout_results(
        database,
        ranking_tables["rankings"],
        model_tables["backtest"],
        scoring.answers,
        settled.states.loc[settled.states["left_out"].astype(bool), "athlete_id"],
        rate_card,
        dataset,
        snapshot_id,
        settings.seed,
    )
    pay_tables["what_ifs"] = what_ifs(learned, today, training.matrix)

    progress("bundles")
    bundle_tables = bundles.bundle_tables(
        today,
        training.catalogue,
        ranking_tables["rankings"],
        pay_tables["payouts"],
        pay_tables["outlook"],
        model_tables["backtest"],
        bundles.Errors.measured(
            model_tables["backtest"],
            ranking_tables["rankings"],
            pay_tables["outlook"].set_index("athlete_id")["platform"],
        ),
        settled.states.loc[settled.states["left_out"].astype(bool), "athlete_id"].value_counts(),
        follower_tables["authenticity"],
        earlier.clusters(as_of),
        as_of,
        int(dataset["window_days"].item()),
        settings.interval,
        settings.seed,
    )

    progress("health")
    health_tables = health.tables(learned, today, model_tables["backtest"], pay_tables, athletes, settled.states)

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
        "table_facts": _table_facts(database),
        **model_tables,
        **ranking_tables,
        **follower_tables,
        **pay_tables,
        **bundle_tables,
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


def _trusted(questions: Questions, settled: Settled, outcome_label: str, drop: bool = True) -> Questions:
    """The questions without the features of contested handles, and without rows in which nothing is left."""
    matrix, useful = left_out(questions.matrix, questions.asks["athlete_id"], settled.states, outcome_label)
    kept = useful.to_numpy() if drop else np.ones(len(matrix), dtype=bool)
    asks = questions.asks[kept].reset_index(drop=True)
    return Questions(asks, questions.answers, matrix[kept], questions.catalogue)


def _rank(
    learned: Learned,
    scoring: Questions,
    today: pd.DataFrame,
    athletes: pd.DataFrame,
    previous_rank: pd.Series,
    settings: Settings,
) -> dict[str, pd.DataFrame]:
    """Predict for every athlete of today, and turn predictions into ranks and reasons."""
    predictions = learned.predict(today)
    rankings = rank_athletes(
        predictions,
        learned.lasting.deviation(predictions, settings.interval),
        athletes,
        scoring.answers["follower_features"].groupby("ask_id")["followers"].sum(),
        scoring.answers["outcome_features"].set_index("ask_id")["outcomes_seen"],
        previous_rank,
        learned.mean_factor,
        settings.seed,
    )
    return {"rankings": rankings, "drivers": learned.drivers(today)}


def _compare_with_followers(
    database: Database, rankings: pd.DataFrame, scoring: Questions, settled: Settled, as_of: datetime
) -> dict[str, pd.DataFrame]:
    """Who is over- and under-rated by followers, and whose followers raise a question."""
    jumps = feature_tables.follower_jumps(database, as_of, authenticity.LEAST_FOLLOWERS)
    states = settled.states
    return {
        "peer_groups": peers.peer_groups(rankings),
        "authenticity": authenticity.authenticity(
            scoring.answers["follower_features"],
            scoring.answers["post_features"],
            jumps,
            states.loc[states["left_out"].astype("bool"), ["athlete_id", "platform"]],
        ),
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
