"""How fast a venue is, signatures aside: `python -m sequencer.venue.bench`, in seconds of one core."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import process_time

from numpy.random import Generator, default_rng

from primitives.eddsa import Signature
from prover.kernels import load_kernels
from rollup.presets import LARGE
from rollup.types.orders import Domain, Order, SignedOrder
from rollup.types.series import OptionKind, Series, SeriesRow
from rollup.types.transactions import Registration
from rollup.units import MILLION, ORDER_SLOTS, SCENARIOS
from sequencer.matching.errors import MatchingError
from sequencer.matching.requests import OrderRequest, TimeInForce
from sequencer.messages import EndBatch, Message, NewTable, PlaceOrder, ReceiveQueue, decode_message, encode_message
from sequencer.native_crypto import NativeCrypto
from sequencer.venue.genesis import Genesis
from sequencer.venue.venue import Venue

MARK_E2, CONTRACT_E4, START_S, CASH_E6 = 1_000, 10_000, 1_800_000_000, 10**15
EXPIRY_S = START_S + 86_400


@dataclass(frozen=True, slots=True)
class Market:
    """How many traders there are, of how many series; `makers` of the traders send half of all orders."""

    traders: int = 48
    series: int = 12
    makers: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a run of orders: seconds for the messages alone, for cutting with and without traces, for replay."""

    orders: int
    trades: int
    batches: int
    apply_s: float
    cut_s: float
    replay_s: float
    decode_s: float

    def __str__(self) -> str:
        return (
            f"{self.orders / self.apply_s:,.0f} orders/s applied; {self.trades:,} trades in {self.batches:,} batches, "
            f"{self.trades / self.batches:.1f} each; cut in {1e3 * self.cut_s / self.batches:.1f} ms a batch; "
            f"replay of the log in {self.replay_s:.2f} s, {self.decode_s:.2f} s of it for reading"
        )


def opening(market: Market) -> list[Message]:
    """Accounts and a first table."""
    entries = tuple(Registration(i, CASH_E6, (0, 1)) for i in range(2 + market.traders))
    rows = tuple(
        SeriesRow(Series(i, 1, EXPIRY_S, 50_000, OptionKind.CALL), False, (MARK_E2, *(500, 2_000) * (SCENARIOS // 2)))
        for i in range(1, 1 + market.series)
    )
    return [ReceiveQueue(0, entries), NewTable(START_S, rows)]


def orders(count: int, market: Market, rng: Generator) -> list[Message]:
    """Around the mark: three trades to ten orders; some replace what rests, some must be filled at once."""
    nonces: dict[tuple[int, int], int] = {}
    kinds = tuple(TimeInForce)
    edges = (-20, 5, 10, 15, 20, 30)
    found: list[Message] = []
    for draw in rng.random((count, 8)).tolist():
        is_maker = market.makers and draw[0] < 0.5
        account = 2 + int(draw[1] * (market.makers if is_maker else market.traders))
        place = account, int(draw[2] * ORDER_SLOTS)
        nonces[place] = nonces.get(place, 0) + 1
        is_buy, edge_e2 = draw[3] < 0.5, edges[int(draw[4] * len(edges))]
        order = Order(
            account,
            series_id=1 + int(draw[5] * market.series),
            is_buy=is_buy,
            limit_price_e2=MARK_E2 - edge_e2 if is_buy else MARK_E2 + edge_e2,
            size_e4=1 + int(draw[6] * 3 * CONTRACT_E4),
            max_fee_ppm=MILLION,
            expiry_s=EXPIRY_S,
            slot=place[1],
            nonce=nonces[place],
        )
        how = kinds[0 if draw[7] < 0.73 else 1 if draw[7] < 0.91 else 2]
        found.append(PlaceOrder(OrderRequest(SignedOrder(order, Signature((0, 1), 0)), how)))
    return found


def timed(work: Callable[[], object]) -> float:
    """Seconds of one core."""
    start = process_time()
    work()
    return process_time() - start


def measure(count: int, market: Market, full: float = 4.0, seed: int = 1) -> Run:
    """Batches are cut whenever about `full` of them wait. Refused orders are not logged."""
    genesis = Genesis(LARGE, Domain(1, 1), 200, 500)
    crypto = NativeCrypto(load_kernels())
    venue = Venue(genesis, crypto)
    log = opening(market)
    for message in log:
        venue.apply_verified(message)
    made = orders(count, market, default_rng(seed))
    trades, batches, cut_s, start = 0, 0, 0.0, process_time()
    for place, message in enumerate(made, start=1):
        try:
            trades += len(venue.apply_verified(message).report.trades)
            log.append(message)
        except MatchingError:
            continue
        finally:
            if place == count or venue.pending.full_batches >= full:
                cut_start = process_time()
                log.append(EndBatch(venue.time_s))
                batches += len(venue.apply_verified(log[-1]).batches)
                cut_s += process_time() - cut_start
    apply_s = process_time() - start - cut_s
    written = [encode_message(message) for message in log]
    again = Venue(genesis, crypto, first_judged=venue.next_batch)

    def replay() -> None:
        for entry in written:
            again.apply_verified(decode_message(entry))

    replay_s = timed(replay)
    if again.state.root != venue.state.root:
        raise RuntimeError("the replay came to another state")
    return Run(
        count, trades, batches, apply_s, cut_s, replay_s, timed(lambda: [decode_message(one) for one in written])
    )


def main(arguments: Sequence[str]) -> None:
    """Prints a line for each market; the argument is the number of orders."""
    count = int(arguments[0]) if arguments else 100_000
    for market in (Market(), Market(traders=1_000, makers=4)):
        sys.stdout.write(f"{market.traders} traders, {market.makers} makers: {measure(count, market)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
