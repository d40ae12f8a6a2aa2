"""Windows over the panes: all of a row, and the help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from console.tui.keys import MOVING
from console.tui.themes import Palette
from console.tui.widgets.bars import Key


class TextWindow(ModalScreen[None]):
    """A text that scrolls, and can be copied."""

    BINDINGS: ClassVar = [
        ("escape,q,enter", "dismiss(None)", "Close"),
        ("y", "copy", "Copy"),
        ("j", "scroll(1)", "Down"),
        ("k", "scroll(-1)", "Up"),
    ]

    def __init__(self, title: str, text: Text | str) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        """A frame with a title."""
        with Vertical(id="window") as window:
            window.border_title = self._title
            window.border_subtitle = "esc close · y copy"
            with VerticalScroll(id="window-scroll"):
                yield Static(self._text if isinstance(self._text, Text) else Text(self._text))

    def action_copy(self) -> None:
        """All of it."""
        self.app.copy_to_clipboard(self._text if isinstance(self._text, str) else self._text.plain)
        self.app.notify("copied")

    def action_scroll(self, by: int) -> None:
        """A line."""
        self.query_one("#window-scroll").scroll_relative(y=by, animate=False)


class HelpWindow(TextWindow):
    """All keys: those of the pane first."""

    def __init__(self, pane: str, keys: Sequence[Key], palette: Palette) -> None:
        super().__init__("Keys", help_text(pane, keys, palette))


def help_text(pane: str, keys: Sequence[Key], palette: Palette) -> Text:
    """A line for each key."""
    text = Text()
    for title, listed in ((pane, keys), ("Everywhere", MOVING)):
        if not listed:
            continue
        text.append(f"{title}\n", palette.strong)
        for key in listed:
            text.append(f"  {key.key:<18}", palette.link)
            text.append(f"{key.says or key.does}\n")
        text.append("\n")
    text.append("Times are UTC. ", palette.faint)
    text.append("Money is USDC, prices are USD a contract, sizes are contracts.", palette.faint)
    return text
