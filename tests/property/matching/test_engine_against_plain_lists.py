"""The engine does what plain lists do, order by order, and every batch of its trades is accepted by the rollup."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from rollup.errors import RollupError
from sequencer.matching import OrderRequest, SelfTradePolicy, TimeInForce, engine, prechecks
from sequencer.matching.crossing import Crossing
from sequencer.matching.errors import MatchingError
from sequencer.orderbook import BookSide, RestingOrder
from tests.support.matching import Desk
from tests.support.matching_reference import Fill, PlainMatcher, Refused
from tests.support.rollup import CONTRACT, MAKER_PPM, NOW, TAKER_PPM, make_row

CASH = 3 * 10**7
ROWS = [make_row(1, 1_000, 400, 1_800, expiry_s=NOW + 10**6), make_row(2, 500, 250, 1_000, expiry_s=NOW + 10**6)]
QUICK = settings(max_examples=100, stateful_step_count=40, deadline=None)
# Ends with the first that is found. What hypothesis draws depends on the modules that are loaded: room is needed.
HUNT = settings(
    max_examples=1_500, stateful_step_count=40, deadline=None, derandomize=True, phases=[Phase.generate], database=None
)


class Comparison(RuleBasedStateMachine):
    """Four traders with little cash, two series, few prices and sizes: they meet all the time."""

    policy: ClassVar[SelfTradePolicy] = SelfTradePolicy.CANCEL_NEWEST

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk(accounts=6, cash_e6=CASH, rows=ROWS, policy=self.policy)
        self.plain = PlainMatcher(dict.fromkeys(range(6), CASH), ROWS, (MAKER_PPM, TAKER_PPM), NOW)
        self.plain.policy = self.policy

    @rule(
        account=st.integers(2, 5),
        side=st.sampled_from(("buy", "sell")),
        series_id=st.sampled_from((1, 1, 1, 2)),
        steps=st.integers(-1, 1),
        size_e4=st.sampled_from((1, CONTRACT // 2, CONTRACT, 2 * CONTRACT)),
        how=st.sampled_from((TimeInForce.GOOD_TILL_EXPIRY,) * 3 + tuple(TimeInForce)),
        slot=st.integers(0, 2),
        step_back=st.sampled_from((0,) * 9 + (1,)),
        flags=st.sampled_from(("",) * 5 + ("post_only", "reduce_only")),
        lasts_s=st.sampled_from((1_000,) * 6 + (5, -1)),
        cap_ppm=st.sampled_from((1_000,) * 9 + (300,)),
    )
    def send(self, account: int, side: str, flags: str, how: TimeInForce, **rest: Any) -> None:
        if flags == "post_only":
            how = TimeInForce.GOOD_TILL_EXPIRY
        place = (account, rest["slot"])
        nonce = max(1, self.desk.nonces.get(place, 0) + 1 - rest["step_back"])
        self.desk.nonces[place] = max(nonce, self.desk.nonces.get(place, 0))
        signed = self.desk.order(
            account,
            side,
            slot=rest["slot"],
            nonce=nonce,
            series_id=rest["series_id"],
            limit_price_e2=ROWS[rest["series_id"] - 1].mark_e2 + 5 * rest["steps"],
            size_e4=rest["size_e4"],
            expiry_s=self.desk.now_s + rest["lasts_s"],
            max_fee_ppm=rest["cap_ppm"],
        )
        request = OrderRequest(signed, how, post_only=flags == "post_only", reduce_only=flags == "reduce_only")
        said = self._said_by_lists(request)
        if said != self._said_by_engine(request):
            raise AssertionError((request, said))

    def _said_by_lists(self, request: OrderRequest) -> list[Fill] | str:
        try:
            return self.plain.send(request)
        except Refused as refused:
            return str(refused)

    def _said_by_engine(self, request: OrderRequest) -> list[Fill] | str:
        try:
            report = self.desk.keep(self.desk.engine.submit(request))
        except (MatchingError, RollupError) as error:
            return type(error).__name__
        makers = [(trade.maker.order, trade) for trade in report.trades]
        return [(one.account, one.slot, one.nonce, trade.price_e2, trade.size_e4) for one, trade in makers]

    @rule(account=st.integers(2, 5), slot=st.integers(0, 2))
    def cancel(self, account: int, slot: int) -> None:
        for order in self.desk.engine.open_orders(account):
            if order.slot == slot:
                self.desk.engine.cancel(account, slot, order.nonce)
                self.plain.cancel(account, slot)

    @rule(seconds=st.sampled_from((0, 3, 10)), most=st.sampled_from((1, 3, 1_000)))
    def begin(self, seconds: int, most: int) -> None:
        self.desk.begin(seconds, most=most)
        self.plain.begin(self.desk.now_s)

    @invariant()
    def the_same_orders_rest(self) -> None:
        ours = sorted(
            (order.account, order.slot, order.nonce, order.remaining_e4)
            for account in range(2, 6)
            for order in self.desk.engine.open_orders(account)
        )
        assert ours == self.plain.resting()

    def teardown(self) -> None:
        self.desk.begin()
        for account_id, account in self.desk.state.accounts():
            assert account.cash_e6 == self.plain.accounts[account_id].cash_e6


def machine(policy: SelfTradePolicy) -> type[Comparison]:
    """The comparison under one policy."""
    return type(f"Comparison_{policy.value}", (Comparison,), {"policy": policy})


@pytest.mark.parametrize("policy", SelfTradePolicy)
def test_engine_equals_plain_lists(policy: SelfTradePolicy) -> None:
    run_state_machine_as_test(machine(policy), settings=QUICK)


def last_first(side: BookSide) -> RestingOrder | None:
    """Time priority the wrong way round."""
    level = next(side.levels(), None)
    return None if level is None else OrderedDict(level.orders)[next(reversed(level.orders))]


def fills_itself(crossing: Crossing, maker: RestingOrder) -> None:
    """No self-trade prevention."""
    crossing._meet(maker, crossing.standing)


def without_reservation(*_: object) -> None:
    """Open orders that count for nothing."""


PLANTED: dict[str, tuple[object, str, Any]] = {
    "time priority is reversed": (BookSide, "best", last_first),
    "fill-or-kill fills in part": (engine, "check_fills_whole", lambda *_: None),
    "reduce-only turns a position": (prechecks, "_reducing_size", lambda _, request: request.signed.order.size_e4),
    "an account trades with itself": (Crossing, "_meet_own", fills_itself),
    "nothing is reserved": (prechecks.Admission, "reserve", without_reservation),
}


@pytest.mark.parametrize("name", PLANTED)
def test_engine_equals_plain_lists_twin(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, attribute, defect = PLANTED[name]
    monkeypatch.setattr(owner, attribute, defect)
    with pytest.raises((AssertionError, RollupError, KeyError)):
        run_state_machine_as_test(Comparison, settings=HUNT)
