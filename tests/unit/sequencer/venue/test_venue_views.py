"""What may be seen of a venue, and signatures of many messages at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from primitives.eddsa import Signature
from rollup.errors import BadSignature, RollupError, UnknownAccount, UnknownSeries
from rollup.types.orders import Cancel, Withdrawal
from rollup.types.transactions import Registration
from sequencer.matching import Ending, QuoteLeg
from sequencer.messages import EndBatch, Message, Operate, PlaceOrder, TakeQuote
from sequencer.venue import Genesis, VenueReader, Verdict, digest, signatures
from sequencer.venue.deferred_state import DeferredState
from tests.support.native_crypto import TrustingCrypto, native_crypto
from tests.support.rollup import DOMAIN, MARK, public_key
from tests.support.venue import CASH, IMMEDIATE, SMALL, Stall


@pytest.fixture
def stall() -> Stall:
    made = Stall(SMALL)
    made.send(3, "sell", MARK + 10, 8_000)
    made.send(4, "sell", MARK + 20, 5_000)
    made.send(5, "buy", MARK - 10, 1_000, slot=3)
    made.send(2, "buy", MARK + 10, 3_000, IMMEDIATE)
    return made


def test_accounts_as_they_stand(stall: Stall) -> None:
    reader = VenueReader(stall.venue)
    view = reader.account(2)
    assert view.positions == ((1, 3_000),)
    assert view.cash_e6 == CASH - 3_000 * (MARK + 10) - 15_150 // 10
    assert view.values_e6[0] == view.cash_e6 + 3_000 * MARK
    assert view.margin.equity_e6 == view.values_e6[0]
    assert (view.nonces[0], view.key, view.is_liquidated) == (1, public_key(2), False)
    stall.end()
    assert reader.account(2) == view
    assert reader.account(0).positions == ()
    for unknown in (20, 1 << 30, -1):
        with pytest.raises(UnknownAccount):
            reader.account(unknown)


def test_free_cash_is_what_may_be_withdrawn(stall: Stall) -> None:
    stall.end()
    free_e6 = VenueReader(stall.venue).account(4).free_e6
    with pytest.raises(RollupError):
        stall.say(stall.operation(Withdrawal(4, 7, 1, free_e6 + 1)))
    stall.say(stall.operation(Withdrawal(4, 7, 1, free_e6)))


def test_looking_changes_nothing(stall: Stall) -> None:
    stall.end()
    before = digest(stall.venue)
    reader = VenueReader(stall.venue)
    for account in range(6):
        reader.account(account)
        reader.open_orders(account)
    reader.book(900, 5)
    reader.series()
    reader.recent_trades()
    engine = stall.venue.engine
    assert engine is not None
    assert set(engine.floor.books) == {1}
    assert digest(stall.venue) == before


def test_books_tickers_and_trades(stall: Stall) -> None:
    reader = VenueReader(stall.venue)
    book = reader.book(1, 5)
    assert [(level.price_e2, level.size_e4) for level in book.asks] == [(MARK + 10, 5_000), (MARK + 20, 5_000)]
    ticker = reader.ticker(1)
    assert ticker.row.mark_e2 == MARK
    assert ticker.best_bid is not None
    assert ticker.best_ask is not None
    assert (ticker.best_bid.price_e2, ticker.best_ask.price_e2) == (MARK - 10, MARK + 10)
    (trade,) = reader.recent_trades(1)
    assert ticker.last_trade == trade
    assert (trade.number, trade.price_e2, trade.size_e4, trade.taker_buys) == (1, MARK + 10, 3_000, True)
    assert reader.recent_trades(2) == ()
    assert [row.series.series_id for row in reader.series()] == [1, 2]
    with pytest.raises(UnknownSeries):
        reader.ticker(900)


def test_orders_and_what_became_of_them(stall: Stall) -> None:
    reader = VenueReader(stall.venue)
    (order,) = reader.open_orders(3)
    assert (order.filled_e4, order.remaining_e4, order.message) == (3_000, 5_000, 3)
    record = reader.order(2, 0)
    assert record is not None
    assert (record.filled_e4, record.remaining_e4, record.is_open, record.ending) == (3_000, 0, False, None)
    stall.send(2, "buy", MARK + 15, 9_000, IMMEDIATE, slot=1)
    record = reader.order(2, 1)
    assert record is not None
    assert (record.filled_e4, record.remaining_e4, record.ending) == (5_000, 4_000, Ending.IMMEDIATE)
    stall.say(stall.operation(Cancel(4, 0, 2)))
    assert reader.order(4, 0) is None
    assert reader.open_orders(4) == ()
    assert reader.open_orders(40) == ()


def test_nothing_to_see_before_the_first_table() -> None:
    stall = Stall(SMALL, opens=False)
    reader = VenueReader(stall.venue)
    assert (reader.series(), reader.open_orders(2), reader.book(1, 5).bids) == ((), (), ())
    with pytest.raises(UnknownAccount):
        reader.account(0)
    stall.end(5)
    assert len(digest(stall.venue)) == 64


def test_signatures_of_many_messages_at_once() -> None:
    stall = Stall(SMALL, crypto=native_crypto())
    good, other = stall.order(2, "buy"), stall.order(3, "sell")
    forged = PlaceOrder(
        structs.replace(good.request, signed=replace(good.request.signed, signature=other.request.signed.signature))
    )
    leg = QuoteLeg(stall.signed(2, "sell", slot=1), stall.signed(3, "buy", slot=1), MARK, 5)
    half = replace(leg, taker=replace(leg.taker, signature=Signature((0, 1), 0)))
    cancel = stall.operation(Cancel(2, 5, 1))
    stranger = stall.order(40, "buy")
    messages: list[Message] = [good, forged, TakeQuote((leg,)), TakeQuote((leg, half)), cancel, stranger, EndBatch(5)]
    wanted = [Verdict.GOOD, Verdict.BAD, Verdict.GOOD, Verdict.BAD, Verdict.GOOD, Verdict.UNKNOWN, Verdict.GOOD]
    assert stall.venue.verify_many(messages) == wanted
    assert stall.venue.verify_many([]) == []
    for message in (forged, Operate(replace(cancel.signed, signature=Signature((0, 1), 0)))):
        with pytest.raises(BadSignature):
            stall.venue.apply(message)
    stall.venue.apply_verified(good)
    stall.venue.apply(other)
    stall.venue.apply_verified(cancel)
    assert len(stall.end().batches) == 1


def test_signatures_of_many_messages_at_once_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signatures, "signed_parts", lambda _: ())
    with pytest.raises(AssertionError):
        test_signatures_of_many_messages_at_once()


def test_an_account_of_the_present_batch_has_a_key() -> None:
    stall = Stall(SMALL, crypto=native_crypto())
    stall.queue(Registration(6, 10**9, public_key(6)))
    order = stall.order(6, "buy")
    assert stall.venue.verify_many([order]) == [Verdict.GOOD]
    stall.venue.apply_verified(order)


def test_a_trusting_venue_trusts_for_one_message_alone() -> None:
    stall = Stall(SMALL, crypto=native_crypto())
    stall.venue.apply_verified(EndBatch(stall.venue.time_s))
    with pytest.raises(RollupError):
        stall.venue.apply_verified(stall.order(40, "buy"))
    order = stall.order(2, "buy")
    forged = structs.replace(order.request, signed=replace(order.request.signed, signature=Signature((0, 1), 0)))
    with pytest.raises(BadSignature):
        stall.venue.apply(PlaceOrder(forged))


def test_a_state_that_hashes_late_answers_the_same() -> None:
    from rollup.state import State
    from rollup.types.accounts import Account

    plain, late = State(3, TrustingCrypto()), DeferredState(3, TrustingCrypto())
    for number, look in enumerate(("root", "leaf", "path", "crown", "root")):
        for state in (plain, late):
            state.put({i: Account((0, 1), number * i + 1) for i in range(number, number + 5)})
            state.put({number: None})
        if look == "root":
            assert plain.root == late.root
        else:
            assert getattr(plain, look)(2) == getattr(late, look)(2)
        assert dict(plain.accounts()) == dict(late.accounts())
    with pytest.raises(RollupError):
        late.put({63: Account((0, 1))})
    assert late.copy().root == plain.root


def test_a_genesis_has_rates_below_one_and_a_penalty_that_the_rollup_allows() -> None:
    rates: tuple[dict[str, Any], ...]
    rates = ({"maker_fee_ppm": 10**6 + 1}, {"taker_fee_ppm": -1}, {"penalty_ppm": 50_001}, {"report_age_s": -1})
    for changes in rates:
        with pytest.raises(RollupError):
            Genesis(SMALL, DOMAIN, **changes)
