"""By which table a batch is judged, and at which time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.batch_application import apply_batch
from rollup.errors import RollupError
from rollup.risk_table import RiskTable
from rollup.state import State
from sequencer.matching.errors import ClockWentBack
from sequencer.messages import EndBatch, NewTable
from sequencer.venue import turn
from sequencer.venue.errors import SeriesChanged, SettledEarly, TableLacksSeries, TableNotNewer, TableTooOld
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import NOW, make_row
from tests.support.venue import FAR, IMMEDIATE, WIDE, Stall, live_rows


def trade(stall: Stall, buyer: int, seller: int, **changes: int) -> None:
    """One contract at the mark."""
    stall.send(seller, "sell", **changes)
    stall.send(buyer, "buy", how=IMMEDIATE, **changes)


def check_one_table_for_all() -> None:
    """F97: prices move between two messages; what came before is judged by the old ones, under the old root."""
    stall = Stall(cash_e6=10**8)
    old = stall.venue.table
    trade(stall, 2, 3)
    (cut,) = stall.table(live_rows(2, mark=1_500, low=1_200, high=4_000), 5).batches
    trade(stall, 4, 5)
    (later,) = stall.end().batches
    new = stall.venue.table
    assert old is not None
    assert new is not None
    assert [one.applied.roots.risk for one in (cut, later)] == [old.root, new.root]
    assert cut.report_time_s < later.report_time_s == stall.venue.table_time_s
    assert [len(one.batch.trades) for one in (cut, later)] == [1, 1]


def test_f97_one_table_for_all_of_a_batch() -> None:
    check_one_table_for_all()


def test_f97_one_table_for_all_of_a_batch_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_the_new_terms(house: turn.House, _: turn.Turn, pieces: list[Any], *rest: object) -> None:
        house.pending.pieces = pieces

    monkeypatch.setattr(turn, "_cut", by_the_new_terms)
    with pytest.raises((AssertionError, ValueError)):
        check_one_table_for_all()


def check_time_only_grows() -> None:
    """G105: a clock that goes back is refused, one that runs ahead of the oracles too, a frozen one is fine."""
    stall = Stall()
    now_s, table_s = stall.venue.time_s, stall.venue.table_time_s
    assert table_s == now_s
    with pytest.raises(ClockWentBack):
        stall.say(EndBatch(now_s - 1))
    with pytest.raises(TableTooOld):
        stall.say(EndBatch(now_s + 365 * 86_400))
    with pytest.raises(TableTooOld):
        stall.say(EndBatch(table_s + stall.genesis.report_age_s + 1))
    stall.say(EndBatch(now_s))
    stall.say(EndBatch(table_s + stall.genesis.report_age_s))
    with pytest.raises(TableNotNewer):
        stall.say(NewTable(table_s, tuple(stall.rows)))
    stall.say(NewTable(table_s + 1, tuple(stall.rows)))
    assert stall.venue.time_s == table_s + stall.genesis.report_age_s
    for _ in range(3):
        trade(stall, 2, 3)
        stall.end()
    times = [cut.time_s for cut in stall.batches]
    assert times == sorted(times)
    assert len(times) == 4


def test_g105_time_only_grows() -> None:
    check_time_only_grows()


def test_g105_time_only_grows_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    from sequencer.venue import venue

    monkeypatch.setattr(venue, "max", min, raising=False)
    with pytest.raises((AssertionError, ValueError)):
        check_time_only_grows()


def test_before_the_first_table_time_only_grows_too() -> None:
    stall = Stall(opens=False)
    stall.say(EndBatch(NOW))
    with pytest.raises(ClockWentBack):
        stall.say(EndBatch(NOW - 1))
    with pytest.raises(TableTooOld):
        stall.say(NewTable(NOW - 601, tuple(stall.rows)))
    stall.say(NewTable(NOW - 100, tuple(stall.rows)))
    assert (stall.venue.time_s, stall.venue.table_time_s) == (NOW, NOW - 100)


def test_tables_must_value_what_is_held_and_keep_to_what_they_said() -> None:
    stall = Stall()
    trade(stall, 2, 3)
    time_s = stall.venue.time_s + 1
    first, second = stall.rows
    changed = make_row(1, expiry_s=FAR, strike=1)
    ended = type(first).settled(first.series, 60_000)
    uneven = replace(ended, values_e2=(*ended.values_e2[:-1], 1))
    for rows, at_s, says in (
        ((second,), time_s, TableLacksSeries),
        ((changed, second), time_s, SeriesChanged),
        ((ended, second), time_s, SettledEarly),
        ((uneven, second), FAR, SeriesChanged),
        ((first, first), time_s, RollupError),
    ):
        with pytest.raises(says):
            stall.say(NewTable(at_s, rows))
    stall.say(NewTable(time_s, (first,), ((1, 500),)))
    assert stall.venue.spots == {1: 500}
    stall.say(NewTable(FAR, (ended,)))
    with pytest.raises(SeriesChanged):
        stall.say(NewTable(FAR + 1, (type(first).settled(first.series, 60_001),)))


def test_batches_are_good_only_by_their_own_table() -> None:
    stall = Stall(WIDE)
    trade(stall, 2, 3)
    stall.end()
    state, crypto = State(WIDE.account_depth, TrustingCrypto()), TrustingCrypto()
    apply_batch(state, stall.batches[0].table, stall.batches[0].batch, WIDE)
    with pytest.raises(RollupError):
        apply_batch(state, RiskTable([], WIDE.series_depth, crypto), stall.batches[1].batch, WIDE)
