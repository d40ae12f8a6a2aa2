"""How batches are cut, by which table, at which time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rollup.errors import SectionFull
from rollup.presets import LARGE
from rollup.types.orders import Transfer
from rollup.types.transactions import Deposit
from sequencer.matching import QuoteLeg
from sequencer.messages import TakeQuote
from sequencer.venue import bench
from sequencer.venue.filling import BatchFiller
from tests.support.rollup import MARK
from tests.support.venue import IMMEDIATE, SMALL, WHOLE, WIDE, Stall, live_rows


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


def test_a_batch_is_full_when_another_message_like_its_largest_might_not_fit() -> None:
    preset = replace(WIDE, trades=10)
    stall = Stall(preset, accounts=8)

    def is_full_after(takes: int, account: int) -> bool:
        for maker in range(2, 2 + takes):
            stall.send(maker, "sell", slot=maker)
        stall.send(account, "buy", size_e4=takes * 10_000, how=IMMEDIATE)
        return stall.venue.pending.is_full(preset)

    assert [is_full_after(*one) for one in ((3, 6), (2, 7), (2, 6))] == [False, False, False]
    assert (stall.venue.pending.trades, stall.venue.pending.most_trades) == (7, 3)
    assert is_full_after(1, 7)
    assert len(stall.end().batches) == 1
    assert [is_full_after(1, 6) for _ in range(10)] == [False] * 9 + [True]


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


def test_the_bench_reads_its_own_log(capsys: pytest.CaptureFixture[str]) -> None:
    bench.main(["400"])
    said = capsys.readouterr().out.splitlines()
    assert len(said) == 2
    assert all("orders/s applied" in line and "replay of the log" in line for line in said)
