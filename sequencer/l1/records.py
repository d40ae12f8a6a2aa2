"""Batches as the clearing house speaks of them: it keeps the hash, and whoever speaks of one brings it along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rollup.units import ACCOUNT_ID_BITS
from sequencer.l1.abi_codec import encode
from sequencer.l1.abi_types import Struct
from sequencer.l1.bindings.structs import Batch

NO_PAYOUTS: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Payout:
    """Cash that a batch pays out of an account."""

    account: int
    amount_e6: int

    @property
    def word(self) -> int:
        """As the contract hashes it."""
        return (self.amount_e6 << ACCOUNT_ID_BITS) + self.account


def payouts_of(words: Iterable[int]) -> tuple[Payout, ...]:
    """From the contract's words."""
    return tuple(Payout(word & ((1 << ACCOUNT_ID_BITS) - 1), word >> ACCOUNT_ID_BITS) for word in words)


def batch_hash(batch: Batch) -> bytes:
    """What the contract has under the batch's number."""
    from eth_hash.auto import keccak

    return bytes(keccak(encode([Struct(Batch)], [batch])))


def genesis_batch(state_root: int) -> Batch:
    """Batch 0: the empty rollup."""
    return Batch(0, state_root, 0, 0, 0, 0, 0, 0, 0, 0, NO_PAYOUTS)
