"""What a reader says is what the venue, the provers and L1 said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollup.ledger import Posting
from rollup.margin import account_values
from rollup.types.accounts import Account
from sequencer.messages import NewTable
from sequencer.record.batch_types import AccountState, BatchStatus, PostingRow, TouchedRow
from sequencer.record.errors import NoSuchRow
from sequencer.record.market_types import TradeRow
from sequencer.record.reader import RecordReader
from sequencer.venue import CutBatch
from tests.support.recorded_l1 import COMMIT_GAS, EXECUTE_GAS, PROVE_GAS
from tests.support.recorded_run import EARLY_S, EXPIRING, FACTS, RICH, TAKER, WEAK, RecordedRun, shared_run


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return shared_run()


@pytest.fixture(scope="module")
def reader(run: RecordedRun) -> Iterator[RecordReader]:
    with RecordReader.of(run.folder) as found:
        yield found


def test_every_batch_is_there_with_its_roots_and_counts(run: RecordedRun, reader: RecordReader) -> None:
    rows = {row.number: row for row in reader.batches()}
    assert sorted(rows) == [batch.number for batch in run.batches]
    for batch in run.batches:
        row, inside, roots = rows[batch.number], batch.batch, batch.applied.roots
        assert (row.root_before, row.root_after, row.risk_root) == (roots.before, roots.after, roots.risk)
        assert (row.time_s, row.table_time_s) == (batch.time_s, batch.report_time_s)
        counts = row.counts
        assert (counts.trades, counts.operations) == (len(inside.trades), len(inside.operations))
        assert (counts.liquidations, counts.settlements) == (len(inside.liquidations), len(inside.settlements))
        assert counts.queue == len(inside.queue)
        assert counts.accounts == len(batch.applied.outcome.touched)
        assert counts.words == sum(map(bool, batch.applied.words))
        assert row == reader.batch(batch.number)


def test_the_run_has_everything_that_screens_show(run: RecordedRun, reader: RecordReader) -> None:
    """Else the other tests here would say nothing."""
    counts = [row.counts for row in reader.batches()]
    for name in ("trades", "operations", "liquidations", "settlements", "registrations", "deposits"):
        assert sum(getattr(one, name) for one in counts) > 0, name
    assert {row.status for row in reader.batches()} == {*BatchStatus} - {BatchStatus.PROVEN}
    assert len(run.refused) >= 2


@pytest.mark.parametrize("place", range(13))
def test_details_of_a_batch(run: RecordedRun, reader: RecordReader, place: int) -> None:
    batch = run.batches[place]
    outcome, detail = batch.applied.outcome, reader.detail(batch.number)
    assert detail.row == reader.batch(batch.number)
    assert tuple(word.word for word in detail.words) == batch.applied.words == reader.words(batch.number)
    assert detail.postings == tuple(map(posting_row, outcome.postings))
    assert detail.touched == tuple(
        TouchedRow(
            one.account_id,
            None if one.before is None else state_of(one.before, one.values_before),
            state_of(one.after, one.values_after),
            one.is_examined,
            one.is_liquidated,
            one.is_subsidised,
        )
        for one in outcome.touched
    )
    fills = [(one.account, one.slot, one.nonce, one.amount_e4) for one in outcome.fills]
    assert [(one.account, one.slot, one.nonce, one.filled_e4) for one in detail.fills] == fills
    made = [one.number for one in detail.trades if one.liquidated is None]
    assert made == list(batch.origins.trade_numbers)
    check_contents(batch, reader)


def check_contents(batch: CutBatch, reader: RecordReader) -> None:
    detail, inside = reader.detail(batch.number), batch.batch
    assert [one.liquidated for one in detail.trades if one.liquidated is not None] == [
        one.account for one in inside.liquidations
    ]
    assert [(one.account, one.amount_e6, one.to or 0) for one in detail.operations] == [
        (
            one.operation.account,
            one.operation.amount_e6,
            one.operation.to if one.operation.kind.name == "TRANSFER" else 0,
        )
        for one in inside.operations
    ]
    assert [(one.account, one.series_id) for one in detail.settlements] == [
        (one.account, one.series_id) for one in inside.settlements
    ]
    first = batch.origins.queue_start
    assert [one.index for one in detail.queue] == list(range(first, first + len(inside.queue)))
    assert [one.is_served for one in detail.queue] == list(batch.applied.outcome.served)


def posting_row(posting: Posting) -> PostingRow:
    if posting.asset is None:
        return PostingRow(posting.account, posting.amount)
    return PostingRow(posting.account, posting.amount, posting.asset.series_id, posting.asset.position_slot)


def state_of(account: Account, values: tuple[int, ...]) -> AccountState:
    held = tuple((slot, one.series_id, one.size_e4) for slot, one in enumerate(account.positions) if one.size_e4)
    return AccountState(account.cash_e6, held, tuple(one.nonce for one in account.orders), values)


def test_accounts_are_the_state_valued_by_the_newest_table(run: RecordedRun, reader: RecordReader) -> None:
    venue = run.stall.venue
    assert venue.table is not None
    for number, account in venue.state.accounts():
        row = reader.account(number)
        assert (row.key, row.cash_e6) == (account.key, account.cash_e6)
        held = tuple((one.series_id, one.size_e4) for one in account.positions if one.size_e4)
        assert row.positions == held
        assert row.nonces == tuple(one.nonce for one in account.orders)
        assert row.values_e6 == account_values(account, venue.table.row)
        assert row.passes_maintenance == (4 * row.equity_e6 >= 3 * row.initial_requirement_e6)
    assert [row.account for row in reader.accounts()] == [number for number, _ in venue.state.accounts()]
    assert reader.accounts(after=2, limit=2) == reader.accounts()[3:5]


def test_history_of_an_account_is_that_of_the_batches(run: RecordedRun, reader: RecordReader) -> None:
    touched = [
        (batch.number, one)
        for batch in reversed(run.batches)
        for one in batch.applied.outcome.touched
        if one.account_id == WEAK
    ]
    rows = reader.account_history(WEAK)
    assert [row.batch for row in rows] == [number for number, _ in touched]
    assert [row.values_e6 for row in rows] == [one.values_after for _, one in touched]
    assert [row.is_liquidated for row in rows] == [one.is_liquidated for _, one in touched]
    assert any(row.is_liquidated for row in rows)
    assert reader.account_history(WEAK, before=rows[0].batch) == rows[1:]


def test_trades_and_liquidations(run: RecordedRun, reader: RecordReader) -> None:
    made = [one for _, outcome in run.outcomes for one in outcome.report.trades]
    rows = list(reversed(reader.trades()))
    plain = [row for row in rows if row.liquidated is None]
    assert [row.number for row in plain] == list(range(1, len(made) + 1))
    for row, trade in zip(plain, made, strict=True):
        taker = trade.taker.order
        assert (row.maker, row.taker) == (trade.maker.order.account, taker.account)
        assert (row.price_e2, row.size_e4, row.series_id) == (trade.price_e2, trade.size_e4, taker.series_id)
        assert row.taker_buys == taker.is_buy
    (liquidated,) = reader.trades(only_liquidations=True)
    assert (liquidated.liquidated, liquidated.maker) == (WEAK, RICH)
    assert liquidated.penalty_e6 > 0
    assert reader.trades(account=TAKER) == tuple(row for row in reader.trades() if TAKER in (row.maker, row.taker))
    every = reader.trades(account=RICH)
    assert len(every) > 4
    pages: list[TradeRow] = []
    before = None
    while page := reader.trades(before, 2, account=RICH):
        pages += page
        before = page[-1].id
    assert tuple(pages) == every == reader.trades(account=RICH, limit=-1)
    assert reader.trades(series_id=EXPIRING) == tuple(row for row in reader.trades() if row.series_id == EXPIRING)
    assert reader.trades(before=rows[2].id, limit=1) == (rows[1],)


def test_tables_imply_the_volatilities_they_were_made_with(run: RecordedRun, reader: RecordReader) -> None:
    messages = [message for message, _ in run.outcomes if isinstance(message, NewTable)]
    assert [one.time_s for one in reader.tables()] == [one.time_s for one in reversed(messages)]
    for message in messages:
        rows = reader.table(message.time_s)
        assert [row.values_e2 for row in rows] == [row.values_e2 for row in message.rows]
        assert [(1, row.forward_e2) for row in rows] == list(message.spots) * 3
    first = {row.series_id: row for row in reader.table(messages[0].time_s)}
    for series_id, volatility in ((1, 0.6), (2, 0.7), (3, 0.5)):
        assert first[series_id].implied_volatility == pytest.approx(volatility, rel=1e-2)
    assert first[1].delta is not None
    assert 0 < first[1].delta < 1
    assert first[2].delta is not None
    assert -1 < first[2].delta < 0
    assert reader.table()[2].is_settled
    assert reader.table()[2].implied_volatility is None
    with pytest.raises(NoSuchRow):
        reader.table(1)


def test_prices_and_settlements(run: RecordedRun, reader: RecordReader) -> None:
    spots = [message.spots[0][1] for message, _ in run.outcomes if isinstance(message, NewTable)]
    assert [row.price_e2 for row in reader.spots(1)] == [*spots, run.index_e2 + 1_000]
    assert reader.underlyings() == (1,)
    (price,) = reader.settlement_prices()
    assert (price.underlying, price.expiry_s, price.price_e2) == (1, EARLY_S, 3_800_000)
    rows = reader.settlements()
    assert sum(row.cash_e6 for row in rows) == 0
    assert {row.cash_e6 for row in rows} == {300_000_000, -300_000_000}
    assert all(row.cash_e6 == row.size_e4 * row.payoff_e2 for row in rows)


def test_proofs_as_they_were_made(run: RecordedRun, reader: RecordReader) -> None:
    from prover.solidity.calldata import proof_words

    assert len(run.proofs) == len(run.batches) - 1
    for proof in run.proofs:
        row = reader.proof(proof.number)
        assert (row.a, row.b, row.c) == (proof.proof.a, proof.proof.b, proof.proof.c)
        assert row.calldata == proof_words(proof.proof)
        assert row.public_signals == proof.public_signals
        assert dict(row.seconds) == dict(proof.seconds)
        assert row.is_mock == proof.is_mock
        detail = reader.detail(proof.number)
        assert (detail.digest, detail.point) == (proof.public_signals[0], proof.public_signals[-1])
        assert detail.proof == row
        assert detail.row.proving_s == pytest.approx(row.proving_s, abs=1e-5)
    assert [row.is_mock for row in reversed(reader.proofs())][:3] == [False, False, True]
    with pytest.raises(NoSuchRow, match="the last is 12"):
        reader.proof(13)


def test_transactions_and_gas(run: RecordedRun, reader: RecordReader) -> None:
    for row in reader.transactions():
        assert row.state == ("done" if row.gas_used else "sent")
    first, second = reader.transactions_of(1), reader.transactions_of(2)
    assert [row.kind for row in first] == ["commit", "prove", "execute"]
    assert first[1] == second[1]
    assert (first[1].first_batch, first[1].last_batch, first[1].batches) == (1, 2, 2)
    assert reader.batch(1).gas == COMMIT_GAS + (PROVE_GAS + 120_000) // 2 + EXECUTE_GAS
    assert reader.batch(13).gas is None
    waiting = reader.transactions(state="sent")
    assert [(row.kind, row.attempts) for row in waiting] == [("commit and prove", 2)]
    every = reader.transactions()
    assert reader.transactions(before=every[3].nonce, limit=2) == every[4:6]
    assert {row.first_batch for row in every} >= {None, 1, 11}


def test_state_counts_and_facts(run: RecordedRun, reader: RecordReader) -> None:
    state, counts = reader.state(), reader.counts()
    assert (state.first_batch, state.sealed, state.proved) == (1, 13, 12)
    assert (state.committed, state.proven, state.executed, state.final_executed) == (11, 10, 10, 9)
    assert sum(counts.messages.values()) == len(run.payloads)
    assert sum(counts.refused.values()) == len(run.refused)
    assert (counts.trades, counts.liquidations, counts.lost) == (5, 1, 0)
    facts = reader.facts()
    assert facts.ended_ms is not None
    assert (facts.preset, facts.contracts, facts.names) == (FACTS.preset, FACTS.contracts, FACTS.names)


def test_refusals_queue_workers_books_and_lines(run: RecordedRun, reader: RecordReader) -> None:
    told = [(row.rule, row.reason) for row in reversed(reader.refusals())]
    assert told == [(type(error).__name__, str(error)) for _, error in run.refused]
    assert [row.index for row in reader.queue()] == list(range(7, -1, -1))
    assert reader.queue(only_waiting=True) == ()
    assert [(row.state, row.for_s) for row in reader.workers()] == [("proving", 0.75), ("starting", 5.0)]
    book = reader.book(1)
    assert book.bids[0].price_e2 < book.asks[0].price_e2
    assert [one.price_e2 for one in book.asks] == sorted(one.price_e2 for one in book.asks)
    assert [row.series_id for row in reader.books()] == [1, 2, 3]
    with pytest.raises(NoSuchRow):
        reader.book(9)
    assert reader.log(levels=["alarm"])[0].text == "the insurance fund is low"
    (line,) = reader.log(contains="SOURCES ARE SILENT")
    assert (line.source, line.fields["why"]) == ("pricing", "two of three sources are silent")
    troubles = [row for row in reader.log() if row.text.startswith("NodeTimedOut")]
    assert len(troubles) == 1, "the same trouble turn after turn is one line"
    newest = reader.log()[0]
    assert reader.log(after=newest.id) == ()
    assert reader.log(before=newest.id) == reader.log()[1:]


def test_filters_by_status(reader: RecordReader) -> None:
    for status in BatchStatus:
        assert reader.batches(status=status) == tuple(row for row in reader.batches() if row.status is status)


def test_what_is_not_there_is_said(reader: RecordReader) -> None:
    for ask in (reader.batch, reader.detail, reader.words, reader.account):
        with pytest.raises(NoSuchRow, match="there is no") as caught:
            ask(99)
        assert caught.value.number == 99
        assert caught.value.last in (5, 13)
