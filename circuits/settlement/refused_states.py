"""Inputs of provers who lie about accounts and series rows: what is there, and what hangs in which tree.

Each breaks one rule, and little else but what ties a place to the tree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from circuits.settlement.accounts import account_record
from circuits.settlement.arguments import RULE_EXAMINED
from circuits.settlement.health import EXAMINATION
from circuits.settlement.inputs import settlement_values
from circuits.settlement.margin import RULE_POSITIONS
from circuits.settlement.places import NO_SECTIONS, far_apart
from circuits.settlement.sample import FIRST_TRADER, Venue, sample
from circuits.settlement.series_rows import row_record
from circuits.settlement.statement import HEADER, RULE_RISK_ROOT
from primitives.field import FR
from primitives.poseidon import poseidon
from rollup.errors import AlreadyRegistered, FieldOutOfRange
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.trace import Trace, trace_batch
from rollup.types.accounts import Account
from rollup.types.transactions import Deposit

Values = dict[str, Any]

FLAGS: Final = (
    (FieldOutOfRange.__name__, 2, 0),
    (FieldOutOfRange.__name__, 0, 2),
    (AlreadyRegistered.__name__, 1, 1),
)
"""The rule that is broken; `existed`, `is_registered`."""


def refused_states(preset: Preset, random: Random) -> Iterator[tuple[str, Values]]:
    """Inputs with the rule that they break. About two seconds at TINY."""
    venue = Venue(preset, random)
    found = sample(venue)
    nothing = trace_batch(found.state, found.table, replace(found.batch, **NO_SECTIONS), preset)
    empty = settlement_values(nothing, 1)
    yield from _flags_of_nobody(empty, preset)
    yield from _examined_more_often(empty, "subsidies", "limits")
    held = found.state.account(FIRST_TRADER)
    series_id = 0 if held is None else held.positions[0].series_id
    table = RiskTable((row for row in found.table.rows() if row.series.series_id != series_id), preset.series_depth)
    queue = (Deposit(FIRST_TRADER, 7),)
    touching = trace_batch(found.state, found.table, replace(found.batch, **{**NO_SECTIONS, "queue": queue}), preset)
    values = settlement_values(touching, 1)
    yield from _rows_elsewhere(values, preset)
    yield from _rows_elsewhere(next(far_apart(preset, random)), preset)
    yield from _prices_of_nothing(values, touching, table)
    yield from _examined_more_often(values, "liquidations")


def _flags_of_nobody(values: Values, preset: Preset) -> Iterator[tuple[str, Values]]:
    """An empty leaf times 2 is a leaf, unless flags are bits and an account is not both old and new.

    The paths are right below the crown.
    """
    record = account_record(preset.account_depth, preset.account_crown)
    nobody, *others = values["accounts"]
    columns = record.read(nobody)
    leaf = poseidon(list(Account((columns["key"][0], columns["key"][1])).leaf_inputs()))
    for rule, existed, registered in FLAGS:
        path = _path_of(existed * leaf % FR, columns["path"], columns["places"])
        row = record.write({**columns, "existed": existed, "is_registered": registered, "path": path})
        yield rule, {**values, "accounts": [row, *others]}


def _path_of(leaf: int, levels: Sequence[Sequence[int]], places: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The same path with another leaf."""
    path, node = [], leaf
    for level, (low, high) in zip(levels, places, strict=False):
        path.append([node if i == low + 2 * high else other for i, other in enumerate(level)])
        node = poseidon(path[-1])
    return path


def _rows_elsewhere(values: Values, preset: Preset) -> Iterator[tuple[str, Values]]:
    """A path that does not lead to the table's root: another node beside the last one on it."""
    record, rows = row_record(preset.series_depth, preset.series_crown), values["rows"]
    for i, row in enumerate(rows):
        columns = record.read(row)
        *levels, last = columns["path"]
        beside = ((columns["series_id"] >> 2 * len(levels)) + 1) % len(last)
        moved = [(node + (place == beside)) % FR for place, node in enumerate(last)]
        forged = record.write({**columns, "path": [*levels, moved]})
        yield RULE_RISK_ROOT, {**values, "rows": [*rows[:i], forged, *rows[i + 1 :]]}


def _prices_of_nothing(values: Values, touching: Trace, table: RiskTable) -> Iterator[tuple[str, Values]]:
    """A position in a series that is not in the table, valued as its prover likes: an empty place has no values.

    Once in each place of the rows.
    """
    preset = touching.preset
    record = row_record(preset.series_depth, preset.series_crown)
    held, *others = values["rows"]
    crown = preset.series_crown

    def below_crown(series_id: int) -> Any:
        levels = table.path(series_id).levels
        return levels[: len(levels) - crown]

    gone = record.write({**record.read(held), "exists": 0, "path": below_crown(record.read(held)["series_id"])})
    empty = [record.write({**record.read(row), "path": below_crown(record.read(row)["series_id"])}) for row in others]
    header = HEADER.write({**HEADER.read(values["header"][0]), "risk_root": table.root})
    for i in range(len(values["rows"])):
        rows = [*empty[:i], gone, *empty[i:]]
        yield RULE_POSITIONS, {**values, "header": [header], "row_crown": list(table.crown(crown)), "rows": rows}


def _examined_more_often(values: Values, *counts: str) -> Iterator[tuple[str, Values]]:
    """Accounts that are examined for what did not happen."""
    first, *others = values["examinations"]
    for count in counts:
        row = EXAMINATION.write({**EXAMINATION.read(first), count: 1})
        yield RULE_EXAMINED, {**values, "examinations": [row, *others]}
