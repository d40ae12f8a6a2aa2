"""What a submitter's tables still say of L1: transactions, gas, how far each batch came, and proofs that were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from prover.formats.groth16_types import Proof
from sequencer.l1.abi_codec import decode
from sequencer.l1.words import evaluate
from sequencer.prover_pool import BatchProof
from sequencer.record.encoding import words_of_bytes
from sequencer.record.writing_l1 import batches_of
from sequencer.store.errors import StatementFailed
from sequencer.store.reading import Reader, open_reader
from sequencer.submitter.chain_types import BlockMark, Inclusion
from sequencer.submitter.events import Sent, Settled
from sequencer.submitter.intents import Kind, Meaning, Status
from sequencer.submitter.progress import BatchProgress, Step
from sequencer.submitter.work_store import COMMITMENT
from sequencer.venue import CutBatch

Event: TypeAlias = Sent | Settled
INTENTS: Final = """SELECT nonce, kind, subject, status, block_number, block_hash, is_final, hash, ordinal
    FROM submitter_intents JOIN submitter_attempts AS attempts USING (nonce)
    WHERE ordinal = (SELECT MAX(ordinal) FROM submitter_attempts AS every WHERE every.nonce = attempts.nonce)
    ORDER BY nonce"""
GAS: Final = "SELECT nonce, included_hash, gas_used, gas_price_wei FROM submitter_intents"
EXECUTED: Final = "SELECT value FROM facts WHERE name = 'executed for good'"
BATCHES: Final = "SELECT number, commitment FROM submitter_batches"
PROOFS: Final = "SELECT number, digest, proof FROM proofs ORDER BY number"
STEPS: Final = {
    Kind.COMMIT: ("committed",),
    Kind.PROVE: ("proven",),
    Kind.COMMIT_AND_PROVE: ("committed", "proven"),
    Kind.EXECUTE: ("executed",),
}


class KeptTransaction:
    """One nonce as the submitter left it: what was told of it, and what it did to which batches."""

    def __init__(self, row: Sequence[Any], gas: Sequence[Any]) -> None:
        self.nonce, kind, subject, status, number, block_hash, is_final, last_hash, ordinal = row
        included_hash, gas_used, price = gas
        self.meaning = Meaning(Kind(kind), subject)
        self.status, self.is_final = Status(status), bool(is_final)
        self.block = None if number is None else BlockMark(number, bytes(block_hash))
        digest = bytes(included_hash or last_hash)
        self.sent = Sent(self.nonce, self.meaning, ordinal + 1, bytes(last_hash), "")
        self.settled: Settled | None = None
        if self.block is not None and self.status is not Status.LIVE:
            is_good = self.status is not Status.REVERTED
            found = Inclusion(digest, self.block, is_good, gas_used, None if price is None else int(price))
            self.settled = Settled(self.nonce, self.meaning, status, self.block, found)

    @property
    def batches(self) -> range:
        """That it is about."""
        first, last = batches_of(self.meaning)
        return range(0) if first is None or last is None else range(first, last + 1)


def kept_transactions(*paths: Path) -> tuple[KeptTransaction, ...]:
    """By nonce, from the first of these files that has the submitter's tables; none where none has."""
    rows, paid = _tables(paths, INTENTS, GAS)
    gas = {nonce: rest for nonce, *rest in paid}
    return tuple(KeptTransaction(row, gas.get(row[0], (None, None, None))) for row in rows)


def stages_of(kept: Sequence[KeptTransaction], executed: int) -> tuple[BatchProgress, ...]:
    """How far each batch was when the submitter looked last: by what it did itself, and what it knew to be `executed`
    for good, by whatever transaction.
    """
    steps: defaultdict[int, dict[str, Step]] = defaultdict(dict)
    for one in kept:
        if one.status is Status.DONE and one.block is not None:
            for number in one.batches:
                for name in STEPS[one.meaning.kind]:
                    steps[number][name] = Step(one.block, one.is_final)
    for number, had in steps.items():
        if number <= executed and had:
            had["executed"] = Step(had.get("executed", next(reversed(had.values()))).block, is_final=True)
    return tuple(
        BatchProgress(number, True, had.get("committed"), had.get("proven"), had.get("executed"))
        for number, had in sorted(steps.items())
    )


def kept_executed(*paths: Path) -> int:
    """The last batch that is executed for good; 0 where nothing is known."""
    rows = _tables(paths, EXECUTED)[0]
    return int(rows[0][0]) if rows else 0


def kept_roots(*paths: Path) -> dict[int, int]:
    """By batch, the state roots of those that are not final on L1 yet."""
    rows = _tables(paths, BATCHES)[0]
    return {number: decode(COMMITMENT, bytes(commitment))[0].state_root for number, commitment in rows}


class KeptProofs:
    """Proofs of batches that are not final on L1 yet: their words only, without what making them took."""

    def __init__(self, *paths: Path) -> None:
        """From the first of these files that has such a table."""
        self._found = {
            (number, int.from_bytes(digest, "big")): bytes(proof) for number, digest, proof in _tables(paths, PROOFS)[0]
        }

    def proof(self, batch: CutBatch, digest: int, point: int) -> BatchProof | None:
        """That of a batch, if one was kept."""
        calldata = self._found.get((batch.number, digest))
        if calldata is None:
            return None
        a_x, a_y, b_x1, b_x0, b_y1, b_y0, c_x, c_y = words_of_bytes(calldata)
        proof = Proof((a_x, a_y), ((b_x0, b_x1), (b_y0, b_y1)), (c_x, c_y))
        return BatchProof(batch.number, (digest, evaluate(batch.applied.words, point), point), proof, {}, 1, "")


def _tables(paths: Sequence[Path], *statements: str) -> list[list[Any]]:
    """The rows of each statement, from the first file that has some; a file of an older version has no gas."""
    for path in paths:
        if path.is_file():
            with open_reader(path) as reader:
                found = [_rows(reader, statement) for statement in statements]
            if found[0]:
                return found
    return [[] for _ in statements]


def _rows(reader: Reader, statement: str) -> list[Any]:
    try:
        return reader.execute(statement)
    except StatementFailed:
        return []
