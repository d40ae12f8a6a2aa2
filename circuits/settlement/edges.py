"""Honest inputs that chance would seldom make: close-outs that one condition alone forbids; a new account examined.

All are no-ops or plain; a row that forgets a condition tells itself from the right one only here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import CONTRACT_E4, FIRST_TRADER, NOW_S, Sample, Venue, sample
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.trace import trace_batch
from rollup.types.accounts import EMPTY_POSITION, Position
from rollup.types.series import SeriesRow
from rollup.types.transactions import ForcedCloseOut, ForcedWithdrawal, QueueEntry, Registration
from rollup.units import CASH_BITS, COLUMNS, INSURANCE_ACCOUNT, POSITION_BITS, POSITION_SLOTS

HOLDER: Final = FIRST_TRADER + 1
LIVE, OTHER = 2, 3
"""Series of the sample."""
SIZE_E4: Final = 4 * CONTRACT_E4
MOST_E4: Final = (1 << POSITION_BITS) - 1
MOST_E6: Final = (1 << CASH_BITS) - 1
SLOT: Final = 6
FLAT_E2: Final = 400
DEAR_E2: Final = 9_000

Change = tuple[int, int | None, Position | None]
"""An account's number, and what becomes of its cash and of its position in the slot."""

Changes = Sequence[tuple[int, int | None, Mapping[int, Position]]]
"""Accounts' numbers, their cash unless it stays, and all their positions by slot."""

LONG, SHORT = Position(LIVE, SIZE_E4), Position(LIVE, -SIZE_E4)
CLOSE_OUTS: Final[tuple[tuple[Change, ...], ...]] = (
    (),
    ((INSURANCE_ACCOUNT, None, Position(OTHER, 1)),),
    ((INSURANCE_ACCOUNT, None, Position(LIVE, MOST_E4)),),
    ((INSURANCE_ACCOUNT, None, Position(LIVE, -MOST_E4)), (HOLDER, None, SHORT)),
    ((HOLDER, MOST_E6, None),),
    ((HOLDER, 0, SHORT),),
    ((INSURANCE_ACCOUNT, 0, None),),
    ((INSURANCE_ACCOUNT, MOST_E6, None), (HOLDER, None, SHORT)),
)
"""Plain; another series there; too much, too little there; cash: too much, too little, of the account and the fund."""


def edge_values(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """Inputs. About a second at TINY. For presets whose queue has two places and that examine two accounts."""
    venue = Venue(preset, random, first_slot=SLOT)
    found = sample(venue)
    asked = ForcedCloseOut(HOLDER, SLOT, LIVE)
    for changes in CLOSE_OUTS:
        yield _values(preset, found, _changed(found.state, changes), found.table, asked)
    for slot, series_id in ((SLOT + 1, LIVE), (SLOT, OTHER), ((SLOT - 1) % POSITION_SLOTS, 1)):
        yield _values(preset, found, found.state, found.table, replace(asked, position_slot=slot, series_id=series_id))
    for row in _no_longer_live(found.table):
        others = [other for other in found.table.rows() if other.series.series_id != LIVE]
        yield _values(preset, found, found.state, RiskTable([*others, row], preset.series_depth), asked)
    new = next(entry for entry in found.batch.queue if isinstance(entry, Registration))
    yield _values(preset, found, found.state, found.table, new, ForcedWithdrawal(new.account, 1))


def column_values(preset: Preset, random: Random) -> Iterator[dict[str, Any]]:
    """Close-outs that one column alone forbids: the account would lose a hedge, or the fund take over what is dear.

    At the mark nothing changes: there the one or the other is worth less than nothing before. About 2 s at TINY.
    """
    found = sample(Venue(preset, random, first_slot=SLOT))
    asked, slot, hedge = ForcedCloseOut(HOLDER, SLOT, LIVE), SLOT, SLOT + 1
    short = Position(OTHER, -SIZE_E4)
    for column in range(COLUMNS):
        dear = {OTHER} if column == 0 else {LIVE, OTHER}
        table = RiskTable((_worth(row, column, dear) for row in found.table.rows()), preset.series_depth)
        little = FLAT_E2 * SIZE_E4
        hedged: Changes = ((HOLDER, little, {slot: LONG, hedge: short}), (INSURANCE_ACCOUNT, None, {}))
        poor: Changes = ((HOLDER, None, {slot: SHORT}), (INSURANCE_ACCOUNT, little, {} if column else {hedge: short}))
        for changes in (hedged, poor):
            yield _values(preset, found, _with_positions(found.state, changes), table, asked)


def _worth(row: SeriesRow, column: int, dear: Collection[int]) -> SeriesRow:
    """Live series are worth the same everywhere, but for one column of those that are dear there."""
    if row.is_settled:
        return row
    most = DEAR_E2 if row.series.series_id in dear else FLAT_E2
    return replace(row, values_e2=tuple(most if i == column else FLAT_E2 for i in range(COLUMNS)))


def _with_positions(state: State, changes: Changes) -> State:
    """Accounts with other cash and with these positions alone, by slot."""
    copy = state.copy()
    for index, cash_e6, held in changes:
        account = copy.account(index)
        if account is not None:
            positions = tuple(held.get(slot, EMPTY_POSITION) for slot in range(POSITION_SLOTS))
            cash = account.cash_e6 if cash_e6 is None else cash_e6
            copy.put({index: replace(account, cash_e6=cash, positions=positions)})
    return copy


def _no_longer_live(table: RiskTable) -> Iterator[SeriesRow]:
    row = next(row for row in table.rows() if row.series.series_id == LIVE)
    expired = replace(row.series, expiry_s=NOW_S)
    yield replace(row, series=expired)
    yield SeriesRow.settled(replace(row.series, expiry_s=NOW_S + 1), 11_000)


def _changed(state: State, changes: tuple[Change, ...]) -> State:
    copy = state.copy()
    for index, cash_e6, position in changes:
        account = copy.account(index)
        if account is not None:
            positions = list(account.positions)
            positions[SLOT] = positions[SLOT] if position is None else position
            cash = account.cash_e6 if cash_e6 is None else cash_e6
            copy.put({index: replace(account, cash_e6=cash, positions=tuple(positions))})
    return copy


def _values(preset: Preset, found: Sample, state: State, table: RiskTable, *queue: QueueEntry) -> dict[str, Any]:
    batch = replace(found.batch, queue=queue, trades=(), operations=(), liquidations=(), settlements=())
    return settlement_values(trace_batch(state.copy(), table, batch, preset), 1)
