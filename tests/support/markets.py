"""Simulated flow through a matching engine and the specification: what is accepted, what is booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from primitives.eddsa import Signature
from rollup.batch_application import apply_batch
from rollup.errors import RollupError, SectionFull
from rollup.presets import LARGE, Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.orders import Domain, SignedOrder
from rollup.types.transactions import Settlement, Trade
from sequencer.markets.collateral import FeeRates
from sequencer.markets.history import TimedTable
from sequencer.markets.intents import CancelIntent, Intent
from sequencer.matching import MatchingEngine, OrderRequest, Terms
from sequencer.matching.errors import MatchingError
from tests.support.native_crypto import TrustingCrypto
from tests.support.source_tree import ROOT

DATA = ROOT.parent / "shared/data"
SPX = DATA / "spx_2021-01"
CHAIN = DATA / "deribit_btc_2025-12-05/deribit_btc_options.csv"
DERIBIT = DATA / "deribit_2021-07-22"
VECTORS = Path(__file__).parent.parent / "vectors/markets"
DOMAIN = Domain(31_337, 0xC1EA)
NO_SIGNATURE = Signature((0, 1), 0)
HALL = replace(LARGE, name="hall", account_depth=5, series_depth=5)


@dataclass
class Hall:
    """A venue without signatures. `seen` counts acknowledged orders, trades, and refusals by name."""

    deposits_e6: Mapping[int, int]
    tables: Sequence[TimedTable]
    fees: FeeRates = field(default_factory=FeeRates)
    preset: Preset = HALL

    def __post_init__(self) -> None:
        self.crypto = TrustingCrypto()
        self.state = State(self.preset.account_depth, self.crypto)
        cash = {0: 0, 1: 0, **self.deposits_e6}
        self.state.put({account: Account((0, 1), amount) for account, amount in cash.items()})
        self.left = list(reversed(self.tables))
        self.terms = self._next_terms()
        self.engine = MatchingEngine(self.preset, self.state, self.terms, DOMAIN, self.crypto)
        self.trades: list[Trade] = []
        self.seen: Counter[str] = Counter()
        self.batches = 0

    def run(self, intents: Iterable[Intent]) -> None:
        """All intents, each after the tables that are due."""
        for intent in intents:
            while self.left and self.left[-1].time_s * 1000 <= intent.time_ms:
                self.turn_over()
            self.take(intent)
            if len(self.trades) >= self.preset.trades:
                self.book()
                self.engine.begin(self.state, self.terms)

    def take(self, intent: Intent) -> None:
        try:
            if isinstance(intent, CancelIntent):
                self.engine.cancel(intent.account, intent.slot, intent.nonce)
                self.seen["cancel"] += 1
                return
            signed = SignedOrder(intent.order(1_000), NO_SIGNATURE)
            flags = intent.time_in_force, intent.post_only, intent.reduce_only
            report = self.engine.submit_verified(OrderRequest(signed, *flags))
        except (MatchingError, RollupError) as error:
            self.seen[type(error).__name__] += 1
            return
        self.seen["order"] += 1
        self.seen["trade"] += len(report.trades)
        self.trades += report.trades

    def turn_over(self) -> None:
        """The next table, and with it the next batch."""
        self.book()
        self.terms = self._next_terms()
        self.engine.begin(self.state, self.terms)

    def book(self) -> None:
        """What was matched, in as few batches as halving finds."""
        self._book(tuple(self.trades))
        self.trades = []

    def settle(self, table: TimedTable, settled: set[int]) -> None:
        """Books all positions in settled series into cash, first what is paid out and then what is owed."""
        values = {row.series.series_id: row.mark_e2 for row in table.rows}
        self.left = [table]
        self.turn_over()
        found = [
            (position.size_e4 * values[position.series_id], Settlement(account, slot, position.series_id))
            for account, one in self.state.accounts()
            for slot, position in enumerate(one.positions)
            if position.size_e4 and position.series_id in settled
        ]
        wanted = [one for _, one in sorted(found, key=lambda pair: -pair[0])]
        for first in range(0, len(wanted), 2):
            self._apply(self._batch(settlements=tuple(wanted[first : first + 2])))

    def cash_e6(self) -> dict[int, int]:
        return {account: one.cash_e6 for account, one in self.state.accounts()}

    def positions_e4(self) -> dict[tuple[int, int], int]:
        return {
            (account, position.series_id): position.size_e4
            for account, one in self.state.accounts()
            for position in one.positions
            if position.size_e4
        }

    def _next_terms(self) -> Terms:
        table = self.left.pop()
        rows = RiskTable(table.rows, self.preset.series_depth, self.crypto)
        return Terms(table.time_s, rows, self.fees.maker_ppm, self.fees.taker_ppm)

    def _book(self, trades: tuple[Trade, ...]) -> None:
        if not trades:
            return
        try:
            self._apply(self._batch(trades=trades))
        except SectionFull:
            half = len(trades) // 2
            if not half:
                raise
            self._book(trades[:half])
            self._book(trades[half:])

    def _batch(self, trades: tuple[Trade, ...] = (), settlements: tuple[Settlement, ...] = ()) -> Batch:
        rates = self.fees.maker_ppm, self.fees.taker_ppm
        return Batch(self.batches + 1, self.terms.time_s, DOMAIN, *rates, trades=trades, settlements=settlements)

    def _apply(self, batch: Batch) -> None:
        apply_batch(self.state, self.terms.table, batch, self.preset)
        self.batches += 1
