"""The vectors that others may test against: the spec agrees with them, and they are what the cases say today."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from rollup.batch_application import apply_batch
from rollup.errors import RULES, RollupError, RuleBroken
from rollup.recover import decode_words, replay
from tests.support import rollup_vectors
from tests.support.rollup_vectors import FILE, account_to_json, batch_of, lines, read_vectors, state_of, table_of

LARGEST_FILE = 300_000


@cache
def vectors() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    return read_vectors()


NAMES = [vector["name"] for vector in vectors()[1]]


def disagreement(vector: dict[str, Any]) -> str | None:
    """Where the spec and a vector part, `None` if nowhere."""
    state, preset = state_of(vector)
    table = table_of(vectors()[0], preset)
    if hex(state.root) != vector["pre"]["root"]:
        return "root before"
    try:
        applied = apply_batch(state, table, batch_of(vector), preset)
    except RuleBroken as error:
        return None if vector.get("rule") == error.rule() and "post" not in vector else f"refused by {error.rule()}"
    post = vector.get("post")
    if post is None:
        return "not refused"
    found = {
        "root": hex(state.root),
        "accounts": {i: account_to_json(account) for i, account in map_of(state) if i in post["accounts"]},
        "served": list(applied.outcome.served),
        "words": [hex(word) for word in applied.words],
    }
    return next((part for part, value in found.items() if value != post[part]), None)


def map_of(state: Any) -> list[tuple[str, Any]]:
    return [(str(i), account) for i, account in state.accounts()]


@pytest.mark.parametrize("number", range(len(NAMES)), ids=NAMES)
def test_the_spec_agrees(number: int) -> None:
    assert disagreement(vectors()[1][number]) is None


def test_the_spec_agrees_twin() -> None:
    good = next(vector for vector in vectors()[1] if "post" in vector)
    bad = next(vector for vector in vectors()[1] if "rule" in vector)
    assert disagreement({**good, "post": {**good["post"], "root": "0x5"}}) == "root"
    assert disagreement({**good, "input": {**good["input"], "number": 9}}) == "words"
    assert disagreement({**bad, "rule": "ShortfallGrew"}) == f"refused by {bad['rule']}"
    assert disagreement({**bad, "input": good["input"], "pre": good["pre"]}) == "not refused"


def test_every_valid_vector_is_recovered_from_its_words() -> None:
    for vector in vectors()[1]:
        if "post" not in vector:
            continue
        state, preset = state_of(vector)
        words = [int(word, 16) for word in vector["post"]["words"]]
        replay(state, table_of(vectors()[0], preset), decode_words(words, preset))
        assert hex(state.root) == vector["post"]["root"]


def test_every_rule_but_the_one_of_the_proof_has_a_vector() -> None:
    assert {vector["rule"] for vector in vectors()[1] if "rule" in vector} == {
        rule.__name__ for rule in RULES if rule.__name__ != "WrongQueueResult"
    }


def test_the_file_is_fresh_and_small() -> None:
    assert lines() == FILE.read_text(), "write it again: python -m tests.support.rollup_vectors"
    assert FILE.stat().st_size < LARGEST_FILE


def test_numbers_that_do_not_fit_are_refused_by_the_reader() -> None:
    good = vectors()[1][0]
    with pytest.raises(RollupError):
        batch_of({"input": {**good["input"], "time_s": "0x100000000"}})
    with pytest.raises(TypeError):
        rollup_vectors.to_json(1.5)
