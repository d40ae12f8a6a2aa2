"""A demo from nothing to its report."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.demo import folder as places
from console.demo.chronicle import Chronicle
from console.demo.plan import DemoPlan
from console.demo.reporting import finish
from console.demo.shows import show_of
from console.demo.watcher import Watcher
from prover.kernels import load_kernels
from sequencer.api.incidents import configure_logging
from sequencer.development_keys import exit_key, settlement_key_file

if TYPE_CHECKING:
    from console.cli.output import Output
    from console.demo.evidence import Evidence


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
    places.prepare(plan.folder)
    show = show_of(is_plain=options.is_plain, as_json=options.as_json)
    chronicle = Chronicle(show.hear)
    watcher = Watcher(plan.folder, chronicle)
    with _logging_to(plan.folder / places.LOG), show:
        show.watch(watcher.look)
        evidence = _played(options, chronicle)
    watcher.close()
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
def _logging_to(path: Path) -> Iterator[None]:
    """The node's own lines go into the folder: a screen has no place for them."""
    with path.open("w", encoding="utf-8") as file:
        configure_logging(file, logging.INFO)
        try:
            yield
        finally:
            configure_logging()
