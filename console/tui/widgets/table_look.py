"""Keys and colours of a table."""

from __future__ import annotations

from collections.abc import Sequence

from textual.binding import Binding

TABLE_KEYS: Sequence[Binding] = (
    Binding("up,k", "move(-1)", "Up", show=False),
    Binding("down,j", "move(1)", "Down", show=False),
    Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False),
    Binding("pagedown,ctrl+d,space", "page(1)", "Page down", show=False),
    Binding("home,g", "jump(0)", "First", show=False),
    Binding("end,G", "jump(1)", "Last", show=False),
    Binding("enter", "choose", "Open", show=False),
)
TABLE_CSS = """
VirtualTable { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
VirtualTable > .table--head { color: $text-muted; text-style: bold; background: $surface; }
VirtualTable > .table--cursor { background: $primary 35%; text-style: bold; }
VirtualTable > .table--cursor-blurred { background: $panel; }
VirtualTable > .table--empty { color: $text-muted; }
"""
