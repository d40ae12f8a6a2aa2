"""Fewer bad oracles than the threshold move no table and no settlement, whatever they say, and stop none either."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from rollup.types.series import Series
from sequencer.l1.reports import settlement_message, sign_message
from sequencer.oracles.committee import SignedReading, sign_reading
from sequencer.oracles.errors import OracleError, QuorumMissing, Refused
from sequencer.oracles.medians import consensus, is_near
from sequencer.oracles.node import OracleNode
from sequencer.oracles.proposals import Proposal, agreement_of
from sequencer.oracles.readings import ExpiryPrice, Reading, UnderlyingReading
from tests.support.markets_oracles import DOMAIN, EXPIRY_S, NOW, PRICE_E2, SERIES, UNDERLYING, Bench, keys
from tests.support.native_crypto import native_crypto

Lie = Callable[[UnderlyingReading, Random], UnderlyingReading]


def another_price(reading: UnderlyingReading, rng: Random) -> UnderlyingReading:
    return replace(reading, index_e2=rng.choice((1, reading.index_e2 // 2, reading.index_e2 * 3, (1 << 40) - 1)))


def the_edge(reading: UnderlyingReading, rng: Random) -> UnderlyingReading:
    return replace(reading, index_e2=reading.index_e2 * rng.choice((991, 1_009)) // 1_000)


def wild_volatilities(reading: UnderlyingReading, rng: Random) -> UnderlyingReading:
    return replace(reading, volatilities_ppm=dict.fromkeys(reading.volatilities_ppm, rng.choice((1, 60_000_000))))


def made_up_forwards(reading: UnderlyingReading, rng: Random) -> UnderlyingReading:
    return replace(reading, forwards_e2={one.expiry_s: rng.randint(1, 1 << 39) for one in SERIES})


def nothing_known(reading: UnderlyingReading, rng: Random) -> UnderlyingReading:
    return replace(reading, volatilities_ppm={})


LIES: tuple[Lie, ...] = (another_price, the_edge, wild_volatilities, made_up_forwards, nothing_known)


class BadOracle:
    """It lies in its readings, signs whatever it is shown, and says any settlement price."""

    def __init__(self, key: Any, honest: OracleNode, lie: Lie, rng: Random, settled_e2: int = 1) -> None:
        self.key, self.honest, self.lie, self.rng, self.settled_e2 = key, honest, lie, rng, settled_e2
        self.address = honest.address

    def read(self, series: Sequence[Series], now_s: int) -> SignedReading:
        truth = self.honest.read(series, now_s).reading
        told = {number: self.lie(reading, self.rng) for number, reading in truth.underlyings.items()}
        return sign_reading(self.key, DOMAIN, Reading(now_s, told))

    def sign(self, proposal: Proposal, now_s: int) -> bytes:
        return bytes(self.key.sign_typed_data(DOMAIN.fields, {"X": [{"name": "x", "type": "uint256"}]}, {"x": 1})[-1])

    def observe_expiry(self, underlying: int, expiry_s: int, now_s: int) -> tuple[int, bytes]:
        message = settlement_message(underlying, expiry_s, self.settled_e2)
        return self.settled_e2, sign_message(self.key, DOMAIN, message)

    def accept_settlement(self, settled: object) -> None:
        return


def bench_with(bad: int, lie: Lie, seed: int = 1, count: int = 5, threshold: int = 3) -> Bench:
    bench = Bench(count, threshold)
    rng = Random(seed)
    bench.everybody_says(expiry=ExpiryPrice(EXPIRY_S, PRICE_E2))
    chosen = rng.sample(range(bench.count), bad)
    mixed: list[Any] = [
        BadOracle(key, node, lie, rng) if place in chosen else node
        for place, (key, node) in enumerate(zip(keys(bench.count), bench.nodes, strict=True))
    ]
    bench.reporter = bench.reporter_of(mixed)
    return bench


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: str(lie.__name__))
@pytest.mark.parametrize(("count", "threshold"), [(3, 2), (5, 3), (7, 4)])
def test_j132_k_minus_one_move_no_table_and_stop_none(lie: Lie, count: int, threshold: int) -> None:
    honest = Bench(count=count, threshold=threshold).reporter.report(NOW)
    for seed in range(2 if count < 7 else 1):
        bench = bench_with(threshold - 1, lie, seed, count, threshold)
        table = bench.reporter.report(NOW)
        assert len(table.signatures) == count - threshold + 1
        for row, truth in zip(table.rows, honest.rows, strict=True):
            assert row == truth


@pytest.mark.parametrize("lie", [another_price, wild_volatilities], ids=lambda lie: str(lie.__name__))
def test_j132_k_minus_one_move_no_table_and_stop_none_twin(lie: Lie) -> None:
    """With k bad ones of a committee that does not look at its own reading, the same check finds another table."""
    honest = Bench().reporter.report(NOW)
    bench = Bench()
    readings = tuple(
        BadOracle(key, node, lie, Random(4)).read(SERIES, NOW) if place < 3 else node.read(SERIES, NOW)
        for place, (key, node) in enumerate(zip(keys(5), bench.nodes, strict=True))
    )
    moved = agreement_of(Proposal(NOW, SERIES, readings, {}), bench.rules.table, 3)
    assert moved.rows != honest.rows


def test_j132_an_honest_oracle_does_not_sign_what_it_has_not_seen() -> None:
    """Even a reporter that shows it k bad readings gets no signature of an honest one, and so no quorum."""
    bench = Bench()
    bad = [BadOracle(key, node, another_price, Random(4)) for key, node in zip(keys(5), bench.nodes, strict=True)]
    proposal = Proposal(NOW, SERIES, tuple(one.read(SERIES, NOW) for one in bad[:3]), {})
    bench.nodes[3].read(SERIES, NOW)
    with pytest.raises(Refused, match="the price of underlying 1"):
        bench.nodes[3].sign(proposal, NOW)


class Trusting(OracleNode):
    """A planted defect: it does not compare with what it has seen itself."""

    def _check_near_own(self, *_: object) -> None:
        return


def test_j132_an_honest_oracle_does_not_sign_what_it_has_not_seen_twin() -> None:
    bench = Bench()
    bad = [BadOracle(key, node, another_price, Random(4)) for key, node in zip(keys(5), bench.nodes, strict=True)]
    proposal = Proposal(NOW, SERIES, tuple(one.read(SERIES, NOW) for one in bad[:3]), {})
    assert Trusting(keys(5)[3], bench.sources[3], bench.rules, native_crypto()).sign(proposal, NOW)


def test_j132_at_the_edge_of_the_spread_k_minus_one_move_it_no_further_than_honest_ones_lie() -> None:
    for seed in range(3):
        bench = bench_with(2, the_edge, seed)
        rng = Random(seed)
        for sources in bench.sources:
            own = PRICE_E2 + rng.randint(-9_000, 9_000)
            for source in sources:
                source.index_e2 = own
        spots = bench.reporter.report(NOW).spots
        assert is_near(spots[UNDERLYING], PRICE_E2, 1_000)


@pytest.mark.parametrize("settled_e2", [1, PRICE_E2 * 2, PRICE_E2 * 994 // 1_000, PRICE_E2 * 1_006 // 1_000])
def test_j132_k_minus_one_settle_nothing_falsely(settled_e2: int) -> None:
    for seed in range(2):
        bench = bench_with(2, nothing_known, seed)
        for oracle in bench.reporter._oracles:
            if isinstance(oracle, BadOracle):
                oracle.settled_e2 = settled_e2
        settled = bench.reporter.settle(UNDERLYING, EXPIRY_S, EXPIRY_S + 1)
        assert settled.price_e2 == PRICE_E2


@pytest.mark.parametrize("settled_e2", [1, PRICE_E2 * 2])
def test_j132_k_minus_one_settle_nothing_falsely_twin(settled_e2: int) -> None:
    """k of them do: the check above is one that can fail."""
    bench = bench_with(3, nothing_known)
    for oracle in bench.reporter._oracles:
        if isinstance(oracle, BadOracle):
            oracle.settled_e2 = settled_e2
    assert bench.reporter.settle(UNDERLYING, EXPIRY_S, EXPIRY_S + 1).price_e2 == settled_e2


def test_j132_a_reading_under_another_name_is_left_out() -> None:
    bench = Bench()
    liar = BadOracle(keys(5)[0], bench.nodes[0], another_price, Random(1))
    liar.address = bench.nodes[1].address
    mixed: list[Any] = [liar, *bench.nodes[2:]]
    table = bench.reporter_of(mixed).report(NOW)
    assert len(table.signatures) == 3
    with pytest.raises(QuorumMissing) as caught:
        bench.reporter_of([liar, *bench.nodes[3:]]).report(NOW)
    assert all(isinstance(problem, OracleError) for problem in caught.value.problems.values())


def test_j132_the_middle_lies_between_honest_values_or_there_is_none() -> None:
    """For any k - 1 lies among any n with k a majority: between what honest ones say, as long as all of them count."""
    rng = Random(132)
    for _ in range(3_000):
        threshold = rng.randint(1, 8)
        count = rng.randint(threshold, 2 * threshold - 1)
        honest = [rng.randint(1_000_000, 1_004_000) for _ in range(count - threshold + 1)]
        lies = [rng.choice((1, 10**9, rng.randint(990_000, 1_014_000))) for _ in range(threshold - 1)]
        values = rng.sample(honest + lies, count)
        found = consensus(values, 10_000, threshold)
        if len(honest) >= threshold:
            assert found is not None
            assert min(honest) <= found <= max(honest)
        elif found is not None:
            assert is_near(found, honest[0], 20_000), "one honest one is near, or it would not have been enough"


def test_j132_the_middle_lies_between_honest_values_or_there_is_none_twin() -> None:
    """With k lies it need not."""
    assert consensus([1_000_000, 1_000_000, 1, 1, 1], 10_000, 3) == 1
