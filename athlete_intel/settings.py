"""Frozen settings, from a TOML file and the environment. Only the command line and the app read them."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from athlete_intel.errors import SettingsError

SETTINGS_FILE = "athlete-intel.toml"
ENVIRONMENT_PREFIX = "ATHLETE_INTEL_"
_MOST_CENTS = 10**9
"""The same limit as in rate cards and mappings."""
_KINDS: dict[type, str] = {Path: "a path", str: "a text", int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class Settings:
    """Every number that an operator may want to change.

    A value comes from, in rising order: the default here, `athlete-intel.toml`, an environment variable
    named `ATHLETE_INTEL_` and the setting in capitals, an option of the command line.
    """

    home: Path = Path("data/built")
    """Folder that holds the workspaces, one for each data set."""
    workspace: str = "demo"
    """The data set that commands work on and that the app opens first."""
    seed: int = 2026
    """Seed of everything random."""
    interval: float = 0.80
    """Share of outcomes that a prediction range should hold."""
    keep_snapshots: int = 10
    """Published snapshots kept to roll back to."""
    keep_models: int = 10
    """Models kept besides the one in use."""
    posts_window: int = 200
    """Posts of an account that its medians look back on."""
    backtest_windows: int = 4
    """Newest time windows on which the candidates are compared."""
    history_windows: int = 13
    """Newest time windows on which the chosen one is tested: ranges, risk and fairness are measured there."""
    backtest_window_days: int = 14
    """Length of one such window, in days."""
    drift_psi_threshold: float = 0.2
    """Population stability index from which a feature counts as drifting."""
    drift_p_threshold: float = 0.01
    """Share of windows in which chance alone may raise an alarm: p-value, corrected for all tests of a window."""
    drift_window_days: int = 14
    """Length of the analysis window of drift, in days."""
    alert_webhook: str | None = None
    """Address that is told of new alerts, as JSON by POST; if unset, they stand in the log and on the page."""
    retrain_days: int = 28
    """Days after which a model is retrained, alerts or not."""
    handles_agreeing: int = 7
    """Workers who must give the same handle for it to be accepted."""
    handles_votes: int = 9
    """Workers asked about each handle, at most."""
    handles_plausible: int = 5
    """Accounts that could pass for an athlete's on a platform, the right one among them."""
    handles_posterior: float = 0.99
    """Calibrated posterior from which the workers' skills alone accept a handle."""
    audit_cut: float = 3.5
    """Robust spreads below what is expected from which the audit flags a handle."""
    journal_url: str | None = None
    """Database of the journal, such as postgresql+psycopg://…; if unset, a SQLite file in the workspace."""
    rate_card: str = "standard"
    """Name of a shipped rate card, or path of your own TOML file; `athlete-intel payouts card` shows and checks it."""
    rate_cents_per_1000: int | None = None
    """Pay for each 1,000 of the outcome, in cents; if unset, that of the rate card, else of the mapping."""
    people: Path | None = None
    """TOML file of the people who may use the app and must sign in; if unset, the app is open to whoever reaches it."""

    @property
    def folder(self) -> Path:
        """Folder of the chosen workspace."""
        return self.home / self.workspace

    def __post_init__(self) -> None:
        checks = [
            (
                "workspace",
                bool(self.workspace) and self.workspace.replace("_", "").replace("-", "").isalnum(),
                "must be letters, digits, - and _",
            ),
            ("seed", 0 <= self.seed < 2**32, "must be at least 0 and below 2^32"),
            ("interval", 0.5 <= self.interval < 1, "must be at least 0.5 and below 1"),
            ("keep_snapshots", self.keep_snapshots >= 1, "must be at least 1"),
            ("keep_models", self.keep_models >= 0, "must not be negative"),
            ("posts_window", self.posts_window >= 2, "must be at least 2"),
            ("backtest_windows", self.backtest_windows >= 2, "must be at least 2"),
            ("history_windows", self.history_windows >= 2, "must be at least 2"),
            ("backtest_window_days", self.backtest_window_days >= 1, "must be at least 1"),
            ("drift_psi_threshold", self.drift_psi_threshold > 0, "must be above 0"),
            ("drift_p_threshold", 0 < self.drift_p_threshold < 1, "must lie between 0 and 1"),
            ("drift_window_days", self.drift_window_days >= 1, "must be at least 1"),
            ("alert_webhook", self.alert_webhook is None or "://" in self.alert_webhook, "must be an address"),
            ("retrain_days", self.retrain_days >= 1, "must be at least 1"),
            ("handles_agreeing", self.handles_agreeing >= 1, "must be at least 1"),
            (
                "handles_votes",
                self.handles_agreeing <= self.handles_votes < 2 * self.handles_agreeing,
                "must be at least handles_agreeing and below twice of it",
            ),
            ("handles_plausible", self.handles_plausible >= 2, "must be at least 2"),
            ("handles_posterior", 0.5 <= self.handles_posterior <= 1, "must be at least 0.5 and at most 1"),
            ("audit_cut", self.audit_cut > 0, "must be above 0"),
            ("rate_card", bool(self.rate_card.strip()), "must name a rate card"),
            ("journal_url", self.journal_url is None or bool(self.journal_url.strip()), "must not be blank"),
            (
                "rate_cents_per_1000",
                self.rate_cents_per_1000 is None or 0 <= self.rate_cents_per_1000 <= _MOST_CENTS,
                f"must be 0 to {_MOST_CENTS:,}",
            ),
        ]
        for name, good, rule in checks:
            if not good:
                raise SettingsError(f"The setting {name} is {getattr(self, name)!r}; it {rule}.")


def load_settings(file: Path | None = None, environment: Mapping[str, str] | None = None, **options: Any) -> Settings:
    """Settings from the file, the environment and the options that are not None.

    Args:
        file: a TOML file; by default `athlete-intel.toml` in the working folder, if there is one.
        environment: variables to read; by default those of the process.
        options: settings by name, which win over file and environment.

    Raises:
        SettingsError: an unknown name, a value of the wrong type or out of range.

    >>> load_settings(environment={"ATHLETE_INTEL_WORKSPACE": "nba2017"}).workspace
    'nba2017'
    """
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    from_environment = environment.get(f"{ENVIRONMENT_PREFIX}SETTINGS")
    named = file or (Path(from_environment) if from_environment else None)
    path: Path = named or Path(SETTINGS_FILE)
    if path.is_file():
        values |= _from_toml(path)
    elif named:
        raise SettingsError(f"The settings file {named} does not exist.")
    for field in fields(Settings):
        text = environment.get(ENVIRONMENT_PREFIX + field.name.upper())
        if text is not None:
            values[field.name] = text
    values |= {name: value for name, value in options.items() if value is not None}
    return replace(Settings(), **{name: _typed(name, value) for name, value in values.items()})


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    unknown = sorted(set(values) - {field.name for field in fields(Settings)})
    if unknown:
        close = difflib.get_close_matches(unknown[0], [field.name for field in fields(Settings)], n=1)
        hint = f"did you mean {close[0]!r}?" if close else "see `athlete-intel doctor` for the names."
        raise SettingsError(f"{path} has an unknown setting {unknown[0]!r}; {hint}")
    return values


def _typed(name: str, value: Any) -> Any:
    kind = {
        "home": Path,
        "people": Path,
        "workspace": str,
        "interval": float,
        "drift_psi_threshold": float,
        "drift_p_threshold": float,
        "handles_posterior": float,
        "audit_cut": float,
        "journal_url": str,
        "alert_webhook": str,
        "rate_card": str,
    }.get(name, int)
    try:
        if isinstance(value, bool) or (kind is int and isinstance(value, float) and not value.is_integer()):
            raise ValueError
        return kind(value)
    except (TypeError, ValueError):
        raise SettingsError(f"The setting {name} is {value!r}; it must be {_KINDS[kind]}.") from None
