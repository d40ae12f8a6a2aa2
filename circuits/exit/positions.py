"""A position slot of an account that leaves, and the row of the risk table that marks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.merkle import ARITY, levels, merkle_root
from circuits.gadgets.poseidon import poseidon
from circuits.gadgets.select import mux
from circuits.settlement.accounts import RULE_LEAF, SERIES_SHIFT
from circuits.settlement.fields import below, bits_below, packed
from circuits.settlement.records import Record, record
from circuits.settlement.series_rows import REST_BITS, RULE_ROW
from rollup.exits import ROW_CROWN, NotInRiskTable
from rollup.risk_table import ROW_TAG, ROW_TAG_SHIFT
from rollup.types.accounts import POSITION_CENTRE
from rollup.units import POSITION_BITS, PRICE_BITS, SERIES_ID_BITS, TIME_BITS

BEFORE_MARK_BITS: Final = TIME_BITS + 1
"""Expiry, and whether the series is settled: nothing to do with what it is worth."""


def position_record(depth: int) -> Record:
    """The columns of a slot, for a risk table of this depth."""
    return record(
        is_held=(),
        series_id=(),
        size_e4=(),
        before_mark=(),
        mark_e2=(),
        rest=(),
        digest=(),
        path=(depth - ROW_CROWN, ARITY),
    )


@dataclass(frozen=True, slots=True)
class MarkedPosition:
    """A slot as the leaf packs it, and what it is worth at the mark, below 0 for a debt."""

    packed: Wire
    worth_e6: Wire


@subcircuit
def marked_position(c: Builder, row: Sequence[Wire], crown: Sequence[Wire], *, depth: int) -> MarkedPosition:
    """Asserts that a held slot is marked by the row at its series' place in the table; one wire is the id of both.

    Of an empty slot's row nothing is asserted but ranges and that its path leads somewhere: size 0 is worth 0 at every
    mark. Cost: 453, and 298 a level below the crown. Rules: `LeafMisread`, `RowMisread`, and
    `NotInRiskTable`.
    """
    columns = position_record(depth).read(row)
    is_held, size_e4 = columns["is_held"], columns["size_e4"]
    with c.rule(RULE_LEAF):
        c.assert_product(is_held, is_held - 1, 0)
        c.assert_product(1 - is_held, size_e4, 0)
        below(c, size_e4 + (1 << POSITION_BITS), POSITION_BITS + 1)
        id_bits = bits_below(c, columns["series_id"], SERIES_ID_BITS)
        held_id = c.product(is_held, columns["series_id"])
    leaf, mark_e2 = row_leaf(c, Ranged(columns["series_id"], SERIES_ID_BITS), columns)
    own_levels = depth - ROW_CROWN
    places = [(id_bits[2 * i].wire, id_bits[2 * i + 1].wire) for i in range(own_levels)]
    with c.rule(NotInRiskTable):
        node = merkle_root(c, leaf, levels(columns["path"], places))
        c.assert_product(is_held, mux(c, id_bits[2 * own_levels : 2 * depth], crown) - node, 0)
    return MarkedPosition(
        held_id * (1 << SERIES_SHIFT) + POSITION_CENTRE * is_held + size_e4, c.product(size_e4, mark_e2)
    )


def row_leaf(c: Builder, series_id: Ranged, columns: dict[str, Wire]) -> tuple[Wire, Wire]:
    """A row's leaf, and the mark in it, as `rollup.risk_table.row_inputs` writes them."""
    with c.rule(RULE_ROW):
        before_mark = below(c, columns["before_mark"], BEFORE_MARK_BITS)
        mark_e2 = below(c, columns["mark_e2"], PRICE_BITS)
        rest = below(c, columns["rest"], REST_BITS)
        description = packed(c, (series_id, before_mark, mark_e2, rest)) + (ROW_TAG << ROW_TAG_SHIFT)
        return poseidon(c, [columns["digest"], description]), mark_e2.wire
