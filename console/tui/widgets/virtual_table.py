"""A table that draws the lines on the screen and no others, however many rows there are.

A cursor stays on its row while others come before it. Only on the newest row it stays on whatever is newest: who looks
at the end of a log sees it grow.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, ClassVar, Generic, Literal, TypeVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.tui.widgets.columns import Column, Fitted, fitted, head_line, row_line
from console.tui.widgets.rows import ListedRows, Rows
from console.tui.widgets.table_look import TABLE_CSS, TABLE_KEYS

R = TypeVar("R")

MARGIN = 1
"""Cells at both sides of a line."""
MOST_KEPT = 2_000
"""Lines that were drawn."""


class VirtualTable(ScrollView, Generic[R], can_focus=True):
    """Rows under heads. Posts `Moved` when the cursor's row is another or has changed, and `Chosen` on Enter."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"table--head", "table--cursor", "table--cursor-blurred", "table--empty"}
    BINDINGS: ClassVar[list[BindingType]] = list(TABLE_KEYS)
    DEFAULT_CSS = TABLE_CSS
    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another row, or on a row that says something else now."""

        def __init__(self, table: VirtualTable[Any]) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> VirtualTable[Any]:
            """The table."""
            return self.table

    class Chosen(Moved):
        """Enter, or a second click."""

    def __init__(
        self,
        columns: Sequence[Column[R]] = (),
        *,
        empty: str = "nothing yet",
        newest: Literal["top", "bottom"] | None = None,
        named: str | None = None,
    ) -> None:
        super().__init__(id=named)
        self._columns: Sequence[Column[R]] = columns
        self._fitted: tuple[Fitted[R], ...] = ()
        self._rows: Rows[R] = ListedRows((), id)
        self._newest = newest
        self._empty = empty
        self._key: Hashable | None = None
        self._kept: dict[int, Strip] = {}
        self.drawn_rows = 0
        """How many rows were drawn so far: what scrolling costs."""

    # -- what is shown ---------------------------------------------------------------------------------------------

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        return self._rows.row(self.cursor) if self._rows.count() else None

    @property
    def row_count(self) -> int:
        """How many rows there are."""
        return self._rows.count()

    @property
    def is_following(self) -> bool:
        """Whether the cursor stays on whatever is newest."""
        last = self._rows.count() - 1
        return self._newest is not None and self.cursor == (0 if self._newest == "top" else max(0, last))

    def show(self, rows: Rows[R], *, empty: str | None = None) -> None:
        """Other rows, or the same and more: cursor and scroll stay on what they were on, where it still exists."""
        follows, before, offset = self.is_following, self.cursor, self.scroll_offset.y
        self._rows = rows
        self._kept.clear()
        self._empty = self._empty if empty is None else empty
        self._measure()
        last = max(0, rows.count() - 1)
        found = None if self._key is None or follows else rows.index_of(self._key)
        at = found if found is not None else min(before, last)
        if follows:
            at = 0 if self._newest == "top" else last
        self.set_reactive(VirtualTable.cursor, at)
        if not follows and at != before:
            self.scroll_to(y=offset + at - before, animate=False, immediate=True, force=True)
        self._settle()

    def show_listed(self, rows: Sequence[R], key: Callable[[R], Hashable], *, empty: str | None = None) -> None:
        """Rows that are all in memory, each with a name by `key`."""
        listed: ListedRows[R] = ListedRows(rows, key)
        self.show(listed, empty=empty)

    def use_columns(self, columns: Sequence[Column[R]]) -> None:
        """The same rows in other colours or words."""
        self._columns = columns
        self._fitted = ()
        self._kept.clear()
        self.refresh()

    def start_over(self, columns: Sequence[Column[R]]) -> None:
        """Rows of another kind follow; the cursor goes to the first."""
        self._rows, self._key = ListedRows((), id), None
        self.set_reactive(VirtualTable.cursor, 0)
        self.use_columns(columns)
        self._measure()

    def go_to(self, key: Hashable) -> bool:
        """Puts the cursor on a row, and says whether there is such a row."""
        found = self._rows.index_of(key)
        if found is None:
            return False
        self._put(found)
        return True

    # -- keys and mouse ---------------------------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """So many rows down."""
        self._put(self.cursor + by)

    def action_page(self, by: int) -> None:
        """So many screens down."""
        self._put(self.cursor + by * max(1, self.size.height - 2))

    def action_jump(self, end: int) -> None:
        """To the first row, or to the last."""
        self._put(self._rows.count() - 1 if end else 0)

    def action_choose(self) -> None:
        """Opens the row."""
        if self.current is not None:
            self.post_message(self.Chosen(self))

    def on_click(self, event: events.Click) -> None:
        """Chooses a row; a second click opens it."""
        index = event.y - 1 + self.scroll_offset.y
        if event.y >= 1 and index < self._rows.count():
            self._put(index)
            if event.chain > 1:
                self.action_choose()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def on_resize(self) -> None:
        """Columns are fitted anew."""
        self._fitted = ()
        self._kept.clear()
        self._measure()
        self._settle()

    def on_focus(self) -> None:
        """The cursor looks different."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor looks different."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """The heads at the top, below them the rows that are scrolled to. What was drawn is kept until rows change."""
        width = self.size.width
        if y == 0:
            return self._strip(head_line(self._fit()), self.get_component_rich_style("table--head"), width)
        index = y - 1 + self.scroll_offset.y
        if index >= self._rows.count():
            return self._below(y, width)
        if index == self.cursor:
            return self._draw(index, width, "table--cursor" if self.has_focus else "table--cursor-blurred")
        kept = self._kept.get(index)
        if kept is None:
            kept = self._kept[index] = self._draw(index, width, None)
        return kept

    def _draw(self, index: int, width: int, component: str | None) -> Strip:
        row = self._rows.row(index)
        if row is None:
            return Strip.blank(width, self.rich_style)
        self.drawn_rows += 1
        style = self.rich_style if component is None else self.get_component_rich_style(component)
        return self._strip(row_line(self._fit(), row), style, width)

    def _below(self, y: int, width: int) -> Strip:
        if y == 1 and not self._rows.count():
            return self._strip(Text(self._empty), self.get_component_rich_style("table--empty"), width)
        return Strip.blank(width, self.rich_style)

    def _fit(self) -> tuple[Fitted[R], ...]:
        if not self._fitted and self._columns:
            self._fitted = fitted(self._columns, self.size.width - 2 * MARGIN)
        return self._fitted

    def _strip(self, line: Text, style: Style, width: int) -> Strip:
        segments = [Segment(" " * MARGIN), *line.render(self.app.console)]
        return Strip(segments).adjust_cell_length(width).apply_style(style)

    def _measure(self) -> None:
        """One line more than rows: the heads."""
        self.virtual_size = Size(max(1, self.size.width), self._rows.count() + 1)

    def _put(self, index: int) -> None:
        if self._rows.count():
            before = self.cursor
            self.cursor = min(max(index, 0), self._rows.count() - 1)
            self._settle(before)

    def _settle(self, before: int | None = None) -> None:
        """After anything: what the cursor is on is known and seen. `before` is where it was if nothing else changed."""
        self._key = self._rows.key_at(self.cursor)
        if len(self._kept) > MOST_KEPT:
            self._kept.clear()
        room, top = max(1, self.size.height - 1), self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False, immediate=True, force=True)
        elif self.cursor >= top + room:
            self.scroll_to(y=self.cursor - room + 1, animate=False, immediate=True, force=True)
        if before is None or self.scroll_offset.y != top:
            self.refresh()
        else:
            self.refresh_lines(before + 1)
            self.refresh_lines(self.cursor + 1)
        self.post_message(self.Moved(self))
