"""`make bench-health`: what is promised of drift, accuracy, alerts and the cycle, beside what is measured.

    python -m benchmarks.health [speed] [elec2] [sea] [calm] [worlds] [estimates] [long] [poisoned] [kills] [--number N]

Without words, all of it. `--number` is how many worlds, challengers or cycles are tried where many are. Ends with exit
code 1 if anything that was asked is missed.
"""

import argparse
import sys
from collections.abc import Callable

from benchmarks import estimates, kills, long_run, poisoned, streams, worlds
from benchmarks.asked import outcome

PARTS: dict[str, Callable[[int | None], None]] = {
    "speed": lambda _: streams.speed(),
    "elec2": lambda _: streams.elec2(),
    "sea": lambda _: streams.sea(),
    "calm": lambda number: worlds.calm(number or 200),
    "worlds": lambda number: worlds.worlds(number or 200),
    "estimates": lambda number: estimates.estimates(number or 3),
    "long": lambda _: long_run.main([]),
    "poisoned": lambda number: poisoned.poisoned(number or 20),
    "kills": lambda number: kills.kills(number or 100),
}


def main() -> int:
    """Measure what the words name, or all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="what to measure; all of it by default")
    parser.add_argument("--number", type=int, help="of worlds, challengers or cycles")
    chosen = parser.parse_args()
    for part in chosen.parts or PARTS:
        PARTS[part](chosen.number)
    return outcome()


if __name__ == "__main__":
    sys.exit(main())
