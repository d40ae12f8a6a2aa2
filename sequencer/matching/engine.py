"""The engine: from signed messages to trades that the rollup accepts. It has no clock, no chance and no files.

The same calls in the same order give the same trades. Whatever cut of the reports in their order is made into batches,
by the terms of the time (`begin`), `rollup.transition` takes it; only reports with `is_atomic` must not be cut apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from rollup.crypto import Crypto
from rollup.errors import AlreadyRegistered, UnknownAccount
from rollup.margin import account_values
from rollup.presets import Preset
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.orders import Domain, SignedOperation
from rollup.types.transactions import Deposit, Registration, Trade
from rollup.units import FEE_ACCOUNT, INSURANCE_ACCOUNT
from sequencer.matching.booking import collect
from sequencer.matching.crossing import Crossing
from sequencer.matching.errors import ClockWentBack, NoSuchOrder
from sequencer.matching.expiries import Expiries
from sequencer.matching.fill_or_kill import check_fills_whole
from sequencer.matching.floor import Floor
from sequencer.matching.liquidations import LiquidationOrder, liquidate
from sequencer.matching.operations import operate
from sequencer.matching.prechecks import Admission, admit, check_stress
from sequencer.matching.quotes import QuoteLeg, settle_quote
from sequencer.matching.requests import Ending, OrderRequest, Report, SelfTradePolicy, TimeInForce
from sequencer.matching.signatures import SignatureCheck
from sequencer.matching.standing import Standing
from sequencer.matching.terms import Terms
from sequencer.orderbook.book import OrderBook
from sequencer.orderbook.resting import RestingOrder


class MatchingEngine:
    """All books of a venue. Every method either raises and has done nothing, or returns what it did.

    One exception: orders at rest that no longer hold are taken out whenever they are found; `take_removals` hands
    those over that were found before something was raised.
    """

    def __init__(
        self,
        preset: Preset,
        state: State,
        terms: Terms,
        domain: Domain,
        crypto: Crypto,
        policy: SelfTradePolicy = SelfTradePolicy.CANCEL_NEWEST,
    ) -> None:
        """Raises `UnknownAccount`, `UnknownSeries` for the venue's own accounts."""
        check_venue_accounts(state, terms)
        self.floor = Floor(preset, state, terms)
        self.signatures = SignatureCheck(crypto, domain)
        self.policy = policy
        self.is_under_stress = False
        self._sequence = 0
        self._expiries = Expiries()

    def begin(self, state: State, terms: Terms) -> Report:
        """The next batch: a state with all that was matched so far, or without what the batcher dropped; later terms.

        Orders that expired and those in series that are no longer live leave the books now, others that no longer hold
        when their account is next touched. Raises `ClockWentBack`, `UnknownAccount`, `UnknownSeries`.
        """
        floor = self.floor
        if terms.time_s < floor.terms.time_s:
            raise ClockWentBack(floor.terms.time_s, terms.time_s)
        check_venue_accounts(state, terms)
        floor.state, floor.terms = state, terms
        floor.epoch += 1
        for order in self._expiries.before(terms.time_s):
            floor.drop(order, Ending.EXPIRED)
        for series_id, book in list(floor.books.items()):
            row = terms.table.row(series_id)
            if row is None or row.is_settled or terms.time_s >= row.series.expiry_s:
                for order in [*book.bids.orders(), *book.asks.orders()]:
                    floor.drop(order, Ending.EXPIRED)
                del floor.books[series_id]
        return self._report()

    def submit(self, request: OrderRequest) -> Report:
        """Takes a signed order. Raises the rules of the rollup it would break, in their order, and `MatchingError`."""
        order = request.signed.order
        self.floor.terms.check(order)
        standing = self.floor.standing(order.account)
        self.signatures.require([request.signed], [standing.key])
        return self.submit_verified(request)

    def submit_verified(self, request: OrderRequest) -> Report:
        """As `submit`, for callers that verified the signature already, many at a time."""
        floor, order = self.floor, request.signed.order
        admission = admit(floor, request)
        if self.is_under_stress:
            check_stress(floor, admission, order)
        standing, replaced = admission.standing, admission.replaced
        self._sequence += 1
        new = RestingOrder(request.signed, self._sequence, admission.size_e4, request.reduce_only)
        if request.time_in_force is TimeInForce.FILL_OR_KILL:
            check_fills_whole(floor, new, admission.row, self.policy, replaced)
        admission.reserve(floor, order)
        standing.nonces[order.slot] = order.nonce
        if replaced is not None:
            floor.drop(replaced, Ending.REPLACED)
        crossing = Crossing(floor, new, standing, admission.row, self.policy)
        if crossing.side.reaches(new.price_e2):
            crossing.run()
        return self._finish(request, new, crossing, admission)

    def _finish(self, request: OrderRequest, new: RestingOrder, crossing: Crossing, admission: Admission) -> Report:
        is_atomic = request.time_in_force is TimeInForce.FILL_OR_KILL
        resting_e4 = 0
        if new.remaining_e4 and crossing.problem is None and request.time_in_force is TimeInForce.GOOD_TILL_EXPIRY:
            self.floor.book(new.series_id).add(new)
            admission.standing.open[new.slot] = new
            self._expiries.add(new)
            resting_e4 = new.remaining_e4
        elif new.remaining_e4:
            self.floor.removals.append(crossing.ended())
        return self._report(crossing.trades, resting_e4, is_atomic=is_atomic)

    def cancel(self, account: int, slot: int, nonce: int) -> Report:
        """Takes an order out of its book, at the word of whoever may speak for the account; its nonce stays used up.

        The signed order itself is void for everybody else only after a signed `Cancel`. Raises `NoSuchOrder`.
        """
        standing = self.floor.standings.get(account)
        order = None if standing is None else standing.open.get(slot)
        if order is None or order.nonce != nonce:
            raise NoSuchOrder(account, slot, nonce)
        self.floor.drop(order, Ending.CANCELLED)
        return self._report()

    def operate(self, signed: SignedOperation) -> Report:
        """Takes a cancel, transfer or withdrawal. Raises the rules it would break."""
        operate(self.floor, signed, self.signatures)
        return self._report()

    def receive(self, entry: Registration | Deposit) -> Report:
        """Cash came in on L1. Forced requests are not for the engine: put them into a batch of their own, then `begin`.

        Raises `UnknownAccount`, `AlreadyRegistered`.
        """
        floor = self.floor
        if isinstance(entry, Registration):
            if floor.state.account(entry.account) is not None or entry.account in floor.standings:
                raise AlreadyRegistered("queue entry", account=entry.account)
            standing = floor.standings[entry.account] = Standing(entry.account)
            standing.load(Account(entry.key), floor.epoch)
        collect(floor.standing(entry.account), entry.amount_e6)
        return self._report()

    def settle_quote(self, legs: Sequence[QuoteLeg]) -> Report:
        """Fills all legs of a quote or none, in one batch. Raises the rules it would break, and `QuoteMismatch`."""
        return self._report(settle_quote(self.floor, legs, self.signatures, self.is_under_stress), is_atomic=True)

    def liquidate(self, wanted: LiquidationOrder) -> Report:
        """Lets resting orders take over part of an account in distress, the best price first, whatever the stress.

        Raises the rules it would break, and `LiquidationWaits`.
        """
        found = liquidate(self.floor, wanted)
        return replace(self._report(), liquidations=tuple(found))

    def book(self, series_id: int) -> OrderBook:
        """The book of a series, to be looked at."""
        return self.floor.book(series_id)

    def open_orders(self, account: int) -> list[RestingOrder]:
        """What an account has in the books, by order slot."""
        standing = self.floor.standings.get(account)
        return [] if standing is None else [standing.open[slot] for slot in sorted(standing.open)]

    def take_removals(self) -> Report:
        """Orders that were found not to hold by a call that then raised."""
        return self._report()

    def _report(self, trades: Sequence[Trade] = (), resting_e4: int = 0, *, is_atomic: bool = False) -> Report:
        removals, self.floor.removals = tuple(self.floor.removals), []
        return Report(tuple(trades), (), removals, resting_e4, is_atomic)


def check_venue_accounts(state: State, terms: Terms) -> None:
    """Every batch pays fees into one account of the venue, and penalties into the other.

    Raises `UnknownAccount`, and `UnknownSeries` for a position of theirs without a row.
    """
    for account_id in (FEE_ACCOUNT, INSURANCE_ACCOUNT):
        account = state.account(account_id)
        if account is None:
            raise UnknownAccount("venue", account=account_id)
        account_values(account, terms.table.row)
