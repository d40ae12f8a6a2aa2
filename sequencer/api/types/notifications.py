"""What subscribers are told. `prev_change_id` is the `change_id` of the notification before: if not, one was missed."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from sequencer.api.types.answers import AccountSummary, Batch, Order, OwnTrade, Ticker, Trade


class LevelChange(Struct, frozen=True, array_like=True):
    """A price and the size that waits there now; 0 is a level that is gone."""

    price_e2: int
    size_e4: int


class News(Struct, frozen=True, kw_only=True):
    """Of any channel."""

    change_id: int
    prev_change_id: int | None


class BookNews(News, frozen=True, kw_only=True):
    """The whole book first, then changes."""

    type: Literal["snapshot", "change"]
    instrument_name: str
    bids: list[LevelChange]
    asks: list[LevelChange]


class TradesNews(News, frozen=True, kw_only=True):
    """New trades, or, with finality taken_back, those that will not be."""

    trades: list[Trade]


class TickerNews(News, frozen=True, kw_only=True):
    """At most every 100 ms."""

    ticker: Ticker


class OrdersNews(News, frozen=True, kw_only=True):
    """Own orders that changed."""

    orders: list[Order]


class OwnTradesNews(News, frozen=True, kw_only=True):
    """Own new trades, or those that will not be."""

    trades: list[OwnTrade]


class PortfolioNews(News, frozen=True, kw_only=True):
    """The own account, at most every 100 ms."""

    account: AccountSummary


class BatchesNews(News, frozen=True, kw_only=True):
    """Batches that were cut, or moved."""

    batches: list[Batch]


class Parameters(Struct, frozen=True):
    """Channel and news."""

    channel: str
    data: News


class Notification(Struct, frozen=True):
    """As JSON-RPC has it: a request without an id."""

    params: Parameters
    jsonrpc: Literal["2.0"] = "2.0"
    method: Literal["subscription"] = "subscription"
