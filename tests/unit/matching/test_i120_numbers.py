"""No number gets into the engine but an integer in its range."""

from __future__ import annotations

from typing import Any

import pytest

from rollup.errors import FieldOutOfRange
from rollup.types.orders import Order
from rollup.units import MILLION, PRICE_BITS, SIZE_BITS
from sequencer.matching import QuoteLeg, Terms
from sequencer.matching.liquidations import LiquidationOrder
from tests.support.matching import Desk
from tests.support.rollup import CONTRACT, LATER, LIVE, MARK, NOW

NO_INTEGERS = (1.0, "1", True, None, -1, float("nan"))
ORDER = {
    "account": 2,
    "series_id": LIVE,
    "is_buy": True,
    "limit_price_e2": MARK,
    "size_e4": CONTRACT,
    "max_fee_ppm": 1_000,
    "expiry_s": LATER,
    "slot": 0,
    "nonce": 1,
}
LIQUIDATION = {"account": 2, "series_id": LIVE, "size_e4": 1, "limit_price_e2": 1, "penalty_ppm": 1}


@pytest.mark.parametrize("wrong", [*NO_INTEGERS, 1 << 64])
def test_i120_orders_liquidations_and_terms(wrong: Any) -> None:
    for name in ORDER.keys() - {"is_buy"}:
        with pytest.raises(FieldOutOfRange):
            Order(**{**ORDER, name: wrong})
    for name in LIQUIDATION:
        with pytest.raises(FieldOutOfRange):
            LiquidationOrder(**{**LIQUIDATION, name: wrong})
    for i in range(3):
        numbers: list[Any] = [NOW, 1, 1]
        numbers[i] = wrong
        with pytest.raises(FieldOutOfRange):
            Terms(numbers[0], Desk().table, *numbers[1:])


@pytest.mark.parametrize("wrong", [*NO_INTEGERS, 1 << PRICE_BITS, 1 << SIZE_BITS])
def test_i120_legs_of_quotes(wrong: Any) -> None:
    desk = Desk()
    signed = desk.order(2, "sell", limit_price_e2=0), desk.order(3, "buy", limit_price_e2=(1 << PRICE_BITS) - 1)
    for price_e2, size_e4 in ((wrong, CONTRACT), (MARK, wrong)):
        with pytest.raises(FieldOutOfRange):
            QuoteLeg(*signed, price_e2, size_e4)


def test_i120_orders_liquidations_and_terms_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.terms.check_range", lambda *_, **__: None)
    with pytest.raises((pytest.fail.Exception, TypeError)):
        test_i120_orders_liquidations_and_terms(MILLION + 1)
