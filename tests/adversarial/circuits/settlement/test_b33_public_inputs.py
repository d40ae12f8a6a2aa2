"""B33: the digest and the evaluation bind everything that the words say; each changed alone changes both."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest

from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import sample
from circuits.settlement.statement import HEADER
from prover.bn254 import FR
from rollup.presets import TINY
from rollup.trace import Trace, trace_batch
from tests.support.settlement import POINT, compiled_settlement, one_thread, venue_of

COLUMNS = [name for name, _ in HEADER.columns]


@cache
def trace() -> Trace:
    found = sample(venue_of(Random(11)))
    return trace_batch(found.state, found.table, found.batch, TINY)


def outputs(values: dict[str, Any]) -> dict[str, int]:
    compiled = compiled_settlement(TINY)
    return compiled.outputs(compiled.unchecked_witness(values, one_thread()))


def evaluated(words: tuple[int, ...]) -> int:
    return sum(word * pow(POINT, k, FR) for k, word in enumerate(words)) % FR


@pytest.mark.parametrize("column", COLUMNS)
def test_b33_every_part_of_the_header_is_bound(column: str) -> None:
    values = settlement_values(trace(), POINT)
    honest = outputs(values)
    (header,) = values["header"]
    changed = [value + (name == column) for name, value in zip(COLUMNS, header, strict=True)]
    other = outputs({**values, "header": [changed]})
    assert other["digest"] != honest["digest"]
    assert other["evaluation"] != honest["evaluation"]


@pytest.mark.parametrize(
    ("section", "column"), [("queue", 4), ("trades", 0), ("operations", 7), ("liquidations", 7), ("settlements", 1)]
)
def test_b33_every_section_is_bound(section: str, column: int) -> None:
    values = settlement_values(trace(), POINT)
    honest = outputs(values)
    first, *others = values[section]
    changed = [value + (i == column) for i, value in enumerate(first)]
    other = outputs({**values, section: [changed, *others]})
    assert other["digest"] != honest["digest"]
    assert other["evaluation"] != honest["evaluation"]


def test_b33_the_evaluation_is_that_of_the_words() -> None:
    assert outputs(settlement_values(trace(), POINT))["evaluation"] == evaluated(trace().applied.words)


def test_b33_the_evaluation_is_that_of_the_words_twin() -> None:
    words = trace().applied.words
    for k in range(len(words)):
        changed = tuple(word + (i == k) for i, word in enumerate(words))
        assert outputs(settlement_values(trace(), POINT))["evaluation"] != evaluated(changed)
