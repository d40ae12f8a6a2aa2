"""What there is to bring to L1, as the node hands it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rollup.units import BATCH_NUMBER_BITS, TIME_BITS
from sequencer.l1.bindings.structs import Commitment
from sequencer.l1.words import WORD_BYTES
from sequencer.submitter.intents import Meaning

Settlements: TypeAlias = Mapping[tuple[int, int], tuple[tuple[int, bytes], ...]]
"""What oracles saw at expiries, `(price_e2, signature)` each, by (underlying, expiry_s)."""


@dataclass(frozen=True, slots=True)
class BatchToSend:
    """A batch as it was cut. `point` is where its proof has to evaluate the words, `words.challenge_point`."""

    number: int
    commitment: Commitment = field(repr=False)
    point: int

    @property
    def time_s(self) -> int:
        """From the header."""
        header = int.from_bytes(self.commitment.words[:WORD_BYTES], "big")
        return header >> BATCH_NUMBER_BITS & ((1 << TIME_BITS) - 1)

    @property
    def header_number(self) -> int:
        """The number that the words have."""
        return int.from_bytes(self.commitment.words[:WORD_BYTES], "big") & ((1 << BATCH_NUMBER_BITS) - 1)


@dataclass(frozen=True, slots=True)
class HeldBatch:
    """A batch that is kept until it is executed for good. `proof` are its eight words."""

    batch: BatchToSend
    proof: tuple[int, ...] | None
    added_at_s: float


@dataclass(frozen=True, slots=True)
class Task:
    """What is no batch, with its calldata: `report TIME`, `settlement UNDERLYING-EXPIRY`, `revert COUNT-NONCE-LAST`."""

    meaning: Meaning
    data: bytes = field(repr=False)
