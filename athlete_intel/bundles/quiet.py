"""Keeps a line off the screen that the solver prints for its own makers.

HiGHS, as scipy 1.17 brings it, prints the name of one of its functions on standard output whenever it repairs a
rounded solution, whatever it is told about output. It does so from C, past `sys.stdout`, so the file descriptor itself
is pointed elsewhere while it works.
"""

import ctypes
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_LOCK = threading.Lock()
_STDOUT = 1
_state = {"inside": 0, "kept": -1}


@contextmanager
def no_output() -> Iterator[None]:
    """What is written to standard output inside is dropped, from C, too; several threads may be inside at once."""
    with _LOCK:
        if _state["inside"] == 0:
            _state["kept"] = _turned_away()
        _state["inside"] += 1
    try:
        yield
    finally:
        with _LOCK:
            _state["inside"] -= 1
            if _state["inside"] == 0 and _state["kept"] >= 0:
                _flush()
                os.dup2(_state["kept"], _STDOUT)
                os.close(_state["kept"])


def _turned_away() -> int:
    """Point standard output at nothing; returns a copy of what it was, or -1 where there is none."""
    try:
        kept = os.dup(_STDOUT)
    except OSError:
        return -1
    _flush()
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, _STDOUT)
    os.close(nothing)
    return kept


def _flush() -> None:
    """Write out what Python and C still hold back, so that it goes where it was meant to go."""
    with suppress(AttributeError, ValueError, OSError):
        sys.stdout.flush()
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).fflush(None)
