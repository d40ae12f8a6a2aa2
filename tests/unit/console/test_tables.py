"""Tables lose nothing, however narrow the terminal: not a number, not a hash."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from console.cli.tables import table_of

COLUMNS = ("batch", "status", "gas a trade", "hash")
ROWS = [
    ("1", "executed, final", "1,234,567", "0x" + "ab" * 32),
    ("200", "sealed", "", "0x" + "cd" * 32),
    ("3,000", "[bold] is no markup", "9,876,543", ""),
]
LEFT = ("status", "hash")


def shown(width: int) -> str:
    stream = StringIO()
    Console(file=stream, width=width, highlight=False).print(table_of("batches", COLUMNS, ROWS, LEFT, width))
    return stream.getvalue()


@pytest.mark.parametrize("width", [200, 110, 80, 60, 40, 24])
def test_nothing_is_cut_off(width: int) -> None:
    text = shown(width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    squeezed = "".join(text.split())
    for row in ROWS:
        for number in row[::2]:
            assert number in text
    assert "[bold]" in text
    assert squeezed.count("ab") == 32
    assert squeezed.count("cd") == 32


def test_a_narrow_table_has_a_line_for_each_cell() -> None:
    assert ["batch", "200"] in [line.split() for line in shown(24).splitlines()]
    assert not any(line.split() == ["batch", "200"] for line in shown(80).splitlines())


def test_lines_only_where_there_is_room() -> None:
    assert "┃" in shown(200)
    assert "┃" not in shown(80)


def test_a_table_without_rows_has_its_heads() -> None:
    stream = StringIO()
    Console(file=stream, width=80).print(table_of("", COLUMNS, [], LEFT, 80))
    assert "gas a trade" in stream.getvalue()
