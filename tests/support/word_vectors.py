"""Vectors of how the words of a batch are bound on L1, for Python, Solidity and the circuit.

One object a line; integers and bytes are hexadecimal text. Words of TINY are of batches in the vectors of the rules, so
that there is a witness for each; the others are any words that fit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from random import Random
from typing import Any

from circuits.settlement.digest import words_digest
from primitives.field import FR
from rollup.presets import DEMO, LARGE, PRESETS, TINY, Preset
from rollup.trace import Trace, trace_batch
from rollup.types.words import FIRST_WORDS, WORDS_PER_QUEUE_ENTRY, number_of_words
from sequencer.l1.words import WORD_BYTES, calldata_words, challenge_point, evaluate, words_hash
from tests.support.rollup_vectors import batch_of, read_vectors, state_of, table_of
from tests.support.source_tree import ROOT

FILE = ROOT / "tests" / "vectors" / "l1" / "words.jsonl"
BATCHES = (
    "trade_and_cancel_at_once, good",
    "settlement_of_another_slot, good",
    "deposit_before_registration, good",
    "withdrawal_in_distress, good",
    "liquidation_at_a_loss, good",
)
WORD_MAX = (1 << 8 * WORD_BYTES) - 1


@dataclass(frozen=True, slots=True)
class WordVector:
    """One batch of words and all that follows from them."""

    name: str
    preset: Preset
    words: tuple[int, ...]
    digest: int
    calldata: bytes
    hash: bytes
    point: int
    evaluation: int

    @property
    def after_queue(self) -> int:
        """Index of the first word after the queue section."""
        return FIRST_WORDS + WORDS_PER_QUEUE_ENTRY * self.preset.queue


def vector_of(name: str, preset: Preset, words: tuple[int, ...]) -> WordVector:
    digest = words_digest(words, preset)
    point = challenge_point(digest, words)
    calldata = calldata_words(words, preset)
    return WordVector(name, preset, words, digest, calldata, words_hash(words), point, evaluate(words, point))


def all_vectors() -> Iterator[WordVector]:
    for name in BATCHES:
        yield vector_of(name, TINY, trace_of(name).applied.words)
    for preset in (TINY, DEMO, LARGE):
        count = number_of_words(preset)
        yield vector_of("all zero", preset, (0,) * count)
        yield vector_of("all largest", preset, _placed(preset, WORD_MAX, FR - 1))
        yield vector_of("last word alone", preset, (*(0,) * (count - 1), 1))
        random = Random(f"words of {preset.name}")
        yield vector_of("any", preset, tuple(random.randrange(WORD_MAX + 1) for _ in range(count)))
        yield vector_of("half empty", preset, tuple(random.choice((0, random.getrandbits(200))) for _ in range(count)))


def _placed(preset: Preset, operators: int, contracts: int) -> tuple[int, ...]:
    """One value where the operator has the say, another where the contract has."""
    between = FIRST_WORDS - 1 + WORDS_PER_QUEUE_ENTRY * preset.queue
    return (operators, *(contracts,) * between, *(operators,) * (number_of_words(preset) - between - 1))


@cache
def trace_of(name: str) -> Trace:
    """The batch of the vector of this name."""
    table, vectors = read_vectors()
    (vector,) = (one for one in vectors if one["name"] == name)
    state, preset = state_of(vector)
    return trace_batch(state, table_of(table, preset), batch_of(vector), preset)


def lines() -> str:
    """The file's text."""
    return "".join(json.dumps(_to_json(vector), separators=(",", ":")) + "\n" for vector in all_vectors())


def _to_json(vector: WordVector) -> dict[str, Any]:
    fields = asdict(vector) | {"preset": vector.preset.name, "words": [hex(word) for word in vector.words]}
    return {name: _text(value) for name, value in fields.items()}


def _text(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return hex(value) if isinstance(value, int) else value


@cache
def read_word_vectors() -> tuple[WordVector, ...]:
    """What is in the file."""
    return tuple(_from_json(json.loads(line)) for line in FILE.read_text().splitlines())


def _from_json(data: dict[str, Any]) -> WordVector:
    return WordVector(
        data["name"],
        PRESETS[data["preset"]],
        tuple(int(word, 16) for word in data["words"]),
        int(data["digest"], 16),
        bytes.fromhex(data["calldata"]),
        bytes.fromhex(data["hash"]),
        int(data["point"], 16),
        int(data["evaluation"], 16),
    )


if __name__ == "__main__":
    FILE.write_text(lines())
