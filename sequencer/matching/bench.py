"""How many orders a second one engine takes, signatures aside: `python -m sequencer.matching.bench`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from random import Random
from time import process_time

from primitives.eddsa import Signature
from rollup.crypto import READABLE
from rollup.presets import DEMO, LARGE
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.accounts import Account
from rollup.types.orders import Domain, Order, SignedOrder
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.units import MILLION, ORDER_SLOTS, SCENARIOS
from sequencer.matching.engine import MatchingEngine
from sequencer.matching.errors import MatchingError
from sequencer.matching.requests import OrderRequest, TimeInForce
from sequencer.matching.terms import Terms

TRADERS, SERIES, MARK_E2, CONTRACT_E4 = 48, 12, 1_000, 10_000
EXPIRY_S = 1_800_000_000


@dataclass(frozen=True, slots=True)
class Throughput:
    """What was sent, what was traded, in how many seconds of the processor."""

    orders: int
    trades: int
    refused: int
    seconds: float

    @property
    def orders_per_second(self) -> float:
        """Of all that were sent."""
        return self.orders / self.seconds


def requests(count: int, rng: Random) -> list[OrderRequest]:
    """Orders around the mark: most rest until the same slot is used again, some take, a few want all or nothing."""
    nonces: dict[tuple[int, int], int] = {}
    found = []
    for _ in range(count):
        place = 2 + rng.randrange(TRADERS), rng.randrange(ORDER_SLOTS)
        nonces[place] = nonces.get(place, 0) + 1
        is_buy = rng.random() < 0.5
        edge_e2 = rng.choice((-20, 5, 10, 15, 20, 30))
        limit_e2 = MARK_E2 - edge_e2 if is_buy else MARK_E2 + edge_e2
        size_e4 = rng.randint(1, 3 * CONTRACT_E4)
        series_id = 1 + rng.randrange(SERIES)
        order = Order(place[0], series_id, is_buy, limit_e2, size_e4, MILLION, EXPIRY_S, place[1], nonces[place])
        how = rng.choices(tuple(TimeInForce), (8, 2, 1))[0]
        found.append(OrderRequest(SignedOrder(order, Signature((0, 1), 0)), how))
    return found


def engine_for_measuring() -> MatchingEngine:
    """Rich traders, and series of one value. The state is made by the readable hashes: a second or so."""
    state = State(DEMO.account_depth, READABLE)
    state.put({i: Account((0, 1), 10**15) for i in range(2 + TRADERS)})
    rows = [
        SeriesRow(Series(i, 1, EXPIRY_S, 50_000, OptionKind.CALL), False, (MARK_E2, *(500, 2_000) * (SCENARIOS // 2)))
        for i in range(1, SERIES + 1)
    ]
    terms = Terms(EXPIRY_S - 86_400, RiskTable(rows, DEMO.series_depth, READABLE), 200, 500)
    return MatchingEngine(LARGE, state, terms, Domain(1, 1), READABLE)


def measure(count: int, seed: int = 1) -> Throughput:
    """One run over orders made beforehand."""
    engine, made = engine_for_measuring(), requests(count, Random(seed))
    trades = refused = 0
    start = process_time()
    for request in made:
        try:
            trades += len(engine.submit_verified(request).trades)
        except MatchingError:
            refused += 1
    return Throughput(count, trades, refused, process_time() - start)


def main() -> None:
    """Prints one line."""
    found = measure(100_000)
    sys.stdout.write(
        f"{found.orders_per_second:,.0f} orders/s: {found.orders:,} orders, {found.trades:,} trades, "
        f"{found.refused:,} refused, {found.seconds:.2f} s of one core\n"
    )


if __name__ == "__main__":
    main()
