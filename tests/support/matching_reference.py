"""The readable twin of the matching engine: plain lists, sorted at every look, and every way to fill tried out.

It knows one risk table and accounts in good health: enough to say for every order whether it must be taken, and whom
it must meet.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from itertools import product

from rollup.types.orders import Order
from rollup.types.series import SeriesRow
from rollup.units import MILLION, ORDER_SLOTS, POSITION_BITS
from sequencer.matching import OrderRequest, SelfTradePolicy, TimeInForce


class Refused(Exception):
    """By the name of the error that the engine must raise."""


@dataclass
class PlainOrder:
    order: Order
    number: int
    left_e4: int
    reduce_only: bool


@dataclass
class PlainAccount:
    cash_e6: int
    held: dict[int, int] = field(default_factory=dict)
    nonces: list[int] = field(default_factory=lambda: [0] * ORDER_SLOTS)


Fill = tuple[int, int, int, int, int]
"""The maker's account, order slot and nonce; price and size."""


class PlainMatcher:
    """Orders in one list."""

    def __init__(self, cash: dict[int, int], rows: list[SeriesRow], fees_ppm: tuple[int, int], now_s: int) -> None:
        self.accounts = {account: PlainAccount(cash_e6) for account, cash_e6 in cash.items()}
        self.rows = {row.series.series_id: row for row in rows}
        self.fees_ppm, self.now_s = fees_ppm, now_s
        self.orders: list[PlainOrder] = []
        self.policy = SelfTradePolicy.CANCEL_NEWEST
        self.count = 0

    def send(self, request: OrderRequest) -> list[Fill]:
        """What must be filled. Raises `Refused`, and then nothing has changed."""
        order, account = request.signed.order, self.accounts.get(request.signed.order.account)
        if self.now_s > order.expiry_s:
            raise Refused("OrderExpired")
        if max(self.fees_ppm) > order.max_fee_ppm:
            raise Refused("FeeAboveCap")
        if account is None:
            raise Refused("UnknownAccount")
        if order.series_id not in self.rows:
            raise Refused("UnknownSeries")
        if order.nonce <= account.nonces[order.slot]:
            raise Refused("OrderNotOpen")
        size_e4 = self._wanted(request, account)
        others = [one for one in self.orders if not self._same_slot(one, order)]
        self.count += 1
        new = PlainOrder(order, self.count, size_e4, request.reduce_only)
        if request.post_only and self._opposite(new, others):
            raise Refused("WouldTake")
        self._check_position(new, others)
        if request.time_in_force is TimeInForce.FILL_OR_KILL:
            trial = deepcopy(self)
            trial.orders = deepcopy(others)
            if sum(fill[-1] for fill in trial._run(deepcopy(new))[0]) < size_e4:
                raise Refused("NotFilled")
        self._check_margin(new, others)
        account.nonces[order.slot] = order.nonce
        self.orders = others
        fills, stays = self._run(new)
        if new.left_e4 and stays and request.time_in_force is TimeInForce.GOOD_TILL_EXPIRY:
            self.orders.append(new)
        return fills

    def cancel(self, account: int, slot: int) -> None:
        """Takes an order out."""
        self.orders = [one for one in self.orders if (one.order.account, one.order.slot) != (account, slot)]

    def begin(self, now_s: int) -> None:
        """Later: what has expired is gone."""
        self.now_s = now_s
        self.orders = [one for one in self.orders if one.order.expiry_s >= now_s]

    def resting(self) -> list[tuple[int, int, int, int]]:
        """Account, slot, nonce and rest of every order."""
        return sorted((one.order.account, one.order.slot, one.order.nonce, one.left_e4) for one in self.orders)

    def _wanted(self, request: OrderRequest, account: PlainAccount) -> int:
        order = request.signed.order
        if not request.reduce_only:
            return order.size_e4
        size_e4 = min(order.size_e4, max(0, -order.sign * account.held.get(order.series_id, 0)))
        if not size_e4:
            raise Refused("NothingToReduce")
        if size_e4 < order.size_e4 and request.time_in_force is TimeInForce.FILL_OR_KILL:
            raise Refused("NotFilled")
        return size_e4

    def _same_slot(self, one: PlainOrder, order: Order) -> bool:
        return (one.order.account, one.order.slot) == (order.account, order.slot)

    def _opposite(self, new: PlainOrder, others: list[PlainOrder]) -> list[PlainOrder]:
        order = new.order
        met = [
            one
            for one in others
            if one.order.series_id == order.series_id
            and one.order.is_buy != order.is_buy
            and order.sign * (order.limit_price_e2 - one.order.limit_price_e2) >= 0
        ]
        return sorted(met, key=lambda one: (order.sign * one.order.limit_price_e2, one.number))

    def _check_position(self, new: PlainOrder, others: list[PlainOrder]) -> None:
        order = new.order
        total = self.accounts[order.account].held.get(order.series_id, 0)
        for one in [*others, new]:
            same = (one.order.account, one.order.series_id, one.order.is_buy)
            if same == (order.account, order.series_id, order.is_buy):
                total += order.sign * one.left_e4
        if not -(1 << POSITION_BITS) <= total < 1 << POSITION_BITS:
            raise Refused("PositionOutOfRange")

    def _check_margin(self, new: PlainOrder, others: list[PlainOrder]) -> None:
        """Every way in which all open orders of the account are filled whole or not at all."""
        mine = [new, *(one for one in others if one.order.account == new.order.account)]
        account = self.accounts[new.order.account]
        for chosen in product((False, True), repeat=len(mine)):
            cash_e6, held = account.cash_e6, dict(account.held)
            for one in (one for one, filled in zip(mine, chosen, strict=True) if filled):
                order = one.order
                unit_fee = -(-order.limit_price_e2 * max(self.fees_ppm) // MILLION)
                cash_e6 -= one.left_e4 * (order.sign * order.limit_price_e2 + unit_fee)
                held[order.series_id] = held.get(order.series_id, 0) + order.sign * one.left_e4
            if cash_e6 < 0:
                raise Refused("CashOutOfRange")
        for chosen in product((False, True), repeat=len(mine)):
            values = self._values(account, [one for one, filled in zip(mine, chosen, strict=True) if filled])
            if min(values) < 0:
                raise Refused("BelowInitialMargin")

    def _values(self, account: PlainAccount, filled: list[PlainOrder]) -> list[int]:
        values = []
        for column in range(17):
            value = account.cash_e6
            value += sum(size * self.rows[series].values_e2[column] for series, size in account.held.items())
            for one in filled:
                order = one.order
                unit_fee = -(-order.limit_price_e2 * max(self.fees_ppm) // MILLION)
                gain = order.sign * (self.rows[order.series_id].values_e2[column] - order.limit_price_e2)
                value += one.left_e4 * (gain - unit_fee)
            values.append(value)
        return values

    def _run(self, new: PlainOrder) -> tuple[list[Fill], bool]:
        fills: list[Fill] = []
        while new.left_e4:
            met = self._opposite(new, self.orders)
            if not met:
                break
            maker = met[0]
            if maker.order.account == new.order.account:
                if self.policy is not SelfTradePolicy.CANCEL_NEWEST:
                    self.orders.remove(maker)
                if self.policy is not SelfTradePolicy.CANCEL_OLDEST:
                    return fills, False
                continue
            amount_e4 = min(new.left_e4, maker.left_e4)
            if maker.reduce_only:
                held = self.accounts[maker.order.account].held.get(maker.order.series_id, 0)
                amount_e4 = min(amount_e4, max(0, -maker.order.sign * held))
                if not amount_e4:
                    self.orders.remove(maker)
                    continue
            self._fill(maker, new, amount_e4)
            price_e2 = maker.order.limit_price_e2
            fills.append((maker.order.account, maker.order.slot, maker.order.nonce, price_e2, amount_e4))
        return fills, True

    def _fill(self, maker: PlainOrder, taker: PlainOrder, amount_e4: int) -> None:
        premium_e6 = maker.order.limit_price_e2 * amount_e4
        for one, rate_ppm in ((maker, self.fees_ppm[0]), (taker, self.fees_ppm[1])):
            fee_e6 = -(-premium_e6 * rate_ppm // MILLION)
            account, series_id = self.accounts[one.order.account], one.order.series_id
            account.cash_e6 -= one.order.sign * premium_e6 + fee_e6
            account.held[series_id] = account.held.get(series_id, 0) + one.order.sign * amount_e4
            self.accounts[0].cash_e6 += fee_e6
            one.left_e4 -= amount_e4
        if not maker.left_e4:
            self.orders.remove(maker)
