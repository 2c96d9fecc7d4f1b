"""The ranking as pages read it, each part of it put together once for a snapshot (`DataSet.once`)."""

import pandas as pd

from athlete_intel.ui import driver_words, filters, formats, ranking_words, words
from athlete_intel.ui.reads import DataSet


def by_rank(data: DataSet) -> pd.DataFrame:
    """The ranking, the first one first."""
    return data.table("rankings").sort_values("rank", ignore_index=True)


def groupings(data: DataSet) -> list[str]:
    """Within what followers are judged; see `ranking_words.groupings`."""
    return ranking_words.groupings(data.table("peer_groups"))


def with_followers(data: DataSet, grouping: str) -> pd.DataFrame:
    """The ranking with what stands beside the ranks; see `ranking_words.with_followers`."""
    ranked = data.once(by_rank)
    return ranking_words.with_followers(ranked, data.table("peer_groups"), data.table("authenticity"), grouping)


def profile_values(data: DataSet) -> dict[str, list[str]]:
    """The values of each column of the profile, in the order of the alphabet."""
    return filters.profile_values(data.table("rankings"))


def labels(data: DataSet) -> dict[str, str]:
    """What each athlete is called in a list of choices, by athlete_id; see `words.athlete_labels`."""
    return words.athlete_labels(data.once(by_rank))


def names(data: DataSet) -> dict[str, str]:
    """Names by athlete_id, of everybody who is ranked; those that are equal are told apart."""
    rankings = data.table("rankings")
    return formats.distinct(dict(zip(rankings["athlete_id"], rankings["name"], strict=True)))


def drivers(data: DataSet, athlete_id: str) -> pd.DataFrame:
    """What moves the estimate of an athlete, in words; see `driver_words.driver_words`."""
    return driver_words.driver_words(data.rows_of("drivers", athlete_id), data.table("feature_catalogue"))


def told_drivers(data: DataSet, athlete_id: str) -> str:
    """What raises and what lowers the estimate of an athlete most; see `driver_words.driver_sentences`."""
    return " ".join(driver_words.driver_sentences(data.once(drivers, athlete_id)))


def side_by_side(data: DataSet, athlete_ids: tuple[str, ...]) -> pd.DataFrame:
    """The facts about some athletes; see `ranking_words.side_by_side`."""
    ranked = data.once(with_followers, data.once(groupings)[0])
    chosen = ranked[ranked["athlete_id"].isin(athlete_ids)]
    told = {each: data.once(drivers, each) for each in athlete_ids}
    return ranking_words.side_by_side(chosen, data.about, data.table("payouts"), data.table("peer_groups"), told)


def past_of(data: DataSet, athlete_ids: tuple[str, ...]) -> pd.DataFrame:
    """The past estimates of some athletes and what came."""
    return pd.concat([data.rows_of("backtest", each) for each in athlete_ids], ignore_index=True)


def past_errors(data: DataSet, called: dict[str, str]) -> pd.DataFrame:
    """How past estimates of some athletes came out; see `ranking_words.past_errors`.

    Args:
        data: the data set.
        called: what each of them is called, by athlete_id.
    """
    return ranking_words.past_errors(data.once(past_of, tuple(called)), called)
