"""Batches, proofs and L1 transactions out of the record."""

from __future__ import annotations

from typing import Any, Final

from sequencer.record.batch_types import (
    BatchCounts,
    BatchRow,
    BatchStatus,
    DroppedRow,
    OperationRow,
    ProofRow,
    StageTimes,
    TransactionRow,
)
from sequencer.record.encoding import value_of, words_of_bytes
from sequencer.record.errors import NoSuchRow
from sequencer.record.record_file import RecordFile

MICROSECONDS: Final = 1_000_000
BATCH: Final = (
    """SELECT number, time_s, table_time_s, sequence, root_before, root_after, risk_root,
    trades, operations, liquidations, settlements, queue, registrations, deposits, accounts, words,
    sealed_ms, proved_ms, committed_ms, proven_ms, executed_ms, is_final, gas, proving_us, is_mock
    FROM batches LEFT JOIN stages USING (number)""",
)
STATUS: Final = """CASE WHEN executed_ms IS NOT NULL THEN 'executed' WHEN proven_ms IS NOT NULL THEN 'proven'
    WHEN committed_ms IS NOT NULL THEN 'committed' WHEN proved_ms IS NOT NULL THEN 'proved' ELSE 'sealed' END = ?"""
PROOF: Final = ("SELECT number, made_ms, calldata, signals, seconds, tries, worker, is_mock FROM proofs",)
TRANSACTION: Final = (
    """SELECT nonce, kind, subject, state, hash, attempts, answer, data_bytes, sent_ms, settled_ms, block_number,
    gas_used, gas_price_wei, first_batch, last_batch FROM transactions""",
)
DROPPED: Final = (
    """SELECT id, time_ms, message, batch, rule, reason, accounts, trades, operations, liquidations FROM dropped""",
)
OPERATION: Final = ("SELECT batch, kind, account, slot, nonce, amount_e6, receiver, time_s, id FROM operations",)


class BatchReading(RecordFile):
    """Pages begin below a key, the newest first; a page of 100 takes less than a millisecond wherever it begins."""

    def batches(
        self, before: int | None = None, limit: int = 100, status: BatchStatus | None = None
    ) -> tuple[BatchRow, ...]:
        """Below number `before`."""
        conditions = [("number < ?", before), (STATUS, None if status is None else status.value)]
        return self._made(_batch, self._page(BATCH, conditions, "number DESC", limit))

    def batch(self, number: int) -> BatchRow:
        """Raises `NoSuchRow`."""
        rows = self._page(BATCH, [("number = ?", number)], "number", 1)
        if not rows:
            raise NoSuchRow(self.path, "batch", number, self._last("batches"))
        return self._made(_batch, rows)[0]

    def proofs(self, before: int | None = None, limit: int = 100) -> tuple[ProofRow, ...]:
        """Of batches below `before`."""
        return self._made(_proof, self._page(PROOF, [("number < ?", before)], "number DESC", limit))

    def proof(self, number: int) -> ProofRow:
        """Of a batch. Raises `NoSuchRow`."""
        rows = self._page(PROOF, [("number = ?", number)], "number", 1)
        if not rows:
            raise NoSuchRow(self.path, "proof of batch", number, self._last("proofs"))
        return self._made(_proof, rows)[0]

    def transactions(
        self, before: int | None = None, limit: int = 100, state: str | None = None, kind: str | None = None
    ) -> tuple[TransactionRow, ...]:
        """Below nonce `before`."""
        conditions = [("nonce < ?", before), ("state = ?", state), ("kind = ?", kind)]
        return self._made(_transaction, self._page(TRANSACTION, conditions, "nonce DESC", limit))

    def transactions_of(self, batch: int) -> tuple[TransactionRow, ...]:
        """About a batch, the oldest first."""
        about = [("nonce IN (SELECT nonce FROM transaction_batches WHERE batch = ?)", batch)]
        return self._made(_transaction, self._page(TRANSACTION, about, "nonce", -1))

    def dropped(self, before: int | None = None, limit: int = 100, batch: int | None = None) -> tuple[DroppedRow, ...]:
        """What the rollup refused, below id `before`."""
        conditions = [("id < ?", before), ("batch = ?", batch)]
        return self._made(_dropped, self._page(DROPPED, conditions, "id DESC", limit))

    def operations(
        self, before: int | None = None, limit: int = 100, *, account: int | None = None, kind: str | None = None
    ) -> tuple[OperationRow, ...]:
        """Below id `before`, the newest first. `kind`: cancel, transfer or withdrawal."""
        conditions = [("id < ?", before), ("account = ?", account), ("kind = ?", kind)]
        return tuple(OperationRow(*row) for row in self._page(OPERATION, conditions, "id DESC", limit))

    def operations_of(self, batch: int) -> tuple[OperationRow, ...]:
        """In a batch."""
        return tuple(OperationRow(*row) for row in self._page(OPERATION, [("batch = ?", batch)], "id", -1))


def _batch(row: tuple[Any, ...]) -> BatchRow:
    number, time_s, table_time_s, sequence, root_before, root_after, risk_root = row[:7]
    times = StageTimes(*row[16:21])
    is_final, gas, proving_us, is_mock = row[21:]
    return BatchRow(
        number=number,
        status=_status(times),
        is_final=bool(is_final),
        time_s=time_s,
        table_time_s=table_time_s,
        sequence=sequence,
        times=times,
        root_before=int.from_bytes(root_before, "big"),
        root_after=int.from_bytes(root_after, "big"),
        risk_root=int.from_bytes(risk_root, "big"),
        counts=BatchCounts(*row[7:16]),
        gas=gas,
        proving_s=None if proving_us is None else proving_us / MICROSECONDS,
        is_mock=None if is_mock is None else bool(is_mock),
    )


def _status(times: StageTimes) -> BatchStatus:
    if times.executed_ms is not None:
        return BatchStatus.EXECUTED
    if times.proven_ms is not None:
        return BatchStatus.PROVEN
    if times.committed_ms is not None:
        return BatchStatus.COMMITTED
    return BatchStatus.SEALED if times.proved_ms is None else BatchStatus.PROVED


def _proof(row: tuple[Any, ...]) -> ProofRow:
    """The verifier's words have the imaginary part of an Fq2 element first."""
    number, made_ms, calldata, signals, seconds, tries, worker, is_mock = row
    words = words_of_bytes(calldata)
    a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y = words
    return ProofRow(
        number=number,
        made_ms=made_ms,
        a=(a_x, a_y),
        b=((b_x0, b_x1), (b_y0, b_y1)),
        c=(c_x, c_y),
        public_signals=words_of_bytes(signals),
        calldata=words,
        seconds=value_of(seconds),
        tries=tries,
        worker=worker,
        is_mock=bool(is_mock),
    )


def _transaction(row: tuple[Any, ...]) -> TransactionRow:
    return TransactionRow(*row)


def _dropped(row: tuple[Any, ...]) -> DroppedRow:
    values = list(row)
    values[6] = tuple(value_of(row[6]))
    return DroppedRow(*values)
