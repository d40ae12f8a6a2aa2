"""What is shown follows from durable events alone, and is what the engine has."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from random import Random

import pytest

from primitives.eddsa import Signature
from rollup.errors import CashOutOfRange
from rollup.types.orders import Cancel, SignedOperation, SignedOrder, Withdrawal
from rollup.types.series import SeriesRow
from rollup.types.transactions import Registration
from sequencer.api.port import Applied, BatchCut, BatchMoved, Event, Finality, NodeInfo, TakenBack
from sequencer.api.projection import EventGap, Projection
from sequencer.api.projection.batches import Batches
from sequencer.api.projection.records import OrderKey, OrderState
from sequencer.matching import OrderRequest, QuoteLeg, TimeInForce
from sequencer.matching.requests import Report
from sequencer.messages import CancelOrder, EndBatch, Message, NewTable, Operate, PlaceOrder, ReceiveQueue, TakeQuote
from sequencer.node.door import events_of
from sequencer.venue import Genesis, Venue
from sequencer.venue.sequenced import REFUSALS, Logged, Sequenced
from tests.support.api_node import CONTRACT, INDEX_E2, MARK_E2, PRESET, Trader, rows
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import DOMAIN, MAKER_PPM, NOW, TAKER_PPM
from tests.support.rollup import public_key as key_of

NOBODY = Signature((0, 1), 0)
TRADERS = range(2, 8)


class Market:
    """A venue without cryptography, and a projection that is told what happens there."""

    def __init__(self, cash_e6: int = 10**12) -> None:
        crypto = TrustingCrypto()
        self.venue = Venue(Genesis(PRESET, DOMAIN, MAKER_PPM, TAKER_PPM), crypto)
        info = NodeInfo(DOMAIN, PRESET.name, {1: "BTC"}, MAKER_PPM, TAKER_PPM, crypto)
        self.known = Projection(info)
        self.traders = {account: Trader(account) for account in TRADERS}
        self.sequence = 0
        self.events: list[Event] = []
        self.say(ReceiveQueue(0, tuple(Registration(i, cash_e6, key_of(i)) for i in range(8))))
        self.say(NewTable(NOW, rows(), ((1, INDEX_E2),)))

    def say(self, message: Message) -> Report:
        outcome = self.venue.apply(message)
        self.sequence += 1
        for event in events_of([Sequenced(Logged(self.sequence, NOW * 1_000, b""), message, outcome)]):
            self.feed(event)
        return outcome.report

    def feed(self, event: Event) -> None:
        self.events.append(event)
        self.known.feed(event)

    def signed(self, account: int, side: str, *given: int, **changes: int) -> SignedOrder:
        return SignedOrder(self.traders[account].order(side, *given, **changes), NOBODY)

    def send(
        self,
        account: int,
        side: str,
        *given: int,
        how: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY,
        reduce_only: bool = False,
        **changes: int,
    ) -> Report:
        return self.say(
            PlaceOrder(OrderRequest(self.signed(account, side, *given, **changes), how, reduce_only=reduce_only))
        )

    def walk(self, seed: int, steps: int) -> Iterator[None]:
        """Orders of every kind, cancels, quotes, operations, tables and batches."""
        rng = Random(seed)
        for _ in range(steps):
            with suppress(*REFUSALS):
                self._step(rng)
            yield

    def _step(self, rng: Random) -> None:
        account, slot = rng.choice(TRADERS), rng.randrange(3)
        price, size = MARK_E2 + rng.randint(-40, 40), rng.randint(1, 3 * CONTRACT)
        kind = rng.randrange(20)
        if kind == 0:
            self.say(EndBatch(self.venue.time_s + rng.randint(0, 3)))
        elif kind == 1:
            self.say(NewTable(max(self.venue.time_s, NOW) + 1, rows(MARK_E2 + rng.randint(-30, 30)), ((1, INDEX_E2),)))
        elif kind == 2:
            nonce = self.traders[account].nonces.get(slot, 1)
            self.say(CancelOrder(account, slot, nonce))
        elif kind == 3:
            nonce = self.traders[account].nonces[slot] = self.traders[account].nonces.get(slot, 0) + 1
            operation = rng.choice(
                (Cancel(account, slot, nonce), Withdrawal(account, slot, nonce, rng.randint(1, 1_000)))
            )
            self.say(Operate(SignedOperation(operation, NOBODY)))
        elif kind == 4:
            other = rng.choice([one for one in TRADERS if one != account])
            pair = (self.signed(account, "buy", price, size, slot=6), self.signed(other, "sell", price, size, slot=6))
            self.say(TakeQuote((QuoteLeg(*pair, price, size),)))
        else:
            how = rng.choice(
                (TimeInForce.GOOD_TILL_EXPIRY,) * 3 + (TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL)
            )
            side, series_id = rng.choice(("buy", "sell")), rng.choice((1, 2))
            self.send(
                account, side, price, size, how=how, slot=slot, series_id=series_id, reduce_only=rng.random() < 0.2
            )


def differences(market: Market) -> list[str]:
    """Between what is shown and what the engine has."""
    engine, known = market.venue.engine, market.known
    assert engine is not None
    found = []
    for series_id in (1, 2):
        view, book = engine.book(series_id).view(10**6), known.orders.book(series_id)
        for side, levels in ((book.bids, view.bids), (book.asks, view.asks)):
            if list(side.best(10**6)) != [(one.price_e2, one.size_e4, one.orders) for one in levels]:
                found.append(f"book {series_id}")
    for account in TRADERS:
        ours = [(one.key.slot, one.key.nonce, one.remaining_e4, one.filled_e4) for one in known.orders.open_of(account)]
        theirs = [(one.slot, one.nonce, one.remaining_e4, one.filled_e4) for one in engine.open_orders(account)]
        if ours != theirs:
            found.append(f"orders of {account}")
    return found


@pytest.mark.parametrize("seed", range(3))
def test_books_and_orders_are_the_engine_s(seed: int) -> None:
    market = Market()
    for step, _ in enumerate(market.walk(seed, 1_200)):
        if step % 10 == 0:
            assert differences(market) == []
    trades = [trade for series_id in (1, 2) for trade in market.known.fills.of_series(series_id)]
    assert len(trades) > 100
    market.say(EndBatch(market.venue.time_s))
    assert all(trade.batch > 0 for trade in trades), "after the end everything is in a batch"
    assert market.known.batches.newest(Finality.BATCHED) == market.venue.next_batch - 1
    twin = Projection(NodeInfo(DOMAIN, PRESET.name, {1: "BTC"}, MAKER_PPM, TAKER_PPM, TrustingCrypto()))
    for event in market.events:
        twin.feed(event)
    assert [vars_of(one) for one in all_orders(twin)] == [vars_of(one) for one in all_orders(market.known)]


def vars_of(record: object) -> tuple[object, ...]:
    return tuple(
        repr(getattr(record, name)) for name in ("key", "state", "filled_e4", "remaining_e4", "paid_e6", "why")
    )


def all_orders(known: Projection) -> list[object]:
    return list(known.orders._records.values())


def test_books_and_orders_are_the_engine_s_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.api.projection.orders.Orders.remove", lambda *_: None)
    with pytest.raises(AssertionError):
        test_books_and_orders_are_the_engine_s(0)


def test_i125_finality_goes_forward_and_after_a_reorganisation_back() -> None:
    market = Market()
    market.send(2, "buy")
    market.send(3, "sell")
    known, key = market.known, OrderKey(3, 0, 1)
    record = known.orders.find(key)
    assert record is not None
    (trade,) = record.trades
    assert known.finality_of(trade) is known.finality_of_order(record) is Finality.ACCEPTED
    market.say(EndBatch(market.venue.time_s))
    assert known.finality_of(trade) is Finality.BATCHED
    for finality in (Finality.COMMITTED, Finality.PROVEN, Finality.EXECUTED, Finality.COMMITTED, Finality.BATCHED):
        market.feed(BatchMoved(trade.batch, finality, finality.word))
        assert known.finality_of(trade) is known.finality_of_order(record) is finality
    batch = known.batches.find(trade.batch)
    assert batch is not None
    assert batch.transactions == {Finality.BATCHED: "batched"}


def test_i125_what_was_taken_back_is_shown_no_more() -> None:
    market = Market()
    market.send(2, "buy", MARK_E2, 2 * CONTRACT)
    report = market.send(3, "sell")
    market.feed(TakenBack(CashOutOfRange("account 3"), trades=report.trades))
    assert not market.known.fills.of_series(1)
    taker, maker = (market.known.orders.find(OrderKey(account, 0, 1)) for account in (3, 2))
    assert taker is not None
    assert maker is not None
    assert (taker.state, taker.filled_e4, taker.paid_e6, taker.trades) == (OrderState.TAKEN_BACK, 0, 0, ())
    assert (maker.state, maker.filled_e4, maker.trades) == (OrderState.OPEN, 0, ())


def test_a_missing_event_is_noticed() -> None:
    market = Market()
    market.send(2, "buy")
    lost = Applied(market.sequence + 2, 0, EndBatch(NOW), Report())
    with pytest.raises(EventGap) as error:
        market.known.feed(lost)
    assert error.value.expected == market.sequence + 1
    market.feed(Applied(market.sequence + 1, 0, EndBatch(NOW), Report()))
    with pytest.raises(EventGap):
        market.known.feed(Applied(market.sequence + 1, 0, EndBatch(NOW), Report()))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    market = Market()
    market.known.orders._kept = market.known.fills._kept = 20
    for _ in market.walk(5, 1_000):
        pass
    records = market.known.orders._records
    assert sum(one.state is not OrderState.OPEN for one in records.values()) <= 20
    assert len(market.known.fills._trades) <= 20
    assert differences(market) == []
    batches = Batches(kept=3)
    for event in market.events:
        if isinstance(event, BatchCut):
            batches.cut(event)
    assert len(batches._records) == 3
    assert batches.finality(1) is Finality.EXECUTED


def test_greeks_are_those_of_the_model() -> None:
    market = Market()
    call, put = (market.known.market.valuation(series_id) for series_id in (1, 2))
    assert call is not None
    assert put is not None
    assert call.greeks is not None
    assert put.greeks is not None
    assert call.implied_volatility == put.implied_volatility
    assert call.greeks.delta - put.greeks.delta == pytest.approx(1.0)
    assert call.greeks.vega == put.greeks.vega > 0
    settled = tuple(SeriesRow.settled(row.series, INDEX_E2) for row in rows())
    market.known.market.renew(NewTable(NOW + 1, settled, ()))
    valuation = market.known.market.valuation(1)
    assert valuation is not None
    assert valuation.greeks is None
