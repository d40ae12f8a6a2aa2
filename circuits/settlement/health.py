"""Margin of touched accounts, as `rollup.margin` and `rollup.transition.health`.

V is claimed here, held to its range, and compared with positions times risk table by `margin`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.compare import is_zero
from circuits.gadgets.select import select_by_index
from circuits.settlement.accounts import TouchedAccount
from circuits.settlement.fields import below, bits_below, field
from circuits.settlement.keys import limit_key
from circuits.settlement.records import record
from rollup.errors import (
    BelowInitialMargin,
    LiquidationNotReducing,
    NotLiquidatable,
    ShortfallGrew,
    SubsidyTooLarge,
)
from rollup.parameters import MAINTENANCE_WEIGHT
from rollup.units import CASH_BITS, COLUMNS, POSITION_BITS, VALUE_BITS

EXAMINATION: Final = record(
    values_before=(COLUMNS,),
    values_after=(COLUMNS,),
    least=(),
    breach=(),
    liquidations=(),
    subsidies=(),
    limits=(),
)
"""`least` says which of cash and V before is the smallest, `breach` which scenario is below maintenance margin."""

RULE_LIMIT: Final = "WithdrawableMisstated"
RULE_VALUE: Final = "ValueOutOfRange"
COUNT_BITS: Final = 6


@dataclass(frozen=True, slots=True)
class Worth:
    """V of an account, the mark first, and how the transcript takes it."""

    values: tuple[Wire, ...]
    absorbed: tuple[Ranged, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """An account that is looked at before the batch too, and how often it is referred to, and as what."""

    before: Worth
    after: Worth
    limit_key: Wire
    liquidations: Ranged
    subsidies: Ranged
    limits: Ranged


@subcircuit
def healthy(c: Builder, values: Sequence[Wire]) -> Worth:
    """Asserts 0 <= V < 2^63 in every scenario. Cost: 1,071. Rule: `BelowInitialMargin`."""
    with c.rule(BelowInitialMargin):
        ranged = tuple(below(c, value, CASH_BITS) for value in values)
    return Worth(tuple(values), ranged)


@subcircuit
def examined(c: Builder, account: TouchedAccount, row: Sequence[Wire]) -> Examined:
    """Asserts what holds of an account that is liquidated, subsidised, distressed, or the subject of a forced request.

    Rules: `ShortfallGrew`, `NotLiquidatable`, `LiquidationNotReducing`, `SubsidyTooLarge`.
    """
    columns = EXAMINATION.read(row)
    old, new = columns["values_before"], columns["values_after"]
    before, negative = _signed_values(c, old)
    shortfalls = [c.product(bit, value) for bit, value in zip(negative, old, strict=True)]
    with c.rule(ShortfallGrew):
        gains = tuple(below(c, value - least, VALUE_BITS + 1) for value, least in zip(new, shortfalls, strict=True))
    liquidations, subsidies, limits = (
        field(c, columns[n], COUNT_BITS) for n in ("liquidations", "subsidies", "limits")
    )
    is_liquidated = 1 - is_zero(c, liquidations.wire).wire
    is_subsidised = 1 - is_zero(c, subsidies.wire).wire
    with c.rule(NotLiquidatable):
        chosen = select_by_index(c, columns["breach"], old)
        short = old[0] + MAINTENANCE_WEIGHT * chosen + 1
        below(c, -c.product(is_liquidated, short), VALUE_BITS + MAINTENANCE_WEIGHT.bit_length())
    with c.rule(SubsidyTooLarge):
        below(c, -c.product(is_subsidised, new[0]), VALUE_BITS)
    for slot in account.slots:
        reducing(c, is_liquidated, slot.before, slot.after)
    limit = withdrawable(c, [account.cash_before.wire, *old], columns["least"])
    key = limit_key(account.account, limit + (1 << VALUE_BITS))
    return Examined(Worth(tuple(old), before), Worth(tuple(new), gains), key, liquidations, subsidies, limits)


@subcircuit
def _signed_values(c: Builder, values: Sequence[Wire]) -> tuple[tuple[Ranged, ...], list[Wire]]:
    """-2^86 <= V < 2^86, centred, and 1 for those below 0."""
    with c.rule(RULE_VALUE):
        bits = [bits_below(c, value + (1 << VALUE_BITS), VALUE_BITS + 1) for value in values]
    centred = tuple(Ranged(value + (1 << VALUE_BITS), VALUE_BITS + 1) for value in values)
    return centred, [1 - one[VALUE_BITS].wire for one in bits]


@subcircuit
def reducing(c: Builder, is_liquidated: Wire, before: Wire, after: Wire) -> None:
    """Asserts that a position lies between 0 and what it was, if the account is liquidated. Cost: 81.

    after * (before - after) >= 0 says so in one. Rule: `LiquidationNotReducing`.
    """
    with c.rule(LiquidationNotReducing):
        room = c.product(after, before - after)
        below(c, c.product(is_liquidated, room), 2 * POSITION_BITS + 1)


@subcircuit
def withdrawable(c: Builder, values: Sequence[Wire], index: Wire) -> Wire:
    """The smallest of the values: one of them, and at most each."""
    with c.rule(RULE_LIMIT):
        least = select_by_index(c, index, values)
        for value in values:
            below(c, value - least, VALUE_BITS + 2)
    return least
