"""What comes from L1 and from the oracles: queue, risk tables, spot prices, settlements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich.text import Text

from console.tui.figures import DASH, clock, contracts, count, date_and_clock, dollars, percent, price
from console.tui.themes import Palette
from console.tui.views.names import Names, account_name
from console.tui.widgets.columns import Column
from sequencer.record.types import QueueRow, SettlementPriceRow, SettlementRow, SpotRow, TableInfo

_HEIGHTS: Final = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class SpotPath:
    """The prices of one underlying, oldest first."""

    underlying: int
    name: str
    spots: tuple[SpotRow, ...]


def queue_columns(names: Names, palette: Palette) -> Sequence[Column[QueueRow]]:
    """Entries in the order in which L1 took them."""
    return (
        Column("place", 5, lambda row: count(row.index)),
        Column("seen UTC", 8, lambda row: clock(row.received_ms), rank=2),
        Column("kind", 18, lambda row: row.kind.replace("_", " "), "left"),
        Column("account", 11, lambda row: account_name(row.account), "left"),
        Column("amount USDC", 15, lambda row: dollars(row.amount_e6) if row.amount_e6 else DASH),
        Column("series", 27, lambda row: names.series(row.series_id), "left", rank=1),
        Column("batch", 7, lambda row: count(row.batch)),
        Column("became", 10, lambda row: _became(row, palette), "left"),
    )


def table_columns(underlyings: Mapping[int, str], palette: Palette) -> Sequence[Column[TableInfo]]:
    """Risk tables, newest first."""
    return (
        Column("signed UTC", 19, lambda row: date_and_clock(row.time_s * 1_000), "left"),
        Column("in force", 12, lambda row: clock(row.time_ms, milliseconds=True)),
        Column("series", 6, lambda row: count(row.series)),
        Column("spots USD", 30, lambda row: Text(_spots(row, underlyings), palette.link), "left", grow=1),
    )


def spot_columns(width: int, palette: Palette) -> Sequence[Column[SpotPath]]:
    """One line for each underlying: its path, and how far it went."""
    return (
        Column("underlying", 10, lambda row: row.name, "left"),
        Column("spot USD", 13, lambda row: price(row.spots[-1].price_e2 if row.spots else None)),
        Column("since start", 11, lambda row: _moved(row, palette)),
        Column("lowest", 13, lambda row: price(min((one.price_e2 for one in row.spots), default=None)), rank=2),
        Column("highest", 13, lambda row: price(max((one.price_e2 for one in row.spots), default=None)), rank=2),
        Column("prices", 7, lambda row: count(len(row.spots)), rank=3),
        Column("path", 20, lambda row: Text(spark(row.spots, max(20, width - 100)), palette.link), "left", grow=1),
    )


def price_columns(underlyings: Mapping[int, str]) -> Sequence[Column[SettlementPriceRow]]:
    """At what an expiry was settled."""
    return (
        Column("underlying", 10, lambda row: underlyings.get(row.underlying, f"U{row.underlying}"), "left"),
        Column("expiry UTC", 19, lambda row: date_and_clock(row.expiry_s * 1_000), "left"),
        Column("settled at USD", 15, lambda row: price(row.price_e2)),
        Column("known UTC", 19, lambda row: date_and_clock(row.time_ms), "left", rank=1),
    )


def settlement_columns(names: Names, palette: Palette) -> Sequence[Column[SettlementRow]]:
    """Positions that became cash."""
    return (
        Column("batch", 7, lambda row: count(row.batch)),
        Column("account", 11, lambda row: account_name(row.account), "left"),
        Column("series", 27, lambda row: names.series(row.series_id), "left"),
        Column("size", 10, lambda row: contracts(row.size_e4, signed=True)),
        Column("payoff USD", 12, lambda row: price(row.payoff_e2), rank=1),
        Column("cash USDC", 15, lambda row: _paid(row.cash_e6, palette)),
    )


def spark(spots: Sequence[SpotRow], width: int) -> str:
    """A path in one line: each cell is the mean of its share of the prices."""
    if not spots:
        return ""
    cells = min(width, len(spots))
    means = []
    for cell in range(cells):
        part = spots[cell * len(spots) // cells : (cell + 1) * len(spots) // cells]
        means.append(sum(one.price_e2 for one in part) / len(part))
    low, high = min(means), max(means)
    spread = (high - low) or 1.0
    return "".join(_HEIGHTS[min(7, int(8 * (mean - low) / spread))] for mean in means)


def _became(row: QueueRow, palette: Palette) -> Text:
    if row.batch is None:
        return Text("waits", palette.caution)
    if row.is_served is None:
        return Text("booked", palette.good)
    return Text("served", palette.good) if row.is_served else Text("passed by", palette.bad)


def _spots(row: TableInfo, underlyings: Mapping[int, str]) -> str:
    said = (f"{underlyings.get(number, f'U{number}')} {price(price_e2)}" for number, price_e2 in row.spots)
    return "  ".join(said) or DASH


def _moved(row: SpotPath, palette: Palette) -> Text:
    if not row.spots or not row.spots[0].price_e2:
        return Text(DASH)
    share = row.spots[-1].price_e2 / row.spots[0].price_e2 - 1
    return Text(percent(share, 2, signed=True), palette.good if share >= 0 else palette.bad)


def _paid(cash_e6: int, palette: Palette) -> Text:
    return Text(dollars(cash_e6, signed=True), palette.good if cash_e6 >= 0 else palette.bad)
