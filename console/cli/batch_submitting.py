"""A node without an API that ends when L1 has all that its log has."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from console.cli.node_run import plan_of
from console.errors import CommandRefused
from prover.kernels import load_kernels
from sequencer.api.incidents import configure_logging
from sequencer.node.assembly import running_node
from sequencer.node.settings import read_settings

if TYPE_CHECKING:
    from sequencer.node.node import Node
    from sequencer.venue import Venue

LOOK_S: Final = 0.2
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Submitted:
    """Numbers of batches. `pending` is what no batch could be cut of, for want of fresh prices."""

    batches: int
    executed: int
    executed_now: int
    final_executed: int
    pending: int


def submit_all(settings_path: Path, patience_s: float, tell: Tell) -> Submitted:
    """Returns when L1 has executed everything.

    Raises `BadSettings`, what opening a node raises, what ends it, and `CommandRefused` when nothing moves any more.
    """
    configure_logging(sys.__stderr__)  # standard output is for the result
    plan = replace(plan_of(settings_path, read_settings(settings_path)), port=None)
    with running_node(plan, load_kernels(threads=1)) as node:
        return _wait(node, patience_s, tell)


def _wait(node: Node, patience_s: float, tell: Tell) -> Submitted:
    first: int | None = None
    seen: tuple[int, ...] = ()
    moved_s = time.monotonic()
    while True:
        if node.failure is not None:
            raise node.failure
        last, pending = node.sequencer.ask(_batches_and_waiting).result()
        status = node.progress
        if status.l1_looks and first is None:
            first = status.executed
        for name, reached in (("proven", status.proven_through), ("on L1", status.executed)):
            tell(name, min(reached, last), last)
        if status.stuck is not None:
            raise CommandRefused(f"a batch cannot be proven: {status.stuck}")
        has_all = first is not None and status.executed >= last and status.followed >= node.sequencer.sequence
        if first is not None and has_all and not (pending and _has_prices(node)):
            return Submitted(last, status.executed, max(0, status.executed - first), status.final_executed, pending)
        now = (last, pending, status.followed, status.proven_through, status.committed, status.proven, status.executed)
        if now != seen:
            seen, moved_s = now, time.monotonic()
        elif time.monotonic() - moved_s > patience_s:
            raise CommandRefused(
                f"L1 has executed {status.executed} of {last} batches and comes no further: look at the alarms in the "
                "node's record (`zkclear tui`), and at `zkclear l1 preflight`",
                executed=status.executed,
                batches=last,
            )
        time.sleep(LOOK_S)


def _batches_and_waiting(venue: Venue) -> tuple[int, int]:
    weight = venue.pending
    parts = (weight.trades, weight.operations, weight.liquidations, weight.settlements, weight.queue_entries)
    return venue.next_batch - 1, sum(parts)


def _has_prices(node: Node) -> bool:
    """Whether a batch can end now: then what waits will be in one soon."""
    return all(one.holds for one in node.health().conditions if one.name == "prices")
