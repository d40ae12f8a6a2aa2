"""The vectors at the rules' exact boundaries drive the circuit too: it accepts and refuses the same."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from circuits.frontend import InputRefused
from circuits.settlement.sample import Sample
from rollup.errors import RULES
from tests.support.rollup_vectors import batch_of, read_vectors, state_of, table_of
from tests.support.settlement import one_thread, verdicts

NOTHING_TO_FILL_IN = {"UnknownAccount", "UnknownSeries", "AlreadyRegistered"}
"""Rules about what is not there: no witness can even be written down."""


@cache
def vectors() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return read_vectors()


def sample_of(vector: dict[str, Any]) -> Sample:
    state, preset = state_of(vector)
    return Sample(state, table_of(vectors()[0], preset), batch_of(vector))


GOOD = [vector for vector in vectors()[1] if "post" in vector]
BEYOND_THE_ORDER = "signature_plus_the_order_of_the_group, broken"
BROKEN = [
    vector
    for vector in vectors()[1]
    if vector.get("rule") not in {None, *NOTHING_TO_FILL_IN} and vector["name"] != BEYOND_THE_ORDER
]


@pytest.mark.parametrize("vector", GOOD, ids=lambda vector: vector["name"])
def test_what_is_good_is_provable(vector: dict[str, Any]) -> None:
    said = verdicts(sample_of(vector), one_thread())
    assert said.spec is None
    assert said.circuit == set()


def test_j126_s_beyond_the_order_is_refused_before_the_circuit() -> None:
    (vector,) = (one for one in vectors()[1] if one["name"] == BEYOND_THE_ORDER)
    with pytest.raises(InputRefused, match="not below l"):
        verdicts(sample_of(vector), one_thread())


@pytest.mark.parametrize("vector", BROKEN, ids=lambda vector: vector["name"])
def test_what_is_broken_is_refused_by_the_same_rule(vector: dict[str, Any]) -> None:
    said = verdicts(sample_of(vector), one_thread())
    assert said.spec == vector["rule"]
    assert said.agree, said


def test_vectors_meet_every_rule() -> None:
    met = {vector.get("rule") for vector in vectors()[1]}
    assert {rule.rule() for rule in RULES} - {"WrongQueueResult"} <= met
