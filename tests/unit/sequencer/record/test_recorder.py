"""The recorder never holds up, breaks, or lies to whoever hands things in."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

import pytest
import structlog
from msgspec import structs

from rollup.errors import UnknownSeries
from sequencer.messages import EndBatch
from sequencer.record import pump, scribe
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from sequencer.submitter.progress import BatchProgress, L1Progress, Step
from sequencer.venue import Outcome
from tests.support.recorded_l1 import mark_of
from tests.support.recorded_run import Narrator, RecordedRun, recorded_run, tell
from tests.support.rollup import NOW
from tests.support.work import calls_of

MESSAGE = EndBatch(NOW)


def progress_to(committed: int, proven: int, executed: int = 0) -> L1Progress:
    step = Step(mark_of(3), is_final=False)
    batches = {
        number: BatchProgress(
            number, True, step, step if number <= proven else None, step if number <= executed else None
        )
        for number in range(1, committed + 1)
    }
    return L1Progress(0, committed, proven, executed, 0, 0, 0, batches)


@pytest.fixture(name="run")
def given_run(run_without_proofs: RecordedRun) -> RecordedRun:
    return run_without_proofs


@pytest.fixture
def complaints(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the recorder logs."""
    said: list[dict[str, Any]] = []

    class Log:
        def error(self, event: str, **fields: Any) -> None:
            said.append({"event": event, **fields})

    monkeypatch.setattr(structlog, "get_logger", lambda _name: Log())
    return said


def batches_of(run: RecordedRun) -> list[tuple[int, Any, Outcome]]:
    return [(i, *one) for i, one in enumerate(run.outcomes, 1)]


# -- what it costs ---------------------------------------------------------------------------------------------------


def test_a_resting_order_is_only_counted(path: Path, run: RecordedRun) -> None:
    message, outcome = next(one for one in run.outcomes if type(one[0]).__name__ == "PlaceOrder")
    resting = structs.replace(outcome, report=structs.replace(outcome.report, trades=()))
    with Recorder(path) as recorder:
        calls = [calls_of(partial(recorder.applied, sequence, NOW, message, resting)) for sequence in range(1, 2_001)]
    assert max(calls) < 20, "some microseconds an order"
    with RecordReader(path) as reader:
        assert reader.counts().messages == {"PlaceOrder": 2_000}
        assert reader.trades() == ()


def test_it_never_waits_for_the_disk(path: Path) -> None:
    """Another writer holds the file: handing in goes on, and nothing is lost once it lets go."""
    with Recorder(path, group_s=0.0) as recorder:
        assert recorder.flush()
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        began = perf_counter()
        for number in range(200):
            recorder.log("info", f"line {number}")
        assert perf_counter() - began < 4.0, "SQLite waits for 5 seconds"
        assert not recorder.flush(0.2)
        blocker.execute("COMMIT")
        blocker.close()
        assert recorder.flush(20)
        with RecordReader(path) as reader:
            assert len(reader.log(limit=1_000)) == 200
        assert recorder.lost == 0


def test_a_writer_is_waited_for_longer_than_sqlite_does(path: Path, complaints: list[dict[str, Any]]) -> None:
    with Recorder(path, group_s=0.0) as recorder:
        recorder.flush()
        recorder._pump._connection.execute("PRAGMA busy_timeout = 20")
        blocker = sqlite3.connect(path, isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        recorder.log("info", "it waits")
        recorder.flush()
        blocker.execute("COMMIT")
        blocker.close()
        for _ in range(5):
            recorder.flush()
    with RecordReader(path) as reader:
        assert [row.text for row in reader.log()] == ["it waits"]
        assert reader.counts().lost == 0
    assert len(complaints) == 1


def test_beyond_the_bound_things_are_lost_and_counted(path: Path) -> None:
    with Recorder(path, group_s=0.3, most_waiting=50) as recorder:
        for number in range(400):
            recorder.log("info", str(number))
        assert recorder.lost == 350
    with RecordReader(path) as reader:
        assert [row.text for row in reversed(reader.log(limit=400))] == [str(number) for number in range(50)]
        assert reader.counts().lost == 350


def test_idle_it_does_nothing(path: Path) -> None:
    with Recorder(path, group_s=0.0) as recorder:
        recorder.flush()
        groups = recorder._pump._groups
        sleep(0.3)
        assert recorder._pump._groups == groups


# -- what goes wrong -------------------------------------------------------------------------------------------------


def test_a_full_disk_is_said_once_and_touches_nobody(
    path: Path, complaints: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    is_full = threading.Event()
    written = scribe.Scribe.line

    def line(self: scribe.Scribe, *given: Any) -> None:
        if is_full.is_set():
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        written(self, *given)

    monkeypatch.setattr(scribe.Scribe, "line", line)
    with Recorder(path, group_s=0.0) as recorder:
        recorder.log("info", "before")
        recorder.flush()
        is_full.set()
        for _ in range(3):
            recorder.log("info", "lost")
            recorder.log("info", "lost")
            recorder.flush()
        is_full.clear()
        recorder.log("info", "after")
        recorder.flush()
        assert recorder.lost == 6
    assert [one["event"] for one in complaints] == ["the record is not whole"]
    assert "disk is full" in complaints[0]["why"]
    with RecordReader(path) as reader:
        assert [row.text for row in reader.log()] == ["after", "before"]
        assert reader.counts().lost == 6


def test_what_nobody_can_write_is_lost_alone(path: Path, complaints: list[dict[str, Any]]) -> None:
    unprintable: Any = object()
    with Recorder(path, group_s=0.2) as recorder:
        recorder.log("info", "first")
        recorder.spots({1: unprintable})
        recorder.proof(unprintable)
        recorder.log("info", "last")
        recorder.flush()
        assert recorder.lost == 2
    with RecordReader(path) as reader:
        assert [row.text for row in reversed(reader.log())] == ["first", "last"]
        assert reader.spots(1) == ()
    assert len(complaints) == 1


def test_progress_is_told_again_after_a_group_that_was_taken_back(path: Path) -> None:
    unprintable: Any = object()
    with Recorder(path, group_s=0.2) as recorder:
        recorder.progress(progress_to(2, 1), 5)
        recorder.proof(unprintable)
        recorder.flush()
        recorder.progress(progress_to(2, 1), 6)
    with RecordReader(path) as reader:
        assert (reader.state().committed, reader.state().proven) == (2, 1)


def test_after_close_nothing_is_taken_and_nothing_raised(path: Path) -> None:
    recorder = Recorder(path)
    recorder.close()
    recorder.close()
    recorder.log("info", "too late")
    recorder.refused(MESSAGE, UnknownSeries("order"))
    assert recorder.flush(0.1)
    assert recorder.lost == 1
    with RecordReader(path) as reader:
        assert reader.log() == ()


# -- a node that begins again ------------------------------------------------------------------------------------------


def test_entries_of_before_are_passed_over(path: Path, run: RecordedRun) -> None:
    """A node hands in what it replays: what is there already is not written twice, what is not comes now."""
    entries = batches_of(run)
    for end in (10, len(entries)):
        with Recorder(path, group_s=0.0) as recorder:
            for sequence, message, outcome in entries[:end]:
                recorder.applied(sequence, NOW * 1_000, message, outcome)
    with RecordReader(path) as reader, RecordReader(run.path) as whole:
        assert [row.number for row in reader.trades()] == [row.number for row in whole.trades()]
        assert reader.counts().messages == whole.counts().messages
        assert [row.root_after for row in reader.batches()] == [row.root_after for row in whole.batches()]


def test_what_was_not_written_does_not_count_as_written(path: Path, run: RecordedRun) -> None:
    """The process dies before the group is written."""
    entries = batches_of(run)
    recorder = Recorder(path, group_s=0.0)
    for sequence, message, outcome in entries[:5]:
        recorder.applied(sequence, NOW, message, outcome)
    recorder.flush()
    recorder._pump._write = lambda *_: None  # type: ignore[method-assign]
    for sequence, message, outcome in entries[5:10]:
        recorder.applied(sequence, NOW, message, outcome)
    recorder.close()
    with Recorder(path) as again:
        assert again.last_sequence == 5


def test_facts_are_those_of_the_last_start(run: RecordedRun, path: Path) -> None:
    with RecordReader(run.path) as reader:
        facts = reader.facts()
    recorder = Recorder(path, group_s=0.0)
    recorder.facts(replace(facts, ended_ms=None))
    recorder.flush()
    with RecordReader(path) as reader:
        assert reader.facts().ended_ms is None
        recorder.close()
        assert reader.changed()
        assert reader.facts().ended_ms is not None


def test_two_processes_record_into_one_file(path: Path, run: RecordedRun) -> None:
    """Whoever sequences and whoever follows: stages may come before their batch."""
    with Recorder(path, group_s=0.0) as follower, Recorder(path, group_s=0.0) as sequencer:
        follower.progress(progress_to(1, 1, 1), 50)
        follower.flush()
        for sequence, message, outcome in batches_of(run):
            sequencer.applied(sequence, NOW, message, outcome)
        sequencer.flush()
        follower.refused(MESSAGE, UnknownSeries("order"))
        follower.flush()
        sequencer.refused(MESSAGE, UnknownSeries("order"))
        sequencer.flush()
        with RecordReader(path) as reader:
            assert reader.batch(1).status == "executed"
            assert reader.counts().refused == {"UnknownSeries": 2}
    with Recorder(path) as again:
        assert again.last_sequence == len(run.outcomes)


def test_refusals_are_bounded_and_counted(path: Path) -> None:
    with Recorder(path, group_s=0.3) as recorder:
        for number in range(pump.MOST_REFUSALS + 200):
            recorder.refused(MESSAGE, UnknownSeries("order", series_id=number))
    with RecordReader(path) as reader:
        rows = reader.refusals(limit=2_000)
        assert len(rows) == pump.MOST_REFUSALS
        assert "series_id 699" in rows[0].reason
        assert reader.counts().refused == {"UnknownSeries": 700}


def test_old_lines_are_dropped(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "MOST_LINES", 30)
    monkeypatch.setattr(pump, "PRUNE_EVERY", 1)
    with Recorder(path, group_s=0.0) as recorder:
        for number in range(100):
            recorder.log("info", str(number))
        recorder.flush()
    with RecordReader(path) as reader:
        assert [int(row.text) for row in reader.log(limit=200)] == list(range(99, 69, -1))


PLANTED: dict[str, tuple[str, Callable[..., Any]]] = {
    "rows are forgotten": ("sequencer.record.sheet.Sheet.flush", lambda self: self._rows.clear()),
    "words are others": ("sequencer.record.writing_batches.words_bytes", lambda words: bytes(32 * len(list(words)))),
    "gas is not shared": ("sequencer.record.writing_l1._book_gas", lambda *_: None),
    "trades have no batch": ("sequencer.record.writing_batches.runs", lambda _numbers: iter(())),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_defect_is_seen(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin of the comparison of a whole run with its record."""
    target, planted = PLANTED[name]

    def is_whole(folder: Path) -> bool:
        made = recorded_run(folder, proofs=0, tale=tell_it)
        with RecordReader(made.path) as reader:
            rows = {row.number: row for row in reader.batches()}
            return sorted(rows) == [batch.number for batch in made.batches] and all(
                reader.words(batch.number) == batch.applied.words
                and (rows[batch.number].gas is not None or batch.number > made.batches[-3].number)
                and [one.number for one in reader.detail(batch.number).trades if one.liquidated is None]
                == list(batch.origins.trade_numbers)
                for batch in made.batches
            )

    def tell_it(story: Narrator) -> None:
        tell(story)

    assert is_whole(tmp_path / "whole")
    monkeypatch.setattr(target, planted)
    assert not is_whole(tmp_path / "planted")


def test_lines_of_the_log_are_copied(path: Path) -> None:
    from sequencer.record.log_lines import copy_log_lines

    before = structlog.get_config()["processors"]
    with Recorder(path, group_s=0.0) as recorder:
        end = copy_log_lines(recorder)
        try:
            structlog.get_logger("node").warning("it is late", seconds=3)
        finally:
            end()
        structlog.get_logger("node").warning("it is not copied")
    assert structlog.get_config()["processors"] == before
    with RecordReader(path) as reader:
        (line,) = reader.log()
        assert (line.level, line.text, line.fields, line.source) == (
            "warning", "it is late", {"seconds": "3"}, threading.current_thread().name,
        )  # fmt: skip
