"""Trades, accounts and prices as a reader of the record gives them."""

from __future__ import annotations

from dataclasses import dataclass

from rollup.parameters import MAINTENANCE_WEIGHT


@dataclass(frozen=True, slots=True)
class TradeRow:
    """A fill. `number` is the venue's, None for a liquidation, of which `liquidated` is the account.

    `maker` is the liquidator then, and `taker` the liquidated account. `batch` is None until one is sealed with it;
    `is_dropped`: it never came to be. `id` orders the record's fills.
    """

    id: int
    number: int | None
    sequence: int
    message: int
    time_ms: int
    series_id: int
    price_e2: int
    size_e4: int
    taker_buys: bool
    maker: int
    taker: int
    batch: int | None
    liquidated: int | None = None
    penalty_e6: int = 0
    subsidy_e6: int = 0
    is_dropped: bool = False


@dataclass(frozen=True, slots=True)
class RefusalRow:
    """A message that was refused, by which rule and with what reason; what it was, and whose if that is known."""

    id: int
    time_ms: int
    what: str
    account: int | None
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account after the last batch that touched it, and what that is worth by one risk table.

    `positions` are (series id, size_e4), `nonces` by order slot. `values_e6` is V by the newest table (of the batch in
    a history), shape (COLUMNS,), or empty where a held series is not in it. `batch` and `time_ms` are those of the last
    batch that touched it.
    """

    account: int
    batch: int
    time_ms: int
    key: tuple[int, int]
    cash_e6: int
    positions: tuple[tuple[int, int], ...]
    nonces: tuple[int, ...]
    values_e6: tuple[int, ...]
    is_liquidated: bool
    is_subsidised: bool
    """Both in that batch."""

    @property
    def equity_e6(self) -> int:
        """V[0]; the cash where nothing is known of positions."""
        return self.values_e6[0] if self.values_e6 else self.cash_e6

    @property
    def worst_e6(self) -> int:
        """The smallest V."""
        return min(self.values_e6, default=self.cash_e6)

    @property
    def initial_requirement_e6(self) -> int:
        """The worst loss from the mark."""
        return self.equity_e6 - self.worst_e6

    @property
    def maintenance_requirement_e6(self) -> int:
        """Three quarters of it, rounded up."""
        return -(-MAINTENANCE_WEIGHT * self.initial_requirement_e6 // (MAINTENANCE_WEIGHT + 1))

    @property
    def passes_initial(self) -> bool:
        """V[s] >= 0 for all s."""
        return self.worst_e6 >= 0

    @property
    def passes_maintenance(self) -> bool:
        """V[0] + 3 V[s] >= 0 for all s."""
        return self.equity_e6 + MAINTENANCE_WEIGHT * self.worst_e6 >= 0

    @property
    def distance(self) -> float | None:
        """Equity over maintenance requirement, less 1: below 0 is liquidated, None without a requirement."""
        required_e6 = self.maintenance_requirement_e6
        return self.equity_e6 / required_e6 - 1 if required_e6 else None


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A risk table in force from `time_ms` on, signed at `time_s`. `spots` are pairs of underlying and price_e2."""

    time_s: int
    time_ms: int
    series: int
    spots: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A series in a risk table. `values_e2` has shape (COLUMNS,): the mark, then each scenario.

    `forward_e2` is what calls and puts of one strike say it is, else the spot of its underlying in the same table.
    `implied_volatility` is that which gives the mark, and Greeks are per contract in USD by it; None where no
    volatility does, as for what has expired.
    """

    series_id: int
    underlying: int
    expiry_s: int
    strike_e2: int
    is_call: bool
    is_settled: bool
    values_e2: tuple[int, ...]
    forward_e2: int | None = None
    implied_volatility: float | None = None
    delta: float | None = None
    gamma: float | None = None
    vega: float | None = None
    theta: float | None = None

    @property
    def mark_e2(self) -> int:
        """The mark, or the payoff of a settled series."""
        return self.values_e2[0]


@dataclass(frozen=True, slots=True)
class SpotRow:
    """A price of an underlying by the oracles."""

    time_ms: int
    underlying: int
    price_e2: int


@dataclass(frozen=True, slots=True)
class SettlementPriceRow:
    """The price at which an expiry is settled."""

    underlying: int
    expiry_s: int
    price_e2: int
    time_ms: int


@dataclass(frozen=True, slots=True)
class SettlementRow:
    """A position that a batch booked into cash: `size_e4 * payoff_e2` = `cash_e6`, below 0 for who was short.

    `id` orders them.
    """

    batch: int
    account: int
    series_id: int
    size_e4: int
    payoff_e2: int
    cash_e6: int
    id: int


@dataclass(frozen=True, slots=True)
class LevelRow:
    """All orders at one price."""

    price_e2: int
    size_e4: int
    orders: int


@dataclass(frozen=True, slots=True)
class BookRow:
    """A book when it was last looked at, from the best prices to the worst."""

    series_id: int
    time_ms: int
    bids: tuple[LevelRow, ...]
    asks: tuple[LevelRow, ...]
