"""Answers. Prices, sizes, times and ids are JSON integers, below 2^53 by their fields; money and hashes are strings."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Money = Annotated[str, Meta(pattern=r"^(?:0|-?[1-9][0-9]*)$", description="0.000001 USDC")]
Element = Annotated[str, Meta(pattern=r"^(?:0|[1-9][0-9]*)$", description="A number below 2^256.")]
FinalityName = Literal["accepted", "batched", "committed", "proven", "executed", "taken_back"]
Direction = Literal["buy", "sell"]


class Answer(Struct, frozen=True, kw_only=True):
    """Of any method."""


class Time(Answer, frozen=True, kw_only=True):
    """The node's clock, and the time of the newest batch."""

    time_ms: int
    venue_time_s: int


class Test(Answer, frozen=True, kw_only=True):
    """The API's version."""

    version: str


class Condition(Answer, frozen=True, kw_only=True):
    """Something that must hold."""

    name: str
    holds: bool
    why: str


class Status(Answer, frozen=True, kw_only=True):
    """What this node is, and whether it takes messages."""

    is_ready: bool
    conditions: list[Condition]
    chain_id: int
    contract: str
    preset: str
    maker_fee_ppm: int
    taker_fee_ppm: int
    is_under_stress: bool
    sequence: int
    table_time_s: int
    last_batch: int
    last_committed: int
    last_proven: int
    last_executed: int


class Instrument(Answer, frozen=True, kw_only=True):
    """A series of European options, settled in cash."""

    instrument_name: str
    series_id: int
    underlying: str
    kind: Literal["call", "put"]
    strike_e2: int
    expiry_s: int
    is_settled: bool
    mark_price_e2: int


class Level(Answer, frozen=True, kw_only=True, array_like=True):
    """Price, size, number of orders."""

    price_e2: int
    size_e4: int
    orders: int


class Book(Answer, frozen=True, kw_only=True):
    """The best prices of both sides after entry `change_id` of the log."""

    instrument_name: str
    change_id: int
    bids: list[Level]
    asks: list[Level]
    finality: Literal["accepted"] = "accepted"


class Greeks(Answer, frozen=True, kw_only=True):
    """By Black's model on the index: for people, nothing is decided by them."""

    implied_volatility: float
    delta: float
    gamma: float
    vega: float
    theta: float


class Ticker(Answer, frozen=True, kw_only=True):
    """An instrument at one glance."""

    instrument_name: str
    mark_price_e2: int
    index_price_e2: int | None
    best_bid_price_e2: int | None
    best_bid_size_e4: int | None
    best_ask_price_e2: int | None
    best_ask_size_e4: int | None
    last_price_e2: int | None
    is_settled: bool
    table_time_s: int
    change_id: int
    greeks: Greeks | None
    finality: Literal["accepted"] = "accepted"


class Trade(Answer, frozen=True, kw_only=True):
    """A fill, without names. `direction` is the taker's; `number` counts those of the instrument from 1."""

    trade_id: str
    number: int
    instrument_name: str
    direction: Direction
    price_e2: int
    size_e4: int
    time_ms: int
    kind: Literal["order", "quote", "liquidation"]
    finality: FinalityName
    batch: int | None


class Trades(Answer, frozen=True, kw_only=True):
    """Newest first."""

    trades: list[Trade]
    has_more: bool


class Index(Answer, frozen=True, kw_only=True):
    """The median of the oracles."""

    index_name: str
    price_e2: int
    time_s: int


class Batch(Answer, frozen=True, kw_only=True):
    """What was settled at once. `transactions` are hashes on L1 by finality."""

    number: int
    time_s: int
    finality: FinalityName
    sequence: int
    root_before: Element
    root_after: Element
    trades: int
    operations: int
    liquidations: int
    settlements: int
    queue_entries: int
    transactions: dict[str, str]


class Finality(Answer, frozen=True, kw_only=True):
    """How far it has come: accepted is durable in this node's log, batched has a root, the others are on L1."""

    finality: FinalityName
    batch: int | None


class Challenge(Answer, frozen=True, kw_only=True):
    """Sign Poseidon(domain, word) as `inputs` give them."""

    challenge: Element
    expiry_s: int
    inputs: list[Element]


class Token(Answer, frozen=True, kw_only=True):
    """For HTTP: Authorization: Bearer and the token. A WebSocket is logged in from here on."""

    access_token: str
    expires_in_s: int
    scope: Literal["account", "session"]
    account: int


class OwnTrade(Answer, frozen=True, kw_only=True):
    """A fill of one of the caller's orders, or of a liquidation of the caller's account."""

    trade_id: str
    number: int
    instrument_name: str
    direction: Direction
    price_e2: int
    size_e4: int
    fee_e6: Money
    time_ms: int
    kind: Literal["order", "quote", "liquidation"]
    is_maker: bool
    order_id: str | None
    finality: FinalityName
    batch: int | None


class Order(Answer, frozen=True, kw_only=True):
    """One of the caller's orders. `paid_e6` is the sum of price times size of its fills.

    It is as final as the least final of its fills once it is over; while it is open it is accepted.
    """

    order_id: str
    account: int
    instrument_name: str
    direction: Direction
    limit_price_e2: int
    size_e4: int
    filled_e4: int
    remaining_e4: int
    paid_e6: Money
    max_fee_ppm: int
    expiry_s: int
    slot: int
    nonce: int
    time_in_force: str
    post_only: bool
    reduce_only: bool
    state: str
    removed_for: str | None
    sequence: int
    accepted_ms: int
    changed_ms: int
    finality: FinalityName


class OrderWithTrades(Answer, frozen=True, kw_only=True):
    """An order and its fills. `is_repeated`: exactly this was accepted before, and nothing new has happened."""

    order: Order
    trades: list[OwnTrade]
    is_repeated: bool = False


class CancelledMany(Answer, frozen=True, kw_only=True):
    """How many were taken out."""

    cancelled: int


class Position(Answer, frozen=True, kw_only=True):
    """What is held of an instrument, negative if sold. `value_e6` is at the mark."""

    instrument_name: str
    size_e4: int
    mark_price_e2: int | None
    value_e6: Money | None


class Positions(Answer, frozen=True, kw_only=True):
    """After entry `sequence` of the log."""

    positions: list[Position]
    sequence: int
    finality: Literal["accepted"] = "accepted"


class Margins(Answer, frozen=True, kw_only=True):
    """Equity at the mark, what must be kept of it, and how far it would do in each scenario (column 0 is the mark)."""

    equity_e6: Money
    initial_requirement_e6: Money
    maintenance_requirement_e6: Money
    passes_initial: bool
    passes_maintenance: bool
    worst_column: int
    values_e6: list[Money]
    sequence: int
    finality: Literal["accepted"] = "accepted"


class AccountSummary(Answer, frozen=True, kw_only=True):
    """An account at one glance. `nonces` are the largest used ones by order slot: sign a larger one."""

    account: int
    key_x: Element
    key_y: Element
    cash_e6: Money
    equity_e6: Money
    free_e6: Money
    initial_requirement_e6: Money
    maintenance_requirement_e6: Money
    is_liquidated: bool
    open_orders: int
    positions: int
    nonces: list[int]
    sequence: int
    finality: Literal["accepted"] = "accepted"


class Operation(Answer, frozen=True, kw_only=True):
    """A signed cancel, transfer or withdrawal of the caller's."""

    operation_id: str
    kind: Literal["cancel", "transfer", "withdrawal"]
    account: int
    slot: int
    nonce: int
    to: int | None
    amount_e6: Money | None
    sequence: int
    accepted_ms: int
    finality: FinalityName
    batch: int | None
    is_repeated: bool = False


class Cancelled(Answer, frozen=True, kw_only=True):
    """The order that was taken out, if there was one; for a signed cancel, how far that has come."""

    order: Order | None
    operation: Operation | None


class Session(Answer, frozen=True, kw_only=True):
    """A key that speaks for the account, and until when; 0 if it does no more."""

    account: int
    key_x: Element
    key_y: Element
    expiry_s: int
    sequence: int


class Field(Answer, frozen=True, kw_only=True):
    """A part of the packed word: its value, and the bits it has."""

    name: str
    value: Element
    bits: int
    first_bit: int


class Check(Answer, frozen=True, kw_only=True):
    """A rule, and whether the order would keep it now."""

    rule: str
    holds: bool
    why: str


class DebugAnswer(Answer, frozen=True, kw_only=True):
    """An order as it is signed, and the first thing that is wrong with it."""

    chain_id: int
    contract: str
    kind: int
    domain: Element
    fields: list[Field]
    packed: Element
    packed_hex: str
    inputs: list[Element]
    message: Element
    account_key_x: Element | None
    account_key_y: Element | None
    signature_verifies: bool | None
    signed_by: str | None
    checks: list[Check]
    first_problem: str | None


class Subscribed(Answer, frozen=True, kw_only=True):
    """A channel, and the change id after which its notifications begin."""

    channel: str
    change_id: int
