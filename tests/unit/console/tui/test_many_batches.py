"""Ten thousand batches: what is read and drawn depends on the screen, not on the run."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from console.tui.app import ZkclearTui
from console.tui.opening import LINES, measure_run
from console.tui.panes.batches import BatchesPane
from console.tui.widgets.rows import KEPT_PAGES, PAGE, PagedRows
from tests.support.tui_runs import many_batches, pilot_run, press, seen, type_in

SIZES = [(80, 24), (160, 50)]


def work_to_open(folder: Path, size: tuple[int, int]) -> tuple[int, int, int]:
    """Batches, rows that were read, rows that were drawn until the first screen stands."""
    found: list[tuple[int, int, int]] = []

    async def scene(tui: ZkclearTui, _: Pilot[None]) -> None:
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        found.append((pane.table.row_count, pane.work.rows, pane.table.drawn_rows))

    pilot_run(folder, size, scene)
    return found[0]


@pytest.mark.parametrize("size", SIZES)
def test_opening_reads_a_page_or_two(many: Path, size: tuple[int, int]) -> None:
    batches, rows, drawn = work_to_open(many, size)
    assert batches == 10_000
    assert 0 < rows <= 2 * PAGE
    assert 0 < drawn <= 3 * size[1]


def test_opening_reads_no_more_than_of_a_short_run(many: Path, tmp_path: Path) -> None:
    short = many_batches(tmp_path, 10_000 % PAGE + 2 * PAGE)
    assert work_to_open(short, SIZES[0])[1:] == work_to_open(many, SIZES[0])[1:]


def test_both_ends_and_all_between_are_there(many: Path) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        assert "10,000" in seen(tui)
        await press(tui, pilot, "G")
        lines = seen(tui).split("\n")
        assert lines[-2].split()[0] == "1"
        assert lines[-3].split()[0] == "2"
        tui.go_to_batch(4_321)
        await press(tui, pilot, "up")
        assert pane.table.current is not None
        assert pane.table.current.number == 4_322
        assert "4,321" in seen(tui)
        assert pane.work.rows <= 6 * PAGE

    pilot_run(many, SIZES[0], scene)


def test_scrolling_reads_what_is_seen_and_keeps_little(many: Path) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        before, drawn = pane.work.rows, pane.table.drawn_rows
        for _ in range(30):
            await pilot.press("pagedown")
        page = SIZES[0][1] - 5
        assert pane.work.rows - before <= 30 * page + 2 * PAGE
        assert pane.table.drawn_rows - drawn <= 30 * 3 * SIZES[0][1]
        assert isinstance(rows := pane.table._rows, PagedRows)
        assert len(rows._pages) <= KEPT_PAGES

    pilot_run(many, SIZES[0], scene)


def test_a_filter_over_all_of_them(many: Path) -> None:
    async def scene(tui: ZkclearTui, pilot: Pilot[None]) -> None:
        await press(tui, pilot, "slash")
        await type_in(tui, pilot, "9999")
        pane = tui.stage.pane
        assert isinstance(pane, BatchesPane)
        assert pane.table.current is not None
        assert "9,999" in seen(tui)

    pilot_run(many, SIZES[0], scene)


def test_measuring_counts_what_each_step_did(many: Path) -> None:
    times = measure_run(many, presses=8)
    steps = {step.what: step for step in times.steps}
    assert times.batches == 10_000
    assert steps["first screen"].rows <= 2 * PAGE
    assert steps["a row down, each of 8"].rows == 0
    assert steps["a row down, each of 8"].drawn <= 8 * LINES
    assert 0 < steps["a page down, each of 8"].rows <= 8 * LINES + 2 * PAGE
    assert steps["something new was recorded"].rows <= 3 * PAGE
    assert times.as_data()["steps"][0]["what"].startswith("load")
