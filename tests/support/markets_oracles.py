"""Oracles for tests: three of five keys, sources whose prices a test sets, and a clock that it moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from rollup.types.series import OptionKind, Series
from sequencer.l1.accounts import account_from_key
from sequencer.l1.reports import OracleDomain
from sequencer.markets.history import COIN_SCAN
from sequencer.oracles.committee import Committee
from sequencer.oracles.errors import SourceDown
from sequencer.oracles.medians import Spreads
from sequencer.oracles.node import NodeRules, OracleNode
from sequencer.oracles.proposals import TableRules
from sequencer.oracles.readings import ExpiryPrice, UnderlyingReading
from sequencer.oracles.reporter import OracleReporter
from sequencer.oracles.series_book import SeriesBook
from sequencer.oracles.sources import SourceRules
from tests.support.native_crypto import native_crypto

NOW, UNDERLYING, DEPTH = 1_764_897_000, 1, 3
EXPIRY_S = NOW + 3_600
PRICE_E2 = 9_200_000
SERIES = tuple(
    Series(i, UNDERLYING, EXPIRY_S + 86_400 * (i // 4), 8_800_000 + 200_000 * i, OptionKind(i % 2)) for i in range(1, 7)
)
DOMAIN = OracleDomain(31_337, "0x5FbDB2315678afecb367f032d93F642f64180aa3")


@dataclass
class FixedSource:
    """Says what a test sets. `is_up` False is silence; `expiry` is what it says of any expiry."""

    name: str = "fixed"
    index_e2: int = PRICE_E2
    late_s: int = 0
    is_up: bool = True
    volatility_ppm: int = 600_000
    forwards_e2: dict[int, int] = field(default_factory=dict)
    expiry: ExpiryPrice | None = None

    def read(self, underlying: int, series: Sequence[Series], now_s: int) -> UnderlyingReading:
        self._check()
        volatilities = {one.series_id: self.volatility_ppm for one in series if one.expiry_s > now_s}
        return UnderlyingReading(now_s - self.late_s, self.index_e2, dict(self.forwards_e2), volatilities)

    def at_expiry(self, underlying: int, expiry_s: int, now_s: int) -> ExpiryPrice | None:
        self._check()
        return self.expiry

    def _check(self) -> None:
        if not self.is_up:
            raise SourceDown(self.name, "it is silent")


@cache
def keys(count: int) -> list[Any]:
    """Accounts by ascending address."""
    made = [account_from_key((0x0AC1E + number).to_bytes(32, "big")) for number in range(count)]
    return sorted(made, key=lambda account: int(account.address, 16))


def rules_of(count: int = 5, threshold: int = 3) -> NodeRules:
    committee = Committee(tuple(str(key.address) for key in keys(count)), threshold, DOMAIN)
    spreads = Spreads()
    return NodeRules(committee, SourceRules(2, 30, 2, spreads), TableRules({UNDERLYING: COIN_SCAN}, spreads), DEPTH)


def sources_of(count: int = 3, **settings: Any) -> list[FixedSource]:
    return [FixedSource(name=f"source {number}", **settings) for number in range(count)]


@dataclass
class Bench:
    """A committee, each oracle with three sources of its own."""

    count: int = 5
    threshold: int = 3
    series: tuple[Series, ...] = SERIES

    def __post_init__(self) -> None:
        self.rules = rules_of(self.count, self.threshold)
        self.sources = [sources_of() for _ in range(self.count)]
        self.nodes = [
            OracleNode(key, sources, self.rules, native_crypto())
            for key, sources in zip(keys(self.count), self.sources, strict=True)
        ]
        self.reporter = self.reporter_of(self.nodes)

    def reporter_of(self, nodes: Sequence[Any]) -> OracleReporter:
        return OracleReporter(nodes, self.rules, SeriesBook(DEPTH, self.series), native_crypto())

    def everybody_says(self, **changes: Any) -> None:
        """All sources of all oracles."""
        for sources in self.sources:
            for source in sources:
                for name, value in changes.items():
                    setattr(source, name, value)


def with_spreads(rules: NodeRules, **changes: Any) -> NodeRules:
    """The same rules with other spreads."""
    spreads = replace(rules.sources.spreads, **changes)
    return replace(rules, sources=replace(rules.sources, spreads=spreads), table=replace(rules.table, spreads=spreads))
