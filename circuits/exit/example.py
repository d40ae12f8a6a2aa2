"""Exits to try the circuit on: for `zkclear circuit`, audits, tables and tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from circuits.exit.inputs import exit_values
from circuits.exit.positions import BEFORE_MARK_BITS, position_record
from circuits.exit.statement import exit_circuit
from circuits.frontend import InputValues
from circuits.gadgets.example import Example
from circuits.settlement.accounts import RULE_LEAF
from circuits.settlement.series_rows import REST_BITS, RULE_ROW
from primitives.field import FR
from rollup.crypto import READABLE, Crypto
from rollup.exits import ROW_CROWN, NotInRiskTable, NotInState, WrongExitAmount, trace_exit
from rollup.presets import TINY, Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import EMPTY_POSITION, Account, OrderState, Position
from rollup.types.series import UNDERLYING_BITS, OptionKind, Series, SeriesRow
from rollup.units import (
    CASH_BITS,
    COLUMNS,
    NONCE_BITS,
    ORDER_SLOTS,
    POSITION_BITS,
    POSITION_SLOTS,
    PRICE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)

SERIES: Final = 5
ACCOUNTS: Final = 3


@dataclass(frozen=True, slots=True)
class Venue:
    """A state and a risk table, and an account to leave, which holds something."""

    state: State
    table: RiskTable
    account_id: int


def venue(random: Random, preset: Preset, crypto: Crypto = READABLE, *, most_held: int = POSITION_SLOTS) -> Venue:
    """Accounts and series in random places; the first holds `most_held` positions or half of them, the last none."""
    rows = [_row(random, series_id) for series_id in _series_ids(random, preset)]
    state = State(preset.account_depth, crypto)
    accounts = random.sample(range(preset.max_accounts), ACCOUNTS)
    held = [random.randrange(most_held + 1 >> 1, most_held + 1), random.randrange(most_held + 1), 0]
    state.put({account_id: _account(random, rows, count) for account_id, count in zip(accounts, held, strict=True)})
    return Venue(state, RiskTable(rows, preset.series_depth, crypto), accounts[0])


def exit_example(preset: Preset) -> Example:
    """Exits from `venue`, a tenth of them of an account without positions."""

    def inputs(random: Random) -> InputValues:
        found = venue(random, preset)
        accounts = [account_id for account_id, _ in found.state.accounts()]
        leaving = found.account_id if random.randrange(10) else accounts[-1]
        return exit_values(trace_exit(found.state, found.table, leaving, preset))

    circuit = exit_circuit(preset)
    return Example(circuit.name, circuit, inputs, lambda random: _refused(random, preset))


EXAMPLES: Final = (exit_example(TINY),)


def column_of(values: InputValues, slot: int, column: str) -> int:
    """A column of a position slot in the circuit's inputs; a single value."""
    return int(values["positions"][slot][_place(column)])


def with_column(values: InputValues, slot: int, column: str, value: int) -> dict[str, Any]:
    """The inputs with another value in a column of a position slot."""
    positions = [list(row) for row in values["positions"]]
    positions[slot][_place(column)] = value
    return {**values, "positions": positions}


def _place(column: str) -> int:
    """Single values stand before the path, so that a column's number is its place."""
    return [name for name, _ in position_record(ROW_CROWN + 1).columns].index(column)


def _refused(random: Random, preset: Preset) -> Iterator[tuple[str, InputValues]]:
    found = venue(random, preset, most_held=2)
    honest = exit_values(trace_exit(found.state, found.table, found.account_id, preset))
    slot = next(i for i in range(POSITION_SLOTS) if column_of(honest, i, "is_held"))
    for rule, name, by in (
        (NotInState, "state_root", 1),
        (NotInState, "account", 1),
        (NotInState, "account", 1 << 2 * preset.account_depth),
        (NotInRiskTable, "risk_root", 1),
        (WrongExitAmount, "amount_e6", 1),
    ):
        yield rule.rule(), {**honest, name: (honest[name] + by) % FR}
    yield NotInState.rule(), {**honest, "cash_e6": honest["cash_e6"] ^ 1}
    yield RULE_LEAF, {**honest, "cash_e6": 1 << CASH_BITS}
    for broken, column, value in (
        (RULE_LEAF, "is_held", 2),
        (RULE_LEAF, "is_held", 0),
        (RULE_LEAF, "size_e4", 1 << POSITION_BITS),
        (RULE_LEAF, "size_e4", FR - (1 << POSITION_BITS) - 1),
        (RULE_LEAF, "series_id", 1 << SERIES_ID_BITS),
        (RULE_ROW, "before_mark", 1 << BEFORE_MARK_BITS),
        (RULE_ROW, "mark_e2", 1 << PRICE_BITS),
        (RULE_ROW, "rest", 1 << REST_BITS),
        (NotInRiskTable.rule(), "mark_e2", column_of(honest, slot, "mark_e2") ^ 1),
        (NotInRiskTable.rule(), "digest", column_of(honest, slot, "digest") ^ 1),
    ):
        yield broken, with_column(honest, slot, column, value)


def _series_ids(random: Random, preset: Preset) -> list[int]:
    places = 1 << 2 * preset.series_depth
    rounds = (1 << SERIES_ID_BITS) // places
    return [place + places * random.randrange(1, rounds) for place in random.sample(range(preset.max_series), SERIES)]


def _row(random: Random, series_id: int) -> SeriesRow:
    series = Series(
        series_id,
        random.randrange(1 << UNDERLYING_BITS),
        random.randrange(1 << TIME_BITS),
        random.randrange(1 << PRICE_BITS),
        random.choice(list(OptionKind)),
    )
    if random.random() < 0.3:
        return SeriesRow.settled(series, random.randrange(1 << PRICE_BITS))
    return SeriesRow(series, False, tuple(_edge(random, PRICE_BITS) for _ in range(COLUMNS)))


def _account(random: Random, rows: list[SeriesRow], held: int) -> Account:
    slots = set(random.sample(range(POSITION_SLOTS), held))
    return Account(
        (random.randrange(FR), random.randrange(FR)),
        _edge(random, CASH_BITS),
        tuple(
            Position(random.choice(rows).series.series_id, _size(random)) if slot in slots else EMPTY_POSITION
            for slot in range(POSITION_SLOTS)
        ),
        tuple(OrderState(_edge(random, NONCE_BITS), _edge(random, SIZE_BITS)) for _ in range(ORDER_SLOTS)),
    )


def _size(random: Random) -> int:
    return (
        random.choice((-1, 1)) * random.randrange(1, 1 << POSITION_BITS)
        if random.random() < 0.8
        else -(1 << POSITION_BITS)
    )


def _edge(random: Random, bits: int) -> int:
    return random.choice((0, (1 << bits) - 1, random.randrange(1 << bits), random.randrange(1 << bits)))
