"""All legs of a quote or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup import errors
from sequencer.matching import Ending, QuoteLeg
from sequencer.matching.errors import NewRiskWaits, QuoteMismatch
from tests.support.matching import SMALL, Desk
from tests.support.native_crypto import native_crypto
from tests.support.rollup import CONTRACT, LIVE, MARK, OTHER


def leg(
    desk: Desk, maker: int, taker: int, series_id: int, slot: int, *, buys: bool = True, **changes: Any
) -> QuoteLeg:
    """The taker buys, or sells, one contract at 10.00 or, of `OTHER`, at 5.00."""
    price_e2 = changes.pop("price_e2", MARK if series_id == LIVE else 500)
    sides = ("sell", "buy") if buys else ("buy", "sell")
    maker_order, taker_order = (
        desk.order(account, side, slot=slot, series_id=series_id, limit_price_e2=price_e2, **changes)
        for account, side in zip((maker, taker), sides, strict=True)
    )
    return QuoteLeg(maker_order, taker_order, price_e2, CONTRACT)


def spread(desk: Desk) -> list[QuoteLeg]:
    """Account 3 buys one series and sells the other."""
    return [leg(desk, 2, 3, LIVE, 0), leg(desk, 2, 3, OTHER, 1, buys=False)]


def test_all_legs_in_one_batch_and_what_rested_in_their_slots_is_replaced() -> None:
    desk = Desk()
    desk.send(2, "sell", MARK, CONTRACT, slot=1)
    report = desk.keep(desk.engine.settle_quote(spread(desk)))
    assert (len(report.trades), report.is_atomic) == (2, True)
    assert [one.ending for one in report.removals] == [Ending.REPLACED]
    desk.begin()
    assert [position.size_e4 for position in desk.world.account(3).positions[:2]] == [CONTRACT, -CONTRACT]


def test_margin_is_asked_of_all_legs_together() -> None:
    desk = Desk(cash_e6=11 * 10**6)
    sold = [leg(desk, 3, taker, OTHER, slot) for slot, taker in enumerate((2, 4, 5))]
    bought = [leg(desk, maker, 3, OTHER, slot) for slot, maker in enumerate((2, 4, 5), 3)]
    with pytest.raises(errors.BelowInitialMargin):
        desk.engine.settle_quote(sold)
    with pytest.raises(errors.CashOutOfRange):
        desk.engine.settle_quote(bought)
    assert desk.engine.floor.standing(3).held_e4 == {}
    assert len(desk.keep(desk.engine.settle_quote([*sold, *bought])).trades) == 6
    desk.begin()
    assert desk.world.account(3).positions[0].size_e4 == 0


def test_one_bad_leg_refuses_all() -> None:
    desk = Desk(crypto=native_crypto(), accounts=5)
    good = leg(desk, 2, 3, LIVE, 0)
    bad = leg(desk, 2, 3, OTHER, 1)
    cases: list[tuple[QuoteLeg, type[Exception]]] = [
        (replace(bad, price_e2=501), errors.LimitViolated),
        (replace(bad, size_e4=CONTRACT + 1), errors.OrderNotOpen),
        (replace(bad, taker=bad.maker), errors.OwnCounterparty),
        (replace(bad, taker=leg(desk, 2, 3, LIVE, 2).taker), errors.SeriesMismatch),
        (
            replace(bad, taker=desk.order(3, "sell", slot=3, series_id=OTHER, limit_price_e2=500)),
            errors.SidesNotOpposite,
        ),
        (replace(bad, taker=replace(bad.taker, signature=good.taker.signature)), errors.BadSignature),
        (good, QuoteMismatch),
    ]
    for wrong, error in cases:
        with pytest.raises(error):
            desk.engine.settle_quote([good, wrong])
    with pytest.raises(QuoteMismatch):
        desk.engine.settle_quote([])
    assert desk.engine.floor.standing(3).held_e4 == {}
    assert len(desk.engine.settle_quote([good, bad]).trades) == 2
    with pytest.raises(errors.OrderNotOpen):
        desk.engine.settle_quote([good, bad])


def test_one_bad_leg_refuses_all_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.quotes._check_orders", lambda *_: None)
    with pytest.raises((pytest.fail.Exception, errors.RollupError)):
        test_one_bad_leg_refuses_all()


def test_a_quote_fits_into_one_batch() -> None:
    desk = Desk(replace(SMALL, trades=1))
    with pytest.raises(errors.SectionFull):
        desk.engine.settle_quote(spread(desk))


def test_under_stress_who_asks_must_not_take_on_risk() -> None:
    desk = Desk(cash_e6=25 * 10**6)
    desk.keep(desk.engine.settle_quote([leg(desk, 3, 2, LIVE, 0, buys=False)]))
    desk.engine.is_under_stress = True
    with pytest.raises(NewRiskWaits):
        desk.engine.settle_quote([leg(desk, 4, 5, LIVE, 1)])
    assert desk.keep(desk.engine.settle_quote([leg(desk, 4, 2, LIVE, 2)])).trades
    desk.begin()
