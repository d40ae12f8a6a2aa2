"""Transactions and how far batches are on L1, on their way into the record."""

from __future__ import annotations

from typing import Final

from prover.solidity.calldata import proof_words
from sequencer.prover_pool import BatchProof
from sequencer.record.encoding import text_of, word_bytes, words_bytes
from sequencer.record.sheet import Sheet, Table, stored
from sequencer.submitter.chain_types import Inclusion
from sequencer.submitter.events import Sent, Settled, Unsettled
from sequencer.submitter.intents import Kind, Meaning
from sequencer.submitter.progress import BatchProgress, L1Progress

PROOFS: Final = Table("proofs", 8, replaces=True)
COMMITMENTS: Final = Table("commitments", 3, replaces=True)
BATCH_KINDS: Final = frozenset((Kind.COMMIT, Kind.PROVE, Kind.COMMIT_AND_PROVE, Kind.EXECUTE))
MICROSECONDS: Final = 1_000_000

SENT: Final = """INSERT INTO transactions VALUES (?, ?, ?, 'sent', ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, ?, ?)
    ON CONFLICT (nonce) DO UPDATE SET hash = IIF(settled_ms IS NULL, excluded.hash, hash), attempts = excluded.attempts,
    answer = excluded.answer, data_bytes = excluded.data_bytes"""
SETTLED: Final = """INSERT INTO transactions VALUES (?, ?, ?, ?, ?, 1, '', 0, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (nonce) DO UPDATE SET state = excluded.state, settled_ms = excluded.settled_ms,
    block_number = excluded.block_number, hash = IIF(excluded.hash = x'', hash, excluded.hash),
    gas_used = COALESCE(excluded.gas_used, gas_used), gas_price_wei = COALESCE(excluded.gas_price_wei, gas_price_wei)"""
UNSETTLED: Final = """UPDATE transactions SET state = 'sent', settled_ms = NULL, block_number = NULL, gas_used = NULL,
    gas_price_wei = NULL WHERE nonce = ?"""
ABOUT: Final = "INSERT OR IGNORE INTO transaction_batches VALUES (?, ?)"
GAS: Final = """INSERT INTO stages (number, gas) SELECT ?1, SUM(gas_used / (last_batch - first_batch + 1))
    FROM transaction_batches JOIN transactions USING (nonce) WHERE batch = ?1 AND state IN ('done', 'reverted')
    ON CONFLICT (number) DO UPDATE SET gas = excluded.gas"""
PROVED: Final = """INSERT INTO stages (number, proved_ms, proving_us, is_mock) VALUES (?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET proved_ms = COALESCE(proved_ms, excluded.proved_ms),
    proving_us = excluded.proving_us, is_mock = excluded.is_mock"""
# What has happened keeps the time at which it was seen first; what a reorganisation took back has none.
MOVED: Final = """INSERT INTO stages (number, committed_ms, proven_ms, executed_ms, is_final) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (number) DO UPDATE SET
    committed_ms = IIF(excluded.committed_ms IS NULL, NULL, COALESCE(committed_ms, excluded.committed_ms)),
    proven_ms = IIF(excluded.proven_ms IS NULL, NULL, COALESCE(proven_ms, excluded.proven_ms)),
    executed_ms = IIF(excluded.executed_ms IS NULL, NULL, COALESCE(executed_ms, excluded.executed_ms)),
    is_final = excluded.is_final"""


def batches_of(what: Meaning) -> tuple[int, int] | tuple[None, None]:
    """First and last batch that a transaction is about."""
    if what.kind not in BATCH_KINDS:
        return None, None
    return what.numbers[0], what.numbers[-1]


def write_proof(sheet: Sheet, proof: BatchProof, time_ms: int) -> None:
    """A proof that was made. Raises `ValueError` for one that is none."""
    seconds = dict(proof.seconds)
    words = words_bytes(proof_words(proof.proof))
    signals = words_bytes(proof.public_signals)
    how = (text_of(seconds), proof.tries, proof.worker, int(proof.is_mock))
    sheet.add(PROOFS, (proof.number, time_ms, words, signals, *how))
    spent_us = round(sum(seconds.values()) * MICROSECONDS)
    sheet.execute(PROVED, (proof.number, time_ms, spent_us, int(proof.is_mock)))


def write_commitment(sheet: Sheet, number: int, digest: int, point: int) -> None:
    """What L1 knows a batch by."""
    sheet.add(COMMITMENTS, (number, word_bytes(digest), word_bytes(point)))


def write_sent(sheet: Sheet, event: Sent, time_ms: int) -> None:
    """A transaction, or another attempt at its nonce."""
    what, about = event.meaning, batches_of(event.meaning)
    told = (event.transaction_hash, event.attempt, event.answer, event.data_bytes, time_ms)
    sheet.execute(SENT, (event.nonce, what.kind.value, what.subject, *told, *about))
    _link(sheet, event.nonce, about)


def write_settled(sheet: Sheet, event: Settled, time_ms: int) -> None:
    """A transaction is in a block."""
    what, about = event.meaning, batches_of(event.meaning)
    found = event.inclusion or Inclusion(b"", event.block, succeeded=True)
    sheet.execute(
        SETTLED,
        (
            event.nonce,
            what.kind.value,
            what.subject,
            event.status,
            found.transaction_hash,
            time_ms,
            time_ms,
            event.block.number,
            found.gas_used,
            stored(found.gas_price_wei),
            *about,
        ),
    )
    _link(sheet, event.nonce, about)
    _book_gas(sheet, about)


def write_unsettled(sheet: Sheet, event: Unsettled) -> None:
    """A reorganisation took it out of its block."""
    sheet.execute(UNSETTLED, (event.nonce,))
    _book_gas(sheet, batches_of(event.meaning))


class ProgressWriter:
    """Writes what moved since it was told last."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[bool, ...]] = {}
        self._forgotten = 0

    def write(self, sheet: Sheet, progress: L1Progress, time_ms: int) -> None:
        """How far L1 is."""
        for number in range(self._forgotten + 1, progress.forgotten + 1):
            sheet.execute(MOVED, (number, time_ms, time_ms, time_ms, 1))
            self._known.pop(number, None)
        self._forgotten = max(self._forgotten, progress.forgotten)
        for number, one in progress.batches.items():
            here = _place(one)
            if self._known.get(number) != here:
                write_stage(sheet, one, time_ms)
                self._known[number] = here
        for number in [number for number in self._known if number not in progress.batches]:
            sheet.execute(MOVED, (number, None, None, None, 0))  # taken back whole
            del self._known[number]

    def forget(self) -> None:
        """What was told may not be written: the next time all is."""
        self._known.clear()
        self._forgotten = 0


def write_stage(sheet: Sheet, one: BatchProgress, time_ms: int) -> None:
    """How far a batch is on L1; what was seen before keeps its time."""
    *has_come, is_final = _place(one)
    times = (time_ms if each else None for each in has_come)
    sheet.execute(MOVED, (one.number, *times, int(is_final)))


def _place(one: BatchProgress) -> tuple[bool, ...]:
    steps = (one.committed, one.proven, one.executed)
    return (*(step is not None for step in steps), one.executed is not None and one.executed.is_final)


def _link(sheet: Sheet, nonce: int, about: tuple[int, int] | tuple[None, None]) -> None:
    first, last = about
    if first is not None and last is not None:
        for number in range(first, last + 1):
            sheet.execute(ABOUT, (number, nonce))


def _book_gas(sheet: Sheet, about: tuple[int, int] | tuple[None, None]) -> None:
    first, last = about
    if first is not None and last is not None:
        for number in range(first, last + 1):
            sheet.execute(GAS, (number,))
