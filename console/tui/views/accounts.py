"""The list of accounts: what they are worth, what they must be worth, and a heat map of equity by scenario."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from console.tui.figures import DASH, bar, count, dollars, percent, short_dollars
from console.tui.themes import Palette, heat
from console.tui.views.names import account_name
from console.tui.widgets.columns import Column
from sequencer.record.types import AccountRow

COLUMNS: Final = 17
_WIDE_CELL: Final = 8
_NARROW_CELL: Final = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """How safe an account is, in a word; the smaller the rank, the sooner it needs looking at."""

    rank: int
    word: str


def standing(row: AccountRow) -> Standing:
    """By the rules of its health."""
    if not row.values_e6 and row.positions:
        return Standing(0, "no table")
    if not row.passes_maintenance:
        return Standing(1, "liquidatable")
    if not row.passes_initial:
        return Standing(2, "below initial")
    return Standing(3, "sound") if row.positions else Standing(4, "no positions")


def by_danger(rows: Sequence[AccountRow]) -> list[AccountRow]:
    """Who is nearest to a liquidation first, by its share of equity; accounts without positions last, by number."""

    def order(row: AccountRow) -> tuple[int, float, int]:
        far = row.distance
        return (standing(row).rank, float("inf") if far is None else far, row.account)

    return sorted(rows, key=order)


def account_columns(palette: Palette) -> Sequence[Column[AccountRow]]:
    """Money in USDC."""
    return (
        Column("account", 11, lambda row: account_name(row.account), "left"),
        Column("equity USDC", 15, lambda row: money(row.equity_e6, palette)),
        Column("cash", 15, lambda row: dollars(row.cash_e6), rank=3),
        Column("initial", 14, lambda row: dollars(row.initial_requirement_e6), rank=2),
        Column("maintenance", 14, lambda row: dollars(row.maintenance_requirement_e6)),
        Column("to liquidation", 16, lambda row: distance_text(row, palette), "left"),
        Column("worst", 5, worst_column, rank=2),
        Column("pos", 3, lambda row: count(len(row.positions))),
        Column("batch", 6, lambda row: count(row.batch), rank=4),
        Column("state", 12, lambda row: standing_text(row, palette), "left", rank=1),
    )


def account_words(row: AccountRow) -> str:
    """What a filter looks into."""
    return f"{account_name(row.account)} {standing(row).word}{' liquidated' if row.is_liquidated else ''}"


def heat_columns(width: int, palette: Palette) -> Sequence[Column[AccountRow]]:
    """Every account with V in each scenario: dollars where there is room, else the change from equity in percent."""
    cell = heat_cell(width)
    head = "".join(f"{('mark' if column == 0 else str(column)):>{cell}}" for column in range(COLUMNS))
    return (
        Column(
            "acct" if cell == _NARROW_CELL else "account",
            6 if cell == _NARROW_CELL else 11,
            lambda row: _number(row, cell),
            "left",
        ),
        Column(head, cell * COLUMNS, lambda row: heat_line(row.values_e6, cell, palette), "left"),
    )


def heat_cell(width: int) -> int:
    """Cells for one scenario."""
    return _WIDE_CELL if width >= _WIDE_CELL * COLUMNS + 15 else _NARROW_CELL


def heat_line(values_e6: Sequence[int], cell: int, palette: Palette) -> Text:
    """One cell for each column, its background by how much of the equity is lost or won."""
    if not values_e6:
        return Text("held series without a row in the table", palette.caution)
    text = Text(no_wrap=True)
    for value_e6 in values_e6:
        share = change(value_e6, values_e6[0])
        said = short_dollars(value_e6) if cell >= _WIDE_CELL else in_percent(share)
        if palette.is_plain and cell >= _WIDE_CELL:
            said = sign_of(value_e6, share) + said
        style = heat(palette, share) + (" bold underline" if value_e6 < 0 else "")
        text.append(f"{said:>{cell}}", style)
    return text


def heat_legend(width: int, palette: Palette) -> Text:
    """What colours and signs mean."""
    text = Text(" ", no_wrap=True, overflow="ellipsis")
    for share, says in ((-1.0, "all lost"), (-0.5, "-50 %"), (0.0, "as the mark"), (0.5, "+50 %"), (1.0, "doubled")):
        text.append(f" {says} ", heat(palette, share))
        text.append(" ")
    text.append(" below 0 ", heat(palette, -1.0) + " bold underline")
    unit = "USDC" if heat_cell(width) == _WIDE_CELL else "% of equity"
    text.append(f"  {unit}; 1–14 price and volatility moves, 15 and 16 extreme", palette.faint)
    return text


def change(value_e6: int, equity_e6: int) -> float:
    """From equity at the mark, as a share of it; what is without equity has lost all of it."""
    if value_e6 == equity_e6 >= 0:
        return 0.0
    if equity_e6 <= 0:
        return -1.0 if value_e6 <= 0 else 1.0
    return (value_e6 - equity_e6) / equity_e6


def in_percent(share: float) -> str:
    """In at most four places: `-45`, `+8`, `0`; `---` and `+++` for more than 999."""
    whole = round(100 * share)
    if abs(whole) > 999:
        return "+++" if whole > 0 else "---"
    return f"{whole:+d}" if whole else "0"


def sign_of(value_e6: int, share: float) -> str:
    """For who sees no colours: `!` below zero, `v` lost, `^` won."""
    if value_e6 < 0:
        return "!"
    whole = round(100 * share)
    return "v" if whole < 0 else "^" if whole > 0 else " "


def money(value_e6: int, palette: Palette) -> Text:
    """Below zero in another colour."""
    return Text(dollars(value_e6), palette.bad if value_e6 < 0 else palette.text)


def distance_text(row: AccountRow, palette: Palette) -> Text:
    """How much of equity may be lost until it is liquidatable: a bar, and the share."""
    if not row.values_e6 or not row.positions:
        return Text(DASH, palette.faint)
    share = slack(row)
    colour = palette.bad if share <= 0 else palette.caution if share < 0.25 else palette.good
    text = Text(bar(share, 6), colour)
    text.append(f" {percent(share):>8}")
    return text


def slack(row: AccountRow) -> float:
    """(equity - maintenance requirement) / equity: 1 is without risk, 0 and below is liquidatable."""
    if row.equity_e6 <= 0:
        return -1.0
    return (row.equity_e6 - row.maintenance_requirement_e6) / row.equity_e6


def standing_text(row: AccountRow, palette: Palette) -> Text:
    """The word, in its colour."""
    found = standing(row)
    colour = (palette.caution, palette.bad, palette.caution, palette.good, palette.faint)[found.rank]
    return Text(found.word, colour)


def worst_column(row: AccountRow) -> str:
    """The scenario with the smallest V."""
    if not row.values_e6 or row.worst_e6 == row.equity_e6:
        return DASH
    return str(row.values_e6.index(row.worst_e6))


def _number(row: AccountRow, cell: int) -> str:
    return account_name(row.account) if cell == _WIDE_CELL else str(row.account)
