"""The demo world: a made-up sports social network whose hidden truth is known."""

from athlete_intel.sources.demo.scenario import CALM, Change, Scenario, load_scenario, scenario_names
from athlete_intel.sources.demo.world import LAST_DAY
from athlete_intel.sources.demo.write import DemoReport, write_demo

__all__ = [
    "CALM",
    "LAST_DAY",
    "Change",
    "DemoReport",
    "Scenario",
    "load_scenario",
    "scenario_names",
    "write_demo",
]
