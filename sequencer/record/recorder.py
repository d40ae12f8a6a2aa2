"""Takes what a node has in hand, to be written on another thread. It never blocks nor breaks the node."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Final, Self

from rollup.types.series import SeriesRow
from sequencer.messages import EndBatch, Message, NewTable, ReceiveQueue
from sequencer.orderbook.views import BookView
from sequencer.prover_pool import BatchProof, WorkerStatus
from sequencer.record.node_types import RunFacts
from sequencer.record.pump import Pump
from sequencer.record.scribe import Scribe
from sequencer.submitter.events import Event as L1Event
from sequencer.submitter.progress import BatchProgress, L1Progress
from sequencer.venue import Outcome

MS_PER_S: Final = 1_000
GROUP_S: Final = 0.1
MOST_WAITING: Final = 20_000
NOTED: Final = frozenset((NewTable, ReceiveQueue, EndBatch))
"""Messages of which there is something to write whatever they did."""


class Recorder:
    """A record that is open for writing. All methods are safe from any thread, return in microseconds, raise nothing.

    What was handed in is written in groups, one transaction each, at most every `group_s`. Beyond `most_waiting` things
    nothing more is taken; those, and what cannot be written, are counted as lost. Times are unix milliseconds, now if
    none is given.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], float] = time,
        group_s: float = GROUP_S,
        most_waiting: int = MOST_WAITING,
        keeps_facts: bool = True,
    ) -> None:
        """Opens the record, or makes one. With `keeps_facts` they are in `run.json` too, and outlive the record.

        Raises `NotARecord`, `RecordTooNew`, `RecordDamaged`, `RecordBusy`.
        """
        self.path = path
        self._clock, self._keeps_facts = clock, keeps_facts
        self._pump = Pump(path, self._now_ms, group_s, most_waiting)
        self._facts: RunFacts | None = None
        self.last_sequence = self._pump.reached[0]
        """Entries of the log up to this one are here already, from an earlier run: they are not taken again."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def lost(self) -> int:
        """How many things are not in the record."""
        return self._pump.lost

    def facts(self, facts: RunFacts) -> None:
        """What does not change; `close` adds when the run ended."""
        self._facts = facts
        self._pump.put(Scribe.facts, facts)
        if self._keeps_facts:
            self._pump.put(Scribe.run_file, facts, self.path.parent)

    # -- the venue ---------------------------------------------------------------------------------------------------

    def applied(
        self,
        sequence: int,
        time_ms: int,
        message: Message,
        outcome: Outcome,
        refusal: Exception | None = None,
        digest: bytes = b"",
    ) -> None:
        """Entry `sequence` of the log and what it did; those up to `last_sequence` are passed over. `digest` is the
        log's after it: by that a record knows its log again.

        So a node hands in what it replays, too: whatever a crash kept out of the record comes then. Orders that only
        rest, and cancels, are counted. An entry may be of a message that was refused, for what it left behind; those
        that left nothing are for `refused`. Not from two threads.
        """
        pump = self._pump
        if sequence <= pump.reached[0]:
            return
        report, kind = outcome.report, type(message)
        pump.count(
            ("message", kind.__name__) if refusal is None else ("refused", type(refusal).__name__),
            *[("removal", removal.ending.value) for removal in report.removals],
            *[("fill", "trades")] * len(report.trades),
            *[("fill", "liquidations")] * len(report.liquidations),
        )
        if report.trades or report.liquidations or outcome.batches or outcome.dropped or kind in NOTED:
            pump.put(Scribe.applied, sequence, time_ms, message, outcome, refusal is not None)
        if refusal is not None:
            pump.refuse(Scribe.refused, time_ms, message, type(refusal).__name__, str(refusal))
        pump.reached = (sequence, digest)  # last: what is not handed in yet must not count as written

    def refused(self, message: Message, error: Exception, time_ms: int | None = None) -> None:
        """Counted by rule; the last few hundred are kept with their reasons."""
        self.refused_by(message, type(error).__name__, str(error), time_ms)

    def refused_by(self, message: Message, rule: str, why: str, time_ms: int | None = None) -> None:
        """As `refused`, where the error itself is in another process."""
        self._pump.count(("refused", rule))
        self._pump.refuse(Scribe.refused, self._at(time_ms), message, rule, why)

    def books(self, views: Sequence[BookView], time_ms: int | None = None) -> None:
        """Books as they are now."""
        self._pump.put(Scribe.books, views, self._at(time_ms))

    # -- prices ------------------------------------------------------------------------------------------------------

    def table(
        self, time_s: int, rows: Sequence[SeriesRow], spots: Mapping[int, int], time_ms: int | None = None
    ) -> None:
        """A risk table in force; `applied` records those that come as messages."""
        self._pump.put(Scribe.table, time_s, rows, spots, self._at(time_ms))

    def spots(self, prices_e2: Mapping[int, int], time_ms: int | None = None) -> None:
        """Prices by underlying, between tables."""
        self._pump.put(Scribe.spots, self._at(time_ms), prices_e2)

    def settlement(self, underlying: int, expiry_s: int, price_e2: int, time_ms: int | None = None) -> None:
        """The price at which an expiry is settled."""
        self._pump.put(Scribe.settlement, underlying, expiry_s, price_e2, self._at(time_ms))

    # -- provers and L1 ----------------------------------------------------------------------------------------------

    def commitment(self, number: int, digest: int, point: int) -> None:
        """What L1 knows a batch by; its proof says so, too."""
        self._pump.put(Scribe.commitment, number, digest, point)

    def proof(self, proof: BatchProof, time_ms: int | None = None) -> None:
        """A proof that was made."""
        self._pump.put(Scribe.proof, proof, self._at(time_ms))

    def workers(self, workers: Sequence[WorkerStatus], now_s: float, time_ms: int | None = None) -> None:
        """What each place of a pool is doing; `now_s` by the pool's clock, which is `time.monotonic`."""
        self._pump.put(Scribe.workers, workers, now_s, self._at(time_ms))

    def l1(self, event: L1Event, time_ms: int | None = None) -> None:
        """What happened on L1."""
        self._pump.put(Scribe.l1, event, self._at(time_ms))

    def progress(self, progress: L1Progress | None, time_ms: int | None = None) -> None:
        """How far L1 is, after every turn that saw it; what has not moved since costs nothing more."""
        if progress is not None:
            self._pump.put(Scribe.progress, progress, self._at(time_ms))

    def stage(self, batch: BatchProgress, time_ms: int | None = None) -> None:
        """How far one batch is on L1; `progress` tells it of all."""
        self._pump.put(Scribe.stage, batch, self._at(time_ms))

    # -- the node ----------------------------------------------------------------------------------------------------

    def log(
        self,
        level: str,
        text: str,
        fields: Mapping[str, object] | None = None,
        *,
        source: str = "node",
        time_ms: int | None = None,
    ) -> None:
        """A line: level is debug, info, warning, error or alarm."""
        self._pump.put(Scribe.line, self._at(time_ms), level, source, text, fields)

    def flush(self, wait_s: float = 10.0) -> bool:
        """Waits until all that was handed in so far is written, or could not be; whether it was within that time."""
        return self._pump.flush(wait_s)

    def close(self) -> None:
        """Writes what waits, and closes the file. What comes later is lost. May be called again."""
        if self._facts is not None and self._pump.is_open:
            self.facts(replace(self._facts, ended_ms=self._now_ms()))
        self._pump.close()

    def _now_ms(self) -> int:
        return int(self._clock() * MS_PER_S)

    def _at(self, time_ms: int | None) -> int:
        return self._now_ms() if time_ms is None else time_ms
