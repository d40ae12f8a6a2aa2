"""Log lines and alarms."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from console.tui.figures import clock, date_and_clock
from console.tui.themes import Palette
from console.tui.widgets.columns import Column
from sequencer.record.types import LogRow


def log_columns(palette: Palette) -> Sequence[Column[LogRow]]:
    """Oldest first, as they were said."""
    return (
        Column("UTC", 12, lambda row: clock(row.time_ms, milliseconds=True)),
        Column("level", 7, lambda row: _level(row, palette), "left"),
        Column("source", 12, lambda row: Text(row.source, palette.link), "left", rank=1),
        Column("says", 30, lambda row: _says(row, palette), "left", grow=1),
    )


def log_lines(row: LogRow) -> str:
    """All of a line, with its fields."""
    width = max((len(name) for name in row.fields), default=0)
    fields = [f"{name:<{width}}  {value}" for name, value in row.fields.items()]
    return "\n".join([f"{date_and_clock(row.time_ms)} UTC  {row.level}  {row.source}", "", row.text, "", *fields])


def _says(row: LogRow, palette: Palette) -> Text:
    text = Text(row.text.split("\n")[0], palette.text)
    for name, value in row.fields.items():
        text.append(f"  {name}=", palette.faint)
        text.append(value, palette.link)
    return text


def _level(row: LogRow, palette: Palette) -> Text:
    colours = {
        "debug": palette.faint,
        "info": palette.good,
        "warning": palette.caution,
        "error": palette.bad,
        "alarm": f"bold {palette.bad}",
    }
    word = "ALARM" if row.level == "alarm" else row.level
    return Text(word, colours.get(row.level, palette.text))
