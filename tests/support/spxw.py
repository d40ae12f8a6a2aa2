"""SPXW options that expired on 2021-01-04 at 3700.65: minute bars of trades, as signed orders of a few accounts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rollup.types.series import OptionKind, Series
from tests.support.source_tree import ROOT

FOLDER = ROOT.parent / "shared/data/spx_2021-01"
NEW_YORK, CHICAGO = ZoneInfo("America/New_York"), ZoneInfo("America/Chicago")
EXPIRY_S = int(datetime(2021, 1, 4, 16, 0, tzinfo=NEW_YORK).timestamp())
SETTLEMENT_E2 = 370_065
UNDERLYING = 500
CONTRACT_E4 = 10_000


@dataclass(frozen=True, slots=True)
class Bar:
    """A minute in which a series was traded: its closing price, and how many contracts."""

    time_s: int
    series: Series
    price_e2: int
    contracts: int


def is_there() -> bool:
    return (FOLDER / "spx_option_trade_bars.csv").is_file()


def bars() -> Iterator[Bar]:
    """All bars of the expiry, in order of time."""
    series: dict[tuple[str, str], Series] = {}
    for row in _rows("spx_option_trade_bars.csv"):
        if row["root"] != "SPXW" or row["expiry"] != "20210104":
            continue
        name = row["strike"], row["type"]
        kind = OptionKind.CALL if row["type"] == "call" else OptionKind.PUT
        series.setdefault(name, Series(len(series) + 1, UNDERLYING, EXPIRY_S, int(row["strike"]) * 100, kind))
        yield Bar(_seconds(row["time_ny"], NEW_YORK), series[name], cents(row["close"]), int(row["volume"]))


def index_by_minute() -> dict[int, int]:
    """The index in cents at the end of each minute, by the minute's start in unix seconds."""
    rows = _rows("spx_index_minute.csv")
    return {_seconds(row["time_chicago"], CHICAGO): cents(row["close"]) for row in rows}


def cents(price: str) -> int:
    """Exact: no price of the exchange has more than two places."""
    whole, _, part = price.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0")[:2])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with Path(FOLDER / name).open(newline="") as file:
        yield from csv.DictReader(file)


def _seconds(text: str, zone: ZoneInfo) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp())
