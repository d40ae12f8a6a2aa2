"""One account: positions with their Greeks, equity in each scenario, how far it is from a liquidation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from console.tui.exposure import Distance, distance, equity_at, sensitivities
from console.tui.figures import DASH, contracts, dollars, percent, price, short_dollars
from console.tui.themes import Palette, heat
from console.tui.views.accounts import change, distance_text, in_percent, money, sign_of, standing_text
from console.tui.views.names import Names, account_name
from rollup.risk.scenarios import SPAN
from sequencer.record.types import AccountRow, TableRow

MOVES: Final = (-0.5, -0.3, -0.2, -0.1, -0.05, 0.0, 0.05, 0.1, 0.2, 0.3, 0.5)
FEW_MOVES: Final = (-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3)
_CELL: Final = 8


def account_head(row: AccountRow, palette: Palette) -> Text:
    """Equity against what is asked for."""
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"Account {account_name(row.account)}  ", palette.strong)
    text.append_text(standing_text(row, palette))
    text.append("  liquidated in its last batch" if row.is_liquidated else "", palette.bad)
    text.append("  subsidised" if row.is_subsidised else "", palette.caution)
    text.append(f"  as of batch {row.batch}\n", palette.faint)
    for name, value_e6 in (
        ("equity", row.equity_e6),
        ("cash", row.cash_e6),
        ("initial", row.initial_requirement_e6),
        ("maintenance", row.maintenance_requirement_e6),
    ):
        text.append(f"{name} ", palette.faint)
        text.append_text(money(value_e6, palette))
        text.append("  ")
    text.append("\nequity that may be lost ", palette.faint)
    text.append_text(distance_text(row, palette))
    return text


def position_lines(row: AccountRow, names: Names, width: int, palette: Palette) -> Text:
    """A line for each position: size, mark, value, and Greeks of all of it."""
    text = Text(no_wrap=True, overflow="ellipsis")
    first = max([12, *(len(names.series(series_id)) for series_id, _ in row.positions)])
    is_wide, is_widest = width >= first + 69, width >= first + 77
    text.append(f"{'series':<{first}}{'size':>9}{'mark':>10}{'value USDC':>13}{'delta':>9}", palette.faint)
    text.append(f"{'gamma':>9}{'vega/1%':>9}{'theta/day':>10}" if is_wide else "", palette.faint)
    text.append(f"{'vol':>8}\n" if is_widest else "\n", palette.faint)
    for series_id, size_e4 in row.positions:
        found = names.rows.get(series_id)
        text.append(f"{names.series(series_id):<{first}}")
        text.append(f"{contracts(size_e4):>9}", palette.good if size_e4 > 0 else palette.bad)
        if found is None:
            text.append("  no row in the risk table\n", palette.caution)
            continue
        text.append(f"{price(found.mark_e2):>10}{dollars(size_e4 * found.mark_e2):>13}")
        text.append(_greeks(found, size_e4 / 1e4, is_wide=is_wide))
        volatility = DASH if found.implied_volatility is None else percent(found.implied_volatility)
        text.append(f"{volatility:>8}" if is_widest else "")
        text.append("  settled\n" if found.is_settled else "\n", palette.caution)
    if not row.positions:
        text.append("no positions\n", palette.faint)
    for one in sensitivities(row, names.rows):
        name = f"sum {names.underlying(one.underlying)}"
        text.append(f"{name:<{first + 32}}{_figure(one.delta):>9}", palette.strong)
        rest = f"{_figure(one.gamma):>9}{_figure(one.vega):>9}{_figure(one.theta):>10}"
        text.append(rest if is_wide else "", palette.strong)
        text.append(f"  and {one.unknown} without" if one.unknown else "", palette.caution)
        text.append("\n")
    text.right_crop(1)
    return text


def scenario_grid(values_e6: Sequence[int], width: int, palette: Palette) -> Text:
    """V by price move (across, in scan ranges) and volatility move (down): SPAN's sixteen, and the mark."""
    if not values_e6:
        return Text("no values: a held series has no row in the risk table", palette.caution)
    columns = sorted({scenario.price_move for scenario in SPAN})
    cell = min(10, max(6, (width - 11) // len(columns)))
    text = Text(no_wrap=True)
    text.append(f"{'price move':<11}" + "".join(f"{_share(move):>{cell}}" for move in columns) + "\n", palette.faint)
    for volatility, says in ((1, "vol. up"), (0, "extreme"), (-1, "vol. down")):
        text.append(f"{says:<11}", palette.faint)
        for move in columns:
            number = _scenario(move, volatility)
            if number is None:
                text.append(f"{'':>{cell}}")
                continue
            share = change(values_e6[number], values_e6[0])
            said = short_dollars(values_e6[number])
            said = sign_of(values_e6[number], share) + said if palette.is_plain else said
            style = heat(palette, share) + (" bold underline" if values_e6[number] < 0 else "")
            text.append(f"{said:>{cell}}", style)
        text.append("\n")
    text.append("moves in scan ranges of the oracles; of the extreme ones a third counts", palette.faint)
    return text


def distance_lines(row: AccountRow, names: Names, now_s: int, width: int, palette: Palette) -> Text:
    """At which prices equity meets the requirement of now, and equity at other prices."""
    text = Text(no_wrap=True, overflow="ellipsis")
    if not row.positions:
        text.append("no positions: no price liquidates it", palette.faint)
        return text
    found = distance(row, names.rows, now_s)
    if found is None:
        text.append("a position has no price: what other prices would do is not known", palette.caution)
        return text
    text.append("equity meets the maintenance requirement if all underlyings ", palette.faint)
    text.append_text(_moves(found, palette))
    moves = MOVES if width >= 11 + _CELL * len(MOVES) else FEW_MOVES
    text.append("\n")
    text.append(f"{'they move':<11}" + "".join(f"{_percent(move):>{_CELL}}" for move in moves) + "\n", palette.faint)
    text.append(f"{'equity':<11}", palette.faint)
    equities = [equity_at(row, names.rows, now_s, move) or 0.0 for move in moves]
    for equity in equities:
        value_e6 = round(equity * 1e6)
        share = change(value_e6, round(equities[moves.index(0.0)] * 1e6))
        text.append(f"{short_dollars(value_e6):>{_CELL}}", heat(palette, share))
    text.append(f"\n{'change, %':<11}", palette.faint)
    now = round(equities[moves.index(0.0)] * 1e6)
    text.append("".join(f"{in_percent(change(round(equity * 1e6), now)):>{_CELL}}" for equity in equities))
    return text


def history_lines(history: Sequence[AccountRow], width: int, palette: Palette) -> Text:
    """The account after each of the last batches that touched it, valued as the batch did, the newest first."""
    text = Text(no_wrap=True, overflow="ellipsis")
    wide = width >= 76
    text.append(f"{'batch':>7}{'cash':>16}{'equity':>16}" + (f"{'worst':>16}" if wide else ""), palette.faint)
    text.append(f"{'pos':>5}\n", palette.faint)
    for row in history:
        text.append(f"{row.batch:>7}{dollars(row.cash_e6):>16}")
        for value_e6 in (row.equity_e6, row.worst_e6)[: 2 if wide else 1]:
            text.append(f"{dollars(value_e6):>16}", palette.bad if value_e6 < 0 else palette.text)
        text.append(f"{len(row.positions):>5}")
        text.append("  liquidated" if row.is_liquidated else "", palette.bad)
        text.append("  subsidised" if row.is_subsidised else "", palette.caution)
        text.append("\n")
    text.right_crop(1)
    return text


def _moves(found: Distance, palette: Palette) -> Text:
    text = Text()
    if found.down == 0.0 or found.up == 0.0:
        return text.append("stay where they are", f"bold {palette.bad}")
    parts = []
    if found.down is not None:
        parts.append(f"fall {percent(-found.down)}")
    if found.up is not None:
        parts.append(f"rise {percent(found.up)}")
    return text.append(" or ".join(parts) or "move by no plausible share", palette.strong)


def _greeks(row: TableRow, size: float, *, is_wide: bool) -> str:
    text = f"{_times(row.delta, size):>9}"
    if not is_wide:
        return text
    vega = None if row.vega is None else row.vega / 100
    theta = None if row.theta is None else row.theta / 365
    return text + f"{_times(row.gamma, size):>9}{_times(vega, size):>9}{_times(theta, size):>10}"


def _times(greek: float | None, size: float) -> str:
    return DASH if greek is None else _figure(greek * size)


def _figure(number: float) -> str:
    """Four digits that count; of what is tiny, two and a power of ten."""
    size = abs(number)
    if 0 < size < 0.001:
        return f"{number:.1e}"
    if size >= 10_000:
        return f"{number:,.0f}"
    places = 1 if size >= 100 else 2 if size >= 10 else 3 if size >= 1 else 4
    return f"{number:,.{places}f}"


def _scenario(price_move: float, volatility_move: int) -> int | None:
    for number, scenario in enumerate(SPAN, start=1):
        if (scenario.price_move, scenario.volatility_move) == (price_move, volatility_move):
            return number
    return None


def _share(move: float) -> str:
    return f"{move:+.2f}" if move else "0"


def _percent(move: float) -> str:
    return f"{100 * move:+.0f} %" if move else "0 %"
