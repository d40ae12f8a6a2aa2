"""What the recorder's thread does with what it was handed: one method for each kind of thing."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from rollup.types.series import SeriesRow
from sequencer.messages import Message, NewTable, ReceiveQueue
from sequencer.orderbook.views import BookView
from sequencer.prover_pool import BatchProof, WorkerStatus
from sequencer.record import writing_batches, writing_l1, writing_market, writing_node
from sequencer.record.node_types import RunFacts
from sequencer.record.run_file import write_run_file
from sequencer.record.sheet import Sheet
from sequencer.submitter.events import (
    Alarm,
    Event,
    NodesTroubled,
    Progressed,
    Refused,
    Reorganised,
    Sent,
    Settled,
    Unsettled,
)
from sequencer.submitter.progress import BatchProgress, L1Progress
from sequencer.venue import Outcome

L1_SOURCE: Final = "l1"
VENUE_SOURCE: Final = "venue"


class Scribe:
    """Writes into one connection; transactions are its owner's. Raises `sqlite3.Error`, and leaves rows in `sheet`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.sheet = Sheet(connection)
        self._progress = writing_l1.ProgressWriter()
        self._told: set[tuple[int, int, int]] = set()
        self._trouble = ""

    def forget(self) -> None:
        """The transaction was taken back."""
        self.sheet.forget()
        self._progress.forget()
        self._told.clear()
        self._trouble = ""

    # -- what the venue did ------------------------------------------------------------------------------------------

    def applied(self, sequence: int, time_ms: int, message: Message, outcome: Outcome, was_refused: bool) -> None:
        """An entry of the log. Of one that was refused only what it left behind counts."""
        sheet, report = self.sheet, outcome.report
        writing_market.write_fills(sheet, report, sequence, outcome.message, outcome.first_trade, time_ms)
        if isinstance(message, ReceiveQueue) and not was_refused:
            writing_market.write_queue(sheet, message.first_index, message.entries, time_ms)
        for batch in outcome.batches:
            writing_batches.write_batch(sheet, batch, sequence, time_ms)
        if isinstance(message, NewTable) and not was_refused:
            writing_market.write_table(sheet, message.time_s, message.rows, message.spots, time_ms)
        if outcome.dropped:
            following = outcome.batches[0].number if outcome.batches else self._next_batch()
            for dropped in outcome.dropped:
                writing_batches.write_dropped(sheet, dropped, following, time_ms)
        self._tell_trouble(outcome, time_ms)

    def refused(self, time_ms: int, message: Message, rule: str, why: str) -> None:
        """A message of which nothing is in the log."""
        writing_market.write_refusal(self.sheet, message, rule, why, time_ms)

    def _next_batch(self) -> int:
        return int(self.sheet.execute("SELECT COALESCE(MAX(number), 0) + 1 FROM batches")[0][0])

    def _tell_trouble(self, outcome: Outcome, time_ms: int) -> None:
        """Accounts that cannot be helped are named by every batch: here they are named once, until they are helped."""
        if not outcome.batches and not outcome.unliquidated and not outcome.unsettled:
            return
        now: set[tuple[int, int, int]] = set()
        for one in outcome.unliquidated:
            now.add((one.account, 0, 0))
            if (one.account, 0, 0) not in self._told:
                text = "below maintenance margin, and no order of the books takes anything off"
                self.line(
                    time_ms, "warning", VENUE_SOURCE, text, {"account": one.account, "missing_e6": one.missing_e6}
                )
        for owing in outcome.unsettled:
            key = (owing.account, owing.series_id, 1)
            now.add(key)
            if key not in self._told:
                fields = {"account": owing.account, "series": owing.series_id, "missing_e6": owing.missing_e6}
                self.line(time_ms, "warning", VENUE_SOURCE, "cannot pay for a settled position", fields)
        self._told = now

    # -- provers and L1 ----------------------------------------------------------------------------------------------

    def commitment(self, number: int, digest: int, point: int) -> None:
        """What L1 knows a batch by."""
        writing_l1.write_commitment(self.sheet, number, digest, point)

    def proof(self, proof: BatchProof, time_ms: int) -> None:
        """A proof that was made."""
        writing_l1.write_proof(self.sheet, proof, time_ms)

    def l1(self, event: Event, time_ms: int) -> None:
        """What a turn of the submitter told."""
        match event:
            case Sent():
                writing_l1.write_sent(self.sheet, event, time_ms)
            case Settled():
                writing_l1.write_settled(self.sheet, event, time_ms)
            case Unsettled():
                writing_l1.write_unsettled(self.sheet, event)
            case Reorganised(depth, head):
                fields: dict[str, object] = {"blocks": depth, "head": head.number}
                self.line(time_ms, "warning", L1_SOURCE, "the chain was reorganised", fields)
            case Refused(what, error, tries):
                fields = {"transaction": what, "error": error, "tries": tries}
                self.line(time_ms, "warning", L1_SOURCE, "L1 would refuse, or has", fields)
            case NodesTroubled(why):
                if why != self._trouble:
                    self.line(time_ms, "warning", L1_SOURCE, why)
            case Alarm(told, about):
                fields = {} if about is None else {"transaction": about}
                self.line(time_ms, "alarm", L1_SOURCE, told, fields)
            case Progressed():
                pass  # `progress` says more
        self._trouble = event.why if isinstance(event, NodesTroubled) else ""

    def progress(self, progress: L1Progress, time_ms: int) -> None:
        """How far batches are on L1."""
        self._progress.write(self.sheet, progress, time_ms)

    def stage(self, batch: BatchProgress, time_ms: int) -> None:
        """How far one batch is on L1."""
        writing_l1.write_stage(self.sheet, batch, time_ms)

    # -- prices, books, the node -------------------------------------------------------------------------------------

    def table(self, time_s: int, rows: Sequence[SeriesRow], spots: Mapping[int, int], time_ms: int) -> None:
        """A risk table in force."""
        writing_market.write_table(self.sheet, time_s, rows, spots.items(), time_ms)

    def spots(self, time_ms: int, prices_e2: Mapping[int, int]) -> None:
        """Prices of underlyings."""
        writing_market.write_spots(self.sheet, time_ms, prices_e2)

    def settlement(self, underlying: int, expiry_s: int, price_e2: int, time_ms: int) -> None:
        """The price of an expiry."""
        writing_market.write_settlement_price(self.sheet, underlying, expiry_s, price_e2, time_ms)

    def books(self, views: Sequence[BookView], time_ms: int) -> None:
        """Books as they are now."""
        writing_market.write_books(self.sheet, views, time_ms)

    def workers(self, workers: Sequence[WorkerStatus], now_s: float, time_ms: int) -> None:
        """What each place is doing."""
        writing_node.write_workers(self.sheet, workers, now_s, time_ms)

    def facts(self, facts: RunFacts) -> None:
        """What does not change."""
        writing_node.write_facts(self.sheet, facts)

    def run_file(self, facts: RunFacts, folder: Path) -> None:
        """Beside the log, for whoever makes the record again. Raises `OSError`."""
        write_run_file(folder, facts)

    def line(
        self, time_ms: int, level: str, source: str, text: str, fields: Mapping[str, object] | None = None
    ) -> None:
        """A line of the log."""
        writing_node.write_line(self.sheet, time_ms, level, source, text, fields)
