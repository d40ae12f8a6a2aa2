"""What is recorded of L1, accounts, workers and refused trades, and what a reorganisation takes back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rollup.errors import UnknownSeries
from sequencer.messages import EndBatch
from sequencer.prover_pool import WorkerState, WorkerStatus
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from sequencer.submitter.events import Alarm, Reorganised, Sent, Settled, Unsettled
from sequencer.submitter.events import Refused as L1Refused
from sequencer.submitter.intents import Kind, meaning
from sequencer.submitter.progress import BatchProgress, L1Progress, Step
from sequencer.venue import Outcome, Unliquidated
from sequencer.venue import Unsettled as Owing
from tests.support.recorded_l1 import mark_of
from tests.support.recorded_run import RecordedRun
from tests.support.recorded_scale import numbered
from tests.support.rollup import NOW

MESSAGE = EndBatch(NOW)


@pytest.fixture(name="run")
def given_run(run_without_proofs: RecordedRun) -> RecordedRun:
    return run_without_proofs


# -- L1 goes back ------------------------------------------------------------------------------------------------------


def progress(committed: int, proven: int, executed: int, final: int = 0) -> L1Progress:
    step, sure = Step(mark_of(3), is_final=False), Step(mark_of(2), is_final=True)
    batches = {
        number: BatchProgress(
            number, True, step, step if number <= proven else None,
            (sure if number <= final else step) if number <= executed else None,
        )
        for number in range(1, committed + 1)
    }  # fmt: skip
    return L1Progress(0, committed, proven, executed, final, final, final, batches)


@pytest.fixture
def sealed(path: Path, run: RecordedRun) -> Path:
    with Recorder(path, group_s=0.0) as recorder:
        for number in range(1, 5):
            cut = numbered(run.batches[3], number, NOW + number)
            recorder.applied(number, NOW, MESSAGE, Outcome(number, batches=(cut,)))
    return path


def test_a_reorganisation_takes_stages_back(sealed: Path) -> None:
    told = [progress(4, 3, 2, 1), progress(2, 1, 1, 1), progress(3, 1, 1, 1)]
    with Recorder(sealed, group_s=0.0) as recorder, RecordReader(sealed) as reader:
        recorder.progress(told[0], 100)
        recorder.flush()
        assert [row.status.value for row in reader.batches()] == ["committed", "proven", "executed", "executed"]
        recorder.progress(told[1], 200)
        recorder.flush()
        assert [row.status.value for row in reader.batches()] == ["sealed", "sealed", "committed", "executed"]
        recorder.progress(told[2], 300)
        recorder.flush()
        times = [row.times.committed_ms for row in reader.batches()]
        assert times == [None, 300, 100, 100]
        assert [row.is_final for row in reader.batches()] == [False, False, False, True]


def test_a_transaction_that_leaves_its_block_has_no_gas(sealed: Path) -> None:
    what = meaning(Kind.COMMIT, 2)
    with Recorder(sealed, group_s=0.0) as recorder, RecordReader(sealed) as reader:
        recorder.l1(Sent(7, what, 1, b"first", "accepted"), 10)
        recorder.l1(Settled(7, what, "done", mark_of(5)), 20)
        recorder.flush()
        assert reader.transactions_of(2)[0].state == "done"
        assert reader.transactions_of(2)[0].hash == b"first"
        assert reader.batch(2).gas is None, "a node that does not say how much"
        recorder.l1(Unsettled(7, what), 30)
        recorder.l1(Sent(7, what, 2, b"second", "accepted"), 40)
        recorder.flush()
        (row,) = reader.transactions_of(2)
        assert (row.state, row.hash, row.attempts, row.sent_ms, row.settled_ms) == ("sent", b"second", 2, 10, None)


def test_what_l1_says_besides_is_in_the_log(path: Path) -> None:
    what = meaning(Kind.EXECUTE, 3)
    with Recorder(path, group_s=0.0) as recorder:
        recorder.l1(Reorganised(3, mark_of(8)))
        recorder.l1(L1Refused(what, "NotYetProven", 2))
        recorder.l1(Alarm("the rollup is frozen: nothing but exits from here on"))
    with RecordReader(path) as reader:
        levels = [row.level for row in reversed(reader.log())]
        assert levels == ["warning", "warning", "alarm"]
        assert reader.log()[1].fields == {"transaction": "execute 3", "error": "NotYetProven", "tries": "2"}


# -- what happens to accounts ------------------------------------------------------------------------------------------


def test_who_cannot_be_helped_is_named_once(path: Path, run: RecordedRun) -> None:
    cut = numbered(run.batches[3], 1, NOW)
    with Recorder(path, group_s=0.0) as recorder:
        for sequence, troubled in enumerate(([4], [4], [4, 5], [5], [4, 5]), 1):
            unliquidated = tuple(Unliquidated(account, 7) for account in troubled)
            outcome = Outcome(sequence, batches=(replace(cut),), unliquidated=unliquidated)
            recorder.applied(sequence, NOW + sequence, MESSAGE, outcome)
        recorder.applied(9, NOW, MESSAGE, Outcome(9, unsettled=(Owing(4, 2, 55),)))
    with RecordReader(path) as reader:
        said = [(row.fields["account"], row.fields.get("series")) for row in reversed(reader.log())]
        assert said == [("4", None), ("5", None), ("4", None), ("4", "2")]


def test_workers_are_those_of_now(path: Path) -> None:
    with Recorder(path, group_s=0.0) as recorder:
        recorder.workers([WorkerStatus("a", WorkerState.IDLE, 1.0), WorkerStatus("b", WorkerState.IDLE, 1.0)], 3.0)
        recorder.flush()
        recorder.workers([WorkerStatus("b", WorkerState.BROKEN, 2.5, last_failure="x" * 5_000)], 3.0)
    with RecordReader(path) as reader:
        (row,) = reader.workers()
        assert (row.name, row.state, row.for_s, len(row.last_failure)) == ("b", "broken", 0.5, 2_000)


def test_values_beyond_eight_bytes_are_kept(path: Path, run: RecordedRun) -> None:
    """V of an account may be larger than its cash can ever be."""
    cut = run.batches[3]
    outcome = cut.applied.outcome
    huge = tuple((1 << 70) + i for i in range(17))
    touched = (replace(outcome.touched[0], values_after=huge), *outcome.touched[1:])
    made = replace(cut, applied=replace(cut.applied, outcome=replace(outcome, touched=touched)))
    with Recorder(path, group_s=0.0) as recorder:
        recorder.applied(1, NOW, MESSAGE, Outcome(1, batches=(made,)))
    with RecordReader(path) as reader:
        assert reader.detail(cut.number).touched[0].after.values_e6 == huge


def test_dropped_trades_never_came_to_be(path: Path, run: RecordedRun) -> None:
    from sequencer.venue import Dropped

    message, outcome = next(one for one in run.outcomes if one[1].report.trades)
    liquidating = next(one for one in run.outcomes if one[1].report.liquidations)
    error = UnknownSeries("trade 0", series_id=3)
    trade = Dropped(outcome.message, error, (outcome.first_trade,), outcome.report.trades)
    liquidations = liquidating[1].report.liquidations
    liquidation = Dropped(liquidating[1].message, error, liquidations=liquidations)
    with Recorder(path, group_s=0.0) as recorder:
        recorder.applied(1, NOW, message, outcome)
        recorder.applied(2, NOW, *liquidating)
        recorder.applied(3, NOW, MESSAGE, Outcome(3, dropped=(trade, liquidation)))
    with RecordReader(path) as reader:
        assert [row.is_dropped for row in reader.trades()] == [True, True]
        first, second = reversed(reader.dropped())
        assert (first.rule, first.trades, first.liquidations) == ("UnknownSeries", 1, 0)
        assert first.accounts == trade.accounts
        assert (second.trades, second.liquidations) == (0, 1)
