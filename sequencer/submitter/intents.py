"""What is meant by a transaction: written down before it is sent, and never changed for its nonce."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from sequencer.submitter.chain_types import BlockMark, Fees


class Kind(Enum):
    """What a transaction is for."""

    REPORT = "report"
    SETTLEMENT = "settlement"
    COMMIT = "commit"
    PROVE = "prove"
    COMMIT_AND_PROVE = "commit and prove"
    EXECUTE = "execute"
    REVERT = "revert"


@dataclass(frozen=True, slots=True)
class Meaning:
    """A kind and what it is done to: `1700000000` of a report, `7` of a commit, `3-5` of a proof."""

    kind: Kind
    subject: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.subject}"

    @property
    def numbers(self) -> tuple[int, ...]:
        """The subject's numbers: a batch, first and last batch, underlying and expiry."""
        return tuple(map(int, self.subject.split("-")))


def meaning(kind: Kind, *numbers: int) -> Meaning:
    """From the numbers of the subject."""
    return Meaning(kind, "-".join(map(str, numbers)))


class Status(Enum):
    """Where an intent stands. All but `LIVE` have used up their nonce, as far as the chain is known."""

    LIVE = "live"
    DONE = "done"
    REVERTED = "reverted"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A signed transaction of an intent. Replacements have the same nonce; at most one gets into a block."""

    hash: bytes
    to: str
    data: bytes = field(repr=False)
    data_hash: bytes
    gas_limit: int
    fees: Fees
    raw: bytes = field(repr=False)
    is_cancel: bool
    at_block: int


@dataclass(frozen=True, slots=True)
class Intent:
    """A nonce, what it is used for, and all attempts, oldest first. `block` is where one of them is."""

    nonce: int
    meaning: Meaning
    status: Status
    block: BlockMark | None
    is_final: bool
    attempts: tuple[Attempt, ...]

    @property
    def last(self) -> Attempt:
        """The newest attempt; an intent is never without."""
        return self.attempts[-1]
