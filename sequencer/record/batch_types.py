"""Batches, proofs and L1 as a reader of the record gives them. Nothing heavy is imported here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class BatchStatus(StrEnum):
    """How far a batch has come, in this order; a reorganisation takes it back."""

    SEALED = "sealed"
    PROVED = "proved"
    """Its proof is made, and L1 has nothing of it yet."""
    COMMITTED = "committed"
    PROVEN = "proven"
    """L1 has taken its proof."""
    EXECUTED = "executed"


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Unix milliseconds by which the node knew of it; None for what has not happened."""

    sealed_ms: int
    proved_ms: int | None = None
    committed_ms: int | None = None
    proven_ms: int | None = None
    executed_ms: int | None = None


@dataclass(frozen=True, slots=True)
class BatchCounts:
    """What is in a batch. `queue` are L1's entries of all kinds, registrations and deposits among them."""

    trades: int = 0
    operations: int = 0
    liquidations: int = 0
    settlements: int = 0
    queue: int = 0
    registrations: int = 0
    deposits: int = 0
    accounts: int = 0
    words: int = 0
    """That are not 0."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in a list. `gas` is its share of all L1 transactions about it that are in blocks, None before the first.

    `time_s` is the batch's own time, `table_time_s` that of the risk table it is judged by. `is_final`: executed, and
    no reorganisation undoes it. `proving_s` are seconds of the worker and of the check here.
    """

    number: int
    status: BatchStatus
    is_final: bool
    time_s: int
    table_time_s: int
    sequence: int
    times: StageTimes
    root_before: int
    root_after: int
    risk_root: int
    counts: BatchCounts
    gas: int | None
    proving_s: float | None
    is_mock: bool | None

    @property
    def gas_per_trade(self) -> float | None:
        """None without gas, or without trades."""
        return self.gas / self.counts.trades if self.gas is not None and self.counts.trades else None


@dataclass(frozen=True, slots=True)
class WordMeaning:
    """One word of a batch's data. `fields` are names with values, from the lowest bits; none for an unused place."""

    index: int
    word: int
    section: str
    fields: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PostingRow:
    """An amount for an account: cash in `_e6` where `series_id` is None, else of a position in `_e4`."""

    account: int
    amount: int
    series_id: int | None = None
    position_slot: int | None = None


@dataclass(frozen=True, slots=True)
class AccountState:
    """An account at one time. `positions` are (slot, series id, size_e4); `nonces` by order slot."""

    cash_e6: int
    positions: tuple[tuple[int, int, int], ...]
    nonces: tuple[int, ...]
    values_e6: tuple[int, ...]
    """V, shape (COLUMNS,): column 0 at the mark, the others in each scenario."""


@dataclass(frozen=True, slots=True)
class TouchedRow:
    """An account of a batch; `before` is None for one that the batch registers."""

    account: int
    before: AccountState | None
    after: AccountState
    is_examined: bool
    is_liquidated: bool
    is_subsidised: bool


@dataclass(frozen=True, slots=True)
class FillRow:
    """How much of an order the batch fills. `filled_e4` is of this batch alone."""

    account: int
    slot: int
    nonce: int
    filled_e4: int


@dataclass(frozen=True, slots=True)
class OperationRow:
    """A signed cancel, transfer or withdrawal in a batch. `to` is None for all but a transfer; `id` orders them."""

    batch: int
    kind: str
    account: int
    slot: int
    nonce: int
    amount_e6: int
    to: int | None
    time_s: int
    id: int


@dataclass(frozen=True, slots=True)
class DroppedRow:
    """What matching took and the rollup refused when batches were cut, by which rule, and with what reason.

    `batch` is the first that was cut after it.
    """

    id: int
    time_ms: int
    message: int
    batch: int
    rule: str
    reason: str
    accounts: tuple[int, ...]
    trades: int
    operations: int
    liquidations: int


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """A transaction on L1, by its nonce. `hash` is that of the attempt which is in a block, else of the newest.

    `state`: sent, done, reverted or cancelled. `gas_used` and `gas_price_wei` are None until it is in a block, or where
    nobody knows; `data_bytes` is how long its calldata are. `first_batch` and `last_batch` are None for what is not
    about batches.
    """

    nonce: int
    kind: str
    subject: str
    state: str
    hash: bytes
    attempts: int
    answer: str
    data_bytes: int
    sent_ms: int
    settled_ms: int | None
    block_number: int | None
    gas_used: int | None
    gas_price_wei: int | None
    first_batch: int | None
    last_batch: int | None

    @property
    def batches(self) -> int:
        """How many batches it is about."""
        if self.first_batch is None or self.last_batch is None:
            return 0
        return self.last_batch - self.first_batch + 1


@dataclass(frozen=True, slots=True)
class ProofRow:
    """A proof. Points are of coordinates, `b` with (c0, c1) each; `public_signals` are digest, evaluation and point.

    `seconds` are by phase, in order; `check` is this node's own verification. `calldata` are the verifier's 8 words.
    """

    number: int
    made_ms: int
    a: tuple[int, int]
    b: tuple[tuple[int, int], tuple[int, int]]
    c: tuple[int, int]
    public_signals: tuple[int, ...]
    calldata: tuple[int, ...]
    seconds: Mapping[str, float]
    tries: int
    worker: str
    is_mock: bool

    @property
    def proving_s(self) -> float:
        """All phases."""
        return sum(self.seconds.values())

    @property
    def verification_s(self) -> float | None:
        """Of this node's own check; None where it was not measured."""
        return self.seconds.get("check")
