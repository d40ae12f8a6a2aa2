"""What a bad day does to the venue: a crash, a rush, silence, a flood, no provers; simulated, seeded, measured."""

from sequencer.stress.report import StressReport
from sequencer.stress.running import run_scenario
from sequencer.stress.scenarios import SCENARIOS
from sequencer.stress.settings import StressSettings
from sequencer.stress.writing import write_report

__all__ = ["SCENARIOS", "StressReport", "StressSettings", "run_scenario", "write_report"]
