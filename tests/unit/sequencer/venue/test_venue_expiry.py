"""Expiry: not early, for everybody at one price, and nobody waits for those who cannot pay."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rollup.errors import SeriesNotLive
from rollup.types.series import SeriesRow
from rollup.types.transactions import Deposit, Settlement
from sequencer.matching import Ending
from sequencer.messages import NewTable
from sequencer.venue import settlements, venue
from sequencer.venue.errors import SettledEarly
from sequencer.venue.outcomes import Unsettled
from tests.support.rollup import MARK, NOW, make_row
from tests.support.venue import CASH, IMMEDIATE, SMALL, Stall

END_S = NOW + 500
ROWS = [make_row(series_id, MARK, 0, 3_000, expiry_s=END_S, strike=50_000) for series_id in (1, 2)]
PAYOFF_E2 = 2_000


def settled(rows: Sequence[SeriesRow], payoff_e2: int = PAYOFF_E2) -> list[SeriesRow]:
    """Both series at their end."""
    return [SeriesRow.settled(row.series, row.series.strike_e2 + payoff_e2) for row in rows]


def held_by_all(stall: Stall, size_e4: int = 10_000) -> None:
    """Accounts 2, 3, … buy of the next one, in turn of both series."""
    for i in range(2, stall.accounts - 1):
        series_id = 1 + i % 2
        stall.send(i + 1, "sell", MARK, size_e4, series_id=series_id, slot=i % 8)
        stall.send(i, "buy", MARK, size_e4, IMMEDIATE, series_id=series_id, slot=i % 8)


def test_everybody_is_settled_in_as_many_batches_as_it_takes() -> None:
    stall = Stall(SMALL, accounts=12, rows=ROWS)
    held_by_all(stall)
    stall.send(2, "buy", MARK - 10, slot=7)
    outcome = stall.say(NewTable(END_S, tuple(settled(ROWS))))
    positions = 2 * (stall.accounts - 3)
    made = [one for cut in outcome.batches for one in cut.batch.settlements]
    assert len(made) == positions
    assert [len(cut.batch.settlements) for cut in outcome.batches] == [0, 6, 6, 6]
    assert [removal.ending for removal in outcome.report.removals] == [Ending.EXPIRED]
    assert not any(stall.held(i) for i in range(stall.accounts))
    assert sum(stall.cash_e6_of(i) for i in range(stall.accounts)) == stall.accounts * CASH
    assert outcome.unsettled == ()
    with pytest.raises(SeriesNotLive):
        stall.send(2, "buy", MARK)
    assert stall.table(settled(ROWS), 600).batches == ()


def check_not_early() -> None:
    """G105: no table settles a series before its end, and no order trades in its last second."""
    stall = Stall(rows=ROWS)
    stall.send(3, "sell")
    with pytest.raises(SettledEarly):
        stall.say(NewTable(END_S - 1, tuple(settled(ROWS))))
    stall.say(NewTable(END_S - 2, tuple(ROWS)))
    stall.send(2, "buy", MARK, 5_000, IMMEDIATE)
    stall.end(1)
    assert len(stall.send(2, "buy", MARK, 1_000, IMMEDIATE).report.trades) == 1
    outcome = stall.end(1)
    assert [removal.ending for removal in outcome.report.removals] == [Ending.EXPIRED]
    with pytest.raises(SeriesNotLive):
        stall.send(2, "buy", MARK)


def test_g105_expiry_is_not_early() -> None:
    check_not_early()


def test_g105_expiry_is_not_early_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(venue, "check_table", lambda *_: None)
    with pytest.raises((ValueError, pytest.fail.Exception)):
        check_not_early()


def check_nobody_waits() -> None:
    """F88: who cannot pay keeps its position, is named with what is missing, and is settled when the cash is there."""
    stall = Stall(accounts=6, cash_e6=5 * 10**7, rows=ROWS)
    stall.send(3, "sell", MARK, 10_000)
    stall.send(2, "buy", MARK, 10_000, IMMEDIATE)
    stall.send(4, "sell", MARK, 10_000, slot=1)
    stall.send(5, "buy", MARK, 10_000, IMMEDIATE)
    stall.end()
    outcome = stall.say(NewTable(END_S, tuple(settled(ROWS, 8_000))))
    had = 5 * 10**7 + MARK * 10_000 - 2_000
    short = [Unsettled(account, 1, 8_000 * 10_000 - cash) for account, cash in ((3, had), (4, had))]
    assert [one.account for one in outcome.unsettled] == [3, 4]
    assert all(
        0 < one.missing_e6 <= expected.missing_e6 for one, expected in zip(outcome.unsettled, short, strict=True)
    )
    assert not stall.held(2)
    assert not stall.held(5)
    stall.queue(Deposit(3, outcome.unsettled[0].missing_e6))
    stall.end()
    outcome = stall.end()
    assert [one.account for one in outcome.unsettled] == [4]
    assert not stall.held(3)
    assert stall.cash_e6_of(3) == 0


def test_f88_nobody_waits_for_who_cannot_pay() -> None:
    check_nobody_waits()


def test_f88_nobody_waits_for_who_cannot_pay_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settlements, "sorted", lambda due: [(-1, *rest) for _, *rest in due], raising=False)
    with pytest.raises(AssertionError):
        check_nobody_waits()


def test_gains_are_settled_before_losses_of_the_same_account() -> None:
    """On the way no account's cash falls below zero, wherever the batches are cut."""
    stall = Stall(accounts=6, cash_e6=4 * 10**7, rows=ROWS)
    stall.send(3, "sell", MARK, 10_000)
    stall.send(2, "buy", MARK, 10_000, IMMEDIATE)
    stall.send(4, "sell", MARK, 10_000, series_id=2)
    stall.send(3, "buy", MARK, 10_000, IMMEDIATE, series_id=2, slot=1)
    stall.end()
    before = {one.account_id: one for one in stall.batches[-1].applied.outcome.touched}
    assert before[3].after.positions[0].size_e4 < 0 < before[3].after.positions[1].size_e4
    outcome = stall.say(NewTable(END_S, tuple(settled(ROWS, 8_000))))
    order = [one for cut in outcome.batches for one in cut.batch.settlements if one.account == 3]
    assert order == [Settlement(3, 1, 2), Settlement(3, 0, 1)]
