"""What `zkclear --help` shows: every command on a line, by what people come for.

Written without rich, whose help pages take longer to import than this one may take in all.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

from console.cli.usage import JsonUsage

PANELS: Final[Mapping[str, tuple[str, ...]]] = {
    "Begin": ("demo", "tui", "doctor", "config"),
    "Trade": ("wallet", "market", "order", "account"),
    "Run": ("node", "oracle", "l1"),
    "Prove": ("batch", "proof", "circuit", "prover"),
    "Play": ("replay", "simulate", "bench"),
    "Leave": ("recover", "exit", "verify-deployment", "rosette"),
}
"""Commands by panel, in the order in which they are shown; a command that is named nowhere comes last."""

OTHERS: Final = "More"
MOST_COLUMNS: Final = 140
BOLD, PLAIN = "\033[1m", "\033[0m"


class FrontPage(JsonUsage):
    """The group of all commands, with a page that fits on a screen of 80 columns."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """One line a command."""
        commands = {
            name: command.get_short_help_str(limit=200) for name, command in self.commands.items() if not command.hidden
        }
        columns = min(shutil.get_terminal_size((80, 24)).columns, MOST_COLUMNS)
        is_bold = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        formatter.write("\n".join(page(ctx.command_path, self.help or "", commands, columns, is_bold=is_bold)) + "\n")


def page(program: str, title: str, commands: Mapping[str, str], columns: int, *, is_bold: bool = False) -> list[str]:
    """The lines of the page; `commands` are one line each, by name."""

    def bold(text: str) -> str:
        return f"{BOLD}{text}{PLAIN}" if is_bold else text

    panel_width = max(map(len, (*PANELS, OTHERS))) + 2
    name_width = max(map(len, commands), default=0) + 2
    lines = [title, ""]
    for panel, names in _panels(commands):
        for place, name in enumerate(names):
            head = f"{panel if place == 0 else '':<{panel_width}}"
            room = columns - panel_width - name_width
            lines.append(bold(head) + f"{name:<{name_width}}" + _cut(commands[name], room))
    last = f"{program} COMMAND --help says more · --version · --install-completion"
    return [*lines, "", last]


def _panels(commands: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    placed = [name for names in PANELS.values() for name in names]
    for panel, names in (*PANELS.items(), (OTHERS, tuple(name for name in commands if name not in placed))):
        if there := [name for name in names if name in commands]:
            yield panel, there


def _cut(text: str, room: int) -> str:
    """Whole words only."""
    text = text.rstrip(".")
    if len(text) <= room:
        return text
    return text[: max(1, room - 1)].rsplit(" ", 1)[0].rstrip(",:;") + "…"
