"""What published tables say, in sentences. Pure functions; nothing here needs streamlit."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from athlete_intel.payouts.rates import Terms, fee_cents
from athlete_intel.ui import formats as f
from athlete_intel.ui import outcome_words

_KINDS = {"person": "people", "media": "media"}
_COVERAGE_TOLERANCE = 0.05
"""How far coverage may lie from what was aimed at before it is worth a warning."""
_ON_LINE = re.compile(r",? (?:on|in|of|from) line \d[\d,]*,?|\bline \d[\d,]*")
_SMALL_GAIN = 0.05
"""Share of the baseline's error that a model must take away to be worth the trouble."""


@dataclass(frozen=True)
class ModelFigures:
    """How far off the chosen model and the naive baseline are on outcomes that they had not seen."""

    label: str
    error_log: float | None
    baseline_error_log: float | None
    coverage: float | None
    r2_log: float | None
    rows: int

    @property
    def better(self) -> bool:
        """Whether the model is closer than the baseline, as far as that was measured."""
        if self.error_log is None or self.baseline_error_log is None:
            return True
        return self.error_log < self.baseline_error_log

    @property
    def hardly_better(self) -> bool:
        """Whether the gain over the baseline is too small to matter."""
        if self.error_log is None or self.baseline_error_log is None:
            return False
        return self.error_log > self.baseline_error_log * (1 - _SMALL_GAIN)


def model_figures(candidates: pd.DataFrame) -> ModelFigures | None:
    """Figures of the chosen candidate, and of the naive guess on the same outcomes; None where nothing was compared.

    A snapshot of an earlier version does not say how good the naive guess was on them.

    >>> candidates = pd.DataFrame({"label": ["Ridge"], "mae_log": [0.4], "coverage": [0.81], "r2_log": [0.7],
    ...     "rows": [90], "baseline_mae_log": [0.39], "chosen": [True]})
    >>> figures = model_figures(candidates)
    >>> figures.baseline_error_log, figures.better
    (0.39, False)
    """
    chosen = candidates[candidates["chosen"].astype(bool)]
    if chosen.empty:
        return None
    row = chosen.iloc[0]
    return ModelFigures(
        label=str(row["label"]),
        error_log=_number(row["mae_log"]),
        baseline_error_log=_number(row.get("baseline_mae_log")),
        coverage=_number(row["coverage"]),
        r2_log=_number(row["r2_log"]),
        rows=int(row["rows"]),
    )


def who(rankings: pd.DataFrame) -> str:
    """How many athletes, and of which kinds where there are several.

    >>> who(pd.DataFrame({"kind": ["person", "person", "team"]}))
    '3 athletes (2 people, 1 team)'
    """
    kinds = rankings["kind"].dropna().value_counts(sort=True)
    parts = ", ".join(f.some(int(number), str(kind), _KINDS.get(str(kind))) for kind, number in kinds.items())
    return f.some(len(rankings), "athlete") + (f" ({parts})" if len(kinds) > 1 else "")


def row_is(about: pd.Series) -> str:
    """What one prediction is about: the next story, or the athlete where the data hold one value each."""
    return "athlete" if about["rows_are"] == "athletes" else "story"


def amount(about: pd.Series, value: float) -> str:
    """A value of the outcome with its name.

    >>> amount(pd.Series({"outcome_unit": "", "outcome_name": "page views"}), 18412.0)
    '18.4k page views'
    >>> amount(pd.Series({"outcome_unit": "$", "outcome_name": "deal value"}), 18412.0)
    'a deal value of $18.4k'
    >>> daily = {"outcome_unit": "", "outcome_name": "page views", "outcome_label": "Page views a day"}
    >>> amount(pd.Series(daily), 18412.0)
    '18.4k page views a day'
    """
    number = f.outcome(value, about["outcome_unit"])
    if about["outcome_unit"] == "$":
        return f"a {about['outcome_name']} of {number}"
    return f"{number} {outcome_words.named(about)}"


def is_tested(about: pd.Series) -> bool:
    """Whether it was measured how often outcomes fall inside their range; if not, nothing is said about how often."""
    return bool(about.get("range_tested", True))


def range_label(about: pd.Series) -> str:
    """What a range is called above its two ends.

    >>> range_label(pd.Series({"interval": 0.8})), range_label(pd.Series({"interval": 0.8, "range_tested": False}))
    ('Range, four times in five', 'Range (not yet tested)')
    """
    return f"Range, {f.how_often(about['interval'])}" if is_tested(about) else "Range (not yet tested)"


def range_meaning(about: pd.Series) -> str:
    """What a range promises, for a tooltip."""
    if is_tested(about):
        return f"{f.percent(about['interval'])} of outcomes should fall inside; Model health says how many did."
    return "How many outcomes fall inside such ranges has not been tested yet."


def ranging(about: pd.Series, between: str) -> str:
    """A range with how often what comes falls inside, or that this was not tested.

    >>> ranging(pd.Series({"interval": 0.8}), "1 to 5")
    'four times in five 1 to 5'
    >>> ranging(pd.Series({"interval": 0.8, "range_tested": False}), "1 to 5")
    'with a range of 1 to 5 (not yet tested)'
    """
    return (
        f"{f.how_often(about['interval'])} {between}"
        if is_tested(about)
        else f"with a range of {between} (not yet tested)"
    )


def typically(about: pd.Series, row: pd.Series) -> str:
    """A prediction with its range.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "interval": 0.8})
    >>> row = pd.Series({"predicted": 18412.0, "low": 9000.0, "high": 31000.0})
    >>> typically(about, row)
    'typically 18.4k page views, four times in five 9,000 to 31k'
    >>> about["range_tested"] = False
    >>> typically(about, row)
    'typically 18.4k page views, with a range of 9,000 to 31k (not yet tested)'
    """
    text = f"typically {amount(about, row['predicted'])}"
    if f.missing(row["low"]):
        return text
    between = f.outcome_range(row["low"], row["high"], about["outcome_unit"])
    return f"{text}, {ranging(about, between)}"


def leader(about: pd.Series, found: pd.DataFrame, everybody: int) -> str:
    """Who leads among the athletes found."""
    first = found.iloc[0]
    leads = " leads" if len(found) > 1 else ""
    among = f" among the {f.count(len(found))} athletes found" if 1 < len(found) < everybody else ""
    return f"{first['name']}{leads}{among}: {typically(about, first)}."


def pay_sentence(about: pd.Series, pay: pd.Series, terms: Terms | None = None) -> str:
    """What the athlete can expect, the range first.

    Args:
        about: the data set.
        pay: the row of the published table `payouts`.
        terms: of the athlete; where they are known and typical pay is at their cap or floor, that is said.

    >>> about = pd.Series({"rows_are": "stories", "interval": 0.8})
    >>> pay = pd.Series({"expected_cents": 124_000, "low_cents": 90_000, "high_cents": 160_000})
    >>> print(pay_sentence(about, pay))
    The next story earns $900 to $1,600 four times in five, typically $1,240.
    >>> about["range_tested"] = False
    >>> print(pay_sentence(about, pay))
    The next story earns $900 to $1,600 (a range not yet tested), typically $1,240.
    >>> least = pd.Series({"expected_cents": 1_000, "low_cents": 1_000, "high_cents": 1_000})
    >>> print(pay_sentence(pd.Series({"rows_are": "stories", "interval": 0.8}), least))
    The next story earns $10 four times in five.
    >>> daily = {"outcome_name": "page views", "outcome_label": "Page views a day", "interval": 0.8}
    >>> print(pay_sentence(pd.Series({"rows_are": "athletes", **daily}), pay, Terms(2_500, cap_cents=124_000)))
    At today's rate your pay for the page views of one day is $900 to $1,600 four times in five, typically $1,240, the
    most that the rate card pays.
    """
    subject = "The next story earns"
    if row_is(about) == "athlete":
        subject = f"At today's rate your pay for {outcome_words.one_value(about)} is"
    limit = pay_limit(int(pay["expected_cents"]), terms)
    end = f", {limit}." if limit else "."
    typical = f"typically {f.money(pay['expected_cents'])}{end}"
    if f.missing(pay["low_cents"]):
        return f"{subject} {typical}"
    between = f.money_range(pay["low_cents"], pay["high_cents"])
    often = f.how_often(about["interval"]) if is_tested(about) else "(a range not yet tested)"
    if between == f.money(pay["expected_cents"]):
        return f"{subject} {between} {often}{end}"
    return f"{subject} {between} {often}, {typical}"


def pay_limit(cents: int, terms: Terms | None) -> str:
    """Whether pay is at the end of what the terms allow; empty where it is not, or where they are not known.

    >>> terms = Terms(500, floor_cents=1_000, cap_cents=50_000)
    >>> pay_limit(50_000, terms), pay_limit(1_000, terms), pay_limit(2_000, terms), pay_limit(0, Terms(500))
    ('the most that the rate card pays', 'the least that the rate card pays', '', '')
    """
    if terms is None:
        return ""
    if terms.cap_cents and cents >= fee_cents(_BEYOND_ANY_CAP, terms):
        return "the most that the rate card pays"
    return "the least that the rate card pays" if terms.floor_cents and cents <= fee_cents(0, terms) else ""


_BEYOND_ANY_CAP = 10**18
"""An outcome that no cap lets pay in full."""


def model_sentence(figures: ModelFigures | None, about: pd.Series) -> str:
    """The model in one line.

    >>> figures = ModelFigures("Ridge regression", 0.4, 0.7, 0.81, 0.7, 90)
    >>> print(model_sentence(figures, pd.Series({"interval": 0.8, "outcome_name": "page views"})))
    The model is typically off by a factor of 1.49 on page views it had not seen (a naive guess: 2.01);
    81% of them fell inside their range, with 80% aimed at.
    """
    if figures is None or figures.error_log is None:
        return "No model was compared in this snapshot."
    one = about.get("outcome_unit") == "$"
    text = f"The model is typically off by a factor of {f.error_factor(figures.error_log)[:-1]}"
    text += f" on {'a ' * one}{about['outcome_name']} it had not seen"
    if figures.baseline_error_log is not None:
        text += f" (a naive guess: {f.error_factor(figures.baseline_error_log)[:-1]})"
    if figures.coverage is not None:
        aim = f.percent(about["interval"])
        those = "outcomes" if one else "them"
        text += f"; {f.percent(figures.coverage)} of {those} fell inside their range, with {aim} aimed at"
    return text + "."


def nothing_to_know(figures: ModelFigures | None, drift: pd.DataFrame) -> str:
    """What was looked at where there is nothing that a careful reader should know; nothing is said of the rest.

    Args:
        figures: of the model; None where it was not tested.
        drift: of the newest window; empty where no windows can be compared.

    >>> nothing_to_know(None, pd.DataFrame())
    'No critical alert is open, and no row of the source files was set aside.'
    >>> tested = ModelFigures("ridge", 0.4, 0.6, 0.8, 0.7, 100)
    >>> print(nothing_to_know(tested, pd.DataFrame({"drifting": [False]})))
    No critical alert is open, and no row of the source files was set aside. No feature drifts. The model is closer than
    a naive guess. Its ranges hold about as many outcomes as they should.
    """
    told = ["No critical alert is open, and no row of the source files was set aside."]
    if len(drift):
        told.append("No feature drifts.")
    if figures is not None and figures.error_log is not None and figures.baseline_error_log is not None:
        told.append("The model is closer than a naive guess.")
    if figures is not None and figures.coverage is not None:
        told.append("Its ranges hold about as many outcomes as they should.")
    return " ".join(told)


def attention_points(
    about: pd.Series,
    figures: ModelFigures | None,
    drift: pd.DataFrame,
    quarantine: pd.DataFrame,
    bundles: int,
    alerts: pd.DataFrame,
) -> list[str]:
    """What a careful reader should know before using the numbers: critical alerts that are open come first.

    Alerts about single features are left out, as all features that drift are told in one sentence.
    """
    still = alerts[alerts["open"].astype(bool) & (alerts["severity"] == "critical") & (alerts["rule"] != "drift")]
    points = [f"Critical alert: {message}" for message in still["message"]]
    if figures is not None and not figures.better:
        points.append("The model is no better than a naive guess on outcomes it had not seen; do not pay by it.")
    elif figures is not None and figures.hardly_better:
        errors = f"{f.error_factor(figures.error_log)} against {f.error_factor(figures.baseline_error_log)}"
        points.append(f"The model is hardly better than a naive guess (typical error {errors}).")
    if figures is not None and figures.coverage is not None:
        gap = figures.coverage - about["interval"]
        if abs(gap) > _COVERAGE_TOLERANCE:
            held = f"Ranges held {f.percent(figures.coverage)} of outcomes instead of {f.percent(about['interval'])}"
            points.append(f"{held}: they are too {'wide' if gap > 0 else 'narrow'}.")
    moving = drift.loc[drift["drifting"].astype(bool), "label"].tolist() if len(drift) else []
    if moving:
        names = ", ".join(moving[:3]) + (f" and {len(moving) - 3} more" if len(moving) > 3 else "")
        points.append(f"{f.some(len(moving), 'feature')} drifted away from what the model learnt from: {names}.")
    if len(quarantine):
        points.append(set_aside_sentence(quarantine))
    if not bundles:
        points.append("No group of athletes alike was found, so there are no bundles.")
    return points


def past_estimates(backtest: pd.DataFrame, terms: Sequence[Terms]) -> pd.DataFrame:
    """Past predictions of an athlete beside what came, oldest first, in the outcome and in whole cents of pay.

    Args:
        backtest: of the athlete.
        terms: of each of its rows, so that floor, cap, factors and commission count as they do for the next story.

    >>> row = {"as_of": 1, "row_id": "s1", "window": 1, "predicted": 100.0, "low": 50.0, "high": 300.0, "actual": 1e6}
    >>> past = past_estimates(pd.DataFrame([row]), [Terms(500, floor_cents=1_000, cap_cents=90_000)])
    >>> past[["predicted_dollars", "actual_dollars", "inside"]].values.tolist()
    [[10.0, 900.0, 'outside']]
    """
    backtest = backtest.assign(terms=pd.Series(list(terms), index=backtest.index, dtype="object"))
    past = backtest.sort_values(["as_of", "row_id", "window"], ignore_index=True)
    past["inside"] = past["actual"].between(past["low"], past["high"]).map({True: "inside", False: "outside"})
    past.loc[past["low"].isna(), "inside"] = "no range"
    for column in ("predicted", "actual"):
        past[f"{column}_dollars"] = [
            fee_cents(came, own) / 100 for came, own in zip(past[column], past["terms"], strict=True)
        ]
    return past.drop(columns="terms")


def past_sentence(past: pd.DataFrame, about: pd.Series) -> str:
    """How past estimates of an athlete came out. An athlete is told of medians only, which do not add up: no sums."""
    noun = ("value", "values") if row_is(about) == "athlete" else ("story", "stories")
    if past.empty:
        return f"None of the {noun[1]} of this athlete was used to test the model, so there are no past estimates."
    inside = int((past["inside"] == "inside").sum())
    if len(past) == 1:
        return _one_past_estimate(past.iloc[0], about)
    more = int((past["actual"] > past["predicted"]).sum())
    sides = f"{more} brought more than estimated, {len(past) - more} did not"
    ranged = past[past["inside"] != "no range"]
    if len(ranged) == len(past):
        return f"{inside} of {f.some(len(past), *noun)} fell inside the range; {sides}."
    told = (
        f"{inside} of the {f.count(len(ranged))} that had a range fell inside it" if len(ranged) else "None had a range"
    )
    return f"{f.some(len(past), *noun)}: {told}; {sides}."


def _one_past_estimate(row: pd.Series, about: pd.Series) -> str:
    predicted, came = (f.outcome(row[name], about["outcome_unit"]) for name in ("predicted", "actual"))
    where = {"inside": ", inside the range", "outside": ", outside the range"}.get(str(row["inside"]), "")
    pay = f"{_dollars(row['actual_dollars'])}; the estimate let expect {_dollars(row['predicted_dollars'])}"
    return (
        f"There is one estimate that was made without knowing the outcome: typically {predicted}. {came} came{where}. "
        f"By today's rate card that earns {pay}."
    )


def athlete_labels(rankings: pd.DataFrame) -> dict[str, str]:
    """What each athlete is called in a list of choices: the name, and the team where there is one.

    >>> table = pd.DataFrame({"athlete_id": ["a", "b"], "name": ["Ana", "Ana"], "team": ["Reds", None]})
    >>> athlete_labels(table)
    {'a': 'Ana, Reds', 'b': 'Ana'}
    """
    teams = [f"{name}, {team}" if isinstance(team, str) else name for name, team in rankings[["name", "team"]].values]
    return f.distinct(dict(zip(rankings["athlete_id"], teams, strict=True)))


def terms_words(about: pd.Series, terms: Terms) -> str:
    """What a story of an athlete earns, and every limit to it.

    >>> from decimal import Decimal
    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "rate_cents_per_1000": 5_000})
    >>> print(terms_words(about, Terms(6_000, 2_000, 0, commission_share=Decimal("0.1"))))
    $60 for each 1,000 page views ($50, times the card's factors for tier and sport), at least $20; 10% of that stays
    with the house
    """
    base_rate = int(about["rate_cents_per_1000"])
    text = f"{f.money(terms.rate_cents_per_1000)} for each {outcome_words.thousand(about)}"
    if terms.rate_cents_per_1000 != base_rate:
        text += f" ({f.money(base_rate)}, times the card's factors for tier and sport)"
    if terms.floor_cents:
        text += f", at least {f.money(terms.floor_cents)}"
    if terms.cap_cents:
        text += f"{' and' if terms.floor_cents else ','} at most {f.money(terms.cap_cents)}"
    return text + (
        f"; {f.percent(float(terms.commission_share))} of that stays with the house" if terms.commission_share else ""
    )


def how_computed(about: pd.Series, terms: Terms) -> str:
    """The way from what is known to pay of an athlete's next story, in plain words."""
    return (
        f"From what was known about the athlete on {f.day(about['as_of'])}, the model (version "
        f"{about['model_version']}) predicts a typical outcome: {about['outcome_label']}. Pay is "
        f"{terms_words(about, terms)}, by the rate card {about['rate_card']}. "
        + (
            f"The range is wide enough that {f.how_often(about['interval'])} what comes falls inside."
            if is_tested(about)
            else "How often what comes falls inside the range has not been tested yet."
        )
    )


def bundle_sentence(about: pd.Series, bundle: pd.Series) -> str:
    """What a bundle costs and brings: on average, which adds up over its members, where averages are known.

    >>> about = pd.Series({"outcome_unit": "", "outcome_name": "page views", "interval": 0.8, "mean_factor": 1.2})
    >>> bundle = {"name": "Golfers", "members": 5, "cost_cents": 100_000, "low_cents": 80_000, "high_cents": 130_000}
    >>> print(bundle_sentence(about, pd.Series({**bundle, "expected": 20_000, "low": 16_000, "high": 26_000})))
    Golfers: 5 athletes for about $1,000 on average, four times in five $800 to $1,300, with 20k page views on average,
    four times in five 16k to 26k.
    """
    averaged = " on average" if "mean_factor" in about else ""
    cost = ranging(about, f.money_range(bundle["low_cents"], bundle["high_cents"]))
    brought = ranging(about, f.outcome_range(bundle["low"], bundle["high"], about["outcome_unit"]))
    return (
        f"{bundle['name']}: {f.some(int(bundle['members']), 'athlete')} for about {f.money(bundle['cost_cents'])}"
        f"{averaged}, {cost}, with {amount(about, bundle['expected'])}{averaged}, {brought}."
    )


def as_factors(errors: pd.DataFrame) -> pd.DataFrame:
    """Errors of logarithms as factors, bias as a share, and R² in the digits that are shown, so that none is -0.00."""
    naive = {"naive": np.exp(errors["baseline_mae_log"])} if "baseline_mae_log" in errors else {}
    explained = {name: errors[name].round(2) + 0.0 for name in ("r2_log", "baseline_r2_log") if name in errors}
    return errors.assign(error=np.exp(errors["mae_log"]), bias=np.expm1(errors["bias_log"]), **naive, **explained)


def windows_in_words(windows: pd.DataFrame) -> pd.DataFrame:
    """Errors by window as the table shows them: in order, as factors, random parts by the name that people read."""
    ordered = windows.sort_values("window", ignore_index=True)
    labels = f.window_labels(ordered["window"])
    # Days stay as they are in the table, so that sorting by them is sorting by time.
    parts = {name: label for name, label in labels.items() if "fold" in name}
    return as_factors(ordered).assign(window=ordered["window"].replace(parts))


def how_tested(windows: pd.DataFrame) -> str:
    """How outcomes were kept from the model to test it on.

    Args:
        windows: `window` of those that are shown.

    >>> print(how_tested(pd.DataFrame({"window": ["repeat 1, fold 1", "repeat 1, fold 2"]})))
    There is no time in these outcomes, so the athletes were split by chance into 2 parts, and each part was predicted
    by a model that had learnt from the others only. That cannot show how a model ages.
    """
    if windows.empty:
        return ""
    labels = list(f.window_labels(windows["window"]).values())
    if not windows["window"].str.contains("fold").all():
        return "Each window was predicted from what was known when it began."
    parts = max(int(label.split(" of ")[-1]) for label in labels)
    rounds = len({label.split(",")[0] for label in labels if "," in label})
    again = f", {rounds} times over" if rounds > 1 else ""
    return (
        f"There is no time in these outcomes, so the athletes were split by chance into {parts} parts{again}, and each "
        "part was predicted by a model that had learnt from the others only. That cannot show how a model ages."
    )


def totals_sentence(windows: pd.DataFrame) -> str:
    """What came in sum over what was expected on average in sum; nothing where that was not measured.

    >>> print(totals_sentence(pd.DataFrame({"window": ["repeat 1, fold 1", "repeat 1, fold 2"], "rows": [100, 100],
    ...     "total_ratio": [0.9, 1.2]})))
    Added up over all predictions of a part, what came was between 90% and 120% of the average that was expected.
    """
    if "total_ratio" not in windows or windows["total_ratio"].isna().all():
        return ""
    low, high = f.percent(windows["total_ratio"].min()), f.percent(windows["total_ratio"].max())
    over = "part" if windows["window"].str.contains("fold").any() else "window"
    share = f"between {low} and {high}" if low != high else low
    return f"Added up over all predictions of a {over}, what came was {share} of the average that was expected."


def typical_error_meaning(error_log: float | None) -> str:
    """What the typical error means, with the numbers of this model.

    >>> print(typical_error_meaning(0.3842624))
    The factor by which predictions are typically off on outcomes that the model had not seen; 1.00x is exact. At 1.47x,
    what follows a prediction of 1,000 is typically as far off as 681 or 1,469.
    """
    told = "The factor by which predictions are typically off on outcomes that the model had not seen; 1.00x is exact."
    if error_log is None:
        return told
    factor = float(np.exp(error_log))
    return (
        f"{told} At {f.error_factor(error_log)}, what follows a prediction of 1,000 is typically as far off as "
        f"{f.count(1000 / factor)} or {f.count(1000 * factor)}."
    )


def compared_models(candidates: pd.DataFrame) -> pd.DataFrame:
    """The candidates, the chosen one first and then by error, with errors as factors."""
    table = as_factors(candidates).assign(
        error_from=np.exp(candidates["mae_log"] - candidates["mae_log_se"]),
        error_to=np.exp(candidates["mae_log"] + candidates["mae_log_se"]),
        use=candidates["chosen"].map({True: "in use", False: ""}),
    )
    return table.sort_values(["chosen", "mae_log", "candidate"], ascending=[False, True, True], ignore_index=True)


def why_chosen(candidates: pd.DataFrame) -> str:
    """Which model makes the predictions, and why."""
    chosen = candidates[candidates["chosen"].astype(bool)]
    if chosen.empty:
        return "No model was chosen in this snapshot."
    row = chosen.iloc[0]
    return f"In use: {row['label']}, one of {f.some(len(candidates), 'candidate')}. Why: {_sentence(row['why'])}"


def drifting(drift: pd.DataFrame) -> str:
    """How many features drift, out of how many."""
    return f"{int(drift['drifting'].astype(bool).sum())} of {len(drift)}" if len(drift) else "not measured"


def drift_sentence(drift: pd.DataFrame) -> str:
    """Which features drift between which windows."""
    row = drift.iloc[0]
    day = pd.Timedelta(days=1)  # A window ends with the midnight after its last day.
    now, then = (f.days(row[f"{name}_from"], row[f"{name}_to"] - day) for name in ("analysis", "reference"))
    times = f"{now} against {then}"
    moving = drift.loc[drift["drifting"].astype(bool), "label"].tolist()
    if not moving:
        return f"None of {f.some(len(drift), 'feature')} drifts ({times})."
    verb = "drifts" if len(moving) == 1 else "drift"
    return f"{len(moving)} of {f.some(len(drift), 'feature')} {verb} ({times}): {', '.join(moving)}."


def drift_rule(drift: pd.DataFrame) -> str:
    """When a feature counts as drifting."""
    row = drift.iloc[0]
    return (
        f"A feature drifts when it moved by enough and by more than chance: its PSI is at least "
        f"{row['psi_threshold']:g}, or the athletes' own level moved by {row['shift_threshold']:g} of its spread, or "
        f"the share of empty values by {f.percent(row['null_share_threshold'])}, each with a p-value below "
        f"{row['ks_p_threshold']:g}. p-values count athletes, not rows, and are corrected for the number of tests, so "
        f"that chance alone raises an alarm in at most {f.percent(row['ks_p_threshold'])} of windows."
    )


def data_sentence(imports: pd.DataFrame, quarantine: pd.DataFrame) -> str:
    """How much was read, and how much of it was set aside."""
    if imports.empty:
        return "The data of this snapshot were not read from files."
    lines, bad = int(imports["lines"].sum()), set_aside(quarantine)
    read = f"{f.some(lines, 'row')} from {f.some(len(imports), 'file')} were read"
    if not len(quarantine):
        return f"{read}; every value was loaded."
    share = f.percent(bad / lines if lines else 0)
    return f"{read}; {f.some(bad, 'row')} ({share}) {'was' if bad == 1 else 'were'} set aside, whole or in part."


def by_reason(quarantine: pd.DataFrame) -> pd.DataFrame:
    """The rows of the quarantine counted by file and reason, the most frequent first.

    A row that was meant for several tables stands in the quarantine once for each, and counts once here.
    """
    groups = (
        quarantine.assign(reason=quarantine["reason"].map(_without_lines))
        .groupby(["file", "reason"], as_index=False)
        .agg(rows=("line", "nunique"), column_name=("column_name", _listed))
    )
    return groups.sort_values(["rows", "file", "reason"], ascending=[False, True, True], ignore_index=True)


def set_aside(quarantine: pd.DataFrame) -> int:
    """Rows of the source files with something in quarantine."""
    return len(quarantine[_ROW].drop_duplicates())


def set_aside_sentence(quarantine: pd.DataFrame) -> str:
    """How many rows of the source files stand in quarantine, and why most of them do.

    >>> print(set_aside_sentence(pd.DataFrame({"mapping": "m", "file": "posts.csv", "line": [109, 109, 814],
    ...     "column_name": ["post_id", "story_id", "post_id"], "reason": [
    ...     "stands twice; the first, on line 108, is kept", "stands twice; the first, on line 108, is kept",
    ...     "stands twice; the first, on line 813, is kept"]})))
    2 rows of the source files were set aside (quarantine), because they repeat earlier rows, which are kept.
    """
    rows = set_aside(quarantine)
    reasons = quarantine.assign(reason=quarantine["reason"].map(_without_lines))
    each = reasons.drop_duplicates([*_ROW, "reason"])
    counted = each["reason"].value_counts()
    ordered = sorted(counted.index, key=lambda reason: (-counted[reason], reason))
    told = f"{f.some(rows, 'row')} of the source files {'was' if rows == 1 else 'were'} set aside (quarantine)"
    if len(ordered) == 1:
        return f"{told}, because {_because(ordered[0], rows)}."
    named = ordered[:_MOST_REASONS]
    parts = [f"{f.count(counted[reason])} because {_because(reason, int(counted[reason]))}" for reason in named]
    # A row with several reasons counts for each of them, and is no other row where one of them is named.
    other = rows - set_aside(each[each["reason"].isin(named)])
    parts += [f"{f.count(other)} for {'another reason' if other == 1 else 'other reasons'}"] if other else []
    return f"{told}: {'; '.join(parts)}."


_ROW = ["mapping", "file", "line"]
_MOST_REASONS = 2


def _because(reason: str, rows: int) -> str:
    """Why rows were set aside, as what follows "because".

    >>> _because("stands twice; the first is kept", 1), _because("is not a number", 1), _because("is empty", 3)
    ('it repeats an earlier row, which is kept', 'a value in it is not a number', 'a value in each is empty')
    >>> _because("a line is cut off", 2)
    'a line is cut off'
    """
    if reason.startswith("stands twice"):
        return "it repeats an earlier row, which is kept" if rows == 1 else "they repeat earlier rows, which are kept"
    if reason.startswith(("is ", "does ", "has ")):
        return f"a value in {'it' if rows == 1 else 'each'} {reason}"
    return reason


def driver_lines(drivers: pd.DataFrame) -> list[str]:
    """Drivers as lines of text."""
    return [f"{row.label} {row.compared}".rstrip() + f": {row.effect}" for row in drivers.itertuples()]


def driver_sentences(drivers: pd.DataFrame) -> list[str]:
    """What raises an estimate most and what lowers it most, two of each.

    Args:
        drivers: from `driver_words`.

    >>> labels, effects = ["Likes", "Reposts", "Views"], [1.5, -0.3, 0.2]
    >>> drivers = pd.DataFrame({"label": labels, "compared": ["9x typical", "", "2x typical"], "effect_log": effects})
    >>> drivers["effect"] = drivers["effect_log"].map(f.effect)
    >>> for sentence in driver_sentences(drivers):
    ...     print(sentence)
    The estimate is raised most by Likes, 9x typical (4.5 times as much), and next by Views, 2x typical (+22%).
    It is lowered most by Reposts (-26%).
    >>> driver_sentences(drivers.head(0))[1]
    'Nothing that the model looks at lowers it.'
    """
    told = drivers[drivers["effect_log"].map(f.effect) != f.effect(0)]
    sentences = []
    for moved, nothing, part in (
        ("The estimate is raised", "raises the estimate", told[told["effect_log"] > 0]),
        ("It is lowered", "lowers it", told[told["effect_log"] < 0]),
    ):
        parts = [
            f"{label}{', ' * bool(compared)}{compared} ({effect})"
            for label, compared, effect in part.head(2)[["label", "compared", "effect"]].to_numpy().tolist()
        ]
        sentences.append(
            f"{moved} most by {', and next by '.join(parts)}."
            if parts
            else f"Nothing that the model looks at {nothing}."
        )
    return sentences


def driver_words(drivers: pd.DataFrame, catalogue: pd.DataFrame) -> pd.DataFrame:
    """Drivers with the largest effect first and each one in words."""
    scales = catalogue.set_index("feature")["scale"]
    sized = drivers.assign(size=drivers["effect_log"].abs(), scale=drivers["feature"].map(scales).fillna("linear"))
    sized = sized.sort_values(["size", "feature"], ascending=[False, True], ignore_index=True)
    sized["compared"] = [
        f.against_typical(value, typical, scale)
        for value, typical, scale in zip(sized["value"], sized["typical"], sized["scale"], strict=True)
    ]
    sized["effect"] = sized["effect_log"].map(f.effect)
    return sized


def _dollars(amount_in_dollars: float) -> str:
    return f.money(round(amount_in_dollars * 100))


def _without_lines(reason: str) -> str:
    """A reason without the lines that it names, so that the same reason on other lines is the same text.

    >>> _without_lines("stands twice; the first, on line 10,204, is kept"), _without_lines("line 7 is cut off")
    ('stands twice; the first is kept', 'a line is cut off')
    """
    return _ON_LINE.sub(lambda found: "a line" if found[0].startswith("line") else "", reason)


def _listed(names: "pd.Series[str]") -> str:
    return "; ".join(sorted(set(names)))


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."


def _number(value: Any) -> float | None:
    return None if f.missing(value) else float(value)
