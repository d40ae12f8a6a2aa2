"""A demo from nothing to its report."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TextIO

from console.demo import folder as places
from console.demo.chronicle import Chronicle
from console.demo.plan import DemoPlan
from console.demo.reporting import finish
from console.demo.shows import show_of
from console.demo.watcher import Watcher
from prover.kernels import load_kernels
from sequencer.api.incidents import configure_logging
from sequencer.development_keys import exit_key, settlement_key_file
from sequencer.l1.anvil_program import find_anvil, refuse_taken_port

if TYPE_CHECKING:
    from console.cli.output import Output
    from console.demo.evidence import Evidence


STANDARD_ERROR: Final = 2


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What was asked for beside the plan. With `data` real trades are played, `most_trades` of them."""

    plan: DemoPlan
    data: Path | None = None
    most_trades: int | None = None
    is_plain: bool = False
    as_json: bool = False


def run_demo(options: DemoOptions, output: Output) -> bool:
    """Plays, reports and prints; whether all promises were kept.

    Raises `DemoError`, `MarketDataError` for data that are not as they should be, and what chain, contracts, node and
    API raise. Nothing that it started is left then.
    """
    plan = options.plan
    find_anvil()
    if plan.port:
        refuse_taken_port(plan.port)
    places.prepare(plan.folder)
    with (
        _screen_apart_from_logs(plan.folder / places.LOG) as stream,
        show_of(stream, is_plain=options.is_plain, as_json=options.as_json) as show,
    ):
        chronicle = Chronicle(show.hear)
        show.watch(Watcher(plan.folder, chronicle))
        evidence = _played(options, chronicle)
    return finish(plan.folder, evidence, output)


def _played(options: DemoOptions, chronicle: Chronicle) -> Evidence:
    plan = options.plan
    if options.data is None:
        from console.demo.made_up import play_made_up

        make_keys(plan, chronicle)
        return play_made_up(plan, chronicle)
    from console.demo.replayed import play_data, scenario_for

    scenario = scenario_for(options.data, options.most_trades, chronicle)
    make_keys(plan, chronicle)
    return play_data(plan, scenario, chronicle)


def make_keys(plan: DemoPlan, chronicle: Chronicle) -> None:
    """Development keys, on all cores, if they are not there: later runs find them."""
    chronicle.act("development keys")
    kernels = load_kernels()
    path = settlement_key_file(plan.preset, kernels, plan.keys)
    exit_key(plan.preset, kernels, plan.keys)
    chronicle.note(f"{path.parent} has them: made from published secrets, good for this machine alone")


@contextmanager
def _screen_apart_from_logs(log: Path) -> Iterator[TextIO]:
    """What standard error is, for the show alone: what the node and its processes print goes into a file meanwhile."""
    sys.stderr.flush()
    kept = os.dup(STANDARD_ERROR)
    with log.open("w", encoding="utf-8") as file, os.fdopen(kept, "w", encoding="utf-8") as screen:
        os.dup2(file.fileno(), STANDARD_ERROR)
        configure_logging(file)
        try:
            yield screen
        finally:
            screen.flush()
            os.dup2(kept, STANDARD_ERROR)
            configure_logging()
