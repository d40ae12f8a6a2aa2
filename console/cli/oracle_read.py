"""`zkclear oracle read`: what the sources of a settings file say now, before a node trusts them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from console.cli.options import Json
from console.cli.output import INVALID, Output, reporting

if TYPE_CHECKING:
    from rollup.types.series import Series
    from sequencer.oracles.source_look import SourceLook, UnderlyingLook

CENTS: Final = 100
PPM: Final = 1_000_000
PER_PERCENT: Final = 10_000
CONFIG = Annotated[Path, typer.Option("--config", help="The oracles' settings file.")]


def read(
    config: CONFIG = Path("oracles.toml"),
    shows_series: Annotated[
        bool, typer.Option("--series/--no-series", help="The volatility of every series that would be listed.")
    ] = True,
    json: Json = False,
) -> None:
    """Ask all sources once: prices, forwards, volatilities, ages, and what is wrong with whom. No key is opened.

    Exit code 1: on some underlying they do not agree, or on no volatility of it.
    """
    with reporting(as_json=json) as output:
        import time

        from sequencer.oracles.settings import read_oracle_settings
        from sequencer.oracles.source_look import look_at_sources
        from sequencer.oracles.sourcing import listing_rules, source_rules, sources_of

        settings = read_oracle_settings(config)
        now_s = int(time.time())
        looks = look_at_sources(sources_of(settings), source_rules(settings), listing_rules(settings), now_s)
        names = {one.number: one.name for one in settings.underlyings}
        agree = all(look.agreed is not None and look.agreed.volatilities_ppm for look in looks)
        data = {"time_s": now_s, "agree": agree, "underlyings": [_data(one, names, now_s) for one in looks]}
        lines = [line for one in looks for line in _lines(one, names)]
        for one in looks:
            _show(one, names, now_s, output, shows_series=shows_series)
        output.result(data, lines)
        if not agree:
            raise typer.Exit(INVALID)


def _show(look: UnderlyingLook, names: dict[int, str], now_s: int, output: Output, *, shows_series: bool) -> None:
    output.table(
        f"sources of {names[look.underlying]}",
        columns=("source", "index", "off", "forward", "volatilities", "age", "is"),
        rows=[_source_cells(one, now_s) for one in look.sources],
        left=("source", "is"),
    )
    if look.agreed is None or not look.series or not shows_series:
        return
    telling = [one for one in look.sources if one.reading is not None and one.reading.volatilities_ppm]
    output.table(
        f"volatilities of {names[look.underlying]}",
        columns=("series", "forward", *(one.name for one in telling), "agreed"),
        rows=[_series_cells(look, one, telling, names) for one in look.series],
        left=("series",),
    )


def _source_cells(one: SourceLook, now_s: int) -> tuple[str, ...]:
    if one.reading is None:
        return (one.name, "", "", "", "", "", _state(one))
    reading = one.reading
    forwards = sorted(reading.forwards_e2.items())
    return (
        one.name,
        f"{reading.index_e2 / CENTS:,.2f}",
        "" if one.off_ppm is None else f"{one.off_ppm / PER_PERCENT:+.3f} %",
        f"{forwards[0][1] / CENTS:,.2f}" if forwards else "",
        str(len(reading.volatilities_ppm) or ""),
        f"{now_s - reading.time_s} s",
        _state(one),
    )


def _state(one: SourceLook) -> str:
    """One word; sentences follow below the tables."""
    words = {"SourceDown": "silent", "SourceStale": "stale", "BadReading": "bad", "PricesApart": "far off"}
    if one.problem is None:
        return f"{one.volatilities_apart} far off" if one.volatilities_apart else "good"
    return words.get(type(one.problem).__name__, "not good")


def _series_cells(
    look: UnderlyingLook, series: Series, telling: list[SourceLook], names: dict[int, str]
) -> tuple[str, ...]:
    said = [look.agreed, *(one.reading for one in telling)]
    agreed, *others = (
        ""
        if one is None or series.series_id not in one.volatilities_ppm
        else f"{one.volatilities_ppm[series.series_id] / PPM:.2%}"
        for one in said
    )
    forward_e2 = None if look.agreed is None else look.agreed.forwards_e2.get(series.expiry_s)
    forward = "" if forward_e2 is None else f"{forward_e2 / CENTS:,.2f}"
    return (_name(series, names), forward, *others, agreed or "none: not listed")


def _lines(look: UnderlyingLook, names: dict[int, str]) -> list[str]:
    name = names[look.underlying]
    wrong = [f"{name}, {one.name}: {one.problem}" for one in look.sources if one.problem is not None]
    if look.agreed is None:
        return [*wrong, f"{name}: no agreement: {_why(look)}"]
    valued = len(look.series) - len(look.unvalued)
    indices = [one.reading.index_e2 for one in look.sources if one.reading is not None and one.problem is None]
    spread = (max(indices) - min(indices)) / min(indices) if indices else 0.0
    price = f"{look.agreed.index_e2 / CENTS:,.2f} by {len(indices)} of {len(look.sources)} sources, {spread:.3%} apart"
    return [*wrong, f"{name}: {price}; {valued} of {len(look.series)} series are valued"]


def _why(look: UnderlyingLook) -> str:
    """Without what is wrong with each source: that stands above."""
    from sequencer.oracles.errors import TooFewSources

    if isinstance(look.problem, TooFewSources):
        return f"{look.problem.usable} of {look.problem.needed} needed sources are usable"
    return str(look.problem)


def _data(look: UnderlyingLook, names: dict[int, str], now_s: int) -> dict[str, Any]:
    agreed = look.agreed
    return {
        "name": names[look.underlying],
        "underlying": look.underlying,
        "index_e2": None if agreed is None else agreed.index_e2,
        "forwards_e2": {} if agreed is None else agreed.forwards_e2,
        "problem": None if look.problem is None else str(look.problem),
        "sources": [
            {
                "name": one.name,
                "index_e2": None if one.reading is None else one.reading.index_e2,
                "age_s": None if one.reading is None else now_s - one.reading.time_s,
                "off_ppm": one.off_ppm,
                "volatilities": 0 if one.reading is None else len(one.reading.volatilities_ppm),
                "volatilities_apart": one.volatilities_apart,
                "problem": None if one.problem is None else str(one.problem),
            }
            for one in look.sources
        ],
        "series": [
            {
                "name": _name(series, names),
                "volatility_ppm": None if agreed is None else agreed.volatilities_ppm.get(series.series_id),
                "said_ppm": {
                    one.name: one.reading.volatilities_ppm[series.series_id]
                    for one in look.sources
                    if one.reading is not None and series.series_id in one.reading.volatilities_ppm
                },
            }
            for series in look.series
        ],
    }


def _name(series: Series, names: dict[int, str]) -> str:
    from sequencer.markets.names import name_of
    from sequencer.markets.records import Instrument

    return name_of(Instrument(names[series.underlying], series.expiry_s, series.strike_e2, series.kind))
