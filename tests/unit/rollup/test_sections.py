"""Every section at its capacity, and one above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from rollup.errors import RollupError, SectionFull
from rollup.presets import PRESETS, TINY
from rollup.transition import transition
from rollup.types.batches import Batch
from rollup.types.orders import Cancel, Order, SignedOperation, SignedOrder, Transfer
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Liquidation, Settlement, Trade
from tests.support.rollup import DOMAIN, EXPIRED, LAST_SECOND, LIVE, NO_SIGNATURE, OTHER, RICH, World, trade_of

SIGNED = SignedOrder(Order(2, 1, True, 5, 5, 0, 5, 0, 1), NO_SIGNATURE)
CANCEL = SignedOperation(Cancel(2, 0, 1), NO_SIGNATURE)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_every_section_at_its_capacity(preset: Any) -> None:
    sections: list[tuple[str, str, Sequence[Any], int]] = [
        ("queue", "queue entries", (Deposit(2, 5),), preset.queue),
        ("trades", "trades", (Trade(SIGNED, SIGNED, 5, 5, 0, 0),), preset.trades),
        ("operations", "operations", (CANCEL,), preset.operations),
        ("liquidations", "liquidations", (Liquidation(SIGNED, 2, 5, 5, 0, 0),), preset.liquidations),
        ("settlements", "settlements", (Settlement(2, 0, 1),), preset.settlements),
        ("queue", "forced close-outs", (ForcedCloseOut(2, 0, 1),), 1),
    ]
    for name, title, item, capacity in sections:
        Batch(1, 5, DOMAIN, **{name: tuple(item) * capacity}).check_fits(preset)  # type: ignore[arg-type]
        full = Batch(1, 5, DOMAIN, **{name: tuple(item) * (capacity + 1)})  # type: ignore[arg-type]
        with pytest.raises(SectionFull) as caught:
            full.check_fits(preset)
        assert (caught.value.section, caught.value.count, caught.value.capacity) == (title, capacity + 1, capacity)


def outcome(world: World, **sections: Any) -> str:
    try:
        transition(world.state, world.table, world.batch(**sections), world.preset)
    except SectionFull as error:
        return error.section
    except RollupError as error:
        return type(error).__name__
    return "good"


@pytest.mark.parametrize(
    ("preset", "expected"), [(TINY, "good"), (replace(TINY, accounts=5), "other touched accounts")]
)
def test_touched_accounts_at_their_capacity(preset: Any, expected: str) -> None:
    """Two traders, sender and receiver; without fees nobody else."""
    world = World(preset, 6)
    trades = (trade_of(world.order(2, "buy"), world.order(3, "sell")),)
    transfer = (world.operation(Transfer(4, 0, 1, 5, 5)),)
    assert outcome(world, trades=trades, operations=transfer, maker_fee_ppm=0, taker_fee_ppm=0) == expected


@pytest.mark.parametrize(("preset", "expected"), [(TINY, "good"), (replace(TINY, examined=1), "examined accounts")])
def test_examined_accounts_at_their_capacity(preset: Any, expected: str) -> None:
    assert outcome(World(preset, 6), queue=(ForcedWithdrawal(2, 5), ForcedWithdrawal(3, 5))) == expected


@pytest.mark.parametrize(("held", "expected"), [(3, "good"), (4, "series")])
def test_series_at_their_capacity(held: int, expected: str) -> None:
    world = World()
    world.put(2, RICH, {slot: (series, 5) for slot, series in enumerate((LIVE, OTHER, LAST_SECOND, EXPIRED)[:held])})
    assert outcome(world, queue=(Deposit(2, 5),)) == expected
