"""Rows of the risk table, as `rollup.risk_table`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.merkle import ARITY, Level, merkle_root
from circuits.gadgets.poseidon import poseidon
from circuits.settlement.fields import below, bits_below, flag, packed
from circuits.settlement.keys import series_key
from circuits.settlement.records import Record, record
from rollup.errors import UnknownSeries
from rollup.risk_table import ROW_TAG, ROW_TAG_SHIFT
from rollup.types.series import UNDERLYING_BITS
from rollup.units import PRICE_BITS, SCENARIOS, SERIES_ID_BITS, TIME_BITS

RULE_ROW: Final = "RowMisread"
REST_BITS: Final = PRICE_BITS + 1 + UNDERLYING_BITS
"""Strike, kind and underlying: the oracles' business, of which the proof knows nothing."""

COUNT_BITS: Final = 12
"""How often a row is looked up: by every fill and settlement of a batch."""


def row_record(depth: int, crown: int) -> Record:
    """The columns of a series row in a table of this depth, below a crown of so many levels."""
    return record(
        exists=(),
        series_id=(),
        expiry_s=(),
        is_settled=(),
        mark_e2=(),
        rest=(),
        values=(SCENARIOS,),
        count=(),
        path=(depth - crown, ARITY),
    )


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A row that the batch looks at. `values` has the mark first; `count` says how often it is looked up.

    `node` is that of the crown above it, at `crown_place`.
    """

    exists: Wire
    series_id: Ranged
    values: tuple[Wire, ...]
    key: Wire
    count: Ranged
    leaf: Wire
    crown_place: tuple[Wire, ...]
    node: Wire


@subcircuit
def series_row(c: Builder, row: Sequence[Wire], *, depth: int, crown: int) -> SeriesRow:
    """Asserts that a row is in the table, at the place that its id ends in, or that the place is empty.

    Precondition: the values are what the oracles signed, hence prices; they are not ranged here.
    """
    columns = row_record(depth, crown).read(row)
    exists = flag(c, columns["exists"])
    with c.rule(RULE_ROW):
        id_bits = [bit.wire for bit in bits_below(c, columns["series_id"], SERIES_ID_BITS)]
        series_id = Ranged(columns["series_id"], SERIES_ID_BITS)
        expiry_s = below(c, columns["expiry_s"], TIME_BITS)
        mark_e2 = below(c, columns["mark_e2"], PRICE_BITS)
        rest = below(c, columns["rest"], REST_BITS)
        count = below(c, columns["count"], COUNT_BITS)
    is_settled = flag(c, columns["is_settled"])
    settled = Ranged(is_settled.wire, 1)
    description = packed(c, (series_id, expiry_s, settled, mark_e2, rest)) + (ROW_TAG << ROW_TAG_SHIFT)
    leaf = c.product(exists.wire, poseidon(c, [poseidon(c, columns["values"]), description]))
    with c.rule(UnknownSeries):
        c.assert_product(1 - exists.wire, count.wire, 0)
    levels = []
    for i, (first, second, third, fourth) in enumerate(columns["path"]):
        levels.append(Level((first, second, third, fourth), (id_bits[2 * i], id_bits[2 * i + 1])))
    return SeriesRow(
        exists.wire,
        series_id,
        (mark_e2.wire, *columns["values"]),
        series_key(series_id.wire, expiry_s.wire, is_settled.wire, mark_e2.wire),
        count,
        leaf,
        tuple(id_bits[2 * (depth - crown) : 2 * depth]),
        merkle_root(c, leaf, levels),
    )
