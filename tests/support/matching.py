"""A small venue with a matching engine: what is asked of it, and batches made of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rollup.batch_application import apply_batch
from rollup.errors import SectionFull
from rollup.presets import DEMO, LARGE, Preset
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.batches import Batch
from rollup.types.orders import SignedOperation
from rollup.types.series import SeriesRow
from rollup.types.transactions import Deposit, Liquidation, Registration, Trade
from sequencer.matching import MatchingEngine, OrderRequest, Report, SelfTradePolicy, Terms, TimeInForce
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import DOMAIN, MAKER_PPM, NOW, TAKER_PPM, World, standard_rows

VENUE = replace(LARGE, name="venue", account_depth=3, series_depth=2)
SMALL = replace(DEMO, name="small", account_depth=3, series_depth=2)
RESTING, IMMEDIATE, WHOLE = (
    TimeInForce.GOOD_TILL_EXPIRY,
    TimeInForce.IMMEDIATE_OR_CANCEL,
    TimeInForce.FILL_OR_KILL,
)


@dataclass
class Piece:
    """What belongs into one batch, or into none."""

    trades: tuple[Trade, ...] = ()
    liquidations: tuple[Liquidation, ...] = ()
    operations: tuple[SignedOperation, ...] = ()
    queue: tuple[Registration | Deposit, ...] = ()

    def __add__(self, other: Piece) -> Piece:
        return Piece(
            self.trades + other.trades,
            self.liquidations + other.liquidations,
            self.operations + other.operations,
            self.queue + other.queue,
        )


def pieces_of(report: Report) -> list[Piece]:
    """As small as they may be."""
    if report.is_atomic:
        return [Piece(trades=report.trades)]
    return [Piece(trades=(trade,)) for trade in report.trades] + [
        Piece(liquidations=(liquidation,)) for liquidation in report.liquidations
    ]


@dataclass
class Desk:
    """An engine above a world of the specification's tests; accounts 2 and up are traders'."""

    preset: Preset = VENUE
    accounts: int = 6
    cash_e6: int = 10**15
    policy: SelfTradePolicy = SelfTradePolicy.CANCEL_NEWEST
    crypto: Any = field(default_factory=TrustingCrypto)
    rows: Sequence[SeriesRow] = field(default_factory=standard_rows)
    pieces: list[Piece] = field(default_factory=list)
    fees_ppm: tuple[int, int] = (MAKER_PPM, TAKER_PPM)

    def __post_init__(self) -> None:
        self.world = World(self.preset, self.accounts, self.cash_e6, crypto=self.crypto)
        self.nonces: dict[tuple[int, int], int] = {}
        self.batches = 0
        self.now_s = NOW
        self.table = RiskTable(self.rows, self.preset.series_depth, self.crypto)
        self.engine = self.new_engine()

    @property
    def state(self) -> State:
        return self.world.state

    @property
    def terms(self) -> Terms:
        return Terms(self.now_s, self.table, *self.fees_ppm)

    def new_engine(self) -> MatchingEngine:
        """One that knows of no orders."""
        return MatchingEngine(self.preset, self.state, self.terms, DOMAIN, self.crypto, self.policy)

    def order(self, account: int, side: str, *, slot: int = 0, nonce: int | None = None, **changes: Any) -> Any:
        """A signed order under the next nonce of its slot."""
        if nonce is None:
            nonce = self.nonces[account, slot] = self.nonces.get((account, slot), 0) + 1
        return self.world.order(account, side, slot=slot, nonce=nonce, **changes)

    def send(
        self,
        account: int,
        side: str,
        price_e2: int,
        size_e4: int,
        how: TimeInForce = RESTING,
        *,
        post_only: bool = False,
        reduce_only: bool = False,
        **changes: Any,
    ) -> Report:
        """Signs an order, sends it, and keeps what came of it for the next batch."""
        signed = self.order(account, side, limit_price_e2=price_e2, size_e4=size_e4, **changes)
        return self.keep(self.engine.submit(OrderRequest(signed, how, post_only, reduce_only)))

    def keep(self, report: Report) -> Report:
        """For the next batch."""
        self.pieces += pieces_of(report)
        return report

    def batch_of(self, piece: Piece) -> Batch:
        """A batch by the engine's terms."""
        return Batch(
            self.batches + 1,
            self.now_s,
            DOMAIN,
            *self.fees_ppm,
            piece.queue,
            piece.trades,
            piece.operations,
            piece.liquidations,
        )

    def book_pieces(self, most: int = 10**6) -> None:
        """Cuts what was matched into batches, as many pieces to a batch as fit, at most `most`, and books them all."""
        while self.pieces:
            count = self._how_many_fit(most)
            self._apply(self.batch_of(sum(self.pieces[:count], Piece())))
            self.pieces = self.pieces[count:]

    def _how_many_fit(self, most: int) -> int:
        for count in range(min(most, len(self.pieces)), 1, -1):
            try:
                self._dry(self.batch_of(sum(self.pieces[:count], Piece())))
            except SectionFull:
                continue
            return count
        return 1

    def _dry(self, batch: Batch) -> None:
        from rollup.transition import transition

        transition(self.state, self.table, batch, self.preset)

    def _apply(self, batch: Batch) -> None:
        apply_batch(self.state, self.table, batch, self.preset)
        self.batches += 1

    def begin(self, seconds: int = 0, rows: Sequence[SeriesRow] | None = None, most: int = 10**6) -> Report:
        """Books what was matched, and begins the next batch."""
        self.book_pieces(most)
        self.now_s += seconds
        if rows is not None:
            self.rows = rows
            self.table = RiskTable(rows, self.preset.series_depth, self.crypto)
        return self.engine.begin(self.state, self.terms)
