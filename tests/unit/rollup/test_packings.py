"""What is packed into one field element: parts side by side, so that no two things are one number."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.settlement import keys
from circuits.settlement.sample import sample
from primitives.field import FR
from rollup.bounds import PACKINGS, Packing, Widths
from rollup.packing import Field, packed, unpacked
from rollup.presets import TINY, XL
from rollup.types.orders import ORDER_FIELDS, Order, operation_fields
from rollup.types.rows import description_fields
from rollup.types.words import (
    header_fields,
    liquidation_words,
    operation_word_fields,
    queue_words,
    settlement_fields,
    trade_fields,
)
from rollup.units import ORDER_SLOTS, SIZE_BITS
from tests.support.settlement import venue_of

PACKED = {packing.name: packing for packing in PACKINGS}


@pytest.mark.parametrize("name", PACKED)
def test_what_is_packed_has_room_below_r(name: str) -> None:
    assert PACKED[name].faults() == []


@pytest.mark.parametrize("name", ["holding_key", "settled_key", "series_key", "limit_key", "order_slot_place"])
def test_keys_are_their_parts_side_by_side(name: str) -> None:
    """At all corners of all parts: the circuit's own function gives the table's digits, so no two have one key."""
    packing = PACKED[name]
    for parts in product(*((0, (1 << bits) - 1) for _, bits in packing.parts)):
        assert key_of(name, dict(zip(dict(packing.parts), parts, strict=True))) == side_by_side(packing, parts)


def key_of(name: str, part: dict[str, int]) -> Any:
    function: Any = getattr(keys, name)
    if name == "order_slot_place":
        return function(part["account"], part["slot"])
    if name == "series_key":
        return function(part["series_id"], part["expiry_s"], part["is_settled"], part["mark_e2"])
    if name == "limit_key":
        return function(part["account"], part["limit_e6, centred"])
    if name == "settled_key":
        return function(key_of("holding_key", part), part["size_e4, centred"] - (1 << SIZE_BITS))
    return function(part["account"], part["position slot, from 1"] - 1, part["series_id"])


def side_by_side(packing: Packing, parts: tuple[int, ...]) -> int:
    total = shift = 0
    for part, (_, bits) in zip(parts, packing.parts, strict=True):
        total += part << shift
        shift += bits
    return total


def test_cash_is_no_holding() -> None:
    """Slots count from 1."""
    for account in (0, (1 << 24) - 1):
        assert keys.cash_key(account) == side_by_side(PACKED["holding_key"], (0, 0, account))


def test_words_and_messages_have_the_widths_of_the_table() -> None:
    found = sample(venue_of(Random(1)))
    batch, series = found.batch, next(found.table.rows())
    header = header_fields(batch, [True], TINY)
    written: dict[str, list[Field]] = {
        "header": [*header[:4], Field("served", 0, XL.queue)],
        "trade word": trade_fields(batch.trades[0]),
        "operation word": operation_word_fields(batch.operations[0].operation),
        "operation": list(operation_fields(batch.operations[0].operation)),
        "order": list(batch.trades[0].maker.order.fields()),
        "settlements word": [*settlement_fields(batch.settlements[0])] * 4,
        "description": description_fields(series),
    }
    for name, parts in written.items():
        assert [field.bits for field in parts] == [bits for _, bits in PACKED[name].parts], name
    assert {field.bits for field in header[4:]} == {1}
    first, second = liquidation_words(batch.liquidations[0])
    assert first >> PACKED["liquidation word"].bits == second >> PACKED["amounts word"].bits == 0
    assert all(queue_words(entry)[0] >> PACKED["queue word"].bits == 0 for entry in batch.queue)


def test_a_packing_without_room_is_noticed_twin() -> None:
    trade = PACKED["trade word"]
    assert replace(trade, parts=(*trade.parts, ("more", 18))).faults()
    assert replace(trade, most=254).faults()


def test_a_state_without_a_bound_is_another_slots_twin() -> None:
    """Why states of order slots are not packed into keys: nothing ranges them."""

    def packed(slot: int, state: int) -> int:
        return (slot << Widths().state) + state % FR

    assert packed(0, 5 + (1 << Widths().state)) == packed(1, 5)
    assert all(packed(slot, 5 - (slot - 1 << Widths().state)) % FR == packed(1, 5) for slot in range(ORDER_SLOTS))


@given(st.tuples(*(st.integers(least, most) for _, _, least, most in ORDER_FIELDS)))
def test_an_orders_word_is_its_fields_packed(values: tuple[int, ...]) -> None:
    account, series_id, is_buy, *rest = values
    order = Order(account, series_id, bool(is_buy), *rest)
    assert order.word == packed(order.fields())
    assert unpacked(order.word, [field.bits for field in ORDER_FIELDS]) == [*values]
