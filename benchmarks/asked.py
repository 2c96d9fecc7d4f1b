"""What was asked beside what was measured: printed at once, and remembered, so that a benchmark can fail."""

import sys

_missed: list[str] = []


def say(text: str) -> None:
    """Print at once, so that a long run can be followed."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def asked(what: str, measured: str, limit: str, kept: bool) -> None:
    """Print a figure beside what was asked of it.

    Args:
        what: is measured.
        measured: the figure in words.
        limit: what was asked for.
        kept: whether it is reached.
    """
    say(f"  {'ok    ' if kept else 'MISSED'} {what}: {measured} (asked: {limit})")
    if not kept:
        _missed.append(what)


def outcome() -> int:
    """Say what was missed, if anything; the exit code of the benchmark."""
    say(f"{len(_missed)} missed: {'; '.join(_missed)}" if _missed else "All that was asked is reached.")
    return 1 if _missed else 0
