"""Inputs of provers who cook one argument: each breaks its equality, and nothing else that binds places to the tree.

An argument's equality is a row of the whole circuit, behind every hash: a search that changes inputs one by one breaks
it alone only where chance has left room for that. Here the rest of the batch follows the lie, roots and values too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from circuits.settlement.accounts import account_record
from circuits.settlement.arguments import (
    RULE_BOOKS,
    RULE_KEYS,
    RULE_ORDER_SLOTS,
    RULE_REGISTRATIONS,
    RULE_SERIES,
    RULE_SETTLEMENTS,
)
from circuits.settlement.inputs import settlement_values
from circuits.settlement.margin import RULE_MARGIN, RULE_POSITIONS
from circuits.settlement.places import NO_SECTIONS
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.sample import FIRST_TRADER, Sample, Venue, sample
from circuits.settlement.series_rows import row_record
from rollup.ledger import CASH, Asset, Holding, Posting
from rollup.margin import account_values
from rollup.presets import Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.trace import Trace, trace_batch
from rollup.types.accounts import Account
from rollup.types.orders import Withdrawal
from rollup.types.transactions import Deposit, Registration
from rollup.units import COLUMNS, POSITION_SLOTS

Values = dict[str, Any]

HOLDER: Final = FIRST_TRADER + 1
RULE_UNKNOWN: Final = "UnknownAccount"


def refused_arguments(preset: Preset, random: Random) -> Iterator[tuple[str, Values]]:
    """Inputs with the rule that they break. About two seconds at TINY."""
    venue = Venue(preset, random)
    found = sample(venue)
    new = next(entry for entry in found.batch.queue if isinstance(entry, Registration))
    touching = _traced(found, preset, queue=(Deposit(HOLDER, 7),))
    values = settlement_values(touching, 1)
    yield from _books_that_are_cooked(touching, found)
    yield from _slots_that_move(touching, found.state)
    yield RULE_KEYS, {**values, "key_counts": _with_one_more(values["key_counts"], preset.examined)}
    registered = settlement_values(_traced(found, preset, queue=(replace(new, amount_e6=0),)), 1)
    nothing = [0] * QUEUE_ENTRY.size
    yield RULE_REGISTRATIONS, {**registered, "queue": [nothing] * preset.queue}
    yield RULE_SERIES, {**values, "rows": _counted_once_more(values["rows"], preset)}
    yield RULE_SETTLEMENTS, _settled_unseen(found, preset)
    yield RULE_MARGIN, _worth_more(values)
    for holder in (HOLDER, FIRST_TRADER):
        yield RULE_POSITIONS, _left_out(found, holder, preset)
    yield from _keys_of_nobody(venue, found, new, preset)


def _traced(found: Sample, preset: Preset, table: RiskTable | None = None, **sections: Any) -> Trace:
    batch = replace(found.batch, **{**NO_SECTIONS, **sections})
    return trace_batch(found.state.copy(), table or found.table, batch, preset)


def _books_that_are_cooked(touching: Trace, found: Sample) -> Iterator[tuple[str, Values]]:
    """Cash and a position that nobody posted: new leaf, root and values are as they would be."""
    (step,) = touching.accounts
    honest = step.touched.after
    slot, held = next((i, one) for i, one in enumerate(honest.positions) if one.size_e4)
    richer = replace(honest, cash_e6=honest.cash_e6 + 1)
    positions = list(honest.positions)
    positions[slot] = replace(held, size_e4=held.size_e4 + 1)
    longer = replace(honest, positions=tuple(positions))
    assets: tuple[tuple[Asset, Account], ...] = ((CASH, richer), (Holding(slot, held.series_id), longer))
    for asset, after in assets:
        posted = Posting(step.touched.account_id, asset, 1)
        trace = _with_after(touching, found.state.copy(), after, found.table, (posted,))
        yield RULE_BOOKS, settlement_values(trace, 1)


def _slots_that_move(touching: Trace, state: State) -> Iterator[tuple[str, Values]]:
    """An order slot of a touched account that no order and no operation names, but that is another afterwards."""
    (step,) = touching.accounts
    honest = step.touched.after
    for slot in (0, len(honest.orders) - 1):
        after = honest.with_orders({slot: honest.orders[slot].packed + 1})
        yield RULE_ORDER_SLOTS, settlement_values(_with_after(touching, state.copy(), after), 1)


def _with_after(
    touching: Trace, state: State, after: Account, table: RiskTable | None = None, postings: Sequence[Posting] = ()
) -> Trace:
    """The trace of a batch that touches one account, unexamined, with another account after it.

    `postings` are what its sizes and cash are computed from; with a table its values are too.
    """
    (step,) = touching.accounts
    state.put({step.touched.account_id: after})
    values = step.touched.values_after if table is None else account_values(after, table.row)
    moved = replace(step, touched=replace(step.touched, after=after, values_after=values))
    outcome = replace(
        touching.applied.outcome,
        touched=(moved.touched,),
        postings=(*touching.applied.outcome.postings, *postings),
    )
    applied = replace(touching.applied, outcome=outcome, roots=replace(touching.applied.roots, after=state.root))
    nobody = touching.no_account[0], state.path(touching.preset.max_accounts)
    return replace(touching, applied=applied, accounts=(moved,), no_account=nobody)


def _with_one_more(counts: Sequence[Sequence[int]], place: int) -> list[list[int]]:
    """Counts with one more in a place."""
    return [[count + (i == place)] for i, (count,) in enumerate(counts)]


def _counted_once_more(rows: Sequence[Any], preset: Preset) -> list[list[int]]:
    """The first series is said to be named once more than it is."""
    record = row_record(preset.series_depth, preset.series_crown)
    columns = record.read(rows[0])
    return [record.write({**columns, "count": columns["count"] + 1}), *map(list, rows[1:])]


def _worth_more(values: Values) -> Values:
    """The first account that is not examined is worth a little more at the mark than its cash and positions are."""
    (mark, *scenarios), *others = values["values"]
    return {**values, "values": [[mark + 1, *scenarios], *others]}


def _settled_unseen(found: Sample, preset: Preset) -> Values:
    """A settlement of a slot that is not marked as settled."""
    values = settlement_values(_traced(found, preset, settlements=found.batch.settlements[:1]), 1)
    record = account_record(preset.account_depth, preset.account_crown)
    rows = [record.write({**record.read(row), "is_settled": [0] * POSITION_SLOTS}) for row in values["accounts"]]
    return {**values, "accounts": rows}


def _left_out(found: Sample, holder: int, preset: Preset) -> Values:
    """A position in a series that is worth nothing in any scenario, and has no row in the batch though it has one.

    The first trader holds nothing else, so that its batch has no row at all.
    """
    rows = list(found.table.rows())
    held = found.state.account(holder)
    series_id = 0 if held is None else next(one.series_id for one in held.positions if one.size_e4)
    worthless = [replace(row, values_e2=(0,) * COLUMNS) if row.series.series_id == series_id else row for row in rows]
    table = RiskTable(worthless, preset.series_depth)
    trace = _traced(found, preset, table, queue=(Deposit(holder, 7),))
    left = tuple(step for step in trace.rows if step.row.series.series_id != series_id)
    return settlement_values(replace(trace, rows=left), 1)


def _keys_of_nobody(venue: Venue, found: Sample, new: Registration, preset: Preset) -> Iterator[tuple[str, Values]]:
    """A new account's key is counted in an unused place before its own, which bears its number and key.

    In each place but the last: where an account is, there is no empty leaf after it any more.
    """
    signed = venue.operation(Withdrawal(new.account, 1, 1, 5))
    values = settlement_values(_traced(found, preset, queue=(replace(new, amount_e6=1_000),), operations=(signed,)), 1)
    record = account_record(preset.account_depth, preset.account_crown)
    nobody, theirs, last = values["accounts"][0], values["accounts"][preset.examined], preset.accounts - 1
    columns = record.read(theirs)
    double = record.write({**record.read(nobody), **{name: columns[name] for name in ("key", "path", "places")}})
    worth = values["values"][0]
    worthless = [[0] * len(worth)] * (preset.accounts - preset.examined - 1)
    for i in range(last):
        accounts = [*(double if place == i else nobody for place in range(last)), theirs]
        counts = [[int(place == i)] for place in range(preset.accounts)]
        yield RULE_UNKNOWN, {**values, "accounts": accounts, "key_counts": counts, "values": [*worthless, worth]}
