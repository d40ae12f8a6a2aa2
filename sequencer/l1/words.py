"""The words of a batch as L1 gets them, and how they are bound to a proof: `contracts/src/libraries/Words.sol`'s twin.

The operator sends the words that only it knows, 31 bytes each, header first; domain, roots and queue entries are put
between by the contract, which has them. A word of 31 bytes is below r, and fits into a field element of an EIP-4844
blob as well as into calldata.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from primitives.field import FR
from rollup.presets import Preset
from rollup.types.words import FIRST_WORDS, WORDS_PER_QUEUE_ENTRY, number_of_words
from sequencer.l1.errors import L1Error

WORD_BYTES: Final = 31
EVM_WORD_BYTES: Final = 32


class WordsNotWhole(L1Error):
    """Data that are not a whole number of words."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} bytes are not a whole number of words of {WORD_BYTES} bytes: some are missing")
        self.length = length


class WrongWordCount(L1Error):
    """More or fewer words than a batch of the preset has."""

    def __init__(self, expected: int, actual: int) -> None:
        super().__init__(f"there are {actual} words where {expected} belong: they are of another preset, or cut off")
        self.expected = expected
        self.actual = actual


class WordTooLarge(L1Error):
    """A word that does not fit where it goes."""

    def __init__(self, index: int, word: int, limit: int) -> None:
        super().__init__(f"word {index} = {word:#x} is not in [0, {limit:#x}): refused, never reduced")
        self.index = index
        self.word = word
        self.limit = limit


def calldata_words(words: Sequence[int], preset: Preset) -> bytes:
    """The operator's part of all words of a batch: the header, and what comes after the queue.

    Raises `WrongWordCount` and `WordTooLarge`.
    """
    _require_count(number_of_words(preset), len(words))
    return packed_words([words[0], *words[_after_queue(preset) :]])


def words_from_calldata(data: bytes, after_header: Sequence[int], queue: Sequence[int], preset: Preset) -> list[int]:
    """All words of a batch, the inverse of `calldata_words`.

    `after_header` are domain and roots, `queue` the words of the queue entries that it serves; their places are filled
    up with zeros. Raises `WordsNotWhole` and `WrongWordCount`.
    """
    header, *rest = unpacked_words(data) or [0]
    _require_count(FIRST_WORDS - 1, len(after_header))
    _require_count(number_of_words(preset) - _after_queue(preset) + 1, len(data) // WORD_BYTES)
    room = WORDS_PER_QUEUE_ENTRY * preset.queue
    if len(queue) > room or len(queue) % WORDS_PER_QUEUE_ENTRY:
        raise WrongWordCount(room, len(queue))
    return [header, *after_header, *queue, *[0] * (room - len(queue)), *rest]


def packed_words(words: Sequence[int]) -> bytes:
    """31 bytes each, big-endian. Raises `WordTooLarge`."""
    _require_below(1 << 8 * WORD_BYTES, words)
    return b"".join(word.to_bytes(WORD_BYTES, "big") for word in words)


def unpacked_words(data: bytes) -> list[int]:
    """The inverse of `packed_words`. Raises `WordsNotWhole`."""
    if len(data) % WORD_BYTES:
        raise WordsNotWhole(len(data))
    return [int.from_bytes(data[at : at + WORD_BYTES], "big") for at in range(0, len(data), WORD_BYTES)]


def words_hash(words: Sequence[int]) -> bytes:
    """keccak256 of the words as the EVM has them, 32 bytes each. Raises `WordTooLarge` for one that is not below r."""
    from eth_utils.crypto import keccak

    _require_below(FR, words)
    return bytes(keccak(b"".join(word.to_bytes(EVM_WORD_BYTES, "big") for word in words)))


def challenge_point(digest: int, words: Sequence[int]) -> int:
    """Where the words are evaluated: keccak of digest and `words_hash`, mod r. Raises `WordTooLarge`."""
    from eth_utils.crypto import keccak

    _require_below(FR, [digest])
    return int.from_bytes(keccak(digest.to_bytes(EVM_WORD_BYTES, "big") + words_hash(words)), "big") % FR


def evaluate(words: Sequence[int], point: int) -> int:
    """words[0] + words[1] point + words[2] point^2 + … mod r, by Horner's rule. Raises `WordTooLarge`."""
    _require_below(FR, words)
    value = 0
    for word in reversed(words):
        value = (value * point + word) % FR
    return value


def _after_queue(preset: Preset) -> int:
    return FIRST_WORDS + WORDS_PER_QUEUE_ENTRY * preset.queue


def _require_count(expected: int, actual: int) -> None:
    if actual != expected:
        raise WrongWordCount(expected, actual)


def _require_below(limit: int, words: Sequence[int]) -> None:
    for index, word in enumerate(words):
        if not 0 <= word < limit:
            raise WordTooLarge(index, word, limit)
