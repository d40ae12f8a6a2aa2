"""Words as 31 bytes and back, and their binding, in Python: the twin of the library in Solidity."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from circuits.frontend import InputRefused
from circuits.settlement.digest import words_digest
from primitives.field import FR
from rollup.presets import PRESETS, TINY, Preset
from rollup.types.words import FIRST_WORDS, number_of_words
from sequencer.l1 import words as l1_words
from sequencer.l1.words import (
    WORD_BYTES,
    WordsNotWhole,
    WordTooLarge,
    WrongWordCount,
    calldata_words,
    challenge_point,
    evaluate,
    packed_words,
    unpacked_words,
    words_from_calldata,
    words_hash,
)
from tests.support.word_vectors import FILE, WordVector, lines, read_word_vectors

COUNT = number_of_words(TINY)


def test_the_vectors_are_fresh() -> None:
    assert lines() == FILE.read_text(), "write it again: python -m tests.support.word_vectors"


def disagreements(vector: WordVector) -> list[str]:
    """What comes out otherwise than the vector says."""
    found = {
        "digest": words_digest(vector.words, vector.preset) == vector.digest,
        "calldata": calldata_words(vector.words, vector.preset) == vector.calldata,
        "hash": words_hash(vector.words) == vector.hash,
        "point": challenge_point(vector.digest, vector.words) == vector.point,
        "evaluation": evaluate(vector.words, vector.point) == vector.evaluation,
        "powers": sum(w * pow(vector.point, k, FR) for k, w in enumerate(vector.words)) % FR == vector.evaluation,
        "back": recovered(vector) == vector.words,
    }
    return [name for name, agrees in found.items() if not agrees]


def recovered(vector: WordVector) -> tuple[int, ...]:
    """As whoever reads the data on L1, and has the rest from the contract."""
    after_header, queue = vector.words[1:FIRST_WORDS], vector.words[FIRST_WORDS : vector.after_queue]
    return tuple(words_from_calldata(vector.calldata, after_header, queue, vector.preset))


@pytest.mark.parametrize("vector", read_word_vectors(), ids=lambda one: f"{one.preset.name}: {one.name}")
def test_e64_python_agrees_with_the_vectors(vector: WordVector) -> None:
    assert disagreements(vector) == []


def test_e64_python_agrees_with_the_vectors_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "evaluate", lambda words, point: l1_words.evaluate(words[::-1], point))
    assert any("evaluation" in disagreements(vector) for vector in read_word_vectors())


def test_vectors_are_of_three_presets() -> None:
    assert {vector.preset.name for vector in read_word_vectors()} == {"tiny", "demo", "large"}


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_words_go_and_come_back(preset: Preset) -> None:
    random = Random(preset.name)
    words = [random.getrandbits(248) for _ in range(number_of_words(preset))]
    data = calldata_words(words, preset)
    served = preset.queue // 2
    after_queue = FIRST_WORDS + 3 * preset.queue
    words[FIRST_WORDS + 3 * served : after_queue] = [0] * (after_queue - FIRST_WORDS - 3 * served)
    queue = words[FIRST_WORDS : FIRST_WORDS + 3 * served]
    assert words_from_calldata(data, words[1:FIRST_WORDS], queue, preset) == words
    assert len(data) == WORD_BYTES * (len(words) - FIRST_WORDS + 1 - 3 * preset.queue)


def malformed() -> dict[str, tuple[type[Exception], Callable[[], object]]]:
    data = calldata_words([1] * COUNT, TINY)
    return {
        "a byte less": (WordsNotWhole, lambda: words_from_calldata(data[:-1], [1] * 4, [], TINY)),
        "a byte more": (WordsNotWhole, lambda: words_from_calldata(data + b"\0", [1] * 4, [], TINY)),
        "nothing": (WrongWordCount, lambda: words_from_calldata(b"", [1] * 4, [], TINY)),
        "a word less": (WrongWordCount, lambda: words_from_calldata(data[:-31], [1] * 4, [], TINY)),
        "a word more": (WrongWordCount, lambda: words_from_calldata(data + bytes(31), [1] * 4, [], TINY)),
        "roots missing": (WrongWordCount, lambda: words_from_calldata(data, [1] * 3, [], TINY)),
        "part of a queue entry": (WrongWordCount, lambda: words_from_calldata(data, [1] * 4, [1] * 4, TINY)),
        "too many queue entries": (WrongWordCount, lambda: words_from_calldata(data, [1] * 4, [1] * 9, TINY)),
        "a batch of another preset": (WrongWordCount, lambda: calldata_words([1] * (COUNT + 1), TINY)),
        "a word of 249 bits": (WordTooLarge, lambda: packed_words([0, 1 << 248])),
        "a word below zero": (WordTooLarge, lambda: packed_words([-1])),
        "r hashed": (WordTooLarge, lambda: words_hash([FR])),
        "r evaluated": (WordTooLarge, lambda: evaluate([1, FR], 2)),
        "a digest of r": (WordTooLarge, lambda: challenge_point(FR, [1])),
        "digest of too few": (InputRefused, lambda: words_digest([1] * (COUNT - 1), TINY)),
        "digest of r": (ValueError, lambda: words_digest([FR] * COUNT, TINY)),
    }


@pytest.mark.parametrize("case", malformed())
def test_e64_malformed_words_are_errors(case: str) -> None:
    error, call = malformed()[case]
    with pytest.raises(error):
        call()


def test_errors_carry_what_is_wrong() -> None:
    with pytest.raises(WordTooLarge) as large:
        packed_words([0, 1 << 248])
    assert (large.value.index, large.value.word, large.value.limit) == (1, 1 << 248, 1 << 248)
    with pytest.raises(WordsNotWhole) as torn:
        unpacked_words(bytes(32))
    assert torn.value.length == 32
    with pytest.raises(WrongWordCount) as count:
        calldata_words([1], TINY)
    assert (count.value.expected, count.value.actual) == (COUNT, 1)
