"""What reports ask is what the run did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rollup.margin import account_values
from rollup.risk_table import RiskTable
from sequencer.messages import NewTable
from sequencer.record.queries import delays, gas_of_batches, margin_over_time, phase_seconds
from sequencer.record.reader import RecordReader
from tests.support.native_crypto import native_crypto
from tests.support.recorded_l1 import COMMIT_GAS, EXECUTE_GAS
from tests.support.recorded_run import WEAK, RecordedRun, shared_run


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return shared_run()


@pytest.fixture
def reader(run: RecordedRun) -> Iterator[RecordReader]:
    with RecordReader(run.path) as found:
        yield found


def test_margin_at_every_batch_and_every_table(run: RecordedRun, reader: RecordReader) -> None:
    points = margin_over_time(reader, WEAK)
    touched = [
        (cut.number, one.values_after)
        for cut in run.batches
        for one in cut.applied.outcome.touched
        if one.account_id == WEAK
    ]
    assert [(one.batch, one.values_e6) for one in points if one.batch is not None] == touched
    assert [one.time_ms for one in points] == sorted(one.time_ms for one in points)
    expected, account = [], None
    for message, outcome in run.outcomes:
        for cut in outcome.batches:
            account = cut.applied.outcome.accounts.get(WEAK, account)
        if isinstance(message, NewTable):
            table = RiskTable(message.rows, 3, native_crypto())
            expected.append(account_values(account, table.row))
    assert [one.values_e6 for one in points if one.batch is None] == expected


def test_the_shock_is_seen_and_the_liquidation_helps(reader: RecordReader) -> None:
    points = margin_over_time(reader, WEAK)
    below = [one for one in points if one.equity_e6 < one.maintenance_e6]
    assert [one.batch for one in below] == [None], "by the table of the shock alone"
    assert points[-1].equity_e6 > points[-1].maintenance_e6


def test_of_many_tables_some_are_left_out(reader: RecordReader) -> None:
    whole, some = margin_over_time(reader, WEAK), margin_over_time(reader, WEAK, most=2)
    assert len([one for one in whole if one.batch is None]) == 4
    assert len([one for one in some if one.batch is None]) == 3
    assert some[-1] == whole[-1]
    assert margin_over_time(reader, 99) == ()


def test_gas_by_kind_sums_up_to_that_of_the_list(reader: RecordReader) -> None:
    points = {one.number: one for one in gas_of_batches(reader)}
    for row in reader.batches():
        assert (row.number in points) == (row.gas is not None)
        if row.gas is not None:
            assert points[row.number].total == pytest.approx(row.gas, abs=len(points[row.number].by_kind))
            assert points[row.number].trades == row.counts.trades
    assert points[4].by_kind["commit"] == COMMIT_GAS
    assert points[4].by_kind["execute"] == EXECUTE_GAS
    assert points[4].per_trade == points[4].total
    assert points[1].per_trade is None


def test_phases_are_those_of_real_proofs(run: RecordedRun, reader: RecordReader) -> None:
    real = [proof for proof in run.proofs if not proof.is_mock]
    found = phase_seconds(reader)
    assert list(found) == list(real[0].seconds)
    assert found["witness"] == tuple(proof.seconds["witness"] for proof in real)


def test_delays_are_from_the_seal(reader: RecordReader) -> None:
    found = delays(reader)
    assert [one.number for one in found] == list(range(1, 14))
    assert found[0].proved_s is not None
    assert found[0].proved_s > 0
    assert found[-1].committed_s is None
