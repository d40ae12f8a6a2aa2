"""Inputs of provers who say something in a place that is not used: every part of every word, one at a time.

The word of such a place is 0. Each of these breaks that rule, and no other but for the cash that it moves, so that no
part of a word can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Final

from circuits.settlement.forging import (
    Values,
    values_of,
    with_entry,
    with_liquidation,
    with_operation,
    with_settlement,
    with_trade,
)
from circuits.settlement.sample import Venue, sample
from rollup.errors import FieldOutOfRange
from rollup.presets import Preset

RULE: Final = FieldOutOfRange.__name__
SIDES: Final = ("maker", "taker")
OF_LEG: Final = ("account", "slot", "nonce")
OF_FILL: Final = ("series_id", "price_e2")
OF_TRADE: Final = ("maker_is_buy", "maker_position_slot", "taker_position_slot")
OF_LIQUIDATION: Final = ("account", "liquidator_is_buy", "position_slot", "liquidator_position_slot", "subsidy_e6")
OF_OPERATION: Final = OF_LEG
OF_SETTLEMENT: Final = ("account", "position_slot")
OF_ENTRY: Final = ("account", "amount_e6")


def refused_places(preset: Preset, random: Random) -> Iterator[tuple[str, Values]]:
    """Inputs with the rule that they break. About a second at TINY."""
    found = sample(Venue(preset, random))
    empty = values_of(found, preset, queue=(), trades=(), operations=(), liquidations=(), settlements=())
    for name in (*OF_FILL, *OF_TRADE):
        yield RULE, with_trade(empty, {name: 1}, taker={"limit_price_e2": int(name == "price_e2")})
    for side in SIDES:
        for name in OF_LEG:
            yield RULE, with_trade(empty, {}, **{side: {name: 1}})
    for name in (*OF_FILL, *OF_LIQUIDATION):
        yield RULE, with_liquidation(empty, {name: 1})
    for name in OF_LEG:
        yield RULE, with_liquidation(empty, {}, {name: 1})
    for name in OF_OPERATION:
        yield RULE, with_operation(empty, **{name: 1})
    for name in OF_SETTLEMENT:
        yield RULE, with_settlement(empty, **{name: 1})
    for name in OF_ENTRY:
        yield RULE, with_entry(empty, **{name: 1})
