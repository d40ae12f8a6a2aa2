"""What one account may ask: logins, orders, positions, money; and how an order is signed."""

from __future__ import annotations

from typing import Literal

from sequencer.api.types.basics import Answer, Direction, Element, FinalityName, Money


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
