"""Sources, rules and listings as a settings file has them."""

from __future__ import annotations

from sequencer.oracles.deribit_source import BASE as DERIBIT
from sequencer.oracles.deribit_source import DeribitMarket, DeribitSource
from sequencer.oracles.http_json import JsonFetcher
from sequencer.oracles.index_presets import EXCHANGES, at_market
from sequencer.oracles.index_source import Candles, IndexSource, Ticker
from sequencer.oracles.listings import ListingRules
from sequencer.oracles.medians import Spreads
from sequencer.oracles.okx_source import OkxSource
from sequencer.oracles.settings import (
    DeribitSettings,
    ExchangeSettings,
    OkxSettings,
    OracleSettings,
    SourceSettings,
    TickerSettings,
)
from sequencer.oracles.sources import AskedAhead, SourceRules


def source_of(settings: SourceSettings, underlying: int, fetcher: JsonFetcher) -> AskedAhead:
    """One source, that has asked nothing yet."""
    match settings:
        case DeribitSettings():
            names = DeribitMarket(settings.currency, settings.index, settings.prefix, settings.base or DERIBIT)
            return DeribitSource(settings.name, underlying, names, fetcher)
        case OkxSettings():
            return OkxSource(settings.name, underlying, settings.family, fetcher, settings.base)
        case ExchangeSettings():
            places = at_market(EXCHANGES[settings.exchange], settings.market, settings.base)
            return IndexSource(settings.name or settings.exchange, underlying, *places, fetcher)
        case TickerSettings():
            ticker = Ticker(settings.url, settings.price, settings.time, settings.time_unit)
            said = settings.candles
            candles = None if said is None else Candles(said.url, said.rows, said.time, said.close, said.time_unit)
            return IndexSource(settings.name, underlying, ticker, candles, fetcher)


def sources_of(settings: OracleSettings) -> dict[int, tuple[AskedAhead, ...]]:
    """By underlying."""
    fetcher = JsonFetcher(settings.limit_s)
    return {
        one.number: tuple(source_of(source, one.number, fetcher) for source in one.sources)
        for one in settings.underlyings
    }


def source_rules(settings: OracleSettings) -> SourceRules:
    """When sources agree."""
    rules = settings.rules
    spreads = Spreads(rules.index_spread_ppm, rules.volatility_spread_ppm)
    return SourceRules(rules.least, rules.age_s, rules.ahead_s, spreads, rules.least_volatilities)


def listing_rules(settings: OracleSettings) -> dict[int, ListingRules]:
    """By underlying."""
    return {
        one.number: ListingRules(
            one.listing.strikes,
            one.listing.step_e2,
            one.listing.days,
            one.listing.fridays,
            one.listing.shortest_s,
        )
        for one in settings.underlyings
    }
