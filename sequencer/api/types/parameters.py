"""Parameters of the methods. Every number is an `Integer`; keys that are not here are refused."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from sequencer.api.numbers import Integer
from sequencer.markets.names import PATTERN as INSTRUMENT_PATTERN

InstrumentName = Annotated[
    str, Meta(pattern=INSTRUMENT_PATTERN, max_length=64, examples=["BTC-27DEC25-100000-C"], description="As listed.")
]
OrderId = Annotated[str, Meta(pattern=r"^[0-9]{1,8}-[0-7]-[0-9]{1,10}$", description="account-slot-nonce")]
TradeId = Annotated[str, Meta(pattern=r"^[0-9]{1,16}-[0-9]{1,8}$", description="Entry of the log and place in it.")]
OperationId = Annotated[str, Meta(pattern=r"^(?:cancel|transfer|withdrawal)-[0-9]{1,8}-[0-7]-[0-9]{1,10}$")]
Channel = Annotated[str, Meta(min_length=1, max_length=96)]
Side = Literal["buy", "sell"]
TimeInForceName = Literal["good_till_expiry", "immediate_or_cancel", "fill_or_kill"]


class Parameters(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Of any method."""


class NoParameters(Parameters, frozen=True, kw_only=True):
    """None."""


class Instruments(Parameters, frozen=True, kw_only=True):
    """Which instruments: of one underlying, and settled ones too."""

    underlying: Annotated[str, Meta(max_length=16)] | None = None
    include_settled: bool = False


class OrderBook(Parameters, frozen=True, kw_only=True):
    """The best `depth` prices of each side, at most 1,000."""

    instrument_name: InstrumentName
    depth: Integer = 10


class OneInstrument(Parameters, frozen=True, kw_only=True):
    """Of one instrument."""

    instrument_name: InstrumentName


class LastTrades(Parameters, frozen=True, kw_only=True):
    """The newest `count` trades of an instrument, at most 1,000, with numbers below `before`."""

    instrument_name: InstrumentName
    count: Integer = 10
    before: Integer | None = None


class Index(Parameters, frozen=True, kw_only=True):
    """Of one underlying: btc_usd."""

    index_name: Annotated[str, Meta(min_length=5, max_length=20, pattern=r"^[a-z][a-z0-9_]*_usd$")]


class OneBatch(Parameters, frozen=True, kw_only=True):
    """By number, from 1."""

    number: Integer


class Batches(Parameters, frozen=True, kw_only=True):
    """The newest `count` batches, at most 1,000, with numbers below `before`."""

    count: Integer = 10
    before: Integer | None = None


class FinalityOf(Parameters, frozen=True, kw_only=True):
    """Of a trade or of a batch: one of them."""

    trade_id: TradeId | None = None
    batch: Integer | None = None


class ChallengeFor(Parameters, frozen=True, kw_only=True):
    """For a login to one account."""

    account: Integer


class Signed(Parameters, frozen=True, kw_only=True):
    """An EdDSA signature over BabyJubjub with Poseidon, as circomlibjs's `signPoseidon` makes it."""

    signature_r_x: Integer
    signature_r_y: Integer
    signature_s: Integer


class Login(Signed, frozen=True, kw_only=True):
    """A challenge signed by the account's key, or by a session key, which is then named by its coordinates."""

    account: Integer
    challenge: Integer
    expiry_s: Integer
    session_key_x: Integer | None = None
    session_key_y: Integer | None = None


class SignedOrder(Signed, frozen=True, kw_only=True):
    """The fields that are signed, and the signature by the account's key."""

    account: Integer
    instrument_name: InstrumentName
    limit_price_e2: Integer
    size_e4: Integer
    max_fee_ppm: Integer
    expiry_s: Integer
    slot: Integer
    nonce: Integer


class PlacedOrder(SignedOrder, frozen=True, kw_only=True):
    """A signed order and how to treat it. Whether it buys is what the method says."""

    time_in_force: TimeInForceName = "good_till_expiry"
    post_only: bool = False
    reduce_only: bool = False


class EditedOrder(PlacedOrder, frozen=True, kw_only=True):
    """A signed order that takes the place of the open one in its slot, and loses its place in the queue."""

    side: Side


class QuotedOrder(SignedOrder, frozen=True, kw_only=True):
    """One side of a leg."""

    side: Side


class Leg(Parameters, frozen=True, kw_only=True):
    """Two signed orders that fill each other at one price."""

    maker: QuotedOrder
    taker: QuotedOrder
    price_e2: Integer
    size_e4: Integer


class AcceptedQuote(Parameters, frozen=True, kw_only=True):
    """All legs are filled, or none. One side of every leg is the caller's."""

    legs: Annotated[list[Leg], Meta(min_length=1, max_length=32)]


class CancelledOrder(Parameters, frozen=True, kw_only=True):
    """Takes an order out of the book. With a signed cancel it is void everywhere, on L1 too."""

    order_id: OrderId
    signature_r_x: Integer | None = None
    signature_r_y: Integer | None = None
    signature_s: Integer | None = None


class CancelledOrders(Parameters, frozen=True, kw_only=True):
    """All open orders, or those of one instrument."""

    instrument_name: InstrumentName | None = None


class OneOrder(Parameters, frozen=True, kw_only=True):
    """One of the caller's orders."""

    order_id: OrderId


class OpenOrders(Parameters, frozen=True, kw_only=True):
    """All of the caller's, or those of one instrument."""

    instrument_name: InstrumentName | None = None


class OneOperation(Parameters, frozen=True, kw_only=True):
    """One of the caller's operations."""

    operation_id: OperationId


class Withdrawal(Signed, frozen=True, kw_only=True):
    """Cash to the owner's address on L1. A string, or an integer within 2^53 - 1."""

    account: Integer
    slot: Integer
    nonce: Integer
    amount_e6: Integer


class Transfer(Withdrawal, frozen=True, kw_only=True):
    """Cash to another account."""

    to: Integer


class NewSession(Signed, frozen=True, kw_only=True):
    """Another key that may read, cancel, and hand in what the account's key has signed, until `expiry_s`."""

    account: Integer
    key_x: Integer
    key_y: Integer
    expiry_s: Integer


class OneSession(Parameters, frozen=True, kw_only=True):
    """A session key."""

    key_x: Integer
    key_y: Integer


class DebuggedOrder(Parameters, frozen=True, kw_only=True):
    """An order as it would be sent, with or without a signature."""

    account: Integer
    instrument_name: InstrumentName
    side: Side
    limit_price_e2: Integer
    size_e4: Integer
    max_fee_ppm: Integer
    expiry_s: Integer
    slot: Integer
    nonce: Integer
    signature_r_x: Integer | None = None
    signature_r_y: Integer | None = None
    signature_s: Integer | None = None


class Channels(Parameters, frozen=True, kw_only=True):
    """Names like book.BTC-27DEC25-100000-C.raw."""

    channels: Annotated[list[Channel], Meta(min_length=1, max_length=64)]
