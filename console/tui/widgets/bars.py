"""Lines of a screen's frame: tabs, sections of a pane, keys, and where a filter is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input, Static


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is printed on the keyboard, and what it does in a word or two."""

    key: str
    does: str
    says: str = ""
    """A sentence for the help."""


class TabBar(Static):
    """All panes with the numbers that lead to them; a click does so too."""

    active: reactive[int] = reactive(0)

    def __init__(self, names: Sequence[str], named: str) -> None:
        super().__init__(id=named)
        self._names = list(names)

    def rename(self, index: int, name: str) -> None:
        """What a pane shows is in its name: `Batch 128`."""
        if self._names[index] != name:
            self._names[index] = name
            self.refresh()

    def render(self) -> Text:
        """`1 Batches  2 Batch 128  …`: names in short where there is little room."""
        names = list(self._names)
        for gap in ("   ", "  ", " "):
            if sum(cell_len(name) + 2 for name in names) + len(gap) * (len(names) - 1) <= self.size.width - 2:
                break
        else:
            names = [name.split(" ")[0] for name in names]
        line = Text(" ", no_wrap=True, overflow="crop")
        for index, name in enumerate(names):
            meta = Style(meta={"@click": f"app.pane({index})"})
            style = "bold reverse" if index == self.active else ""
            line.append(f"{index + 1} {name}", Style.parse(style) + meta)
            line.append(gap if index < len(names) - 1 else "")
        return line


class SectionBar(Static):
    """Parts of one pane, one of them shown: `[` and `]` go to the next."""

    active: reactive[int] = reactive(0)

    class Changed(Message):
        """Another section is wanted."""

        def __init__(self, bar: SectionBar, index: int) -> None:
            super().__init__()
            self.bar, self.index = bar, index

        @property
        def control(self) -> SectionBar:
            """The bar."""
            return self.bar

    def __init__(self, names: Sequence[str], named: str) -> None:
        super().__init__(id=named)
        self._names = tuple(names)

    def rename(self, names: Sequence[str]) -> None:
        """Names with counts, which change."""
        if self._names != tuple(names):
            self._names = tuple(names)
            self.refresh()

    def step(self, by: int) -> None:
        """To the next section, around the end."""
        self.action_section((self.active + by) % len(self._names))

    def action_section(self, index: int) -> None:
        """To a section."""
        self.active = index
        self.post_message(self.Changed(self, index))

    def render(self) -> Text:
        """`‹ Words · Postings 12 · … ›`."""
        line = Text(" ", no_wrap=True, overflow="ellipsis")
        for index, name in enumerate(self._names):
            meta = Style(meta={"@click": f"section({index})"})
            line.append(f" {name} ", Style.parse("bold reverse" if index == self.active else "") + meta)
            line.append(" ")
        return line


class KeyBar(Static):
    """The keys that matter now, as many as there is room for."""

    keys: reactive[tuple[Key, ...]] = reactive((), always_update=False)

    def render(self) -> Text:
        """`⏎ open  esc back  …`."""
        line = Text(" ", no_wrap=True, overflow="crop")
        for key in self.keys:
            if cell_len(line.plain) + cell_len(key.key) + cell_len(key.does) + 3 > self.size.width:
                break
            line.append("  " if len(line) > 1 else "")
            line.append(key.key, "bold")
            line.append(f" {key.does}")
        return line


class FilterBar(Horizontal):
    """A line that comes when `/` is pressed. Escape takes it and the filter away, Enter keeps the filter."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "drop", "No filter", show=False)]

    class Changed(Message):
        """The text is another."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Closed(Message):
        """The line goes away; the filter stays."""

    def __init__(self, named: str) -> None:
        super().__init__(id=named)
        self._input = Input(placeholder="words or numbers; Enter keeps, Escape drops", compact=True)

    def compose(self) -> list[Static | Input]:
        """A stroke and a field."""
        return [Static("/", id="stroke"), self._input]

    def open(self, text: str) -> None:
        """Shows the line with a text to go on with."""
        self.display = True
        self._input.value = text
        self._input.focus()

    def action_drop(self) -> None:
        """Everything is shown again."""
        self._input.value = ""
        self.post_message(self.Changed(""))
        self.post_message(self.Closed())

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filters while it is typed."""
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Back to the rows."""
        event.stop()
        self.post_message(self.Closed())
