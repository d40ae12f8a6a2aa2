"""From a traced exit to the inputs of the circuit."""

from __future__ import annotations

from functools import cache
from typing import Any

from circuits.exit.positions import BEFORE_MARK_BITS, position_record
from primitives.field import FR
from primitives.poseidon import poseidon
from rollup.exits import ROW_CROWN, ExitRow, ExitTrace
from rollup.packing import packed
from rollup.risk_table import ROW_TAG, ROW_TAG_SHIFT
from rollup.tree import ARITY
from rollup.types.accounts import Position
from rollup.types.rows import description_fields
from rollup.units import PRICE_BITS, SERIES_ID_BITS


def exit_values(trace: ExitTrace) -> dict[str, Any]:
    """The inputs of the preset's circuit. All integers in [0, r)."""
    claim, account = trace.claim, trace.account
    return {
        "state_root": claim.state_root,
        "risk_root": claim.risk_root,
        "account": claim.account_id,
        "amount_e6": claim.amount_e6,
        "key": list(account.key),
        "cash_e6": account.cash_e6,
        "orders": [order.packed for order in account.orders],
        "path": [list(children) for children in trace.path.levels],
        "positions": [
            position_values(position, found, trace.preset.series_depth)
            for position, found in zip(account.positions, trace.rows, strict=True)
        ],
        "row_crown": list(trace.row_crown),
    }


def position_values(position: Position, found: ExitRow | None, depth: int) -> list[int]:
    """The row of a slot. An empty one has no series: zeros, and a path that leads up from them to no root."""
    columns = position_record(depth)
    if found is None:
        nothing: dict[str, Any] = {name: 0 for name, shape in columns.columns if not shape}
        return columns.write({**nothing, "path": path_of_nothing(depth - ROW_CROWN)})
    after_id = packed(description_fields(found.row)) >> SERIES_ID_BITS
    return columns.write(
        {
            "is_held": int(position.size_e4 != 0),
            "series_id": position.series_id,
            "size_e4": position.size_e4 % FR,
            "before_mark": after_id & (1 << BEFORE_MARK_BITS) - 1,
            "mark_e2": found.row.mark_e2,
            "rest": after_id >> BEFORE_MARK_BITS + PRICE_BITS,
            "digest": found.digest,
            "path": found.path.levels[: depth - ROW_CROWN],
        }
    )


@cache
def path_of_nothing(levels: int) -> tuple[tuple[int, ...], ...]:
    """A path at place 0 above a row of zeros, beside which there are zeros."""
    node = poseidon([0, ROW_TAG << ROW_TAG_SHIFT])
    path = []
    for _ in range(levels):
        path.append((node, *(0,) * (ARITY - 1)))
        node = poseidon(path[-1])
    return tuple(path)
