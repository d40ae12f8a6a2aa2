"""Words mean what they were written from."""

from __future__ import annotations

import pytest

from rollup.packing import Field
from rollup.presets import PRESETS, TINY, Preset
from rollup.types.orders import Transfer
from rollup.types.transactions import Registration
from rollup.types.words import (
    header_fields,
    liquidation_words,
    number_of_words,
    operation_word_fields,
    queue_words,
    settlement_fields,
    trade_fields,
)
from sequencer.record.batch_types import WordMeaning
from sequencer.record.word_meanings import word_meanings
from tests.support.recorded_run import RecordedRun, shared_run


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return shared_run()


def values(meaning: WordMeaning) -> dict[str, int]:
    return dict(meaning.fields)


def test_each_kind_by_the_names_of_the_types(run: RecordedRun) -> None:
    seen = set()
    for batch in run.batches:
        inside, served = batch.batch, batch.applied.outcome.served
        found = {one.section: one for one in reversed(word_meanings(batch.applied.words, TINY))}
        assert values(found["header"]) == named(header_fields(inside, served, TINY))
        for i, trade in enumerate(inside.trades):
            assert values(found[f"trade {i}"]) == named(trade_fields(trade))
            seen.add("trade")
        for i, signed in enumerate(inside.operations):
            assert values(found[f"operation {i}"]) == named(operation_word_fields(signed.operation))
            seen.add(type(signed.operation).__name__)
        for i, one in enumerate(inside.settlements):
            expected = {f"{name} {i}": value for name, value in named(settlement_fields(one)).items()}
            assert values(found["settlements from 0"]) == expected
            seen.add("settlement")
    assert seen >= {"trade", "settlement", Transfer.__name__}


def named(fields: list[Field]) -> dict[str, int]:
    return {field.name: field.value for field in fields}


def test_queue_entries_and_liquidations_take_several_words(run: RecordedRun) -> None:
    liquidated = next(batch for batch in run.batches if batch.batch.liquidations)
    found = [one for one in word_meanings(liquidated.applied.words, TINY) if one.section == "liquidation 0"]
    assert tuple(one.word for one in found) == liquidation_words(liquidated.batch.liquidations[0])
    (only,) = liquidated.batch.liquidations
    assert values(found[0])["account"] == only.account
    assert values(found[1]) == {"penalty_e6": only.penalty_e6, "subsidy_e6": only.subsidy_e6}
    entry = run.batches[1].batch.queue[0]
    assert isinstance(entry, Registration)
    words = [one for one in word_meanings(run.batches[1].applied.words, TINY) if one.section == "queue entry 0"]
    assert tuple(one.word for one in words) == queue_words(entry)
    assert values(words[1]) == {"key x": entry.key[0]}
    assert values(words[0])["amount_e6"] == entry.amount_e6


def test_an_unused_place_has_no_fields(run: RecordedRun) -> None:
    for batch in run.batches:
        for one in word_meanings(batch.applied.words, TINY):
            assert bool(one.fields) == bool(one.word)


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS.keys())
def test_every_word_of_every_preset_has_a_place(preset: Preset) -> None:
    found = word_meanings([0] * number_of_words(preset), preset)
    assert [one.index for one in found] == list(range(number_of_words(preset)))
    sections = {one.section for one in found}
    assert f"trade {preset.trades - 1}" in sections
    assert f"queue entry {preset.queue - 1}" in sections


def test_words_of_an_unknown_preset_are_shown_as_they_are() -> None:
    assert word_meanings([1, 2], None) == (WordMeaning(0, 1, "word", ()), WordMeaning(1, 2, "word", ()))
    assert word_meanings([1, 2], TINY)[0].section == "word"


def test_a_word_that_was_never_written_so_has_no_fields() -> None:
    words = [0] * number_of_words(TINY)
    words[0] = 1 << 253
    assert word_meanings(words, TINY)[0].fields == ()
