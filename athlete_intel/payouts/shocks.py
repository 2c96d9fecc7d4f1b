"""How much outcomes err together: shocks that everybody, a platform, a sport's season or an athlete shares.

Past errors are turned into normal scores, and their variance is split into crossed parts by the method of moments: the
squares of group sums are compared with what each part would contribute to them (MINQUE(0); Rao, Estimation of variance
and covariance components, Journal of Multivariate Analysis 1971), none below zero. A period is four weeks, about the
month ahead that it is used for, so that what comes and goes within a month counts as much as it does there.
"""

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from scipy.special import ndtri

PERIOD_DAYS = 28
EVERYBODY, PLATFORM, SPORT, ATHLETE = "everybody", "platform", "sport", "athlete"
COMPONENTS = (EVERYBODY, PLATFORM, SPORT, ATHLETE)
ESTIMATE = "estimate"
"""Not a shock: how far the middle of all errors may be off, because it rests on so many past stories only."""
LEAST_PERIODS = 2
COLUMNS = ["component", "share", "periods", "freedom", "rows"]


def normal_scores(errors: pd.Series) -> np.ndarray:
    """Errors by rank, on the scale of a standard normal distribution; ties get their middle rank.

    >>> normal_scores(pd.Series([-5.0, 0.0, 900.0])).round(2).tolist()
    [-0.97, 0.0, 0.97]
    """
    return np.asarray(ndtri((errors.rank() - 0.5) / len(errors)))


def shared_shocks(errors: pd.DataFrame, sports: pd.Series, platforms: pd.Series) -> pd.DataFrame:
    """The published table `shocks`: shares of the variance of errors that are shared.

    Args:
        errors: athlete_id, as_of, predicted, error: past errors in units of the width of their range; in the mean of
            sums a story weighs as much as its prediction.
        sports: sport by athlete_id; athletes may be missing.
        platforms: main channel of readers by athlete_id; athletes may be missing.

    Returns:
        component, share of the variance (of `estimate`: on top of it), periods seen, freedom (degrees of freedom of its
        size) and rows. Empty where there are fewer than two periods: then nothing can be said about what many share.
    """
    period = ((errors["as_of"].max() - errors["as_of"]).dt.days // PERIOD_DAYS).to_numpy()
    periods = len(np.unique(period))
    if periods < LEAST_PERIODS:
        return pd.DataFrame({name: pd.Series(dtype="float64") for name in COLUMNS}).astype({"component": "str"})
    time = pd.Series(period.astype(str), index=errors.index)
    groups = {
        EVERYBODY: time,
        PLATFORM: time + "|" + errors["athlete_id"].map(platforms).astype("object").fillna("unknown"),
        SPORT: time + "|" + errors["athlete_id"].map(sports).astype("object").fillna("unknown"),
        ATHLETE: errors["athlete_id"].astype("str"),
    }
    codes = {name: pd.factorize(values)[0] for name, values in groups.items()}
    used = [name for name in COMPONENTS if _tells(name, codes[name], periods)]
    scores = normal_scores(errors["error"])
    parts = _moments(scores - scores.mean(), [codes[name] for name in used])
    shares = dict(zip(used, parts[:-1] / parts.sum(), strict=True))
    weights = errors["predicted"].to_numpy(dtype="float64") + 1
    shares_of_mean = [shares[name] * _weight(codes[name], weights) for name in used if name != EVERYBODY]
    left = (1 - sum(shares.values())) * _weight(np.arange(len(errors)), weights)
    freedom = {name: periods - 1 if name == EVERYBODY else _freedom(codes[name], periods, name) for name in used}
    rows = [(name, float(shares[name]), periods, freedom[name], len(errors)) for name in used]
    rows.append((ESTIMATE, float(sum(shares_of_mean) + left), periods, len(errors) - 1, len(errors)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _tells(name: str, codes: np.ndarray, periods: int) -> bool:
    """Whether a grouping says more than the periods (one platform only) and less than single stories do."""
    groups = int(codes.max()) + 1
    return name == EVERYBODY or (groups < len(codes) and (name == ATHLETE or groups > periods))


def _weight(codes: np.ndarray, weights: np.ndarray) -> float:
    """How much of a shock's variance stays in the weighted mean of all rows."""
    return float(np.square(np.bincount(codes, weights=weights)).sum() / weights.sum() ** 2)


def _freedom(codes: np.ndarray, periods: int, name: str) -> int:
    groups = int(codes.max()) + 1
    return max(1, groups - 1 if name == ATHLETE else groups - periods - (groups // periods) + 1)


def _moments(values: np.ndarray, codes: list[np.ndarray]) -> np.ndarray:
    """Variances of crossed random groups and of what is left, from centred values; none below zero.

    Solves E[sum over groups of (group sum)²] = sum over parts of variance x overlap, for all groupings together, with
    the loss of one mean counted in.
    """
    number = len(values)
    sizes = [np.bincount(each) for each in codes]
    aims = [float(np.square(np.bincount(each, weights=values)).sum()) for each in codes] + [float(values @ values)]
    system = np.zeros((len(codes) + 1, len(codes) + 1))
    for i, one in enumerate(codes):
        for j, other in enumerate(codes):
            system[i, j] = _overlap(one, other, sizes[i], sizes[j], number)
        system[i, -1] = system[-1, i] = number - float(np.square(sizes[i]).sum()) / number
    system[-1, -1] = number - 1
    # Each equation in units of its own diagonal: otherwise the largest groups alone would be listened to.
    scale = np.diag(system).clip(min=1e-9)
    found, _ = nnls(system / scale[:, None], np.array(aims) / scale)
    return found if found.sum() > 0 else np.append(np.zeros(len(codes)), 1.0)


def _overlap(one: np.ndarray, other: np.ndarray, sizes: np.ndarray, other_sizes: np.ndarray, number: int) -> float:
    """Squared Frobenius norm of the centred table of how often groups meet."""
    pairs, together = np.unique(one.astype("int64") * len(other_sizes) + other, return_counts=True)
    first, second = sizes[pairs // len(other_sizes)], other_sizes[pairs % len(other_sizes)]
    expected = first * second / number
    everywhere = float(np.square(sizes).sum()) * float(np.square(other_sizes).sum()) / number**2
    return float((np.square(together - expected) - np.square(expected)).sum()) + everywhere
