"""Brings the oracles' tables, settlement prices and warnings of stress into the node, again and again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from time import time
from typing import Final, Protocol

import structlog

from sequencer.follower import FollowerClosed
from sequencer.messages import SetStress
from sequencer.node.errors import NotSequencing
from sequencer.node.node import Node
from sequencer.oracles.errors import OracleError
from sequencer.oracles.reporter import Step
from sequencer.oracles.signed_table import SignedTable
from sequencer.venue import VenueError

LOOK_S: Final = 1.0
RETIRE_S: Final = 30
"""How often it is asked who holds what, so that series which nobody holds can leave the table: O(accounts)."""


class Reporter(Protocol):
    """What is needed of `OracleReporter`."""

    def step(self, now_s: int, held: Collection[int] | None = None) -> Step:
        """One look at the oracles."""
        ...


class Pricing:
    """A thread that looks every `look_s`. Where there is no quorum the last table grows old, and health says so."""

    def __init__(
        self, node: Node, reporter: Reporter, *, clock: Callable[[], float] = time, look_s: float = LOOK_S
    ) -> None:
        self._node, self._reporter, self._clock, self._look_s = node, reporter, clock, look_s
        self._log = structlog.get_logger("pricing")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pricing", daemon=True)
        self._retire_at_s = 0
        self._unsettled: frozenset[tuple[int, int]] = frozenset()
        self.trouble: str | None = None

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread. May be called again."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(30)

    def look(self) -> SignedTable | None:
        """Once. The table that came into force, if one was due.

        Raises `OracleError` where oracles give none, `VenueError` where the venue takes none, `NotSequencing`
        and `FollowerClosed`.
        """
        now_s, held = int(self._clock()), None
        if now_s >= self._retire_at_s:
            held = self._node.sequencer.ask(lambda venue: venue.held_series()).result()
            self._retire_at_s = now_s + RETIRE_S
        step = self._reporter.step(now_s, held)
        for (underlying, expiry_s), why in step.unsettled.items():
            if (underlying, expiry_s) not in self._unsettled:
                self._log.warning("not settled yet", underlying=underlying, expiry_s=expiry_s, why=str(why))
        self._unsettled = frozenset(step.unsettled)
        if step.stress is not None:
            self._node.sequencer.submit_own(SetStress(step.stress.is_under_stress)).result()
        table = step.table
        if table is not None:
            for one in table.settlements:
                self._node.follower.settle(one.underlying, one.expiry_s, one.observations).result()
            self._node.take_table(table.report, table.message(), table.signatures)
        return table

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                self.look()
                self.trouble = None
            except (NotSequencing, FollowerClosed):
                return
            except (OracleError, VenueError) as error:
                if self.trouble is None:
                    self._log.warning("no new table", why=str(error))
                self.trouble = str(error)
            self._ended.wait(self._look_s)
