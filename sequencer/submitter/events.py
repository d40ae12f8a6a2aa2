"""What a turn of the submitter has to tell: for logs, metrics, alarms, and what users are told about finality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from sequencer.submitter.chain_types import BlockMark, Inclusion
from sequencer.submitter.intents import Meaning


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction was written down and given to nodes. `attempt` counts from 1; `answer` is the nodes'.

    `data_bytes` is how long its calldata are.
    """

    nonce: int
    meaning: Meaning
    attempt: int
    transaction_hash: bytes
    answer: str
    is_cancel: bool = False
    data_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Settled:
    """A nonce was used: by what it was meant for (`done`), in vain (`reverted`), or to cancel (`cancelled`).

    `inclusion` says by which attempt and for how much gas; None where only finality was to be looked at again.
    """

    nonce: int
    meaning: Meaning
    status: str
    block: BlockMark
    inclusion: Inclusion | None = None


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A reorganisation took a transaction out of its block; it is sent again, or built anew."""

    nonce: int
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Reorganised:
    """The newest `depth` blocks that had been seen are gone."""

    depth: int
    head: BlockMark


@dataclass(frozen=True, slots=True)
class Progressed:
    """How far L1 is, and how far that is final."""

    committed: int
    proven: int
    executed: int
    final_committed: int
    final_proven: int
    final_executed: int


@dataclass(frozen=True, slots=True)
class Refused:
    """L1 would revert, or has reverted, by `error`, the contract's own name. Tried again up to a bound."""

    meaning: Meaning
    error: str
    tries: int


@dataclass(frozen=True, slots=True)
class NodesTroubled:
    """Nodes do not answer, disagree, or lag: the turn did nothing more, and the next one tries again."""

    why: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody has to look: fees at their cap, no funds, something that L1 keeps refusing, a frozen rollup."""

    what: str
    meaning: Meaning | None = None


Event: TypeAlias = Sent | Settled | Unsettled | Reorganised | Progressed | Refused | NodesTroubled | Alarm
