"""A market that is made up, and oracles that see it: what a node of one's own trades by."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from rollup.errors import RollupError
from rollup.risk.scenarios import ScanRange
from rollup.types.series import OptionKind, Series
from sequencer.l1.reports import OracleDomain
from sequencer.markets.history import COIN_SCAN
from sequencer.markets.paths import Diffusion, ShockedPath
from sequencer.markets.surface import VolatilitySurface
from sequencer.node.local import THRESHOLD, LocalRollup
from sequencer.oracles.committee import Committee
from sequencer.oracles.errors import OracleError
from sequencer.oracles.medians import Spreads
from sequencer.oracles.node import NodeRules, OracleNode
from sequencer.oracles.proposals import TableRules
from sequencer.oracles.refresh import RefreshPolicy
from sequencer.oracles.reporter import OracleReporter, Step
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


class ListingReporter:
    """A reporter into whose book others list series, on any thread: it does so itself, before it looks again."""

    def __init__(self, reporter: OracleReporter) -> None:
        self._reporter = reporter
        self._asked: deque[tuple[Future[tuple[Series, ...]], Callable[[], tuple[Series, ...]]]] = deque()

    def list_new(self, wanted: Iterable[NewSeries]) -> Future[tuple[Series, ...]]:
        """The series, once they are in the book; they can be traded when the next table is in force.

        The future raises what `SeriesBook.list_new` raises.
        """
        future: Future[tuple[Series, ...]] = Future()
        self._asked.append((future, partial(self._list, tuple(wanted))))
        return future

    def step(self, now_s: int, held: Collection[int] | None = None) -> Step:
        """As `OracleReporter.step`, with all that was asked for."""
        while self._asked:
            future, make = self._asked.popleft()
            try:
                future.set_result(make())
            except (OracleError, RollupError) as error:
                future.set_exception(error)
        return self._reporter.step(now_s, held)

    def _list(self, wanted: tuple[NewSeries, ...]) -> tuple[Series, ...]:
        return tuple(self._reporter.book.list_new(one) for one in wanted)


@dataclass(frozen=True, slots=True)
class LocalMarket:
    """The path, the surface, the first series, and a reporter over oracles that see them, each with its own errors."""

    path: ShockedPath
    surface: VolatilitySurface
    series: tuple[Series, ...]
    reporter: ListingReporter

    def list_expiry(self, expiry_s: int, price: float, step_e2: int, strikes: int) -> Future[tuple[Series, ...]]:
        """Calls and puts of one more expiry, at so many strikes around a price. As `ListingReporter.list_new`."""
        return self.reporter.list_new(calls_and_puts(expiry_s, price, step_e2, strikes))


def local_market(rollup: LocalRollup, plan: MarketPlan | None = None, scan: ScanRange = COIN_SCAN) -> LocalMarket:
    """From now on, by the chain's clock."""
    chosen = plan or MarketPlan()
    now_s = rollup.now_s()
    path = ShockedPath(Diffusion().path(now_s, chosen.seconds, chosen.first_price, Random(chosen.seed)))
    surface = VolatilitySurface()
    committee = Committee(
        tuple(sorted((oracle.address for oracle in rollup.oracles), key=lambda address: int(address, 16))),
        THRESHOLD,
        OracleDomain(rollup.chain.chain_id, rollup.deployment.oracle),
    )
    rules = NodeRules(committee, SourceRules(), TableRules({COIN: scan}, Spreads()), rollup.preset.series_depth)
    book = SeriesBook(rollup.preset.series_depth)
    for lifetime_s in chosen.lifetimes_s:
        for one in calls_and_puts(now_s + lifetime_s, chosen.first_price, chosen.step_e2, chosen.strikes):
            book.list_new(one)
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
    reporter = OracleReporter(oracles, rules, book, rollup.crypto, chosen.refresh)
    return LocalMarket(path, surface, book.series, ListingReporter(reporter))


def calls_and_puts(expiry_s: int, price: float, step_e2: int, strikes: int) -> list[NewSeries]:
    """A call and a put at each of so many strikes, in steps, around a price in USD."""
    return [
        NewSeries(COIN, expiry_s, strike_e2, kind)
        for strike_e2 in strikes_around(round(price * CENTS), step_e2, strikes)
        for kind in OptionKind
    ]
