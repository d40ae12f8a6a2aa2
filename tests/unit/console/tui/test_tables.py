"""Columns that fit, rows by pages, and a cursor that stays where it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Literal

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from console.tui.widgets.columns import Column, fitted, head_line, row_line
from console.tui.widgets.rows import PAGE, ListedRows, PagedRows
from console.tui.widgets.virtual_table import VirtualTable

COLUMNS: Sequence[Column[int]] = (
    Column("number", 6, str),
    Column("says", 8, lambda row: f"row {row}", "left", rank=1, grow=1),
    Column("square", 10, lambda row: f"{row * row:,}", rank=2),
)


def rows_to(last: int, first: int = 1, *, falling: bool = True) -> PagedRows[int]:
    return PagedRows(first, last, lambda low, high: range(low, high + 1), lambda row: row, falling=falling)


# -- columns -----------------------------------------------------------------------------------------------------------


def test_columns_go_by_rank_and_the_rest_grows() -> None:
    assert [one.column.head for one in fitted(COLUMNS, 28)] == ["number", "says", "square"]
    assert [one.column.head for one in fitted(COLUMNS, 27)] == ["number", "says"]
    assert [one.column.head for one in fitted(COLUMNS, 15)] == ["number"]
    assert [one.width for one in fitted(COLUMNS, 40)] == [6, 20, 10]


def test_the_first_rank_stays_however_narrow_it_is() -> None:
    assert [one.column.head for one in fitted(COLUMNS, 2)] == ["number"]


@pytest.mark.parametrize("width", [28, 33, 80])
def test_every_line_has_one_width(width: int) -> None:
    columns = fitted(COLUMNS, width)
    assert (
        {len(row_line(columns, row).plain) for row in (1, 999, 1_234_567)} == {len(head_line(columns).plain)} == {width}
    )


def test_what_is_too_wide_says_so() -> None:
    assert row_line(fitted(COLUMNS, 28), 12_345_678).plain.startswith("12345…  row 123…  ")


# -- rows --------------------------------------------------------------------------------------------------------------


def test_a_page_is_fetched_once() -> None:
    rows = rows_to(1_000)
    assert [rows.row(index) for index in range(3)] == [1_000, 999, 998]
    assert (rows.work.pages, rows.work.rows) == (1, 1_000 - 1_000 // PAGE * PAGE + 1)
    assert rows.row(999) == 1
    assert rows.work.pages == 2


def test_pages_are_forgotten() -> None:
    rows = rows_to(PAGE * 100, falling=False)
    for page in range(100):
        rows.row(page * PAGE)
    before = rows.work.pages
    rows.row(0)
    assert rows.work.pages == before + 1


@pytest.mark.parametrize("falling", [True, False])
def test_keys_and_places_are_inverse(falling: bool) -> None:
    rows = rows_to(500, 100, falling=falling)
    assert rows.count() == 401
    for index in (0, 1, 200, 400):
        key = rows.key_at(index)
        assert key is not None
        assert rows.index_of(key) == index
        assert rows.row(index) == key
    assert rows.index_of(99) is rows.index_of(501) is rows.index_of("100") is rows.key_at(401) is None
    assert rows.work.pages <= 4


def test_a_row_that_went_away_is_none() -> None:
    rows = PagedRows(1, 10, lambda low, high: [row for row in range(low, high + 1) if row != 7], lambda row: row)
    assert rows.row(3) is None
    assert rows.row(4) == 6


def test_listed_rows() -> None:
    rows = ListedRows(["a", "b", "c"], lambda row: row)
    assert (rows.count(), rows.row(2), rows.row(3), rows.index_of("b"), rows.index_of("x")) == (3, "c", None, 1, None)


# -- the table ---------------------------------------------------------------------------------------------------------


class OneTable(App[None]):
    def __init__(self, table: VirtualTable[int]) -> None:
        super().__init__()
        self.table = table

    def compose(self) -> ComposeResult:
        yield self.table


def play(
    scene: Callable[[VirtualTable[int], Pilot[None]], Awaitable[None]], newest: Literal["top", "bottom"] | None = None
) -> None:
    async def run() -> None:
        table: VirtualTable[int] = VirtualTable(COLUMNS, newest=newest)
        async with OneTable(table).run_test(size=(60, 21)) as pilot:
            table.focus()
            await scene(table, pilot)

    asyncio.run(run())


def lines(table: VirtualTable[int]) -> list[str]:
    return [table.render_line(y).text.strip() for y in range(table.size.height)]


def test_a_cursor_stays_on_its_row_while_others_come_above() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show(rows_to(1_000))
        for _ in range(3):
            await pilot.press("pagedown")
        row, shown = table.current, lines(table)
        table.show(rows_to(1_007))
        await pilot.pause()
        assert table.current == row
        assert lines(table) == shown

    play(scene, newest="top")


def test_who_is_on_the_newest_row_follows() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show(rows_to(1_000))
        await pilot.pause()
        assert table.is_following
        table.show(rows_to(1_003))
        assert (table.current, table.cursor) == (1_003, 0)
        await pilot.press("down", "up")
        table.show(rows_to(1_004))
        assert table.current == 1_004

    play(scene, newest="top")


def test_a_log_follows_at_its_end_and_stays_elsewhere() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show(rows_to(100, falling=False))
        await pilot.press("G")
        table.show(rows_to(150, falling=False))
        await pilot.pause()
        assert table.current == 150
        assert lines(table)[-1].startswith("150")
        await pilot.press("k", "k")
        shown = lines(table)
        table.show(rows_to(170, falling=False))
        await pilot.pause()
        assert (table.current, lines(table)) == (148, shown)

    play(scene, newest="bottom")


def test_without_a_newest_end_nothing_follows() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show(rows_to(10))
        table.show(rows_to(12))
        await pilot.pause()
        assert table.current == 10

    play(scene)


def test_keys() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show(rows_to(1_000, falling=False))
        found = []
        for key in ("j", "down", "k", "ctrl+d", "pageup", "G", "g", "up", "end", "home"):
            await pilot.press(key)
            found.append(table.current)
        page = 20 - 1
        assert found == [2, 3, 2, 2 + page, 2, 1_000, 1, 1, 1_000, 1]

    play(scene)


def test_a_click_chooses_and_two_open() -> None:
    opened: list[int | None] = []

    class Listening(OneTable):
        def on_virtual_table_chosen(self, event: VirtualTable.Chosen) -> None:
            opened.append(event.table.current)

    async def run() -> None:
        table: VirtualTable[int] = VirtualTable(COLUMNS)
        async with Listening(table).run_test(size=(60, 21)) as pilot:
            table.show(rows_to(50, falling=False))
            await pilot.click(VirtualTable, offset=(5, 4))
            assert (table.current, opened) == (4, [])
            await pilot.click(VirtualTable, offset=(5, 6), times=2)
            await pilot.pause()
            await pilot.click(VirtualTable, offset=(5, 0))
            assert (table.current, opened) == (6, [6])

    asyncio.run(run())


def test_an_empty_table_says_why() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show_listed((), lambda row: row, empty="nothing, because")
        await pilot.press("down", "enter", "G")
        assert lines(table)[1] == "nothing, because"
        assert table.current is None

    play(scene)


def test_rows_that_were_drawn_are_not_drawn_again() -> None:
    async def scene(table: VirtualTable[int], pilot: Pilot[None]) -> None:
        table.show(rows_to(10_000))
        await pilot.pause()
        before = table.drawn_rows
        for _ in range(10):
            await pilot.press("down")
        assert table.drawn_rows - before <= 40

    play(scene)
