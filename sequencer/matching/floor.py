"""What the modules of the engine work on: all books, and all accounts as they stand in the present batch."""

from __future__ import annotations

from dataclasses import dataclass, field

from rollup.errors import OrderNotOpen, RollupError, RuleBroken, SectionFull, UnknownAccount
from rollup.presets import Preset
from rollup.state import State
from rollup.types.accounts import Account
from rollup.units import COLUMNS, FEE_ACCOUNT, POSITION_SLOTS
from sequencer.matching.coverage import columns_of, refresh
from sequencer.matching.errors import MatchingError
from sequencer.matching.requests import Ending, Removal
from sequencer.matching.standing import Standing
from sequencer.matching.terms import Terms
from sequencer.orderbook.book import OrderBook
from sequencer.orderbook.resting import RestingOrder


@dataclass(slots=True)
class Floor:
    """Books by series, accounts by id. `removals` are those of the present call; `epoch` counts batches."""

    preset: Preset
    state: State
    terms: Terms
    epoch: int = 0
    books: dict[int, OrderBook] = field(default_factory=dict)
    standings: dict[int, Standing] = field(default_factory=dict)
    removals: list[Removal] = field(default_factory=list)

    def book(self, series_id: int) -> OrderBook:
        """The book of a series; a new one is empty."""
        found = self.books.get(series_id)
        if found is None:
            found = self.books[series_id] = OrderBook(series_id)
        return found

    def standing(self, account_id: int) -> Standing:
        """An account as it stands, looked at again when a batch first touches it. O(1) afterwards.

        Raises `UnknownAccount`, `FieldOutOfRange` for an id beyond the tree, and `UnknownSeries` for a position
        without a row; whatever such an account has in the books is taken out.
        """
        found = self.standings.get(account_id)
        if found is not None and found.epoch == self.epoch:
            return found
        account = self.state.account(account_id)
        if found is None:
            if account is None:
                raise UnknownAccount("order", account=account_id)
            found = Standing(account_id)
        try:
            self._load(found, account)
        except RollupError as error:
            found.epoch = -1
            for order in list(found.open.values()):
                self.drop(order, Ending.REFUSED, error)
            raise
        self.standings[account_id] = found
        return found

    def maker_of(self, order: RestingOrder) -> Standing | None:
        """The account of a resting order; `None` if that was found to be unfit, and its orders are out."""
        try:
            return self.standing(order.account)
        except RollupError:
            return None

    def _load(self, found: Standing, account: Account | None) -> None:
        if account is None:
            raise UnknownAccount("order", account=found.account_id)
        found.load(account, self.epoch)
        for order in list(found.open.values()):
            try:
                self._look_again(found, order, account)
            except RuleBroken as error:
                self.drop(order, Ending.REFUSED, error)
        found.was_distressed = min(columns_of(found, self.terms)[:COLUMNS]) < 0
        refresh(found, self.terms)

    def _look_again(self, standing: Standing, order: RestingOrder, account: Account) -> None:
        """What a new batch may have changed for an order at rest. Raises the rule that it would break."""
        known = account.orders[order.slot]
        is_behind = known.nonce == order.nonce and known.filled_e4 > order.filled_e4
        if known.nonce > order.nonce or is_behind:
            raise OrderNotOpen("order", account=order.account, slot=order.slot, slot_nonce=known.nonce)
        self.terms.check(order.signed.order)
        self.terms.live_row(order.series_id)
        standing.give_slot(order.series_id)

    def drop(self, order: RestingOrder, ending: Ending, error: RollupError | MatchingError | None = None) -> None:
        """Takes an order out of its book and its account, and reports it."""
        self.books[order.series_id].remove(order)
        del self.standings[order.account].open[order.slot]
        self.removals.append(Removal(order.signed, order.remaining_e4, ending, error))

    def check_fits(self, standings: list[Standing], series: set[int], trades: int = 1) -> None:
        """Whether these transactions would fit into a batch by themselves. Raises `SectionFull`."""
        preset = self.preset
        if trades == 1 and preset.series >= 3 * POSITION_SLOTS and preset.examined >= len(standings):
            return
        everybody = {one.account_id: one for one in (*standings, self.standing(FEE_ACCOUNT))}
        all_series = series.union(*(one.series() for one in everybody.values()))
        for section, count, capacity in (
            ("trades", trades, preset.trades),
            ("other touched accounts", len(everybody), preset.accounts - preset.examined),
            ("examined accounts", sum(one.was_distressed for one in everybody.values()), preset.examined),
            ("series", len(all_series), preset.series),
        ):
            if count > capacity:
                raise SectionFull(section, count, capacity)
