"""A pane of several sections over one table: `[` and `]` go from one to the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from console.tui.context import Context
from console.tui.panes.pane import Pane, matches
from console.tui.widgets.bars import Key, SectionBar
from console.tui.widgets.columns import Column
from console.tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class Section:
    """What one section shows. `words` is what a filter looks into, `lines` what a row says in a window of its own."""

    name: str
    columns: Sequence[Column[Any]]
    rows: Sequence[Any]
    key: Callable[[Any], Hashable]
    words: Callable[[Any], str]
    lines: Callable[[Any], str] | None = None
    empty: str = "none"


class SectionedPane(Pane):
    """Subclasses fill `sections` in `load`, then call `show_sections`."""

    SECTIONS: ClassVar[tuple[str, ...]]
    KEYS: ClassVar[tuple[Key, ...]] = (Key("[ ]", "section", "the section before, the section after"),)
    BINDINGS: ClassVar = [
        ("left_square_bracket,left", "section(-1)", "Section before"),
        ("right_square_bracket,right", "section(1)", "Section after"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        kind = self.NAME.lower()
        self.bar = SectionBar(self.SECTIONS, f"{kind}-sections")
        self.table: VirtualTable[Any] = VirtualTable(named=f"{kind}-rows")
        self.sections: tuple[Section, ...] = ()

    @property
    def section(self) -> Section | None:
        """The one that is shown."""
        return self.sections[self.bar.active] if self.sections else None

    def show_sections(self, sections: Sequence[Section], *, anew: bool = False) -> None:
        """Names with their counts, and the rows of the one that is active; `anew`: they are of something else."""
        self.sections = tuple(sections)
        self.bar.rename([f"{one.name} {len(one.rows)}" if one.rows else one.name for one in sections])
        self._show_rows(anew=anew)

    @property
    def can_filter(self) -> bool:
        """Rows of the active section."""
        return True

    async def filter_by(self, text: str) -> None:
        """Nothing is asked of the record."""
        self.filter_text = text
        self._show_rows()

    def focus_rows(self) -> None:
        """The table."""
        self.table.focus()

    def action_section(self, by: int) -> None:
        """To another section."""
        self.bar.step(by)

    def on_section_bar_changed(self, event: SectionBar.Changed) -> None:
        """Other rows."""
        event.stop()
        self._show_rows(anew=True)
        self.section_changed()

    def section_changed(self) -> None:
        """For panes with more to show."""

    def _show_rows(self, *, anew: bool = False) -> None:
        section = self.section
        if section is None:
            return
        rows = section.rows
        if self.filter_text:
            rows = [row for row in rows if matches(section.words(row), self.filter_text)]
        if anew:
            self.table.start_over(section.columns)
        else:
            self.table.use_columns(section.columns)
        empty = f"nothing here has “{self.filter_text}”" if self.filter_text else section.empty
        self.table.show_listed(rows, section.key, empty=empty)
