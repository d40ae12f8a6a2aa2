"""Keys of the frame: what they do, and what the help says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.binding import Binding

from console.tui.tabs import TABS
from console.tui.widgets.bars import Key

MOVING: Final = (
    Key("↑ ↓  j k", "move", "a row up or down"),
    Key("PgUp PgDn  ^u ^d", "page", "a screen up or down"),
    Key("Home End  g G", "ends", "the first row, the last; the newest is followed"),
    Key("Enter", "open", "deeper"),
    Key("Esc", "back", "where you came from"),
    Key("1 … 8", "tabs", "the pane of that number"),
    Key("Tab", "other part", "the next table of a pane"),
    Key("/", "filter", "only rows with all of some words"),
    Key("y", "copy", "a hash, a key or a row, to the clipboard"),
    Key(":  ^p", "commands", "everything by name; batches by number"),
    Key("d", "day or night", "a light theme or a dark one"),
    Key("r", "refresh", "ask the record at once"),
    Key("q  ^q", "quit", "leave"),
)
GENERAL: Final = (Key("/", "filter"), Key("esc", "back"), Key(":", "commands"), Key("?", "keys"), Key("q", "quit"))


BINDINGS: Sequence[Binding] = (
    *(Binding(str(index + 1), f"pane({index})", tab.name, show=False) for index, tab in enumerate(TABS)),
    Binding("escape", "step_back", "Back", show=False),
    Binding("slash", "filter", "Filter", show=False),
    Binding("question_mark,f1", "keys", "Keys", show=False),
    Binding("colon", "command_palette", "Commands", show=False),
    Binding("y", "copy", "Copy", show=False),
    Binding("d", "day", "Light or dark", show=False),
    Binding("r", "look_now", "Refresh", show=False),
    Binding("q", "quit", "Quit", show=False),
)
