"""`make bench-cycle`: how long import and build take, by stage, on the demo world and on the real data sets.

Every data set is imported and built from nothing, then once more with nothing new. The last column is the time of
reading the same files with pandas alone, in the same run: what is left over is the price of checks and features.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from athlete_intel import pipeline
from athlete_intel.settings import Settings
from athlete_intel.sources.demo import load_scenario, write_demo
from athlete_intel.sources.mapping import Mapping, load_mapping
from athlete_intel.sources.read import matching_files, read_chunks

REAL = Path(__file__).parents[1] / ".." / "shared" / "real"


def main() -> None:
    """Measure and print."""
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        demo = Path(scratch) / "demo"
        started = time.perf_counter()
        write_demo(demo, load_scenario("calm"))
        sys.stdout.write(f"writing the demo world: {time.perf_counter() - started:.1f} s\n\n")
        sources = {"demo": demo} | {name: REAL / name for name in ("facebook_pages", "nba2017", "on3_nil")}
        for name, folder in sources.items():
            if folder.is_dir():
                rows.append(_measure(name, folder, Path(scratch) / "home"))
            else:
                sys.stdout.write(f"{name}: left out, because {folder} is missing\n")
    sys.stdout.write(pd.DataFrame(rows).to_string(index=False, float_format="{:.2f}".format) + "\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"\npeak memory of this process: {peak:,.0f} MB\n")


def _measure(name: str, folder: Path, home: Path) -> dict[str, object]:
    mapping = load_mapping(name)
    settings = Settings(home=home, workspace=name)
    started = time.perf_counter()
    report = pipeline.run_import(settings, mapping, folder, pipeline.utc_now())
    imported = time.perf_counter()
    pipeline.build(settings, pipeline.utc_now())
    built = time.perf_counter()
    pipeline.run_import(settings, mapping, folder, pipeline.utc_now())
    pipeline.build(settings, pipeline.utc_now())
    again = time.perf_counter()
    _only_read(mapping, folder)
    read = time.perf_counter()
    return {
        "data set": name,
        "rows": report.lines,
        "import, s": imported - started,
        "build, s": built - imported,
        "whole, s": built - started,
        "again, s": again - built,
        "only reading, s": read - again,
        "import / reading": (imported - started) / (read - again),
    }


def _only_read(mapping: Mapping, folder: Path) -> None:
    for file in mapping.files:
        for path in matching_files(file, folder, mapping.folder).values():
            for _ in read_chunks(path, file):
                pass


if __name__ == "__main__":
    main()
