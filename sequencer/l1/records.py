"""Batches as the clearing house speaks of them: `contracts/src/types/Batches.sol` in Python."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import Final

ABI_WORD_BYTES: Final = 32
NOTHING: Final = bytes(ABI_WORD_BYTES)


@dataclass(frozen=True, slots=True)
class BatchRecord:
    """What L1 keeps the hash of. Fields are in the order of the struct `Batch`."""

    number: int
    state_root: int
    risk_root: int
    digest: int
    evaluation: int
    point: int
    time_s: int
    report_time_s: int
    queue_end: int
    committed_at_s: int
    payouts_hash: bytes

    def encoded(self) -> bytes:
        """As `abi.encode` writes it: eleven words."""
        *integers, payouts_hash = astuple(self)
        return b"".join(value.to_bytes(ABI_WORD_BYTES, "big") for value in integers) + payouts_hash

    def hash(self) -> bytes:
        """What the contract has under the batch's number."""
        from eth_utils.crypto import keccak

        return bytes(keccak(self.encoded()))

    @property
    def public_inputs(self) -> tuple[int, int, int]:
        """Of the proof."""
        return self.digest, self.evaluation, self.point


@dataclass(frozen=True, slots=True)
class Commitment:
    """What an operator says of a batch; the rest of its words the contract has. As the struct `Commitment`."""

    domain: int
    state_root: int
    digest: int
    report_time_s: int
    queue_count: int
    words: bytes


def genesis_record(state_root: int) -> BatchRecord:
    """Batch 0: the empty rollup."""
    return BatchRecord(0, state_root, 0, 0, 0, 0, 0, 0, 0, 0, NOTHING)


@dataclass(frozen=True, slots=True)
class Payout:
    """Cash that a batch pays out of an account."""

    account: int
    amount_e6: int
