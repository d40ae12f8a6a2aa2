"""Gas of every transaction against the committed snapshot, and against what was promised."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sequencer.rehearsal.gas_figures import MANY, BatchGas
from tests.support.gas_snapshot import committed, measured

BATCH, BATCH_OF_MANY, TRADE = 350_000, 90_000, 6_200
"""Verification and bookkeeping of a batch, and of one of eight proven together; a trade at LARGE with calldata."""


@pytest.fixture(scope="module")
def found() -> tuple[dict[str, int], BatchGas]:
    return measured()


def test_gas_is_that_of_the_snapshot(found: tuple[dict[str, int], BatchGas]) -> None:
    """Where it is not on purpose: `python -m tests.support.gas_snapshot`."""
    assert found[0] == committed()


def over(gas: Mapping[str, int], large: BatchGas) -> list[str]:
    """Figures above what was promised."""
    figures = {
        "a batch": (large.beyond_calldata, BATCH),
        "one of eight batches": (gas[f"prove {MANY} batches"] / MANY, BATCH_OF_MANY),
        "a trade": (large.per_trade, TRADE),
    }
    return [name for name, (value, most) in figures.items() if value > most]


def test_gas_is_within_what_was_promised(found: tuple[dict[str, int], BatchGas]) -> None:
    assert over(*found) == []


def test_gas_is_within_what_was_promised_twin(found: tuple[dict[str, int], BatchGas]) -> None:
    gas, large = found
    more = {name: value + BATCH_OF_MANY for name, value in gas.items()}
    assert over({**more, f"prove {MANY} batches": MANY * BATCH_OF_MANY + 1}, large) == ["one of eight batches"]
