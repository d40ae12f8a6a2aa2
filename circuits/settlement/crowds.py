"""Honest batches of accounts that all hold something everywhere: for each place and slot, one where it is used.

An argument sums over all of them, so that a wrong coefficient shows only where its term is not 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from random import Random
from typing import Any, Final

from circuits.settlement.inputs import settlement_values
from circuits.settlement.places import LIVE, LIVE_SERIES, NO_SECTIONS, liquidated_longs
from circuits.settlement.sample import CASH_E6, CONTRACT_E4, FIRST_TRADER, Sample, Venue, sample
from rollup.state import State
from rollup.trace import trace_batch
from rollup.types.accounts import Account, Position
from rollup.types.orders import SignedOrder
from rollup.types.transactions import ForcedWithdrawal, Settlement, Trade
from rollup.units import POSITION_SLOTS

SETTLED: Final = 1
"""The sample's settled series."""

Sides = tuple[SignedOrder, SignedOrder]


def crowds(venue: Venue) -> Iterator[dict[str, Any]]:
    """Inputs: of examined accounts, and of others, the first so many are touched, and the last of them settles.

    Two by two they trade, at no fee, which would touch one more. In the end each examined place is that of who is
    liquidated. For presets whose trades are enough to touch all accounts. About 16 s at TINY, with the venue's own
    hashes and signatures.
    """
    preset, random = venue.preset, venue.random
    found = sample(venue)
    free = replace(found.batch, **NO_SECTIONS, maker_fee_ppm=0, taker_fee_ppm=0)
    examined = min(preset.examined, preset.queue)
    everybody = range(examined + preset.accounts - preset.examined)
    keys = [venue.public_key(venue.secret(index)) for index in everybody]
    orders = {
        (first, series_id): _sides(venue, found, first, series_id)
        for group in (everybody[:examined], everybody[examined:])
        for first in group[:-1:2]
        for series_id in range(LIVE, LIVE + LIVE_SERIES)
    }
    for slot in range(POSITION_SLOTS):
        state = State(preset.account_depth, venue.crypto)
        state.put({index: Account(keys[index], CASH_E6, _held(slot, random)) for index in everybody})
        traded = (slot + 1) % POSITION_SLOTS
        for group in (everybody[:examined], everybody[examined:]):
            for first in range(0, len(group), preset.settlements):
                last = first + preset.settlements
                sides = [orders[one, _series(traded)] for one in group[:last][:-1:2]]
                batch = replace(
                    free,
                    queue=tuple(ForcedWithdrawal(index, 1) for index in group[:last] if index < examined),
                    trades=_trades(sides, traded, random),
                    settlements=tuple(Settlement(index, slot, SETTLED) for index in group[first:last]),
                )
                yield settlement_values(trace_batch(state.copy(), found.table, batch, preset), 1)
    for place in range(1, min(examined, FIRST_TRADER + 1)):
        yield from islice(liquidated_longs(preset, random, place), 1)


def _series(slot: int) -> int:
    """The live series that everybody holds in a slot."""
    return LIVE + slot % LIVE_SERIES


def _held(settled: int, random: Random) -> tuple[Position, ...]:
    """More than a contract in every slot, in one of the settled series."""
    return tuple(
        Position(SETTLED if slot == settled else _series(slot), CONTRACT_E4 + random.randrange(1, CONTRACT_E4))
        for slot in range(POSITION_SLOTS)
    )


def _sides(venue: Venue, found: Sample, first: int, series_id: int) -> Sides:
    """Orders of an account and the next one, at the mark."""
    row = found.table.row(series_id)
    mark_e2 = 0 if row is None else row.mark_e2
    maker, taker = (
        venue.order(account, series_id, CONTRACT_E4, mark_e2, is_buy=account == first) for account in (first, first + 1)
    )
    return maker, taker


def _trades(sides: Sequence[Sides], slot: int, random: Random) -> tuple[Trade, ...]:
    return tuple(
        Trade(maker, taker, maker.order.limit_price_e2, 1 + random.randrange(CONTRACT_E4), slot, slot)
        for maker, taker in sides
    )
