"""The vectors of words drive the circuit: digest and evaluation are those that L1 works with (checklist E64, B33)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from circuits.settlement.digest import words_digest
from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import sample
from primitives.field import FR
from rollup.presets import DEMO, LARGE, TINY
from rollup.trace import Trace, trace_batch
from rollup.types.words import number_of_words
from sequencer.l1.words import challenge_point, evaluate
from tests.support.settlement import compiled_settlement, crypto, one_thread, venue_of
from tests.support.word_vectors import BATCHES, WordVector, read_word_vectors, trace_of

VECTORS = {vector.name: vector for vector in read_word_vectors() if vector.name in BATCHES}


def public_signals(trace: Trace, point: int) -> list[int]:
    """Digest, evaluation, point: of a witness that keeps all rows."""
    compiled = compiled_settlement(trace.preset)
    witness = compiled.unchecked_witness(settlement_values(trace, point), one_thread())
    assert len(compiled.relation.unsatisfied_rows(witness, one_thread())) == 0
    return compiled.public_signals(witness)


def agrees(vector: WordVector) -> bool:
    found = public_signals(trace_of(vector.name), vector.point)
    return found == [vector.digest, vector.evaluation, vector.point]


@pytest.mark.parametrize("name", BATCHES)
def test_e64_the_circuit_agrees_with_the_vectors(name: str) -> None:
    assert agrees(VECTORS[name])


@pytest.mark.parametrize("field", ["digest", "evaluation"])
def test_e64_the_circuit_agrees_twin(field: str) -> None:
    """A vector that is wrong in one place; and the words of another batch at the same point."""
    vector = VECTORS[BATCHES[0]]
    assert not agrees(replace(vector, **{field: (getattr(vector, field) + 1) % FR}))
    assert not agrees(replace(VECTORS[BATCHES[1]], point=vector.point))


def sampled(trace: Trace) -> tuple[list[int], list[int]]:
    """Public signals by the circuit and by their twins."""
    words = trace.applied.words
    digest = words_digest(words, trace.preset)
    point = challenge_point(digest, words)
    return public_signals(trace, point), [digest, evaluate(words, point), point]


@pytest.mark.parametrize("seed", range(4))
def test_b33_digest_and_evaluation_of_samples(seed: int) -> None:
    random = Random(seed)
    found = sample(venue_of(random, TINY), close_out=bool(seed % 2))
    by_circuit, by_twin = sampled(trace_batch(found.state, found.table, found.batch, TINY))
    assert by_circuit == by_twin


@pytest.mark.deep
def test_b33_digest_and_evaluation_at_demo() -> None:
    found = sample(venue_of(Random(33), DEMO))
    by_circuit, by_twin = sampled(trace_batch(found.state, found.table, found.batch, DEMO))
    assert by_circuit == by_twin


def test_b33_digest_is_of_every_word_in_its_place() -> None:
    words = list(VECTORS[BATCHES[0]].words)
    digests = {words_digest(words, TINY)}
    for index in range(number_of_words(TINY)):
        digests.add(words_digest([*words[:index], (words[index] + 1) % FR, *words[index + 1 :]], TINY))
    digests.add(words_digest([words[1], words[0], *words[2:]], TINY))
    assert len(digests) == number_of_words(TINY) + 2


def test_readable_and_native_hashes_give_one_digest() -> None:
    words = list(range(number_of_words(LARGE)))
    assert words_digest(words, LARGE) == words_digest(words, LARGE, crypto())
