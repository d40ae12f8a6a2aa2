"""What accounts must own in the end, from the trades alone: fractions and dictionaries, nothing of the rollup."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from rollup.types.series import OptionKind, Series
from sequencer.markets.collateral import FeeRates, PlannedTrade


@dataclass(frozen=True, slots=True)
class Balances:
    """`cash_e6` by account, `positions_e4` by account and series id without zeros, and all fees that were paid."""

    cash_e6: Mapping[int, int]
    positions_e4: Mapping[tuple[int, int], int]
    fees_e6: int


def expected_balances(
    deposits_e6: Mapping[int, int],
    trades: Iterable[PlannedTrade],
    series: Mapping[int, Series],
    fees: FeeRates,
    settlements_e2: Mapping[tuple[int, int], int],
) -> Balances:
    """After all trades, and after settlement of the expiries in `settlements_e2`, by (underlying, expiry_s).

    Money in micro-dollars: of a trade the buyer pays price * size, and each side the fee on it, rounded up once.
    """
    cash = {account: Fraction(amount, 10**6) for account, amount in deposits_e6.items()}
    held: defaultdict[tuple[int, int], Fraction] = defaultdict(Fraction)
    fees_paid = Fraction(0)
    for trade in trades:
        premium = Fraction(trade.price_e2, 100) * Fraction(trade.size_e4, 10_000)
        buyer, seller = (trade.maker, trade.taker) if trade.maker_buys else (trade.taker, trade.maker)
        cash[buyer] -= premium
        cash[seller] += premium
        held[buyer, trade.series_id] += Fraction(trade.size_e4, 10_000)
        held[seller, trade.series_id] -= Fraction(trade.size_e4, 10_000)
        for account, rate_ppm in ((trade.maker, fees.maker_ppm), (trade.taker, fees.taker_ppm)):
            fee = _up_to_micro(premium * Fraction(rate_ppm, 10**6))
            cash[account] -= fee
            fees_paid += fee
    for (account, series_id), contracts in list(held.items()):
        option = series[series_id]
        settled_e2 = settlements_e2.get((option.underlying, option.expiry_s))
        if settled_e2 is not None:
            cash[account] += contracts * _payoff(option, Fraction(settled_e2, 100))
            del held[account, series_id]
    return Balances(
        {account: _whole(amount * 10**6) for account, amount in sorted(cash.items())},
        {place: _whole(contracts * 10_000) for place, contracts in sorted(held.items()) if contracts},
        _whole(fees_paid * 10**6),
    )


def _payoff(option: Series, settlement: Fraction) -> Fraction:
    strike = Fraction(option.strike_e2, 100)
    gain = settlement - strike if option.kind is OptionKind.CALL else strike - settlement
    return max(Fraction(0), gain)


def _up_to_micro(dollars: Fraction) -> Fraction:
    return Fraction(math.ceil(dollars * 10**6), 10**6)


def _whole(value: Fraction) -> int:
    """Exact: all amounts are whole numbers of the smallest unit."""
    if value.denominator != 1:
        raise ArithmeticError(f"{value} is no whole number of the smallest unit")
    return value.numerator
