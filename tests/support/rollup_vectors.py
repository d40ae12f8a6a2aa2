"""Batches as JSON: what is there before, what goes in, what comes out or which rule refuses it.

One object a line. Integers of 2^53 and more are hexadecimal text; an account lists its used slots alone; accounts that
a batch does not change are not repeated in `post`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from rollup.batch_application import apply_batch
from rollup.errors import RuleBroken
from rollup.presets import PRESETS, Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import EMPTY_POSITION, FRESH_ORDER, Account, OrderState, Position
from rollup.types.batches import Batch
from rollup.types.series import SeriesRow
from rollup.units import COLUMNS
from tests.support.native_crypto import native_crypto
from tests.support.rollup import NOW, World, standard_rows
from tests.support.rollup_cases import Case
from tests.support.rollup_cases_books import CASES
from tests.support.source_tree import ROOT

FILE = ROOT / "tests" / "vectors" / "rollup" / "boundaries.jsonl"
EXACT = 1 << 53
Json = Any


def to_json(value: object) -> Json:
    """Integers, flags, tuples, and dataclasses as objects, whose class is told where the field does not say it."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) < EXACT else hex(value)
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"{value!r} has no form in JSON")
    fields = {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    hints = get_type_hints(type(value))
    for field in dataclasses.fields(value):
        if _choices(hints[field.name]):
            fields[field.name] = _tagged(getattr(value, field.name))
    return fields


def from_json(form: Any, data: Json) -> Any:
    """The inverse, for a type: raises `ValueError` where the data is not of it."""
    choices = _choices(form)
    if get_origin(form) is tuple and not choices:
        item, *more = get_args(form)
        forms = [item] * len(data) if more == [Ellipsis] else [item, *more]
        return tuple(from_json(one, part) for one, part in zip(forms, data, strict=True))
    if choices:
        named = {choice.__name__: choice for choice in choices}
        if isinstance(data, list):
            return tuple(from_json(named[part["kind"]], _untagged(part)) for part in data)
        return from_json(named[data["kind"]], _untagged(data))
    if dataclasses.is_dataclass(form) and isinstance(form, type):
        hints = get_type_hints(form)
        return form(**{name: from_json(hints[name], part) for name, part in data.items()})
    if form is bool:
        return data
    return form(int(data, 16) if isinstance(data, str) else data)


def _choices(form: Any) -> tuple[type, ...]:
    """The classes of a union, or of a tuple of a union."""
    if get_origin(form) is tuple:
        return _choices(get_args(form)[0])
    return get_args(form) if get_origin(form) in (Union, UnionType) else ()


def _tagged(value: Any) -> Json:
    if isinstance(value, tuple):
        return [_tagged(item) for item in value]
    return {"kind": type(value).__name__, **to_json(value)}


def _untagged(data: Mapping[str, Json]) -> dict[str, Json]:
    return {name: part for name, part in data.items() if name != "kind"}


def account_to_json(account: Account) -> Json:
    """Slots that hold something, by their number."""
    return {
        "key": to_json(account.key),
        "cash_e6": to_json(account.cash_e6),
        "positions": {str(i): to_json(one) for i, one in enumerate(account.positions) if one != EMPTY_POSITION},
        "orders": {str(i): to_json(one) for i, one in enumerate(account.orders) if one != FRESH_ORDER},
    }


def account_from_json(data: Json) -> Account:
    empty = Account((0, 0))
    positions, orders = list(empty.positions), list(empty.orders)
    for slot, part in data["positions"].items():
        positions[int(slot)] = from_json(Position, part)
    for slot, part in data["orders"].items():
        orders[int(slot)] = from_json(OrderState, part)
    key, cash_e6 = from_json(tuple[int, int], data["key"]), from_json(int, data["cash_e6"])
    return Account(key, cash_e6, tuple(positions), tuple(orders))


def vector_of(case: Case, broken: bool) -> dict[str, Json]:
    """What a case does, in a world of its own."""
    world = World()
    batch = case.batch(world, broken)
    before = dict(world.state.accounts())
    vector = {
        "name": f"{case.name}, {'broken' if broken else 'good'}",
        "preset": world.preset.name,
        "risk_table": "standard",
        "pre": {"root": hex(world.state.root), "accounts": _accounts_to_json(before)},
        "input": to_json(batch),
    }
    try:
        applied = apply_batch(world.state, world.table, batch, world.preset)
    except RuleBroken as error:
        return {**vector, "rule": error.rule()}
    changed = {i: account for i, account in world.state.accounts() if before.get(i) != account}
    post = {
        "root": hex(applied.roots.after),
        "accounts": _accounts_to_json(changed),
        "served": to_json(applied.outcome.served),
        "words": [hex(word) for word in applied.words],
    }
    return {**vector, "post": post}


def all_vectors() -> Iterator[dict[str, Json]]:
    """The risk table that all others name, then every case, good and broken."""
    rows = standard_rows()
    table = RiskTable(rows, PRESETS["tiny"].series_depth, native_crypto())
    yield {"name": "standard", "time_s": NOW, "root": hex(table.root), "rows": [to_json(row) for row in rows]}
    for case in CASES:
        for broken in (False, True):
            yield vector_of(case, broken)


def lines() -> str:
    """The file's text."""
    return "".join(json.dumps(vector, separators=(",", ":")) + "\n" for vector in all_vectors())


def read_vectors(path: Path = FILE) -> tuple[dict[str, Json], list[dict[str, Json]]]:
    """The risk table, and the vectors."""
    table, *vectors = (json.loads(line) for line in path.read_text().splitlines())
    return table, vectors


def state_of(vector: Mapping[str, Json]) -> tuple[State, Preset]:
    """The state before."""
    preset = PRESETS[vector["preset"]]
    state = State(preset.account_depth, native_crypto())
    state.put({int(i): account_from_json(data) for i, data in vector["pre"]["accounts"].items()})
    return state, preset


def table_of(data: Mapping[str, Json], preset: Preset) -> RiskTable:
    """The risk table; every row has `COLUMNS` values."""
    rows = [from_json(SeriesRow, row) for row in data["rows"]]
    if any(len(row.values_e2) != COLUMNS for row in rows):
        raise ValueError("a row with another number of scenarios")
    return RiskTable(rows, preset.series_depth, native_crypto())


def batch_of(vector: Mapping[str, Json]) -> Batch:
    """What goes in."""
    batch = from_json(Batch, vector["input"])
    if not isinstance(batch, Batch):
        raise TypeError("not a batch")
    return batch


def _accounts_to_json(accounts: Mapping[int, Account]) -> Json:
    return {str(i): account_to_json(account) for i, account in accounts.items()}


if __name__ == "__main__":
    FILE.write_text(lines())
