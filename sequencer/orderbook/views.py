"""What others may see of a book."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BookLevel:
    """All orders at one price."""

    price_e2: int
    size_e4: int
    orders: int


@dataclass(frozen=True, slots=True)
class BookView:
    """Prices from the best to the worst, for each side."""

    series_id: int
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """How many orders are filled before this one, and how much they want."""

    orders_before: int
    size_before_e4: int
