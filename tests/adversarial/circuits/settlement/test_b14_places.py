"""Honest batches that use every place are honest, and do use every place."""

from __future__ import annotations

from functools import cache
from itertools import product
from random import Random
from typing import Any

import pytest

from circuits.settlement.accounts import account_record
from circuits.settlement.crowds import crowds
from circuits.settlement.health import EXAMINATION
from circuits.settlement.liquidations import LIQUIDATION
from circuits.settlement.places import (
    far_apart,
    free_trades,
    full_accounts,
    liquidated_longs,
    new_signers,
    new_traders,
    registrations,
)
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.series_rows import row_record
from circuits.settlement.trades import TRADE
from rollup.presets import TINY
from rollup.units import COLUMNS, ORDER_SLOTS, POSITION_SLOTS
from tests.support.settlement import compiled_settlement, one_thread, venue_of

Values = dict[str, Any]
NEW, REGISTRATIONS, OTHERS = POSITION_SLOTS // TINY.trades, 6, COLUMNS + 1 + 2 + 4 + TINY.accounts


@cache
def traders() -> list[Values]:
    return list(new_traders(TINY, Random(3)))


@cache
def holders() -> list[Values]:
    return list(full_accounts(TINY, Random(3)))


@cache
def registered() -> list[Values]:
    return list(registrations(TINY, Random(3)))


@cache
def others() -> list[Values]:
    return [
        *liquidated_longs(TINY, Random(3)),
        *free_trades(TINY, Random(3)),
        *far_apart(TINY, Random(3)),
        *new_signers(TINY, Random(3)),
    ]


@pytest.mark.parametrize("i", range(NEW + COLUMNS + REGISTRATIONS + OTHERS))
def test_b14_places_are_honest(i: int) -> None:
    compiled, values = compiled_settlement(TINY), [*traders(), *holders(), *registered(), *others()][i]
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


def test_b14_a_new_account_is_in_every_place() -> None:
    assert len(registered()) == REGISTRATIONS
    record = account_record(TINY.account_depth, TINY.account_crown)
    places = [
        (section, i)
        for values in [*traders(), *registered()]
        for section, columns in (("accounts", record), ("queue", QUEUE_ENTRY))
        for i, row in enumerate(values[section])
        if columns.read(row)["is_registered" if section == "accounts" else "is_registration"]
    ]
    assert {i for section, i in places if section == "accounts"} == set(range(TINY.accounts))
    assert {i for section, i in places if section == "queue"} == set(range(TINY.queue))


def test_b14_every_column_is_the_least_once() -> None:
    examined = [[EXAMINATION.read(row) for row in values["examinations"]] for values in holders()]
    for place in range(TINY.examined):
        rows = [dict(one[place]) for one in examined]
        assert [row["breach"] for row in rows] == list(range(COLUMNS))
        assert [row["least"] for row in rows] == list(range(1, 1 + COLUMNS))


def test_b14_liquidators_buy_and_prices_are_0() -> None:
    liquidated = [LIQUIDATION.read(values["liquidations"][0]) for values in others()]
    assert {(one["liquidator_is_buy"], one["price_e2"] > 0) for one in liquidated if one["size_e4"]} == {
        (1, True),
        (1, False),
    }
    assert {one["subsidy_e6"] for one in liquidated} == {0, 1}
    examined = [EXAMINATION.read(values["examinations"][0]) for values in others()]
    assert {one["breach"] for one in examined if one["liquidations"]} == set(range(COLUMNS))
    traded = [TRADE.read(row) for values in others() for row in values["trades"]]
    assert {(one["maker_is_buy"], one["price_e2"]) for one in traded if one["size_e4"]} == {(0, 0), (1, 0)}


def test_b14_every_order_slot_was_used_before() -> None:
    record = account_record(TINY.account_depth, TINY.account_crown)
    for values in holders():
        assert all(record.read(values["accounts"][0])["orders_before"])


def test_b14_accounts_and_series_are_in_every_quarter() -> None:
    record, rows = (
        account_record(TINY.account_depth, TINY.account_crown),
        row_record(TINY.series_depth, TINY.series_crown),
    )
    far = list(far_apart(TINY, Random(3)))
    assert [tuple(record.read(values["accounts"][0])["places"][-1]) for values in far] == [
        (0, 0),
        (1, 0),
        (0, 1),
        (1, 1),
    ]
    quarter = 4 ** (TINY.series_depth - 1)
    for place in range(TINY.series):
        assert [rows.read(values["rows"][place])["series_id"] // quarter for values in far] == [0, 1, 2, 3]


def test_b14_a_new_account_signs_in_every_place() -> None:
    record = account_record(TINY.account_depth, TINY.account_crown)
    for place, values in enumerate(new_signers(TINY, Random(3))):
        assert [bool(record.read(row)["is_registered"]) for row in values["accounts"]].index(True) == place
        assert [count for (count,) in values["key_counts"]] == [int(i == place) for i in range(TINY.accounts)]


@cache
def crowded() -> list[Values]:
    return list(crowds(venue_of(Random(3))))


def uses(batches: list[Values]) -> dict[str, set[tuple[int, int]]]:
    """Places and slots that something settles in, moves in, and is held in afterwards."""
    record = account_record(TINY.account_depth, TINY.account_crown)
    found: dict[str, set[tuple[int, int]]] = {"settles": set(), "moves": set(), "holds": set()}
    for values in batches:
        for place, row in enumerate(values["accounts"]):
            account = record.read(row)
            for slot, after in enumerate(account["sizes_after"]):
                at, is_settled = (place, slot), account["is_settled"][slot]
                found["settles"] |= {at} if is_settled else set()
                found["moves"] |= {at} if after != account["sizes_before"][slot] and not is_settled else set()
                found["holds"] |= {at} if after else set()
    return found


def test_b14_crowds_are_honest() -> None:
    compiled = compiled_settlement(TINY)
    for values in [*crowded()[:: TINY.accounts + 1], crowded()[-1]]:
        witness = compiled.unchecked_witness(values, one_thread())
        assert compiled.relation.unsatisfied_rows(witness, one_thread()).tolist() == []


def test_b14_crowds_use_every_slot_of_every_place() -> None:
    everywhere = set(product(range(TINY.accounts), range(POSITION_SLOTS)))
    assert uses(crowded()) == {"settles": everywhere, "moves": everywhere, "holds": everywhere}


def test_b14_crowds_use_every_slot_of_every_place_twin() -> None:
    """None of them can be left out."""
    everywhere = uses(crowded())
    for left_out in (0, len(crowded()) // 2):
        assert uses([*crowded()[:left_out], *crowded()[left_out + 1 :]]) != everywhere


def test_b14_who_is_examined_is_liquidated_in_every_place() -> None:
    """And subsidised."""
    batches = [*crowded(), next(liquidated_longs(TINY, Random(3)))]
    examined = [(i, EXAMINATION.read(row)) for values in batches for i, row in enumerate(values["examinations"])]
    for count in ("liquidations", "subsidies"):
        assert {i for i, row in examined if row[count]} == set(range(TINY.examined))
