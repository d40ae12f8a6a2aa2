"""From what changed to who is told: raw channels at once, grouped ones with a beat of 100 ms."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Final, TypeAlias

from rollup.errors import RollupError
from sequencer.api.account_views import summary
from sequencer.api.authentication import Login, Scope
from sequencer.api.port import NodeRefusal
from sequencer.api.projection.batches import BatchRecord
from sequencer.api.projection.changes import Changes
from sequencer.api.projection.records import OrderRecord, TradeRecord
from sequencer.api.services import Services
from sequencer.api.subscriptions.channels import OWN, Channel, Topic, channel_of
from sequencer.api.subscriptions.connection import Connection
from sequencer.api.subscriptions.room import Room, encoded, level_changes
from sequencer.api.types import notifications as n

BEAT_S: Final = 0.1
WHOLE_BOOK: Final = 1 << 30

Place: TypeAlias = tuple[Topic, int, bool]


class Hub:
    """All rooms. A room exists while somebody is in it. Costs what is told, and nothing where nobody listens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._views = services.views
        self._rooms: dict[Place, Room] = {}
        services.listeners.append(self.heard)

    def channel(self, name: str, account: int | None) -> Channel:
        """What a name means. Raises as `channel_of` does."""
        return channel_of(name, self._services.projection.market, account)

    def join(self, connection: Connection, channel: Channel) -> int:
        """Lets a connection in, and tells it the whole book where the channel is one; returns where its news begin."""
        place = channel.topic, channel.subject, channel.is_grouped
        room = self._rooms.get(place)
        if room is None:
            room = self._rooms[place] = Room(channel)
            if channel.topic is Topic.BOOK:
                room.change_id = self._services.projection.orders.book(channel.subject).change_id
        elif channel.is_grouped and channel.topic is Topic.BOOK:
            self._flush_book(room)
        room.members[connection] = None
        if channel.topic is Topic.BOOK:
            connection.send(encoded(channel.name, self._snapshot(room)))
        return room.change_id

    def leave(self, connection: Connection, channel: Channel) -> None:
        """An empty room is gone."""
        place = channel.topic, channel.subject, channel.is_grouped
        room = self._rooms.get(place)
        if room is not None:
            room.members.pop(connection, None)
            if not room.members:
                del self._rooms[place]

    def heard(self, changes: Changes) -> None:
        """Tells the raw channels, and marks the grouped ones."""
        if not self._rooms:
            return
        for series_id, levels in changes.levels.items():
            self._book_changed(series_id, levels)
        self._traded(changes.trades)
        self._traded(changes.taken_back)
        self._mark(changes)
        self._orders_changed(changes.orders.values())
        self._batches(Topic.BATCH_CUT, changes.batches_cut)
        self._batches(Topic.BATCH_FINALITY, changes.batches_moved)

    async def run(self) -> None:
        """The beat, until it is cancelled."""
        while True:
            await asyncio.sleep(BEAT_S)
            if self._services.lost is None:
                await self.beat()

    async def beat(self) -> None:
        """Tells the grouped channels what was gathered."""
        for room in list(self._rooms.values()):
            topic = room.channel.topic
            if topic is Topic.BOOK and room.levels:
                self._flush_book(room)
            elif topic is Topic.TICKER and room.is_stale:
                self._tell_ticker(room)
            elif topic is Topic.PORTFOLIO and room.is_stale:
                await self._tell_portfolio(room)

    def _mark(self, changes: Changes) -> None:
        if changes.has_new_table:
            for room in self._rooms.values():
                room.is_stale |= room.channel.topic in (Topic.TICKER, Topic.PORTFOLIO)
            return
        for series_id in {*changes.levels, *(trade.series_id for trade in changes.trades)}:
            ticker = self._rooms.get((Topic.TICKER, series_id, True))
            if ticker is not None:
                ticker.is_stale = True
        for account in changes.accounts:
            portfolio = self._rooms.get((Topic.PORTFOLIO, account, True))
            if portfolio is not None:
                portfolio.is_stale = True

    def _book_changed(self, series_id: int, levels: dict[tuple[bool, int], int]) -> None:
        raw = self._rooms.get((Topic.BOOK, series_id, False))
        if raw is not None:
            raw.levels = levels
            self._flush_book(raw)
        grouped = self._rooms.get((Topic.BOOK, series_id, True))
        if grouped is not None:
            grouped.levels |= levels

    def _flush_book(self, room: Room) -> None:
        if not room.levels:
            return
        levels, room.levels, before = room.levels, {}, room.change_id
        room.change_id = self._services.projection.orders.book(room.channel.subject).change_id
        room.tell(
            n.BookNews(
                type="change",
                change_id=room.change_id,
                prev_change_id=before,
                instrument_name=self._views.name(room.channel.subject),
                bids=level_changes(levels, is_buy=True),
                asks=level_changes(levels, is_buy=False),
            )
        )

    def _snapshot(self, room: Room) -> n.BookNews:
        book = self._services.projection.orders.book(room.channel.subject)
        bids, asks = (
            [n.LevelChange(price_e2, size_e4) for price_e2, size_e4, _ in side.best(WHOLE_BOOK)]
            for side in (book.bids, book.asks)
        )
        return n.BookNews(
            type="snapshot",
            change_id=room.change_id,
            prev_change_id=None,
            instrument_name=self._views.name(book.series_id),
            bids=bids,
            asks=asks,
        )

    def _traded(self, trades: list[TradeRecord]) -> None:
        by_series: dict[int, list[TradeRecord]] = {}
        by_account: dict[int, list[TradeRecord]] = {}
        for trade in trades:
            by_series.setdefault(trade.series_id, []).append(trade)
            for account in trade.accounts:
                by_account.setdefault(account, []).append(trade)
        for series_id, some in by_series.items():
            room = self._rooms.get((Topic.TRADES, series_id, False))
            if room is not None:
                new, before = room.next_id()
                shown = [self._views.trade(one) for one in some]
                room.tell(n.TradesNews(change_id=new, prev_change_id=before, trades=shown))
        for account, some in by_account.items():
            room = self._own_room(Topic.OWN_TRADES, account)
            if room is not None:
                new, before = room.next_id()
                own = [self._views.own_trade(one, account) for one in some]
                room.tell(n.OwnTradesNews(change_id=new, prev_change_id=before, trades=own))

    def _orders_changed(self, orders: Iterable[OrderRecord]) -> None:
        by_account: dict[int, list[OrderRecord]] = {}
        for order in orders:
            by_account.setdefault(order.key.account, []).append(order)
        for account, some in by_account.items():
            room = self._own_room(Topic.ORDERS, account)
            if room is not None:
                new, before = room.next_id()
                shown = [self._views.order(one) for one in some]
                room.tell(n.OrdersNews(change_id=new, prev_change_id=before, orders=shown))

    def _batches(self, topic: Topic, batches: list[BatchRecord]) -> None:
        room = self._rooms.get((topic, 0, False))
        if room is not None and batches:
            new, before = room.next_id()
            shown = [self._views.batch(one) for one in batches]
            room.tell(n.BatchesNews(change_id=new, prev_change_id=before, batches=shown))

    def _tell_ticker(self, room: Room) -> None:
        room.is_stale = False
        ticker = self._views.ticker(room.channel.subject)
        if ticker is not None:
            new, before = room.next_id()
            room.tell(n.TickerNews(change_id=new, prev_change_id=before, ticker=ticker))

    async def _tell_portfolio(self, room: Room) -> None:
        room.is_stale = False
        account = room.channel.subject
        try:
            snapshot = await self._services.node.account(account)
        except (NodeRefusal, RollupError):
            return
        if self._own_room(Topic.PORTFOLIO, account) is room:
            new, before = room.next_id()
            shown = summary(self._services.projection, snapshot)
            room.tell(n.PortfolioNews(change_id=new, prev_change_id=before, account=shown))

    def _own_room(self, topic: Topic, account: int) -> Room | None:
        """Without those whose session has ended."""
        place = topic, account, topic is Topic.PORTFOLIO
        room = self._rooms.get(place)
        if room is not None:
            for member in [one for one in room.members if not self._may_see(one.login, account)]:
                member.unsubscribe([name for name, one in member.channels.items() if one.topic in OWN])
        return self._rooms.get(place)

    def _may_see(self, login: Login | None, account: int) -> bool:
        if login is None or login.account != account:
            return False
        if login.scope is Scope.ACCOUNT:
            return True
        end_s = self._services.projection.session_expiry_s(account, login.key)
        return end_s is not None and self._services.clock() <= end_s
