"""Pieces become batches, and batches change the state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rollup.batch_application import apply_batch
from rollup.errors import RollupError
from rollup.risk_table import RiskTable
from rollup.transition import transition
from rollup.types.batches import Batch
from sequencer.matching.terms import Terms
from sequencer.venue.booking import booked_accounts, can_book
from sequencer.venue.deferred_state import DeferredState
from sequencer.venue.errors import QueueEntryRefused
from sequencer.venue.filling import BatchFiller, how_many_fit
from sequencer.venue.genesis import Genesis
from sequencer.venue.outcomes import CutBatch, Dropped, Origins
from sequencer.venue.pieces import Piece
from sequencer.venue.tracing import trace_batch


@dataclass(frozen=True, slots=True)
class Era:
    """The terms of a batch, and which of L1's tables they are by."""

    terms: Terms
    report_time_s: int

    @property
    def table(self) -> RiskTable:
        """The risk table in force."""
        return self.terms.table


class Cutter:
    """The state, and the number of the next batch.

    Batches below `first_traced` are applied without a trace; those below `first_judged` are booked and not handed out.
    """

    def __init__(self, genesis: Genesis, state: DeferredState, first_traced: int = 1, first_judged: int = 1) -> None:
        self.genesis, self.state = genesis, state
        self.first_traced, self.first_judged = first_traced, first_judged
        self.next_number = 1
        self.queue_served = 0

    def cut(
        self, pieces: Sequence[Piece], era: Era, is_distressed: Callable[[int], bool]
    ) -> tuple[list[CutBatch], list[Dropped]]:
        """As few batches as their order allows, each applied. What the rollup refuses is left out, and reported.

        Raises `QueueEntryRefused` if that is an entry of L1's queue: then the state is that before its batch.
        """
        batches: list[CutBatch] = []
        dropped: list[Dropped] = []
        start = 0
        while start < len(pieces):
            filler = BatchFiller(self.genesis.preset, self.state, self._fees_ppm, is_distressed)
            end = start + max(1, how_many_fit(pieces, start, filler))
            chosen, start = pieces[start:end], end
            if self.next_number < self.first_judged:
                self._book(chosen, era)
                continue
            try:
                batches.append(self._apply(chosen, era))
            except RollupError:
                good, bad = self._without_poison(chosen, era)
                dropped += bad
                if good:
                    batches.append(self._apply(good, era))
        return batches, dropped

    @property
    def _fees_ppm(self) -> tuple[int, int]:
        return self.genesis.maker_fee_ppm, self.genesis.taker_fee_ppm

    def _book(self, pieces: Sequence[Piece], era: Era) -> None:
        batch = self._batch_of(pieces, era)
        if can_book(batch):
            self.state.put(booked_accounts(self.state, batch))
        else:
            self.state.put(transition(self.state, era.table, batch, self.genesis.preset).accounts)
        self._count(batch)

    def _apply(self, pieces: Sequence[Piece], era: Era) -> CutBatch:
        batch, preset, trace = self._batch_of(pieces, era), self.genesis.preset, None
        if self.next_number >= self.first_traced:
            trace = trace_batch(self.state, era.table, batch, preset)
            applied = trace.applied
        else:
            applied = apply_batch(self.state, era.table, batch, preset)
        made = CutBatch(applied, trace, era.table, era.report_time_s, self._origins(pieces))
        self._count(batch)
        return made

    def _count(self, batch: Batch) -> None:
        self.next_number += 1
        self.queue_served += len(batch.queue)

    def _batch_of(self, pieces: Sequence[Piece], era: Era) -> Batch:
        return Batch(
            self.next_number,
            era.terms.time_s,
            self.genesis.domain,
            *self._fees_ppm,
            queue=tuple(entry for piece in pieces for entry in piece.queue),
            trades=tuple(trade for piece in pieces for trade in piece.trades),
            operations=tuple(signed for piece in pieces for signed in piece.operations),
            liquidations=tuple(one for piece in pieces for one in piece.liquidations),
            settlements=tuple(one for piece in pieces for one in piece.settlements),
        )

    def _origins(self, pieces: Sequence[Piece]) -> Origins:
        return Origins(
            tuple(piece.first_trade + i for piece in pieces for i in range(len(piece.trades))),
            tuple(piece.message for piece in pieces for _ in piece.trades),
            tuple(piece.message for piece in pieces for _ in piece.operations),
            tuple(piece.message for piece in pieces for _ in piece.liquidations),
            self.queue_served,
        )

    def _without_poison(self, pieces: Sequence[Piece], era: Era) -> tuple[list[Piece], list[Dropped]]:
        """What is left when pieces that the rollup refuses are taken out, the first that spoils it each time.

        Costs a logarithm of transitions for each. What only the next batches refuse, they find themselves.
        """
        kept, rest = [piece for piece in pieces if piece.queue], [piece for piece in pieces if not piece.queue]
        dropped: list[Dropped] = []
        error = self._refusal(kept, era)
        if error is not None:
            raise QueueEntryRefused(self.queue_served, str(error))
        while rest and self._refusal([*kept, *rest], era) is not None:
            good, bad = 0, len(rest)
            while bad - good > 1:
                middle = (good + bad) // 2
                if self._refusal([*kept, *rest[:middle]], era) is None:
                    good = middle
                else:
                    bad = middle
            dropped += [_dropped(rest[good], error) for error in [self._refusal([*kept, *rest[:bad]], era)] if error]
            kept, rest = [*kept, *rest[:good]], rest[bad:]
        return [*kept, *rest], dropped

    def _refusal(self, pieces: Sequence[Piece], era: Era) -> RollupError | None:
        try:
            transition(self.state, era.table, self._batch_of(pieces, era), self.genesis.preset)
        except RollupError as error:
            return error
        return None


def _dropped(piece: Piece, error: RollupError) -> Dropped:
    numbers = tuple(piece.first_trade + i for i in range(len(piece.trades)))
    return Dropped(piece.message, error, numbers, piece.trades, piece.operations, piece.liquidations)
