"""A venue with traders who sign: what tests say to it, and a second rollup that books its batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rollup.crypto import hash_one
from rollup.presets import DEMO, LARGE, Preset
from rollup.state import State
from rollup.trace import trace_batch
from rollup.types.orders import Operation, Order, SignedOperation, SignedOrder, operation_message_inputs
from rollup.types.series import SeriesRow
from rollup.types.transactions import QueueEntry, Registration
from sequencer.matching import OrderRequest, SelfTradePolicy, TimeInForce
from sequencer.messages import (
    EndBatch,
    Message,
    NewTable,
    Operate,
    PlaceOrder,
    ReceiveQueue,
    decode_message,
    encode_message,
)
from sequencer.venue import CutBatch, Genesis, Outcome, Venue
from tests.support.native_crypto import TrustingCrypto, native_crypto
from tests.support.rollup import DOMAIN, LIVE, MAKER_PPM, MARK, NO_SIGNATURE, NOW, TAKER_PPM, make_row, private_key
from tests.support.rollup import public_key as key_of

SMALL = replace(DEMO, name="small venue", account_depth=3, series_depth=2)
WIDE = replace(LARGE, name="wide venue", account_depth=3, series_depth=2)
CASH = 10**9
RESTING, IMMEDIATE, WHOLE = TimeInForce.GOOD_TILL_EXPIRY, TimeInForce.IMMEDIATE_OR_CANCEL, TimeInForce.FILL_OR_KILL
FAR = NOW + 10**7


def live_rows(count: int = 2, **changes: Any) -> list[SeriesRow]:
    """Series that are traded, from 1 on."""
    return [make_row(series_id, **{"expiry_s": FAR, **changes}) for series_id in range(1, count + 1)]


@dataclass
class Stall:
    """A venue, and all that was said to it and came of it. With `crypto` of its own, signatures are real."""

    preset: Preset = WIDE
    accounts: int = 6
    cash_e6: int = CASH
    rows: Sequence[SeriesRow] = field(default_factory=live_rows)
    crypto: Any = field(default_factory=TrustingCrypto)
    policy: SelfTradePolicy = SelfTradePolicy.CANCEL_NEWEST
    opens: bool = True
    log: list[bytes] = field(default_factory=list)
    batches: list[CutBatch] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)
    nonces: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.genesis = Genesis(self.preset, DOMAIN, MAKER_PPM, TAKER_PPM, self.policy)
        self.venue = Venue(self.genesis, self.crypto)
        if self.opens:
            self.say(ReceiveQueue(0, tuple(Registration(i, self.cash_e6, key_of(i)) for i in range(self.accounts))))
            self.table(self.rows)

    def say(self, message: Message) -> Outcome:
        """What the venue does; only what it takes is logged."""
        outcome = self.venue.apply(message)
        self.log.append(encode_message(message))
        self.outcomes.append(outcome)
        self.batches += outcome.batches
        return outcome

    def table(self, rows: Sequence[SeriesRow] | None = None, seconds: int = 1) -> Outcome:
        """A new table, so many seconds later."""
        self.rows = self.rows if rows is None else rows
        return self.say(NewTable(max(NOW, self.venue.time_s) + seconds, tuple(self.rows)))

    def end(self, seconds: int = 0) -> Outcome:
        """Ends the batch."""
        return self.say(EndBatch(self.venue.time_s + seconds))

    def queue(self, *entries: QueueEntry) -> Outcome:
        """The next entries of L1."""
        return self.say(ReceiveQueue(self.venue.next_queue_index, entries))

    def signed(self, account: int, side: str, price_e2: int = MARK, size_e4: int = 10_000, **changes: Any) -> Any:
        """An order under the next nonce of its slot."""
        slot = changes.setdefault("slot", 0)
        if "nonce" not in changes:
            changes["nonce"] = self.nonces[account, slot] = self.nonces.get((account, slot), 0) + 1
        fields = {"series_id": LIVE, "max_fee_ppm": 1_000, "expiry_s": FAR, **changes}
        order = Order(account, is_buy=side == "buy", limit_price_e2=price_e2, size_e4=size_e4, **fields)
        return SignedOrder(order, self.sign(account, order.message_inputs(DOMAIN)))

    def order(
        self,
        account: int,
        side: str,
        price_e2: int = MARK,
        size_e4: int = 10_000,
        how: TimeInForce = RESTING,
        **rest: Any,
    ) -> PlaceOrder:
        """The message of such an order."""
        flags = {name: rest.pop(name, False) for name in ("post_only", "reduce_only")}
        return PlaceOrder(OrderRequest(self.signed(account, side, price_e2, size_e4, **rest), how, **flags))

    def send(self, *order: Any, **rest: Any) -> Outcome:
        """Sends such an order."""
        return self.say(self.order(*order, **rest))

    def operation(self, operation: Operation) -> Operate:
        """Signed by its account."""
        inputs = operation_message_inputs(operation, DOMAIN)
        return Operate(SignedOperation(operation, self.sign(operation.account, inputs)))

    def sign(self, account: int, inputs: tuple[int, int]) -> Any:
        """With the test key of an account."""
        if isinstance(self.crypto, TrustingCrypto):
            return NO_SIGNATURE
        return native_crypto().sign(private_key(account), hash_one(native_crypto(), inputs))

    def cash_e6_of(self, account: int) -> int:
        """By the last batch."""
        found = self.venue.state.account(account)
        if found is None:
            raise LookupError(account)
        return found.cash_e6

    def held(self, account: int) -> Mapping[int, int]:
        """By the last batch."""
        found = self.venue.state.account(account)
        return {} if found is None else {one.series_id: one.size_e4 for one in found.positions if one.size_e4}


def booked_again(batches: Iterable[CutBatch], preset: Preset, crypto: Any) -> State:
    """A state of its own that takes every batch, in order; raises if one is refused, or comes to another trace."""
    state = State(preset.account_depth, crypto)
    for cut in batches:
        trace = trace_batch(state, cut.table, cut.batch, preset)
        if cut.trace is not None and cut.trace != trace:
            raise AssertionError(f"batch {cut.number} has another trace")
        if trace.applied != cut.applied:
            raise AssertionError(f"batch {cut.number} comes to something else")
    return state


def replayed(log: list[bytes], like: Stall, *, first_judged: int = 1) -> tuple[Venue, list[tuple[int, ...]]]:
    """A second venue that reads the log, and the words of its batches from `first_judged` on."""
    venue = Venue(like.genesis, like.crypto, first_traced=1 << 32, first_judged=first_judged)
    words = []
    for entry in log:
        words += [cut.applied.words for cut in venue.apply_verified(decode_message(entry)).batches]
    return venue, words


def value_of(state: State, rows: dict[int, SeriesRow]) -> tuple[int, dict[int, int]]:
    """All cash and what settled positions are worth; and by series that is not settled, the sum of all positions."""
    total_e6, sums = 0, Counter[int]()
    for _, account in state.accounts():
        total_e6 += account.cash_e6
        for one in account.positions:
            row = rows.get(one.series_id)
            if row is not None and row.is_settled:
                total_e6 += one.size_e4 * row.mark_e2
            else:
                sums[one.series_id] += one.size_e4
    return total_e6, dict(sums)
