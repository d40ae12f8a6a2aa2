"""Issue 7, show 3: a record of 10,000 batches opens and is paged through without lag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sequencer.record import reading_node
from sequencer.record.batch_types import BatchStatus
from sequencer.record.reader import RecordReader
from sequencer.record.record_file import RecordFile
from tests.support.recorded_scale import OPEN, shared_large_record
from tests.support.work import calls_of, steps_of

BATCHES = 10_000
PAGE = 50


@pytest.fixture(scope="module")
def path() -> Path:
    return shared_large_record()


@pytest.fixture
def reader(path: Path) -> Iterator[RecordReader]:
    with RecordReader(path) as found:
        yield found


STEPS = 5_000
"""Of SQLite, of some 10 ns each; and calls, of some 100 ns."""


def work(reader: RecordReader, what: Callable[[], Any]) -> int:
    """The larger of SQLite's steps and of calls."""
    return max(steps_of(reader._connection, what), calls_of(what))


def first_screen(reader: RecordReader) -> None:
    reader.facts()
    reader.state()
    reader.counts()
    reader.batches(limit=PAGE)


def test_it_opens_without_reading_it_all(path: Path, reader: RecordReader) -> None:
    assert calls_of(lambda: RecordReader(path).close()) < 200
    assert work(reader, lambda: first_screen(reader)) < STEPS


def test_it_opens_without_reading_it_all_twin(reader: RecordReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite goes along a key for one of the two, not for both."""
    monkeypatch.setattr(reading_node, "FIRST_AND_LAST", "SELECT MIN(number), MAX(number) FROM batches")
    assert work(reader, lambda: first_screen(reader)) > 10 * STEPS


def test_a_page_costs_the_same_wherever_it_begins(reader: RecordReader) -> None:
    costs = [work(reader, partial(reader.batches, before, PAGE)) for before in (BATCHES + 1, 5_000, PAGE + 1)]
    assert max(costs) < min(STEPS, 1.5 * min(costs))


def test_pages_follow_each_other_without_gaps(reader: RecordReader) -> None:
    seen, before = [], None
    while page := reader.batches(before, 997):
        seen += [row.number for row in page]
        before = page[-1].number
    assert seen == list(range(BATCHES, 0, -1))


def test_its_state_is_that_of_its_batches(reader: RecordReader) -> None:
    state = reader.state()
    assert (state.sealed, state.committed, state.executed) == (BATCHES, BATCHES, BATCHES - OPEN)
    assert state.proven == BATCHES - OPEN // 2
    assert work(reader, reader.state) < 500
    assert len(reader.batches(status=BatchStatus.COMMITTED)) == OPEN // 2
    assert reader.batches(limit=1, status=BatchStatus.EXECUTED)[0].is_final


def test_a_batch_in_the_middle(reader: RecordReader) -> None:
    detail = reader.detail(5_000)
    assert detail.row.root_before == reader.batch(4_999).root_after
    assert work(reader, lambda: reader.detail(5_000)) < STEPS


QUESTIONS: dict[str, Callable[[RecordReader], object]] = {
    "batches": lambda reader: reader.batches(500),
    "proofs": lambda reader: reader.proofs(500),
    "transactions": lambda reader: reader.transactions(500),
    "transactions of a batch": lambda reader: reader.transactions_of(500),
    "trades": lambda reader: reader.trades(500),
    "trades of a series": lambda reader: reader.trades(500, series_id=1),
    "trades of an account": lambda reader: reader.trades(500, account=3),
    "trades of a batch": lambda reader: reader.trades(batch=500),
    "liquidations": lambda reader: reader.trades(500, only_liquidations=True),
    "refusals": lambda reader: reader.refusals(500),
    "dropped": lambda reader: reader.dropped(500),
    "operations": lambda reader: reader.operations(500),
    "operations of an account": lambda reader: reader.operations(500, account=4),
    "settlements": lambda reader: reader.settlements(500),
    "queue": lambda reader: reader.queue(500),
    "accounts": lambda reader: reader.accounts(2),
    "an account": lambda reader: reader.account(3),
    "its history": lambda reader: reader.account_history(3, 500),
    "tables": lambda reader: reader.tables(500),
    "spots": lambda reader: reader.spots(1),
    "log": lambda reader: reader.log(500),
    "detail": lambda reader: reader.detail(500),
}


def unkeyed(reader: RecordReader, monkeypatch: pytest.MonkeyPatch, ask: Callable[[RecordReader], object]) -> list[str]:
    """Steps of a question's plans that look at every row, or sort: in place of going along a key."""
    found: list[str] = []
    asked = RecordFile._rows

    def explained(self: RecordFile, sql: str, parameters: Any = ()) -> list[Any]:
        if not sql.startswith("PRAGMA"):
            for row in asked(self, f"EXPLAIN QUERY PLAN {sql}", parameters):
                step, is_bound = str(row[3]), "ORDER BY" in sql and "LIMIT" in sql
                if "TEMP B-TREE" in step or (step.startswith("SCAN") and not is_bound):
                    found.append(f"{step}: {sql}")
        return asked(self, sql, parameters)

    with monkeypatch.context() as patched:
        patched.setattr(RecordFile, "_rows", explained)
        ask(reader)
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_page_goes_along_a_key(name: str, reader: RecordReader, monkeypatch: pytest.MonkeyPatch) -> None:
    assert unkeyed(reader, monkeypatch, QUESTIONS[name]) == []


def test_every_page_goes_along_a_key_twin(reader: RecordReader, monkeypatch: pytest.MonkeyPatch) -> None:
    """By something that is no key."""
    planted = unkeyed(
        reader, monkeypatch, lambda one: one._page(("SELECT number FROM batches",), [], "time_s DESC", 10)
    )
    assert len(planted) == 1
    assert unkeyed(reader, monkeypatch, lambda one: one._rows("SELECT COUNT(text) FROM log"))
