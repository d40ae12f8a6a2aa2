"""Settlement prices: of the very second of expiry, by a quorum that saw nearly the same, once and for all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollup.units import COLUMNS
from sequencer.oracles.errors import AlreadySettled, BadSignature, BeforeExpiry, QuorumMissing, Refused, TooFewSources
from sequencer.oracles.proposals import Proposal
from sequencer.oracles.readings import ExpiryPrice
from sequencer.oracles.settlements import SettlementBook
from tests.support.markets_oracles import EXPIRY_S, NOW, PRICE_E2, SERIES, UNDERLYING, Bench

PLACE = UNDERLYING, EXPIRY_S
EXPIRING = [one for one in SERIES if one.expiry_s == EXPIRY_S]


def expired(price_e2: int = PRICE_E2) -> Bench:
    bench = Bench()
    bench.reporter.step(NOW)
    bench.everybody_says(expiry=ExpiryPrice(EXPIRY_S, price_e2))
    return bench


def test_f85_an_expiry_is_settled_and_its_series_pay() -> None:
    bench = expired()
    step = bench.reporter.step(EXPIRY_S)
    assert step.table is not None
    assert not step.unsettled
    (settled,) = step.table.settlements
    assert (settled.underlying, settled.expiry_s, settled.price_e2) == (*PLACE, PRICE_E2)
    assert len(settled.observations) == 5
    for row in step.table.rows:
        if row.series in EXPIRING:
            assert row.is_settled
            assert row.values_e2 == (row.series.payoff_e2(PRICE_E2),) * COLUMNS
        else:
            assert not row.is_settled
    assert len([row for row in step.table.rows if row.is_settled]) == len(EXPIRING) > 0
    later = bench.reporter.report(EXPIRY_S + 40)
    assert later.settlements == (), "L1 is told once"
    assert [row for row in later.rows if row.is_settled] == [row for row in step.table.rows if row.is_settled]


def test_f85_nothing_is_settled_before_its_time() -> None:
    bench = expired()
    assert all(not row.is_settled for row in bench.reporter.report(EXPIRY_S - 1).rows)
    with pytest.raises(QuorumMissing) as caught:
        bench.reporter.settle(*PLACE, EXPIRY_S - 1)
    assert all(isinstance(problem, BeforeExpiry) for problem in caught.value.problems.values())


@pytest.mark.parametrize("second", [-1, 1])
def test_f85_a_price_of_another_second_settles_nothing(second: int) -> None:
    bench = expired()
    bench.everybody_says(expiry=ExpiryPrice(EXPIRY_S + second, PRICE_E2))
    step = bench.reporter.step(EXPIRY_S + 40)
    assert set(step.unsettled) == {PLACE}
    assert step.table is not None
    assert all(not row.is_settled for row in step.table.rows), "and the table goes on without it"
    with pytest.raises(TooFewSources):
        bench.nodes[0].observe_expiry(*PLACE, EXPIRY_S + 40)


@pytest.mark.parametrize("second", [-1, 1])
def test_f85_a_price_of_another_second_settles_nothing_twin(second: int) -> None:
    """The same prices under the right second settle: the second is what was refused."""
    bench = expired()
    bench.everybody_says(expiry=replace(ExpiryPrice(EXPIRY_S + second, PRICE_E2), time_s=EXPIRY_S))
    assert not bench.reporter.step(EXPIRY_S + 40).unsettled


def test_f85_it_is_set_once_whatever_prices_say_later() -> None:
    bench = expired()
    bench.reporter.step(EXPIRY_S)
    bench.everybody_says(expiry=ExpiryPrice(EXPIRY_S, PRICE_E2 + 50_000))
    step = bench.reporter.step(EXPIRY_S + 60)
    assert step.table is not None
    assert (step.table.settlements, bench.reporter.settled.prices) == ((), {PLACE: PRICE_E2})
    for ask in (
        lambda: bench.nodes[0].observe_expiry(*PLACE, EXPIRY_S + 60),
        lambda: bench.reporter.settle(*PLACE, EXPIRY_S + 60),
    ):
        with pytest.raises((AlreadySettled, QuorumMissing)):
            ask()
    with pytest.raises(AlreadySettled):
        bench.nodes[0].settled.take_from_l1(*PLACE, PRICE_E2 + 1)
    bench.nodes[0].settled.take_from_l1(*PLACE, PRICE_E2)


class Forgetful(SettlementBook):
    """A planted defect: the last word counts."""

    def price_e2(self, underlying: int, expiry_s: int) -> int | None:
        return None


def test_f85_it_is_set_once_whatever_prices_say_later_twin() -> None:
    bench = expired()
    bench.reporter.settled = Forgetful()
    for node in bench.nodes:
        node.settled = Forgetful()
    first = bench.reporter.settle(*PLACE, EXPIRY_S)
    bench.everybody_says(expiry=ExpiryPrice(EXPIRY_S, PRICE_E2 + 50_000))
    assert bench.reporter.settle(*PLACE, EXPIRY_S + 60).price_e2 != first.price_e2


def test_f85_one_price_for_all_whenever_they_ask() -> None:
    """An oracle that was away learns the price that is, not one of its own."""
    bench = expired()
    for source in bench.sources[4]:
        source.is_up = False
    assert len(bench.reporter.report(EXPIRY_S - 10).signatures) == 4
    bench.reporter.step(EXPIRY_S)
    for source in bench.sources[4]:
        source.is_up, source.expiry = True, ExpiryPrice(EXPIRY_S, PRICE_E2 + 700)
    table = bench.reporter.report(EXPIRY_S + 40)
    assert len(table.signatures) == 5
    assert bench.nodes[4].settled.prices == {PLACE: PRICE_E2}


def test_f85_observations_must_be_near_each_other() -> None:
    bench = expired()
    for place, sources in enumerate(bench.sources):
        for source in sources:
            source.expiry = ExpiryPrice(EXPIRY_S, PRICE_E2 * (100 + 2 * place) // 100)
    step = bench.reporter.step(EXPIRY_S)
    assert isinstance(step.unsettled[PLACE], QuorumMissing)


def test_f85_a_settlement_is_checked_as_the_contract_checks_it() -> None:
    bench = expired()
    good = bench.reporter.settle(*PLACE, EXPIRY_S)
    pairs = good.observations
    for wrong, error in (
        (replace(good, observations=pairs[:2]), QuorumMissing),
        (replace(good, observations=tuple(reversed(pairs))), BadSignature),
        (replace(good, observations=(pairs[0], pairs[0], pairs[1])), BadSignature),
        (replace(good, observations=((pairs[0][0] + 1, pairs[0][1]), *pairs[1:])), BadSignature),
        (replace(good, expiry_s=EXPIRY_S + 1), BadSignature),
        (replace(good, underlying=2), BadSignature),
        (replace(good, price_e2=PRICE_E2 + 1), AlreadySettled),
    ):
        book = SettlementBook()
        with pytest.raises(error):
            book.accept(wrong, bench.rules.committee)
        assert book.prices == {}
    book = SettlementBook()
    book.accept(good, bench.rules.committee)
    book.accept(good, bench.rules.committee)
    assert book.prices == {PLACE: PRICE_E2}


def test_f85_a_table_with_another_settlement_is_not_signed() -> None:
    bench = expired()
    bench.reporter.step(EXPIRY_S)
    now_s = EXPIRY_S + 40
    readings = tuple(node.read(SERIES, now_s) for node in bench.nodes)
    for settlements in ({}, {PLACE: PRICE_E2 + 1}, {PLACE: PRICE_E2, (UNDERLYING, SERIES[-1].expiry_s): PRICE_E2}):
        with pytest.raises(Refused, match="other settlement prices"):
            bench.nodes[0].sign(Proposal(now_s, SERIES, readings, settlements), now_s)
    assert bench.nodes[0].sign(Proposal(now_s, SERIES, readings, {PLACE: PRICE_E2}), now_s)


def test_rows_stay_for_whoever_holds_them() -> None:
    bench = expired()
    bench.reporter.step(EXPIRY_S)
    held = {EXPIRING[0].series_id}
    step = bench.reporter.step(EXPIRY_S + 40, held=held)
    assert step.table is not None
    listed = {row.series.series_id for row in step.table.rows}
    assert listed == {one.series_id for one in SERIES if one.expiry_s != EXPIRY_S} | held
    after = bench.reporter.step(EXPIRY_S + 80, held=set()).table
    assert after is not None
    assert not held & {row.series.series_id for row in after.rows}
