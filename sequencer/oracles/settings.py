"""What an operator decides about oracles, in one TOML file: keys by their files, sources, rules, what is listed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec

from rollup.units import PRICE_BITS
from sequencer.oracles.errors import BadOracleSettings
from sequencer.oracles.http_json import LIMIT_S
from sequencer.oracles.said_values import JsonPath, TimeUnit
from sequencer.oracles.settings_checks import problem_of

Positive: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
Ppm: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
Share: TypeAlias = Annotated[float, msgspec.Meta(gt=0, le=10)]
Step: TypeAlias = Annotated[int, msgspec.Meta(ge=1, lt=1 << PRICE_BITS)]
Few: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=60)]
Strikes: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=200)]
UpToAYear: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=365 * 86_400)]
Steps: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=16)]


class DeribitSettings(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="deribit"
):
    """See `DeribitMarket`."""

    name: str = "deribit"
    currency: str = "BTC"
    index: str = "btc_usd"
    prefix: str = "BTC"
    base: str | None = None


class OkxSettings(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="okx-options"
):
    """See `OkxSource`."""

    family: str
    name: str = "okx"
    base: str | None = None


class ExchangeSettings(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="exchange"
):
    """One of `EXCHANGES`, whose name it has if it has none of its own; it says prices alone."""

    exchange: str
    market: str
    name: str | None = None
    base: str | None = None


class CandlesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `Candles`."""

    url: str
    rows: JsonPath
    time: JsonPath
    close: JsonPath
    time_unit: TimeUnit = "s"


class TickerSettings(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind", tag="ticker"
):
    """See `Ticker`; without candles it has no part in settling."""

    name: str
    url: str
    price: JsonPath
    time: JsonPath | None = None
    time_unit: TimeUnit = "s"
    candles: CandlesSettings | None = None


SourceSettings: TypeAlias = DeribitSettings | OkxSettings | ExchangeSettings | TickerSettings


class ScanSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How far scenarios move, as shares: see `ScanRange`. Those of a coin."""

    price: Share = 0.16
    volatility_up: Share = 0.45
    volatility_down: Share = 0.30


class ListingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `ListingRules`. `step_e2` in 0.01 USD."""

    step_e2: Step
    strikes: Strikes = 11
    days: Few = 2
    fridays: Few = 4
    shortest_s: UpToAYear = 3_600


class UnderlyingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What options are written on, under the rollup's number of it."""

    name: str
    number: Annotated[int, msgspec.Meta(ge=0, lt=1 << 16)]
    sources: tuple[SourceSettings, ...]
    listing: ListingSettings
    scan: ScanSettings = ScanSettings()


class RulesSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `SourceRules` and `Spreads`."""

    least: Positive = 2
    least_volatilities: Positive = 2
    age_s: Positive = 30
    ahead_s: Positive = 2
    index_spread_ppm: Ppm = 10_000
    volatility_spread_ppm: Ppm = 300_000


class RefreshSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `RefreshPolicy`."""

    every_s: Positive = 30
    move_ppm: Ppm = 2_500


class OracleSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`keys` are files of committee members that run here, relative to the settings; L1 says who the committee is.

    `limit_s` is how long a source has for one answer.
    """

    underlyings: tuple[UnderlyingSettings, ...]
    keys: tuple[str, ...] = ()
    limit_s: Annotated[float, msgspec.Meta(gt=0, le=30)] = LIMIT_S
    rules: RulesSettings = RulesSettings()
    refresh: RefreshSettings = RefreshSettings()


def read_oracle_settings(path: Path) -> OracleSettings:
    """The file as settings. Raises `BadOracleSettings`: missing, malformed, out of range, or unable to agree ever."""
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=OracleSettings)
    except OSError as error:
        raise BadOracleSettings(path, error.strerror or "it cannot be read") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadOracleSettings(path, str(error)) from error
    problem = problem_of(settings)
    if problem is not None:
        raise BadOracleSettings(path, problem)
    return settings
