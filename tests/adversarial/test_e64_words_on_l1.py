"""Checklist E64: data that are not those of the proof end in another evaluation or in a revert."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from eth_utils.crypto import keccak

from primitives.field import FR
from sequencer.l1.words import WORD_BYTES, packed_words
from tests.support.word_vectors import WordVector, read_word_vectors
from tests.support.words_on_l1 import SABOTAGE, WordsOnL1

GAS_PER_WORD = 70
GAS_OF_CALLS = 400


def first_words(vector: WordVector) -> tuple[int, ...]:
    """What a contract has itself."""
    return vector.words[1 : vector.after_queue]


def as_the_contract_orders(vector: WordVector) -> tuple[int, ...]:
    """The harness has its own words first, the header after them: an order of its own, for tests of the library."""
    return (*first_words(vector), vector.words[0], *vector.words[vector.after_queue :])


def outcome(chain: WordsOnL1, vector: WordVector, data: bytes, digest: int | None = None) -> tuple[int, int] | None:
    """Point and evaluation; None for a revert."""
    count = len(vector.calldata) // WORD_BYTES
    bound = chain.bind(vector.digest if digest is None else digest, first_words(vector), count, data)
    return None if bound is None else (bound.point, bound.evaluation)


def vector_named(preset: str, name: str) -> WordVector:
    (found,) = (one for one in read_word_vectors() if one.preset.name == preset and one.name == name)
    return found


def wrong_data(vector: WordVector) -> dict[str, bytes]:
    """Every byte changed, every length but the right one, zeros taken away or added."""
    data = vector.calldata
    found = {f"byte {i} changed": data[:i] + bytes([data[i] ^ 1]) + data[i + 1 :] for i in range(len(data))}
    found |= {f"cut to {length}": data[:length] for length in range(len(data))}
    found |= {f"longer by {more}": data + bytes(more) for more in range(1, 64)}
    found["first word missing"] = data[WORD_BYTES:]
    found["words exchanged"] = data[WORD_BYTES : 2 * WORD_BYTES] + data[:WORD_BYTES] + data[2 * WORD_BYTES :]
    return {name: changed for name, changed in found.items() if changed != data}


def taken_for_the_data(chain: WordsOnL1, vector: WordVector) -> list[str]:
    """What ends in the evaluation of other data."""
    right = outcome(chain, vector, vector.calldata)
    assert right is not None
    return [name for name, data in wrong_data(vector).items() if outcome(chain, vector, data) == right]


def test_e64_wrong_data_have_another_evaluation_or_none() -> None:
    chain = WordsOnL1()
    for name in ("any", "half empty", "all zero"):
        assert taken_for_the_data(chain, vector_named("tiny", name)) == []


@pytest.mark.parametrize(
    ("variant", "name"),
    [
        ("wholeness_unchecked", "any"),
        ("more_accepted", "any"),
        ("count_unchecked", "all zero"),
        ("byte_dropped", "any"),
    ],
)
def test_e64_wrong_data_twin(variant: str, name: str) -> None:
    """Words cut off are zeros if nobody counts them."""
    assert taken_for_the_data(WordsOnL1(variant), vector_named("tiny", name))


def selectors_of_errors(chain: WordsOnL1, vector: WordVector) -> dict[int, bytes]:
    """What is reverted with, by the length of data."""
    count = len(vector.calldata) // WORD_BYTES
    lengths = (1, 30, 31, len(vector.calldata) - 1, len(vector.calldata) - 31, len(vector.calldata) + 31)
    data = vector.calldata + bytes(WORD_BYTES)
    return {n: chain.call(vector.digest, first_words(vector), count, data[:n]).output for n in lengths}


def test_e64_errors_say_what_is_wrong() -> None:
    vector = vector_named("tiny", "any")
    count = len(vector.calldata) // WORD_BYTES
    for length, output in selectors_of_errors(WordsOnL1(), vector).items():
        if length % WORD_BYTES:
            expected = keccak(text="WordsNotWhole(uint256)")[:4] + length.to_bytes(32, "big")
        else:
            words = length // WORD_BYTES
            expected = keccak(text="WrongWordCount(uint256,uint256)")[:4]
            expected += count.to_bytes(32, "big") + words.to_bytes(32, "big")
        assert output == expected


# -- the point ---------------------------------------------------------------------------------------------------------


def fitted(chain: WordsOnL1, vector: WordVector) -> bytes:
    """Other data of the same value at the point of the right ones: the last words but one and the last are moved."""
    right = outcome(chain, vector, vector.calldata)
    assert right is not None
    last = len(vector.words) - 1
    for step in itertools.count(1):
        moved = list(as_the_contract_orders(vector))
        moved[last - 1] += step
        moved[last] = (moved[last] - step * pow(right[0], -1, FR)) % FR
        if max(moved[last - 1 :]) >> (8 * WORD_BYTES) == 0:
            break
    return packed_words(moved[len(first_words(vector)) :])


def test_e64_data_fitted_to_a_point_do_not_pass() -> None:
    """Whoever knows the point finds other words of the same value at once; but they have another point."""
    chain, vector = WordsOnL1(), vector_named("tiny", "half empty")
    data = fitted(chain, vector)
    assert data != vector.calldata
    assert outcome(chain, vector, data) != outcome(chain, vector, vector.calldata)


def test_e64_data_fitted_to_a_point_twin() -> None:
    chain, vector = WordsOnL1("words_not_hashed"), vector_named("tiny", "half empty")
    assert outcome(chain, vector, fitted(chain, vector)) == outcome(chain, vector, vector.calldata)


def points_that_stay(chain: WordsOnL1) -> list[str]:
    """What can be changed while the point stays."""
    vector = vector_named("tiny", "any")
    right = outcome(chain, vector, vector.calldata)
    assert right is not None
    changed = {name: outcome(chain, vector, data) for name, data in wrong_data(vector).items()}
    changed["digest"] = outcome(chain, vector, vector.calldata, vector.digest ^ 1)
    return [name for name, found in changed.items() if found is not None and found[0] == right[0]]


def test_e64_the_point_is_of_every_word_and_of_the_digest() -> None:
    assert points_that_stay(WordsOnL1()) == []


@pytest.mark.parametrize("variant", ["words_not_hashed", "last_word_not_hashed", "digest_not_hashed"])
def test_e64_the_point_twin(variant: str) -> None:
    assert points_that_stay(WordsOnL1(variant))


# -- against the vectors -----------------------------------------------------------------------------------------------


def disagreements(chain: WordsOnL1) -> list[str]:
    """Vectors whose point or evaluation the contract has not got."""
    differing = []
    for vector in read_word_vectors():
        # All words but the last as the contract's own, so that the order is that of the batch.
        last = vector.words[-1].to_bytes(WORD_BYTES, "big")
        bound = chain.bind(vector.digest, vector.words[:-1], 1, last)
        found = bound and (bound.words, bound.point, bound.evaluation)
        if found != (vector.words, vector.point, vector.evaluation):
            differing.append(vector.name)
    return differing


def test_e64_solidity_agrees_with_the_vectors() -> None:
    assert disagreements(WordsOnL1()) == []


@pytest.mark.parametrize("variant", [name for name in SABOTAGE if name != "sound"])
def test_e64_solidity_agrees_twin(variant: str) -> None:
    """What only lengths tell, no vector does."""
    lengths = {"wholeness_unchecked", "count_unchecked", "more_accepted"}
    assert bool(disagreements(WordsOnL1(variant))) is (variant not in lengths)


def test_evaluation_at_special_points() -> None:
    chain, random = WordsOnL1(), Random(64)
    words = [random.randrange(FR) for _ in range(20)]
    assert chain.evaluate(words, 0) == words[0]
    assert chain.evaluate(words, 1) == sum(words) % FR
    assert chain.evaluate(words, FR - 1) == sum(w * (-1) ** i for i, w in enumerate(words)) % FR
    assert chain.evaluate([], 5) == 0
    assert chain.evaluate([7], 5) == 7


def test_gas_of_binding() -> None:
    chain, vector = WordsOnL1(), vector_named("large", "any")
    bound = chain.bind(vector.digest, vector.words[:-1], 1, vector.words[-1].to_bytes(WORD_BYTES, "big"))
    assert bound is not None
    assert bound.gas < GAS_OF_CALLS + GAS_PER_WORD * len(vector.words)
