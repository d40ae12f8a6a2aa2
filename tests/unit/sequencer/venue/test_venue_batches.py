"""How batches are cut, by which table, at which time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rollup.batch_application import apply_batch
from rollup.errors import RollupError, SectionFull
from rollup.presets import LARGE
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.orders import Transfer
from rollup.types.transactions import Deposit
from sequencer.matching import QuoteLeg
from sequencer.matching.errors import ClockWentBack
from sequencer.messages import EndBatch, NewTable, TakeQuote
from sequencer.venue import bench, turn
from sequencer.venue.errors import SeriesChanged, SettledEarly, TableLacksSeries, TableNotNewer, TableTooOld
from sequencer.venue.filling import BatchFiller
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import MARK, NOW, make_row
from tests.support.venue import FAR, IMMEDIATE, SMALL, WHOLE, WIDE, Stall, live_rows


def trade(stall: Stall, buyer: int, seller: int, **changes: int) -> None:
    """One contract at the mark."""
    stall.send(seller, "sell", **changes)
    stall.send(buyer, "buy", how=IMMEDIATE, **changes)


def test_an_empty_end_makes_no_batch_but_time_goes_on() -> None:
    stall = Stall()
    before, count = stall.venue.time_s, stall.venue.next_batch
    assert stall.end(30).batches == ()
    assert (stall.venue.time_s, stall.venue.next_batch) == (before + 30, count)
    assert stall.venue.pending.is_empty


def test_a_batch_has_the_time_at_which_it_began() -> None:
    stall = Stall()
    began = stall.venue.time_s
    trade(stall, 2, 3)
    (cut,) = stall.end(60).batches
    assert (cut.time_s, cut.report_time_s, stall.venue.time_s) == (began, began, began + 60)


def test_sixty_four_trades_fill_a_large_batch() -> None:
    preset = replace(LARGE, name="forty", account_depth=3, series_depth=2)
    stall = Stall(preset, accounts=42, rows=live_rows(12))
    for i in range(80):
        trade(stall, 2 + i % 40, 2 + (7 * i + 1) % 40, series_id=1 + i % 12, slot=i % 8)
    weight = stall.venue.pending
    assert (weight.trades, weight.accounts) == (80, 40)
    assert weight.full_batches == pytest.approx(80 / 64)
    assert [len(cut.batch.trades) for cut in stall.end().batches] == [64, 16]


def test_a_batch_ends_where_accounts_do_not_fit_any_more() -> None:
    stall = Stall(SMALL, accounts=50)
    for i in range(12):
        trade(stall, 2 + 4 * i, 4 + 4 * i)
    assert stall.venue.pending.full_batches == pytest.approx(24 / 21)
    assert [len(cut.batch.trades) for cut in stall.end().batches] == [10, 2]


def check_series_fit() -> None:
    """Series that touched accounts hold count as well as those that are traded."""
    stall = Stall(replace(SMALL, series=3), accounts=12, rows=live_rows(5))
    for i, series_id in enumerate((1, 2, 3, 4, 5)):
        trade(stall, 2 + 2 * i, 3 + 2 * i, series_id=series_id)
    assert [len(cut.batch.trades) for cut in stall.end().batches] == [3, 2]
    for i in range(5):
        trade(stall, 2 + 2 * i, 3 + 2 * i, series_id=1 + i, slot=1)
    stall.say(stall.operation(Transfer(2, 5, 1, 4, 100)))
    stall.say(stall.operation(Transfer(6, 5, 1, 8, 100)))
    outcome = stall.end()
    assert outcome.dropped == ()
    assert [(len(cut.batch.trades), len(cut.batch.operations)) for cut in outcome.batches] == [
        (3, 0),
        (2, 0),
        (0, 1),
        (0, 1),
    ]
    assert outcome.batches[0].root == outcome.batches[1].applied.roots.before
    trade(stall, 2, 10, series_id=5, slot=2)
    trade(stall, 6, 8, series_id=3, slot=2)
    trade(stall, 6, 8, series_id=4, slot=3)
    with pytest.raises(SectionFull, match="series"):
        stall.say(stall.operation(Transfer(2, 5, 2, 6, 100)))


def test_a_batch_ends_where_series_do_not_fit_any_more() -> None:
    check_series_fit()


def test_a_batch_ends_where_series_do_not_fit_any_more_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BatchFiller, "_held", lambda *_: set())
    with pytest.raises(AssertionError):
        check_series_fit()


def test_what_is_atomic_is_not_cut() -> None:
    stall = Stall(SMALL, accounts=20)
    for i in range(14):
        trade(stall, 2 + i % 4, 6 + i % 4)
    for i in range(3):
        stall.send(10 + i, "sell", slot=1)
    report = stall.send(14, "buy", MARK, 30_000, WHOLE).report
    assert len(report.trades) == 3
    assert [len(cut.batch.trades) for cut in stall.end().batches] == [14, 3]


def test_a_quote_stays_in_one_batch_after_trades() -> None:
    stall = Stall(SMALL, accounts=20)
    for i in range(15):
        trade(stall, 2 + i % 4, 6 + i % 4)
    legs = tuple(
        QuoteLeg(
            stall.signed(10, "sell", slot=slot, series_id=1 + slot),
            stall.signed(11, "buy", slot=slot, series_id=1 + slot),
            MARK,
            100,
        )
        for slot in range(2)
    )
    stall.say(TakeQuote(legs))
    assert [len(cut.batch.trades) for cut in stall.end().batches] == [15, 2]


def test_origins_name_messages_and_trades() -> None:
    stall = Stall()
    stall.send(3, "sell")
    stall.send(4, "sell")
    taken = stall.send(2, "buy", MARK, 20_000)
    stall.queue(Deposit(2, 10))
    (cut,) = stall.end().batches
    assert cut.origins.trade_numbers == (1, 2)
    assert cut.origins.trade_messages == (taken.message, taken.message)
    assert (taken.first_trade, cut.origins.queue_start) == (1, stall.accounts)


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


def test_the_bench_reads_its_own_log(capsys: pytest.CaptureFixture[str]) -> None:
    bench.main(["400"])
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert all("orders/s applied" in line and "replay of the log" in line for line in said)
