"""Accounts that a batch touched: before and after."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from console.tui.figures import DASH, contracts, dollars
from console.tui.themes import Palette
from console.tui.views.names import Names, account_name
from console.tui.widgets.columns import Column
from sequencer.record.types import AccountState, TouchedRow


def touched_columns(palette: Palette) -> Sequence[Column[TouchedRow]]:
    """Before and after."""
    return (
        Column("account", 11, lambda row: account_name(row.account), "left"),
        Column("cash before", 15, lambda row: _cash(row.before)),
        Column("cash after", 15, lambda row: _cash(row.after)),
        Column("equity before", 15, lambda row: _value(row.before, palette), rank=2),
        Column("equity after", 15, lambda row: _value(row.after, palette), rank=1),
        Column("worst before", 15, lambda row: _worst(row.before, palette), rank=4),
        Column("worst after", 15, lambda row: _worst(row.after, palette), rank=3),
        Column("positions", 9, _positions, rank=2),
        Column("why looked at", 13, lambda row: Text(_why(row), palette.caution), "left", rank=1),
    )


def touched_lines(row: TouchedRow, names: Names, palette: Palette) -> Text:
    """All of one touched account, side by side."""
    text = Text(f"account {account_name(row.account)}  {_why(row)}\n\n", palette.strong)
    text.append(f"{'':<26}{'before':>20}{'after':>20}{'change':>20}\n", palette.faint)
    before_e6, after_e6 = (row.before.cash_e6 if row.before else 0), row.after.cash_e6
    _line(text, "cash", dollars(before_e6), dollars(after_e6), dollars(after_e6 - before_e6, signed=True))
    old, new = _by_series(row.before), _by_series(row.after)
    for series_id in sorted({*old, *new}):
        sizes = old.get(series_id, 0), new.get(series_id, 0)
        name = names.series(series_id)
        _line(text, name, contracts(sizes[0]), contracts(sizes[1]), contracts(sizes[1] - sizes[0], signed=True))
    text.append("\nequity in each scenario (USDC)\n", palette.faint)
    for column in range(len(row.after.values_e6)):
        was = row.before.values_e6[column] if row.before and row.before.values_e6 else 0
        now = row.after.values_e6[column]
        _line(text, "mark" if column == 0 else f"scenario {column}", dollars(was), dollars(now), dollars(now - was))
    return text


def _cash(state: AccountState | None) -> str:
    return DASH if state is None else dollars(state.cash_e6)


def _value(state: AccountState | None, palette: Palette) -> str | Text:
    return DASH if state is None or not state.values_e6 else _money(state.values_e6[0], palette)


def _worst(state: AccountState | None, palette: Palette) -> str | Text:
    return DASH if state is None or not state.values_e6 else _money(min(state.values_e6), palette)


def _money(value_e6: int, palette: Palette) -> Text:
    return Text(dollars(value_e6), palette.bad if value_e6 < 0 else palette.text)


def _positions(row: TouchedRow) -> str:
    before = len(_by_series(row.before))
    return f"{before} → {len(_by_series(row.after))}"


def _by_series(state: AccountState | None) -> dict[int, int]:
    return {} if state is None else {series_id: size_e4 for _, series_id, size_e4 in state.positions if size_e4}


def _why(row: TouchedRow) -> str:
    said = (
        ("registered", row.before is None),
        ("liquidated", row.is_liquidated),
        ("subsidised", row.is_subsidised),
        ("examined", row.is_examined and not row.is_liquidated),
    )
    return ", ".join(word for word, holds in said if holds)


def _line(text: Text, name: str, *values: str) -> None:
    text.append(f"{name:<26}" + "".join(f"{value:>20}" for value in values) + "\n")
