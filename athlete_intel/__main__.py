"""`python -m athlete_intel`, and the console script `athlete-intel`."""

import sys


def main() -> None:
    """Load the command line and run it; Ctrl-C while it loads ends it without a stack trace, too."""
    try:
        from athlete_intel.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
