"""What everybody may ask: the node, its market, its batches."""

from __future__ import annotations

from typing import Literal

from sequencer.api.types.basics import Answer, Direction, Element, FinalityName


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
