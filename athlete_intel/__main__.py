"""`python -m athlete_intel`."""

from athlete_intel.cli import main

if __name__ == "__main__":
    main()
