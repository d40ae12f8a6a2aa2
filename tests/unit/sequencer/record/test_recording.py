"""What a follower hands over in its turns comes into the record."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.formats.groth16_types import Proof
from sequencer.messages import EndBatch
from sequencer.prover_pool import BatchProof, WorkerState, WorkerStatus
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from sequencer.record.recording import Recording
from sequencer.store import EventLog
from sequencer.submitter.events import Alarm
from sequencer.submitter.from_trace import batch_to_send
from sequencer.venue import Venue
from sequencer.venue.sequenced import Logged, follow
from tests.support.native_crypto import native_crypto
from tests.support.recorded_run import RecordedRun
from tests.support.rollup import NOW


class Pool:
    """Workers that are idle, until they are not."""

    def __init__(self) -> None:
        self.asked = 0
        self.state = WorkerState.IDLE

    def workers(self) -> tuple[WorkerStatus, ...]:
        self.asked += 1
        return (WorkerStatus("worker 1", self.state, 0.0),)


def test_a_follower_records_the_run_again(path: Path, run_without_proofs: RecordedRun) -> None:
    run, pool, now_s = run_without_proofs, Pool(), [10.0]
    venue = Venue(run.stall.genesis, native_crypto())
    with Recorder(path, group_s=0.0) as recorder:
        recording = Recording(recorder, pool, monotonic=lambda: now_s[0])
        for sequence, payload in enumerate(run.payloads, 1):
            one = follow(venue, Logged(sequence, NOW * 1_000 + sequence, payload))
            recording.followed(one)
            for batch in one.outcome.batches:
                assert batch.trace is not None
                recording.prepared(batch_to_send(batch.trace, batch.report_time_s, native_crypto()))
            recording.turned(venue, None)
        recording.told(Alarm("somebody has to look"))
        assert pool.asked == 1, "twice a second at most"
        now_s[0] += 1.0
        recording.turned(venue, None)
        assert pool.asked == 2
    with RecordReader(path) as reader, RecordReader(run.path) as live:
        assert [row.root_after for row in reader.batches()] == [row.root_after for row in live.batches()]
        assert reader.trades()[0].time_ms > NOW * 1_000
        assert reader.detail(3).digest is not None
        assert reader.detail(3).digest == live.detail(3).digest
        assert [(row.bids, row.asks) for row in reader.books()] == [(row.bids, row.asks) for row in live.books()]
        assert reader.log()[0].level == "alarm"
        assert reader.workers()[0].for_s == 10.0, "as it was at first: nothing has changed since"


def test_only_what_changed_is_written(path: Path, run_without_proofs: RecordedRun) -> None:
    run, pool, now_s = run_without_proofs, Pool(), [10.0]
    with Recorder(path, group_s=0.0) as recorder:
        recording = Recording(recorder, pool, monotonic=lambda: now_s[0])
        recording.turned(run.stall.venue, None)
        recorder.flush()
        with RecordReader(path) as reader:
            before = reader.books()
            assert len(before) == 3
            now_s[0] += 1.0
            recording.turned(run.stall.venue, None)
            recorder.flush()
            assert reader.books() == before
            pool.state = WorkerState.BROKEN
            now_s[0] += 1.0
            recording.turned(run.stall.venue, None)
            recorder.flush()
            assert reader.workers()[0].state == "broken"


def test_a_follower_that_begins_again_hands_in_all_of_it(path: Path, run_without_proofs: RecordedRun) -> None:
    run = run_without_proofs
    for _ in range(2):
        venue = Venue(run.stall.genesis, native_crypto(), first_traced=1 << 32)
        with Recorder(path, group_s=0.0) as recorder:
            recording = Recording(recorder)
            for sequence, payload in enumerate(run.payloads, 1):
                recording.followed(follow(venue, Logged(sequence, NOW, payload)))
    with RecordReader(path) as reader:
        assert len(reader.trades()) == len([row for row in reader.trades() if row.batch is not None]) == 6
        assert reader.counts().messages[EndBatch.__name__] == 7


def test_progress_and_proofs(path: Path, run_without_proofs: RecordedRun) -> None:
    run, now_s = run_without_proofs, [10.0]
    numbers = [batch.number for batch in run.batches]
    with Recorder(path, group_s=0.0) as recorder:
        recording = Recording(recorder, monotonic=lambda: now_s[0])
        for sequence, (message, outcome) in enumerate(run.outcomes, 1):
            recorder.applied(sequence, NOW, message, outcome)
        for count in (3, 5, 5):
            recording.turned(run.stall.venue, run.l1.progress(numbers[:count], numbers[: count - 1]))
        recording.proved(BatchProof(5, (1, 2, 3), Proof((1, 2), ((1, 2), (3, 4)), None), {"proof": 1.5}, 1, "w", True))
    with RecordReader(path) as reader:
        assert (reader.state().committed, reader.state().executed) == (5, 4)
        assert (reader.proof(5).proving_s, reader.proof(5).verification_s, reader.proof(5).c) == (1.5, None, (0, 0))


def followed(path: Path, run: RecordedRun, payloads: list[bytes]) -> RecordReader:
    """By a node that begins with this log."""
    venue = Venue(run.stall.genesis, native_crypto(), first_traced=1 << 32)
    with Recorder(path, group_s=0.0) as recorder:
        recording = Recording(recorder)
        for sequence, payload in enumerate(payloads, 1):
            recording.followed(follow(venue, Logged(sequence, NOW, payload)))
    return RecordReader(path)


def test_a_record_of_another_log_begins_anew(path: Path, run_without_proofs: RecordedRun) -> None:
    """A backup was put back, and other things happened after it."""
    run = run_without_proofs
    log = path.with_name("node.db")
    with EventLog(log) as kept:
        kept.append(run.payloads)
    with followed(path, run, run.payloads) as reader:
        assert reader.state().sealed == 13
    with followed(path, run, run.payloads) as reader:
        assert reader.counts().messages["PlaceOrder"] == 13, "its own log: nothing twice"
    for payloads, sealed in ((run.payloads[:10], 5), (run.payloads[:5], 3), ([], 0)):
        for one in log.parent.glob("node.db*"):
            one.unlink()
        with EventLog(log) as kept:
            kept.append(payloads)
        with followed(path, run, payloads) as reader:
            assert reader.state().sealed == sealed
            assert sum(reader.counts().messages.values()) == len(payloads)


def test_a_longer_log_goes_on(path: Path, run_without_proofs: RecordedRun) -> None:
    run = run_without_proofs
    for end in (8, 20, len(run.payloads)):
        for one in path.parent.glob("node.db*"):
            one.unlink()
        with EventLog(path.with_name("node.db")) as kept:
            kept.append(run.payloads[:end])
        followed(path, run, run.payloads[:end]).close()
    with RecordReader(path) as reader:
        assert sum(reader.counts().messages.values()) == len(run.payloads)
        assert len(reader.trades()) == 6


def test_a_log_that_is_replayed_is_waited_for(
    path: Path, run_without_proofs: RecordedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes faster than it is written, and nothing of it is lost."""
    monkeypatch.setattr("sequencer.record.recording.GROUP", 5)
    run = run_without_proofs
    venue = Venue(run.stall.genesis, native_crypto(), first_traced=1 << 32)
    with Recorder(path, group_s=0.0, most_waiting=6) as recorder:
        recording = Recording(recorder)
        for sequence, payload in enumerate(run.payloads, 1):
            recording.followed(follow(venue, Logged(sequence, NOW, payload)))
        assert recorder.lost == 0
