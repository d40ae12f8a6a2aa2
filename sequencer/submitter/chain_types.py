"""What a chain says, as values that several nodes can agree upon."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class BlockMark:
    """A block by number and hash: the number alone is another block after a reorganisation."""

    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class BlockHead:
    """A block. `base_fee_wei` is what every unit of gas in it paid."""

    number: int
    hash: bytes
    parent_hash: bytes
    time_s: int
    base_fee_wei: int

    @property
    def mark(self) -> BlockMark:
        """Number and hash."""
        return BlockMark(self.number, self.hash)


@dataclass(frozen=True, slots=True)
class Inclusion:
    """A transaction that is in a block. `succeeded` is false when it reverted.

    `gas_used` is what it was charged for, `gas_price_wei` what it paid for each unit; None where a node does not say.
    """

    transaction_hash: bytes
    block: BlockMark
    succeeded: bool
    gas_used: int | None = None
    gas_price_wei: int | None = None


@dataclass(frozen=True, slots=True)
class Fees:
    """What a unit of gas costs: at most `most_wei`, of which `tip_wei` at most goes to whoever makes the block."""

    most_wei: int
    tip_wei: int


class SendAnswer(Enum):
    """What nodes said to a transaction."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    """It is in their pool, or in a block, already."""

    UNCERTAIN = "uncertain"
    """Nobody answered as they should: it may have been accepted."""

    NONCE_TOO_LOW = "nonce too low"
    NONCE_TOO_HIGH = "nonce too high"
    UNDERPRICED = "underpriced"
    NO_FUNDS = "insufficient funds"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class SendResult:
    """The best of all nodes' answers, and the words of it."""

    answer: SendAnswer
    message: str = ""

    @property
    def is_in_pool(self) -> bool:
        """Whether some node has it."""
        return self.answer in (SendAnswer.ACCEPTED, SendAnswer.KNOWN)
