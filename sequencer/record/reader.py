"""Reads the record of a run, while it is written or later."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from sequencer.record.batch_types import AccountState, FillRow, PostingRow, ProofRow, TouchedRow, WordMeaning
from sequencer.record.connection import record_path
from sequencer.record.detail_types import BatchDetail
from sequencer.record.encoding import unpacked_values, words_of_bytes
from sequencer.record.errors import NoSuchRow
from sequencer.record.reading_batches import BatchReading
from sequencer.record.reading_market import MarketReading
from sequencer.record.reading_node import NodeReading

EXAMINED: Final = 1
LIQUIDATED: Final = 2
SUBSIDISED: Final = 4


class RecordReader(BatchReading, MarketReading, NodeReading):
    """All questions to a record. Safe from any thread; a writer never waits for it.

    Open it by `RecordReader(record_path(folder))`. Every method raises `RecordDamaged` for a file that rots.
    """

    @classmethod
    def of(cls, folder: Path) -> RecordReader:
        """Of the node in a folder, or of a record by its path. Raises as the constructor."""
        return cls(record_path(folder))

    def detail(self, number: int) -> BatchDetail:
        """All that is known of a batch: some milliseconds at LARGE. Raises `NoSuchRow`."""
        row = self.batch(number)
        stored = self._rows("SELECT words, body FROM details WHERE number = ?", (number,))
        if not stored:
            raise NoSuchRow(self.path, "detail of batch", number, self._last("batches"))
        words, body = stored[0]
        found = self._unsqueezed(body)
        proof = self._proof_of(number)
        digest, point = self._commitment(number, proof)
        preset = self.facts().preset
        return BatchDetail(
            row=row,
            preset=preset,
            digest=digest,
            point=point,
            words=self._meanings(words_of_bytes(words), preset),
            postings=tuple(PostingRow(*one) for one in found["postings"]),
            touched=tuple(self._touched(one, number) for one in found["touched"]),
            fills=tuple(FillRow(*one) for one in found["fills"]),
            trades=tuple(reversed(self.trades(batch=number, limit=-1))),
            operations=self.operations_of(number),
            settlements=self.settlements(batch=number, limit=-1),
            queue=tuple(reversed(self.queue(batch=number, limit=-1))),
            dropped=tuple(reversed(self.dropped(batch=number, limit=-1))),
            transactions=self.transactions_of(number),
            proof=proof,
        )

    def words(self, number: int) -> tuple[int, ...]:
        """Of a batch, as they go to L1. Raises `NoSuchRow`."""
        rows = self._rows("SELECT words FROM details WHERE number = ?", (number,))
        if not rows:
            raise NoSuchRow(self.path, "batch", number, self._last("batches"))
        return words_of_bytes(rows[0][0])

    def _proof_of(self, number: int) -> ProofRow | None:
        try:
            return self.proof(number)
        except NoSuchRow:
            return None

    def _commitment(self, number: int, proof: ProofRow | None) -> tuple[int | None, int | None]:
        """Digest and point; a proof's public signals are digest, evaluation and point."""
        rows = self._rows("SELECT digest, point FROM commitments WHERE number = ?", (number,))
        if rows:
            return int.from_bytes(rows[0][0], "big"), int.from_bytes(rows[0][1], "big")
        return (None, None) if proof is None else (proof.public_signals[0], proof.public_signals[-1])

    def _meanings(self, words: tuple[int, ...], preset: str) -> tuple[WordMeaning, ...]:
        from rollup.presets import PRESETS
        from sequencer.record.word_meanings import word_meanings

        return word_meanings(words, PRESETS.get(preset))

    def _touched(self, one: list[Any], number: int) -> TouchedRow:
        account, flags, before, after = one
        known = self._rows("SELECT scenarios FROM history WHERE account = ? AND batch = ?", (account, number))
        values_after = unpacked_values(known[0][0]) if known else ()
        return TouchedRow(
            account,
            None if before is None else _state(before, tuple(before[3])),
            _state(after, values_after),
            is_examined=bool(flags & EXAMINED),
            is_liquidated=bool(flags & LIQUIDATED),
            is_subsidised=bool(flags & SUBSIDISED),
        )


def _state(state: list[Any], values_e6: tuple[int, ...]) -> AccountState:
    cash_e6, positions, nonces = state[:3]
    held = tuple((slot, series_id, size_e4) for slot, series_id, size_e4 in positions)
    return AccountState(cash_e6, held, tuple(nonces), values_e6)
