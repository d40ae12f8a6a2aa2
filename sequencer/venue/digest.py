"""All that decides what a venue does next, in one hash: two venues with the same digest go the same way."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from sequencer.matching.floor import Floor
from sequencer.venue.venue import Venue
from sequencer.venue.views import VenueReader


def digest(venue: Venue) -> str:
    """Hexadecimal. Costs O(accounts and open orders): for comparing, not for every message."""
    engine, table = venue.engine, venue.table
    parts: list[Any] = [
        venue.state.root,
        0 if table is None else table.root,
        venue.table_time_s,
        venue.time_s,
        venue.is_under_stress,
        venue.next_batch,
        venue.next_queue_index,
        venue.applied,
        venue.records.trades,
        venue.sessions.all(),
        sorted(venue.spots.items()),
        repr(venue.pending),
    ]
    if engine is not None:
        parts += [_orders(engine.floor), _accounts(venue, engine.floor)]
    return sha256(json.dumps(parts).encode()).hexdigest()


def _orders(floor: Floor) -> list[Any]:
    """Whoever is first is first."""
    return [
        (series_id, order.account, order.slot, order.nonce, order.remaining_e4, order.filled_e4, order.reduce_only)
        for series_id, book in sorted(floor.books.items())
        for side in (book.bids, book.asks)
        for order in side.orders()
    ]


def _accounts(venue: Venue, floor: Floor) -> list[Any]:
    """As they stand, whether or not they were looked at since the batch began."""
    reader = VenueReader(venue)
    known = {account_id for account_id, _ in venue.state.accounts()} | set(floor.standings)
    views = [reader.account(account_id) for account_id in sorted(known)]
    return [(one.account, one.cash_e6, one.positions, one.nonces, one.is_liquidated) for one in views]
