"""A market that is made up, and oracles that see it: what a node of one's own trades by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final

from rollup.risk.scenarios import ScanRange
from rollup.types.series import OptionKind, Series
from sequencer.l1.reports import OracleDomain
from sequencer.markets.history import COIN_SCAN
from sequencer.markets.paths import Diffusion, PricePath
from sequencer.markets.surface import VolatilitySurface
from sequencer.node.local import THRESHOLD, LocalRollup
from sequencer.oracles.committee import Committee
from sequencer.oracles.medians import Spreads
from sequencer.oracles.node import NodeRules, OracleNode
from sequencer.oracles.proposals import TableRules
from sequencer.oracles.refresh import RefreshPolicy
from sequencer.oracles.reporter import OracleReporter
from sequencer.oracles.series_book import NewSeries, SeriesBook, strikes_around
from sequencer.oracles.sources import ModelSource, SourceRules

COIN: Final = 1
NAMES: Final[Mapping[int, str]] = {COIN: "BTC"}
SOURCES_PER_ORACLE: Final = 3
CENTS: Final = 100


@dataclass(frozen=True, slots=True)
class MarketPlan:
    """A coin: where its price begins, how long its path is, and which options are listed on it."""

    first_price: float = 100_000.0
    seconds: int = 86_400
    strikes: int = 5
    step_e2: int = 200_000
    lifetimes_s: tuple[int, ...] = (3_600, 86_400)
    seed: int = 1
    refresh: RefreshPolicy = field(default_factory=RefreshPolicy)


@dataclass(frozen=True, slots=True)
class LocalMarket:
    """The path, the surface, the series, and a reporter over oracles that see them, each with errors of its own."""

    path: PricePath
    surface: VolatilitySurface
    series: tuple[Series, ...]
    reporter: OracleReporter


def local_market(rollup: LocalRollup, plan: MarketPlan | None = None, scan: ScanRange = COIN_SCAN) -> LocalMarket:
    """From now on, by the chain's clock."""
    chosen = plan or MarketPlan()
    now_s = rollup.now_s()
    path = Diffusion().path(now_s, chosen.seconds, chosen.first_price, Random(chosen.seed))
    surface = VolatilitySurface()
    committee = Committee(
        tuple(sorted((oracle.address for oracle in rollup.oracles), key=lambda address: int(address, 16))),
        THRESHOLD,
        OracleDomain(rollup.chain.chain_id, rollup.deployment.oracle),
    )
    rules = NodeRules(committee, SourceRules(), TableRules({COIN: scan}, Spreads()), rollup.preset.series_depth)
    book = SeriesBook(rollup.preset.series_depth)
    for lifetime_s in chosen.lifetimes_s:
        for strike_e2 in strikes_around(round(chosen.first_price * CENTS), chosen.step_e2, chosen.strikes):
            for kind in OptionKind:
                book.list_new(NewSeries(COIN, now_s + lifetime_s, strike_e2, kind))
    oracles = [
        OracleNode(
            account,
            [
                ModelSource(
                    f"{name} {place}", COIN, path, lambda _now: surface, Random(f"{chosen.seed} {name} {place}")
                )
                for place in range(SOURCES_PER_ORACLE)
            ],
            rules,
            rollup.crypto,
        )
        for name, account in zip("abc", rollup.oracles, strict=True)
    ]
    return LocalMarket(path, surface, book.series, OracleReporter(oracles, rules, book, rollup.crypto, chosen.refresh))
