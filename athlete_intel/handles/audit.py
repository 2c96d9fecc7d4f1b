"""Which handles look wrong, given everything else known about an athlete. It only suggests; it changes nothing.

A page or account that belongs to somebody else draws another attention than the athlete would. So the level of each
platform is predicted from all that comes from elsewhere (other platforms, ready-made signals, and as a weak hint the
followers there), by a regression that outliers cannot pull, for athletes that it had not seen. What lies far off the
prediction, in robust spreads, is flagged; then it is fitted again without what was flagged, because a quarter of wrong
pages moves even a robust line. Fame outlasts a season, and some audiences read more than they like, so the upper tail
is long by nature: too much attention is flagged only from twice the cut, in spreads of that tail itself. Source: Huber
1964; the cut of 3.5: Iglewicz and Hoaglin 1993.
"""

import numpy as np
import pandas as pd

ROUNDS = 8
FOLDS, REPEATS = 10, 5
MANY = 400
"""From so many athletes on, one way of folding is enough."""
LEAST_TO_FIT = 30
LEAST_PEERS = 5
ABOVE = 2.0
"""How many times the cut a level must lie above what is expected to be flagged.

Set after looking at the right pages of nba2017, of which the furthest above lies at 4.4 spreads. On worlds that nobody
had looked at, with the spread of all residuals, it took audiences of heavy readers (one athlete in eight) for wrong
pages: 72 false flags in 8 worlds. So above, the spread is that of the upper tail, see `_upper_spread`;
`make bench-handles` reports flags and false flags on further unseen worlds.
"""
_TAIL, _TAIL_NORMAL = 0.95, 1.645
"""The quantile that measures the upper tail, and where it lies for a normal distribution of spread 1."""
_HUBER = 1.345
_LEAST_SPREAD = 0.1
"""Logs; nobody's level is known better than this."""
_STRENGTH = 1.0


def residuals(level: pd.Series, known: pd.DataFrame, groups: pd.Series, cut: float, seed: int) -> pd.DataFrame:
    """How far each athlete's level lies from what everything else says.

    Args:
        level: log(1 + count) by athlete; no missing values.
        known: numbers by athlete on the scale of the model, none from the same platform; missing values NaN.
        groups: kind of each athlete (person, team …), whose median stands in where too little is known to fit.
        cut: robust spreads from which a level is flagged.
        seed: of the folds.

    Returns:
        By athlete: expected (log), z (robust spreads from it, below 0 for too little), flagged.
    """
    usable = known.loc[:, known.notna().sum() >= LEAST_TO_FIT].reindex(level.index)
    fits = len(level) >= LEAST_TO_FIT and usable.shape[1] > 0
    y = level.to_numpy(dtype="float64")
    X = _filled(usable) if fits else np.zeros((len(y), 0))
    kinds = groups.fillna("").to_numpy()
    kept = np.ones(len(y), dtype=bool)
    expected, z = np.full(len(y), np.nan), np.zeros(len(y))
    for _ in range(ROUNDS):
        expected = _cross_fitted(X, y, kept, seed) if fits else _peers(y, kinds, kept)
        off = y - expected
        middle, spread = _middle_and_spread(off, kept, np.zeros(len(y)) if fits else kinds)
        expected, z = expected + middle, (off - middle) / spread
        still = np.abs(z) <= cut
        if (still == kept).all() or still.sum() < LEAST_PEERS:
            break
        kept = still
    upper = _upper_spread(y - expected, np.zeros(len(y)) if fits else kinds)
    flagged = (z < -cut) | ((z > ABOVE * cut) & (y - expected > ABOVE * cut * upper))
    return pd.DataFrame({"expected": expected, "z": z, "flagged": flagged}, index=level.index)


def huber_line(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a line (the first one its height) under Huber's loss with a slight ridge, by reweighting.

    >>> X = np.arange(20.0)[:, None]
    >>> y = 2 * X[:, 0] + 1
    >>> y[3] = 900
    >>> float(huber_line((X - X.mean()) / X.std(), y)[0].round(1))  # without the one value, 20; the mean is 64.7
    20.1
    """
    whole = np.column_stack([np.ones(len(y)), X])
    ridge = np.diag([0.0, *np.full(X.shape[1], _STRENGTH)])
    weight = np.ones(len(y))
    line = np.zeros(whole.shape[1])
    for _ in range(50):
        weighted = whole * weight[:, None]
        before, line = line, np.linalg.solve(weighted.T @ whole + ridge, weighted.T @ y)
        off = y - whole @ line
        spread = max(1.4826 * float(np.median(np.abs(off - np.median(off)))), 1e-6)
        weight = np.minimum(1.0, _HUBER * spread / np.maximum(np.abs(off), 1e-12))
        if np.abs(line - before).max() < 1e-6:
            break
    return line


def _cross_fitted(X: np.ndarray, y: np.ndarray, kept: np.ndarray, seed: int) -> np.ndarray:
    repeats = 1 if len(y) >= MANY else REPEATS
    found = np.empty((repeats, len(y)))
    for repeat in range(repeats):
        fold = np.random.default_rng([seed, repeat]).permutation(len(y)) % FOLDS
        for number in range(FOLDS):
            test = fold == number
            train = ~test & kept
            line = huber_line(X[train], y[train])
            found[repeat, test] = line[0] + X[test] @ line[1:]
    return np.asarray(np.median(found, axis=0))


def _peers(y: np.ndarray, groups: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """For each athlete the median of the others of its kind; of all others, where there are too few."""
    expected = np.empty(len(y))
    for place in range(len(y)):
        others = kept & (groups == groups[place])
        others[place] = False
        if others.sum() < LEAST_PEERS:
            others = kept.copy()
            others[place] = False
        expected[place] = np.median(y[others]) if others.any() else y[place]
    return expected


def _middle_and_spread(off: np.ndarray, kept: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median and robust spread of residuals: of the own group, or of all where it is small."""
    middle, spread = np.empty(len(off)), np.empty(len(off))
    for group in np.unique(groups):
        own = groups == group
        used = own & kept if (own & kept).sum() >= LEAST_PEERS else kept
        middle[own] = np.median(off[used])
        spread[own] = max(1.4826 * float(np.median(np.abs(off[used] - np.median(off[used])))), _LEAST_SPREAD)
    return middle, spread


def _upper_spread(off: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Spread of residuals as the upper tail of the own group tells it: many who are far above are no mistake of one."""
    upper = np.empty(len(off))
    for group in np.unique(groups):
        own = groups == group
        used = own if own.sum() >= LEAST_PEERS else np.ones(len(off), dtype=bool)
        upper[own] = np.quantile(off[used], _TAIL) / _TAIL_NORMAL
    return upper


def _filled(known: pd.DataFrame) -> np.ndarray:
    """Standardised numbers, medians for what is missing, and a column for each one that says so."""
    values = known.fillna(known.median())
    spread = values.std(ddof=0).replace(0.0, 1.0)
    missing = known.isna().astype("float64").loc[:, known.isna().any().to_numpy() & ~known.isna().all().to_numpy()]
    return np.column_stack([((values - values.mean()) / spread).to_numpy(), missing.to_numpy()])
