"""Trades at the prices of a chain, for a chain knows quotes and no trades: buyers pay the ask, sellers get the bid."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from sequencer.markets.deribit import ChainRow
from sequencer.markets.errors import BadSetting
from sequencer.markets.records import Aggressor, MarketTrade

LOT_E4: Final = 1_000
"""Deribit's smallest amount, 0.1."""

MOST_LOTS: Final = 50


def chain_trades(rows: Sequence[ChainRow], count: int, seconds: int, rng: Random) -> list[MarketTrade]:
    """So many trades spread over some seconds after the chain's time, in rows picked by open interest.

    Raises `BadSetting` if no row with a quote has any.
    """
    sides: list[tuple[ChainRow, Aggressor, int]] = []
    for row in rows:
        for price_e2, who in ((row.quote.ask_e2, Aggressor.BUYER), (row.quote.bid_e2, Aggressor.SELLER)):
            if price_e2 and row.open_interest_e4 >= LOT_E4:
                sides.append((row, who, price_e2))
    if not sides:
        raise BadSetting("rows", len(rows), "some with a quote and open interest")
    chosen = rng.choices(sides, [row.open_interest_e4 for row, _, _ in sides], k=count)
    trades = []
    for place, (row, who, price_e2) in enumerate(chosen):
        lots = rng.randint(1, min(MOST_LOTS, row.open_interest_e4 // LOT_E4))
        time_s = row.point.time_s + place * seconds // count
        trades.append(MarketTrade(time_s, row.point.instrument, price_e2, lots * LOT_E4, who))
    return trades
