"""One book for each series: who waits at which price, in which order."""

from sequencer.orderbook.book import OrderBook
from sequencer.orderbook.resting import RestingOrder
from sequencer.orderbook.side import BookSide
from sequencer.orderbook.views import BookLevel, BookView, QueuePlace

__all__ = ["BookLevel", "BookSide", "BookView", "OrderBook", "QueuePlace", "RestingOrder"]
