"""What a settings file of oracles may get wrong though each of its values is one: found before anything is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from rollup.types.series import OptionKind
from sequencer.markets.errors import BadValue
from sequencer.markets.names import name_of
from sequencer.markets.records import Instrument
from sequencer.oracles.http_json import BadUrl, checked_url
from sequencer.oracles.index_presets import EXCHANGES
from sequencer.oracles.index_source import candles_url

if TYPE_CHECKING:
    from sequencer.oracles.settings import OracleSettings, RulesSettings, SourceSettings, UnderlyingSettings


def problem_of(settings: OracleSettings) -> str | None:
    """The first problem, as a sentence; None if there is none."""
    return next(_problems(settings), None)


def source_name(source: SourceSettings) -> str:
    """What it is called: an exchange goes by its own name unless it has another."""
    name = source.name
    return name if name is not None else str(getattr(source, "exchange", ""))


def _problems(settings: OracleSettings) -> Iterator[str]:
    if not settings.underlyings:
        yield "it names no underlying: add [[underlyings]]"
    yield from _twice("underlying", (one.name for one in settings.underlyings))
    yield from _twice("underlying number", (str(one.number) for one in settings.underlyings))
    yield from _twice("key file", settings.keys)
    for one in settings.underlyings:
        yield from _underlying(one, settings.rules)


def _underlying(one: UnderlyingSettings, rules: RulesSettings) -> Iterator[str]:
    try:
        name_of(Instrument(one.name, 0, 0, OptionKind.CALL))
    except BadValue as error:
        yield str(error)
    if not one.listing.days and not one.listing.fridays:
        yield f"{one.name}: listing has neither days nor fridays: nothing would ever be listed"
    yield from _twice(f"{one.name}: source", map(source_name, one.sources))
    for source in one.sources:
        for problem in _source(source):
            yield f"{one.name}: source {source_name(source)}: {problem}"
    yield from _too_few(one, rules)


def _too_few(one: UnderlyingSettings, rules: RulesSettings) -> Iterator[str]:
    kinds = [_kind(source) for source in one.sources]
    if len(kinds) < rules.least:
        yield f"{one.name}: {rules.least} sources must agree (rules.least), and {len(kinds)} are named: name more"
    with_volatilities = sum(kind in {"deribit", "okx-options"} for kind in kinds)
    if with_volatilities < rules.least_volatilities:
        yield (
            f"{one.name}: {rules.least_volatilities} sources must agree on a volatility (rules.least_volatilities), "
            f"and {with_volatilities} say any: name another of kind deribit or okx-options, or ask for fewer"
        )
    settling = sum(_kind(source) != "ticker" or getattr(source, "candles", None) is not None for source in one.sources)
    if settling < rules.least:
        yield f"{one.name}: {rules.least} sources must agree on what settles, and {settling} can say it: add candles"


def _source(source: Any) -> Iterator[str]:
    kind = _kind(source)
    if kind == "exchange" and source.exchange not in EXCHANGES:
        yield f"exchange {source.exchange!r} is none of {', '.join(EXCHANGES)}: describe it as kind ticker"
    for name in ("currency", "index", "prefix", "family", "market"):
        value = getattr(source, name, "x")
        if not value or not all(letter.isascii() and (letter.isalnum() or letter in "-_.") for letter in value):
            yield f"{name} is {value!r}: use letters, digits and - _ . alone"
    for url in _urls(source):
        try:
            checked_url(url)
        except BadUrl as error:
            yield str(error)
    if kind == "deribit":
        try:
            name_of(Instrument(source.prefix, 0, 0, OptionKind.CALL))
        except BadValue as error:
            yield f"prefix: {error}"


def _urls(source: Any) -> Iterator[str]:
    base, candles = getattr(source, "base", None), getattr(source, "candles", None)
    if base is not None:
        yield base
    if _kind(source) == "ticker":
        yield source.url
    if candles is not None:
        try:
            yield candles_url(candles.url, 0, 0)
        except (AttributeError, LookupError, ValueError):
            yield f"{candles.url} (only start_s, end_s, start_ms, end_ms, start_iso and end_iso are filled in)"


def _kind(source: Any) -> str:
    return str(source.__struct_config__.tag)


def _twice(what: str, names: Iterable[str]) -> Iterator[str]:
    for name, count in Counter(names).items():
        if count > 1:
            yield f"{what} {name} is there {count} times: once is enough"
