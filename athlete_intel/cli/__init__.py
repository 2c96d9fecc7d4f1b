"""The command line, `athlete-intel …`."""

from athlete_intel.cli.root import app, main

__all__ = ["app", "main"]
