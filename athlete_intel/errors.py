"""One tree of errors, each with the exit code of the command line.

Deep code raises; only the command line and the app print. A message is one sentence for a person:
what is wrong, where, and what to do.
"""


class AthleteIntelError(Exception):
    """Anything that a user can be told in a sentence."""

    exit_code = 1


class SettingsError(AthleteIntelError):
    """The settings file or an environment variable cannot be used."""

    exit_code = 2


class MappingError(AthleteIntelError):
    """The mapping of a source is wrong: a missing column, an unknown table, a bad expression."""

    exit_code = 3


class SourceError(AthleteIntelError):
    """A source file cannot be read at all: missing, empty, cut off, in another encoding."""

    exit_code = 4


class TooManyBadRowsError(AthleteIntelError):
    """More rows of a source are bad than its mapping allows, so nothing was loaded."""

    exit_code = 5


class WarehouseError(AthleteIntelError):
    """A database file cannot be read or written; the message carries the SQL that failed."""

    exit_code = 6


class BusyError(WarehouseError):
    """Another process is writing to the same workspace."""

    exit_code = 7


class NoSnapshotError(WarehouseError):
    """Nothing has been published yet, or the published file is missing or damaged."""

    exit_code = 8


class NotEnoughDataError(AthleteIntelError):
    """The data is fine but too little to learn from."""

    exit_code = 9


class JournalError(AthleteIntelError):
    """What people decide cannot be written down or read, or a decision is not signed."""

    exit_code = 11


class DamagedJournalError(JournalError):
    """What is written in the file of the journal cannot be read any more."""

    exit_code = 19


class RateCardError(AthleteIntelError):
    """A rate card is wrong: an unknown key, an amount that is no whole number of cents, a share above 1."""

    exit_code = 17


class LedgerError(AthleteIntelError):
    """A row does not belong into the payout ledger: paid twice, settled twice, nothing to settle or to correct."""

    exit_code = 13


class UnknownAthleteError(AthleteIntelError):
    """No athlete goes by that handle, id or name."""

    exit_code = 10


class ModelError(AthleteIntelError):
    """A model cannot be stored, or a stored one is missing, changed, of another version or of unknown types."""

    exit_code = 12


class PlanError(AthleteIntelError):
    """A plan is asked for that means nothing, or that no choice of athletes can keep."""

    exit_code = 14


class PeopleError(AthleteIntelError):
    """The file of people who may use the app cannot be read, or an entry of it is wrong."""

    exit_code = 15


class RefusedError(AthleteIntelError):
    """Somebody signed in who may not use the app."""

    exit_code = 16


class NobodySignedInError(AthleteIntelError):
    """Pages are asked for, and nobody has signed in yet, or nobody can."""

    exit_code = 18
