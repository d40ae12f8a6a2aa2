"""A small venue for tests: funded accounts with known keys, a risk table of simple numbers, and what they sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from rollup.crypto import Crypto, hash_one
from rollup.presets import TINY, Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import EMPTY_POSITION, FRESH_ORDER, Account, OrderState, Position
from rollup.types.batches import Batch
from rollup.types.orders import (
    Domain,
    Operation,
    Order,
    SignedOperation,
    SignedOrder,
    operation_message_inputs,
)
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Liquidation, Trade
from rollup.units import ORDER_SLOTS, POSITION_SLOTS, SCENARIOS
from tests.support.native_crypto import TrustingCrypto, native_crypto

NOW = 1_700_000_000
LATER = NOW + 86_400
RICH = 10**15
MAKER_PPM, TAKER_PPM = 200, 500
CONTRACT = 10_000
"""One contract, in `_e4`."""

DOMAIN = Domain(31_337, 0xC1EA)
LIVE, OTHER, LAST_SECOND, EXPIRED, SETTLED, WITHOUT_ROW, WORTHLESS = range(1, 8)
"""Series: two that are traded, one in its last second, one past it, two settled, and one that the table lacks."""

MARK, LOW, HIGH = 1_000, 0, 3_000
PAYOFF = 300
NO_SIGNATURE = Signature((0, 1), 0)


def make_row(
    series_id: int, mark: int = MARK, low: int = LOW, high: int = HIGH, *, expiry_s: int = LATER, strike: int = 50_000
) -> SeriesRow:
    """A call whose scenarios are `low` and `high` in turn."""
    series = Series(series_id, 1, expiry_s, strike, OptionKind.CALL)
    return SeriesRow(series, is_settled=False, values_e2=(mark, *(low, high) * (SCENARIOS // 2)))


@cache
def standard_rows() -> tuple[SeriesRow, ...]:
    """The series named above."""
    return (
        make_row(LIVE),
        make_row(OTHER, 500, 250, 1_000),
        make_row(LAST_SECOND, expiry_s=NOW + 1),
        make_row(EXPIRED, expiry_s=NOW),
        SeriesRow.settled(make_row(SETTLED, expiry_s=NOW - 1).series, 50_000 + PAYOFF),
        SeriesRow.settled(make_row(WORTHLESS, expiry_s=NOW - 1).series, 49_000),
    )


@cache
def private_key(account: int) -> bytes:
    """The key of a test account; nobody else's."""
    return (1_000 + account).to_bytes(32, "little")


@cache
def public_key(account: int) -> Point:
    """What L1 knows of it."""
    return native_crypto().public_key(private_key(account))


@cache
def standard_table(depth: int) -> RiskTable:
    """The standard rows in a tree."""
    return RiskTable(standard_rows(), depth, native_crypto())


@dataclass
class World:
    """A state, a risk table, and the time. `cash_e6` funds accounts 0 .. `accounts` - 1."""

    preset: Preset = TINY
    accounts: int = 5
    cash_e6: int = RICH
    now_s: int = NOW
    crypto: Crypto = field(default_factory=native_crypto)
    table: RiskTable = field(init=False)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = State(self.preset.account_depth, self.crypto)
        self.state.put({i: Account(public_key(i), self.cash_e6) for i in range(self.accounts)})
        if isinstance(self.crypto, TrustingCrypto):
            self.table = RiskTable(standard_rows(), self.preset.series_depth, self.crypto)
        else:
            self.table = standard_table(self.preset.series_depth)

    def put(
        self,
        account: int,
        cash_e6: int = RICH,
        positions: Mapping[int, tuple[int, int]] | None = None,
        orders: Mapping[int, tuple[int, int]] | None = None,
    ) -> None:
        """Sets an account: positions as slot -> (series, size), order slots as slot -> (nonce, filled)."""
        held, states = positions or {}, orders or {}
        self.state.put(
            {
                account: Account(
                    public_key(account),
                    cash_e6,
                    tuple(Position(*held[i]) if i in held else EMPTY_POSITION for i in range(POSITION_SLOTS)),
                    tuple(OrderState(*states[i]) if i in states else FRESH_ORDER for i in range(ORDER_SLOTS)),
                )
            }
        )

    def account(self, account: int) -> Account:
        """An account that exists."""
        found = self.state.account(account)
        if found is None:
            raise LookupError(account)
        return found

    def order(self, account: int, side: str, **changes: Any) -> SignedOrder:
        """A signed order to `buy` or `sell`: unless told otherwise, one contract of `LIVE` at the mark or better."""
        fields = {
            "series_id": LIVE,
            "limit_price_e2": MARK,
            "size_e4": CONTRACT,
            "max_fee_ppm": 1_000,
            "expiry_s": LATER,
            "slot": 0,
            "nonce": 1,
        }
        order = Order(account=account, is_buy=side == "buy", **{**fields, **changes})
        return SignedOrder(order, self.sign(account, order.message_inputs(DOMAIN)))

    def operation(self, operation: Operation) -> SignedOperation:
        """Signed by its account."""
        return SignedOperation(operation, self.sign(operation.account, operation_message_inputs(operation, DOMAIN)))

    def sign(self, account: int, message_inputs: tuple[int, int]) -> Signature:
        """With the test key of an account."""
        if isinstance(self.crypto, TrustingCrypto):
            return NO_SIGNATURE
        return native_crypto().sign(private_key(account), hash_one(native_crypto(), message_inputs))

    def batch(self, **sections: Any) -> Batch:
        """A batch at the world's time, with fees."""
        header = {"number": 1, "time_s": self.now_s, "domain": DOMAIN}
        return Batch(**{**header, "maker_fee_ppm": MAKER_PPM, "taker_fee_ppm": TAKER_PPM, **sections})


def trade_of(
    maker: SignedOrder,
    taker: SignedOrder,
    price_e2: int = MARK,
    size_e4: int | None = None,
    slots: tuple[int, int] = (0, 0),
) -> Trade:
    """Two orders meet, by default for all of the maker's size."""
    return Trade(maker, taker, price_e2, maker.order.size_e4 if size_e4 is None else size_e4, *slots)


def liquidation_of(liquidator: SignedOrder, account: int, price_e2: int = MARK, **changes: Any) -> Liquidation:
    """The liquidator's whole order against slot 0 of an account."""
    fields = {"size_e4": liquidator.order.size_e4, "position_slot": 0, "liquidator_position_slot": 0}
    return Liquidation(liquidator, account, price_e2, **{**fields, **changes})
