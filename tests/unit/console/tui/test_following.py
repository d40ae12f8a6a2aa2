"""A run that goes on while it is looked at: what is new comes, and nobody loses the row he reads."""

from __future__ import annotations

from pathlib import Path
from typing import Never

import pytest
from textual.pilot import Pilot

from console.tui.app import ZkclearTui
from console.tui.panes.batches import BatchesPane
from console.tui.panes.logs import LogsPane, first_id
from console.tui.refusals import refusals_between
from console.tui.screenshots import settled
from rollup.errors import BelowInitialMargin, UnknownSeries
from sequencer.messages import EndBatch
from sequencer.record.connection import record_path
from sequencer.record.errors import RecordDamaged
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from tests.support.tui_runs import FIRST_MS, many_batches, pilot_run, press, seen

SMALL = (80, 24)


def test_new_batches_come_and_the_cursor_stays(tmp_path: Path) -> None:
    folder = many_batches(tmp_path, 300)

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        await press(tui, pilot, "pagedown", "down")
        row, shown = pane.table.current, seen(tui).split("\n")[4:]
        assert row is not None
        many_batches(folder, 5, first=301)
        await tui.look()
        await settled(tui, pilot)
        assert pane.table.row_count == 305
        assert pane.table.current is not None
        assert pane.table.current.number == row.number
        assert seen(tui).split("\n")[4:] == shown
        await press(tui, pilot, "g")
        assert "305" in seen(tui).split("\n")[3]
        many_batches(folder, 1, first=306)
        await tui.look()
        await settled(tui, pilot)
        assert pane.table.current.number == 306

    pilot_run(folder, SMALL, scene)


@pytest.mark.parametrize(("after_ms", "goes_on"), [(1_000, True), (3_600_000, False)])
def test_rows_are_drawn_by_the_second_only_where_something_gets_older(
    tmp_path: Path, after_ms: int, goes_on: bool
) -> None:
    now_ms = RecordReader(record_path(many_batches(tmp_path, 60))).state().updated_ms

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        nonlocal now_ms
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        now_ms += after_ms
        for _ in range(2):
            drawn = pane.table.drawn_rows
            tui._tick()
            await settled(tui, pilot)
        assert (pane.table.drawn_rows > drawn) == goes_on
        assert ("live" in seen(tui)) == goes_on

    pilot_run(tmp_path, SMALL, scene, now_ms=lambda: now_ms)


def test_what_changes_is_drawn_anew(tmp_path: Path) -> None:
    folder = many_batches(tmp_path, 3)

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        assert "○ sealed" in seen(tui)
        with Recorder(record_path(folder), group_s=0.0) as recorder:
            recorder.log("alarm", "it burns", time_ms=FIRST_MS)
        many_batches(folder, 1, first=4)
        await tui.look()
        await settled(tui, pilot)
        assert seen(tui).count("○ sealed") == 2
        assert "! 1 alarm" in seen(tui)

    pilot_run(folder, SMALL, scene)


def test_nothing_is_read_while_nothing_changes(tmp_path: Path) -> None:
    folder = many_batches(tmp_path, 300)

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        before = pane.work.pages, pane.table.drawn_rows
        for _ in range(5):
            await tui.look()
            await settled(tui, pilot)
        assert (pane.work.pages, pane.table.drawn_rows) == before

    pilot_run(folder, SMALL, scene)


@pytest.mark.parametrize("most", [50, 5])
def test_logs_grow_at_their_end_and_lose_their_beginning(tmp_path: Path, most: int) -> None:
    folder = many_batches(tmp_path, 1)

    def say(first: int, last: int) -> None:
        with Recorder(record_path(folder), group_s=0.0) as recorder:
            for number in range(first, last):
                recorder.log("info", f"line {number}", time_ms=FIRST_MS + number)

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        say(0, most)
        await tui.look()
        await press(tui, pilot, "8")
        pane = tui.stage.pane
        assert isinstance(pane, LogsPane)
        assert f"line {most - 1}" in seen(tui)
        say(most, most + 30)
        await tui.look()
        await settled(tui, pilot)
        assert f"line {most + 29}" in seen(tui)
        assert pane.table.row_count == most + 30

    pilot_run(folder, SMALL, scene)


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 1_000), (400, 1_000), (1_000, 1_000)])
def test_the_first_line_that_is_left_is_found(first: int, last: int) -> None:
    asked: list[int] = []

    def is_any_below(before: int) -> bool:
        asked.append(before)
        return before > first

    assert first_id(last, 1, is_any_below) == first
    assert len(asked) <= 10
    assert first_id(last, first, is_any_below) == first


def test_refusals_of_a_batch_are_found_by_time(tmp_path: Path) -> None:
    folder = many_batches(tmp_path, 3)
    with Recorder(record_path(folder), group_s=0.0) as recorder:
        for number in range(100):
            error = (
                UnknownSeries("order", series_id=number) if number % 2 else BelowInitialMargin("account 1", worst_e6=-1)
            )
            recorder.refused(EndBatch(number), error, FIRST_MS + 10 * number)
    with RecordReader(record_path(folder)) as reader:
        found = refusals_between(reader, FIRST_MS + 100, FIRST_MS + 200)
        assert [row.time_ms - FIRST_MS for row in found] == list(range(200, 100, -10))
        assert refusals_between(reader, 0, FIRST_MS - 1) == []
        assert len(refusals_between(reader, 0, FIRST_MS + 10_000)) == 100


def test_a_run_that_is_quiet_is_not_called_live(tmp_path: Path) -> None:
    folder = many_batches(tmp_path, 3)
    later_ms = [0]

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        assert "● live" in seen(tui)
        later_ms[0] = 120_000
        await press(tui, pilot, "r")
        assert "■ quiet for 2 m" in seen(tui)

    pilot_run(folder, SMALL, scene, now_ms=lambda: FIRST_MS + 4_000 + later_ms[0])


def test_a_replay_lives_in_its_own_time(tmp_path: Path) -> None:
    folder, now_ms = many_batches(tmp_path, 3), [FIRST_MS + 10**11]

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        assert "last heard of on 2027-01-15" in seen(tui)
        assert tui.context.running_ms is None
        many_batches(folder, 1, first=4)
        await tui.look()
        now_ms[0] += 2_000
        await press(tui, pilot, "down")
        await tui.look()
        assert "● live" in seen(tui)
        assert tui.context.summary is not None
        assert tui.context.running_ms == tui.context.summary.state.updated_ms + 2_000

    pilot_run(folder, (100, 24), scene, now_ms=lambda: now_ms[0])


def test_a_record_that_rots_is_said_and_not_fatal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = many_batches(tmp_path, 500)

    def damaged(reader: RecordReader, *_: object, **__: object) -> Never:
        raise RecordDamaged(reader.path, "database disk image is malformed")

    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        with monkeypatch.context() as patch:
            for name in ("state", "log", "accounts", "batches", "trades"):
                patch.setattr(RecordReader, name, damaged)
            await tui.look(always=True)
            await settled(tui, pilot)
            assert "damaged (database disk image is malformed)" in seen(tui)
            await press(tui, pilot, "8", "4", "1", "down")
            assert "is damaged" in seen(tui)
        await tui.look(always=True)
        await settled(tui, pilot)
        assert "is damaged" not in seen(tui)

    pilot_run(folder, (200, 24), scene)
