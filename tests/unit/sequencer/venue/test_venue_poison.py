"""Transactions that matching took and the rollup refuses: they go alone, by name, and the venue carries on."""

from __future__ import annotations

from typing import Any

import pytest

from rollup.errors import BelowInitialMargin, RollupError
from rollup.types.transactions import Deposit
from sequencer.matching import QuoteLeg
from sequencer.matching.coverage import reserve
from sequencer.messages import TakeQuote
from sequencer.venue import cutting
from sequencer.venue.cutting import Cutter
from sequencer.venue.errors import QueueEntryRefused
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import MARK
from tests.support.venue import IMMEDIATE, SMALL, Stall, booked_again

POOR = 5


def careless(standing: Any, *rest: Any, **named: Any) -> None:
    """Margin is not asked of one account."""
    if standing.account_id != POOR:
        reserve(standing, *rest, **named)


@pytest.fixture
def stall(monkeypatch: pytest.MonkeyPatch) -> Stall:
    monkeypatch.setattr("sequencer.matching.prechecks.reserve", careless)
    return Stall(SMALL, accounts=9, cash_e6=3 * 10**8)


def cross(stall: Stall, buyer: int, seller: int, size_e4: int = 10_000, slot: int = 0) -> int:
    """The number of the trade."""
    stall.send(seller, "sell", MARK, size_e4, slot=slot)
    return stall.send(buyer, "buy", MARK, size_e4, IMMEDIATE, slot=slot).first_trade


def check_alone(stall: Stall) -> None:
    """G107: of six trades the one that cannot be proved is left out, and its owners are told the rule."""
    numbers = [cross(stall, 2, 3), cross(stall, 4, 6), cross(stall, 7, POOR, 200_000, 1)]
    numbers += [cross(stall, 6, 7), cross(stall, 3, 4, slot=2), cross(stall, 2, 6, slot=3)]
    stall.queue(Deposit(2, 10**6))
    outcome = stall.end()
    (dropped,) = outcome.dropped
    assert isinstance(dropped.error, BelowInitialMargin)
    assert (dropped.trade_numbers, dropped.accounts) == ((numbers[2],), (POOR, 7))
    (cut,) = outcome.batches
    assert cut.origins.trade_numbers == tuple(number for number in numbers if number != numbers[2])
    assert cut.batch.queue == (Deposit(2, 10**6),)
    assert stall.held(POOR) == {}
    assert booked_again(stall.batches, SMALL, TrustingCrypto()).root == stall.venue.state.root
    cross(stall, 2, 8, slot=5)
    assert len(stall.end().batches[0].batch.trades) == 1


def test_g107_a_poison_trade_is_left_out_alone(stall: Stall) -> None:
    check_alone(stall)


def without_last(self: Cutter, pieces: list[Any], era: Any) -> Any:
    """Drops all from the first bad one on."""
    for count in range(len(pieces), 0, -1):
        if self._refusal(pieces[:count], era) is None:
            return pieces[:count], [cutting._dropped(one, RollupError("late")) for one in pieces[count:]]
    return [], []


def test_g107_a_poison_trade_is_left_out_alone_twin(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Cutter, "_without_poison", without_last)
    with pytest.raises((AssertionError, ValueError)):
        check_alone(stall)


def test_g107_two_poisons_and_what_hangs_on_them(stall: Stall) -> None:
    cross(stall, 7, POOR, 200_000, 1)
    cross(stall, 2, 3)
    cross(stall, 6, POOR, 200_000, 2)
    outcome = stall.end()
    assert [one.accounts for one in outcome.dropped] == [(POOR, 7), (POOR, 6)]
    assert [len(cut.batch.trades) for cut in outcome.batches] == [1]


def test_g107_a_whole_quote_goes_or_stays(stall: Stall, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.matching.quotes.require_change", lambda *_: None)
    cross(stall, 2, 3)
    sizes = (10, 10**6)
    legs = tuple(
        QuoteLeg(
            stall.signed(POOR, "sell", MARK, size_e4, slot=slot, series_id=1 + slot),
            stall.signed(8, "buy", MARK, size_e4, slot=slot, series_id=1 + slot),
            MARK,
            size_e4,
        )
        for slot, size_e4 in enumerate(sizes)
    )
    stall.say(TakeQuote(legs))
    outcome = stall.end()
    (dropped,) = outcome.dropped
    assert len(dropped.trades) == 2
    assert [len(cut.batch.trades) for cut in outcome.batches] == [1]
    assert stall.held(8) == {}


def test_a_batch_of_nothing_but_poison_is_none(stall: Stall) -> None:
    cross(stall, 7, POOR, 200_000, 1)
    before = stall.venue.next_batch
    outcome = stall.end()
    assert (len(outcome.dropped), outcome.batches, stall.venue.next_batch) == (1, (), before)


def test_what_was_filled_by_a_dropped_trade_is_not_offered_again(stall: Stall) -> None:
    stall.send(POOR, "sell", MARK, 500_000, slot=1)
    stall.send(7, "buy", MARK, 200_000, IMMEDIATE, slot=1)
    stall.end()
    engine = stall.venue.engine
    assert engine is not None
    assert [order.remaining_e4 for order in engine.open_orders(POOR)] == [300_000]
    assert stall.held(POOR) == {}
    (removal,) = stall.send(7, "buy", MARK, 200_000, IMMEDIATE, slot=2).report.removals[:1]
    assert (removal.signed.order.account, type(removal.error)) == (POOR, BelowInitialMargin)


def test_a_queue_entry_that_cannot_be_served_stops_the_venue(monkeypatch: pytest.MonkeyPatch) -> None:
    stall = Stall(SMALL)
    stall.queue(Deposit(2, 10))
    monkeypatch.setattr("sequencer.venue.cutting.transition", refuse)
    monkeypatch.setattr("sequencer.venue.cutting.trace_batch", refuse)
    with pytest.raises(QueueEntryRefused):
        stall.end()


def refuse(*_: object) -> None:
    """Whatever it is."""
    raise BelowInitialMargin("test")
