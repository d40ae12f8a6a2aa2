"""Honest batches that use every place are honest, and do use every place."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest

from circuits.settlement.accounts import account_record
from circuits.settlement.health import EXAMINATION
from circuits.settlement.places import full_accounts, new_traders
from rollup.presets import TINY
from rollup.units import COLUMNS, ORDER_SLOTS, POSITION_SLOTS
from tests.support.settlement import compiled_settlement, one_thread

Values = dict[str, Any]
NEW = POSITION_SLOTS // TINY.trades


@cache
def traders() -> list[Values]:
    return list(new_traders(TINY, Random(3)))


@cache
def holders() -> list[Values]:
    return list(full_accounts(TINY, Random(3)))


@pytest.mark.parametrize("i", range(NEW + COLUMNS))
def test_b14_places_are_honest(i: int) -> None:
    compiled, values = compiled_settlement(TINY), [*traders(), *holders()][i]
    witness = compiled.unchecked_witness(values, one_thread())
    assert compiled.relation.unsatisfied_rows(witness, one_thread()).tolist() == []


def test_b14_a_new_account_trades_in_every_slot() -> None:
    record = account_record(TINY.account_depth, TINY.account_crown)
    first = [dict(record.read(values["accounts"][0])) for values in traders()]
    assert len(first) == NEW
    assert all(account["is_registered"] for account in first)
    held = {slot for account in first for slot in range(POSITION_SLOTS) if account["sizes_after"][slot]}
    ordered = {slot for account in first for slot in range(ORDER_SLOTS) if account["orders_after"][slot]}
    assert (held, ordered) == (set(range(POSITION_SLOTS)), set(range(ORDER_SLOTS)))


def test_b14_every_column_is_the_least_once() -> None:
    examined = [[EXAMINATION.read(row) for row in values["examinations"]] for values in holders()]
    for place in range(TINY.examined):
        rows = [dict(one[place]) for one in examined]
        assert [row["breach"] for row in rows] == list(range(COLUMNS))
        assert [row["least"] for row in rows] == list(range(1, 1 + COLUMNS))
