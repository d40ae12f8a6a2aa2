"""Roundings: whatever a trade is cut into, nobody gains a unit by it but the fee account."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollup.transition import transition
from rollup.transition.orders import fee_of
from rollup.units import MILLION, PRICE_BITS, RATE_BITS, SIZE_BITS
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import MAKER_PPM, MARK, RICH, TAKER_PPM, World, trade_of

Fee = Callable[[int, int], int]
ONE_UNIT_TRADES = 1_000_000
premiums = st.integers(0, (1 << PRICE_BITS + SIZE_BITS) - 1)
rates = st.integers(0, (1 << RATE_BITS) - 1)


def extracted(fee: Fee, seed: int, trades: int) -> int:
    """What traders save by cutting orders into trades of one unit each, at prices of a few cents."""
    rng, saved, left = random.Random(seed), 0, trades
    while left:
        units, price_e2, rate = min(left, rng.randrange(1, 10_000)), rng.randrange(200), rng.randrange(2_000)
        saved += fee(units * price_e2, rate) - units * fee(price_e2, rate)
        left -= units
    return saved


def floor_fee(premium_e6: int, rate_ppm: int) -> int:
    return premium_e6 * rate_ppm // MILLION


@given(premiums, rates)
def test_f83_a_fee_is_rounded_up_and_by_less_than_one(premium_e6: int, rate: int) -> None:
    over = fee_of(premium_e6, rate) * MILLION - premium_e6 * rate
    assert 0 <= over < MILLION


@given(premiums, premiums, rates)
def test_f83_two_fees_are_never_less_than_one(first: int, second: int, rate: int) -> None:
    assert fee_of(first, rate) + fee_of(second, rate) >= fee_of(first + second, rate)


@given(premiums, rates)
def test_a_fee_grows_with_the_rate_from_nothing_to_the_premium(premium_e6: int, rate: int) -> None:
    assert (fee_of(premium_e6, rate) <= premium_e6) or rate > MILLION
    assert fee_of(premium_e6, rate) <= fee_of(premium_e6, rate + 1)
    assert fee_of(premium_e6, MILLION) == premium_e6
    assert fee_of(premium_e6, 0) == 0


def test_f83_a_million_trades_of_one_unit_extract_nothing() -> None:
    assert extracted(fee_of, 1, ONE_UNIT_TRADES) <= 0


def test_f83_a_million_trades_of_one_unit_extract_nothing_twin() -> None:
    assert extracted(floor_fee, 1, ONE_UNIT_TRADES) > 0


def traded(parts: list[int]) -> tuple[list[int], list[int]]:
    """Cash of fee account, buyer and seller, and positions of the two, after one order in parts."""
    world = World(crypto=TrustingCrypto())
    size_e4, price_e2 = sum(parts), MARK - 1
    buyer = world.order(2, "buy", size_e4=size_e4)
    seller = world.order(3, "sell", size_e4=size_e4, limit_price_e2=price_e2)
    for part in parts:
        batch = world.batch(trades=(trade_of(buyer, seller, price_e2, part),))
        world.state.put(transition(world.state, world.table, batch, world.preset).accounts)
    accounts = [world.account(i) for i in (0, 2, 3)]
    return [one.cash_e6 - RICH for one in accounts], [one.positions[0].size_e4 for one in accounts[1:]]


@given(st.lists(st.integers(1, 5_000), min_size=1, max_size=6))
def test_splitting_a_trade_changes_fees_alone_and_upwards(parts: list[int]) -> None:
    whole, positions = traded([sum(parts)])
    split, same = traded(parts)
    assert positions == same == [sum(parts), -sum(parts)]
    assert sum(whole) == sum(split) == 0
    assert 0 <= split[0] - whole[0] < 2 * len(parts)
    assert all(cut <= uncut for cut, uncut in zip(split[1:], whole[1:], strict=True))


def test_f83_five_hundred_trades_of_one_unit() -> None:
    cash, positions = traded([1] * 500)
    fees = [500 * fee_of(MARK - 1, rate) for rate in (MAKER_PPM, TAKER_PPM)]
    assert cash == [sum(fees), -500 * (MARK - 1) - fees[0], 500 * (MARK - 1) - fees[1]]
    assert positions == [500, -500]


def test_f83_five_hundred_trades_of_one_unit_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rollup.transition.orders.fee_of", floor_fee)
    cash, _ = traded([1] * 500)
    assert cash[0] == 0
