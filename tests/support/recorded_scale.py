"""A record of as many batches as one likes, of one batch with other numbers, through the real recorder.

`python -m tests.support.recorded_scale FOLDER [BATCHES]` writes one and measures how it is read.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from sequencer.messages import EndBatch
from sequencer.record.batch_types import BatchStatus
from sequencer.record.reader import RecordReader
from sequencer.record.recorder import Recorder
from sequencer.record.schema import RECORD_NAME
from sequencer.submitter.progress import BatchProgress, L1Progress, Step
from sequencer.venue import CutBatch, Origins, Outcome
from tests.support.recorded_l1 import mark_of
from tests.support.recorded_run import FACTS, fingerprint, recorded_run
from tests.support.rollup import NOW

_FOLDER = tempfile.TemporaryDirectory(prefix="zkclear-recorded-scale-")
OPEN = 12
"""So many of the last batches are not executed."""


def large_record(folder: Path, batches: int = 10_000) -> Path:
    """Some 0.2 ms a batch. Roots follow each other; accounts and tables are those of the small run before them."""
    run = recorded_run(folder / "small", proofs=0)
    sample = next(one for one in reversed(run.batches) if one.batch.trades)
    table = next(message for message, _ in run.outcomes if type(message).__name__ == "NewTable")
    path = folder / RECORD_NAME
    with Recorder(path, group_s=0.0, most_waiting=batches + 10) as recorder:
        recorder.facts(FACTS)
        recorder.applied(1, NOW * 1_000, table, Outcome(1))
        for number in range(1, batches + 1):
            sequence, time_s = number + 1, NOW + 2 * number
            trades = Outcome(sequence, batches=(numbered(sample, number, time_s),))
            recorder.applied(sequence, time_s * 1_000, EndBatch(time_s), trades)
            if number % 500 == 0:
                recorder.flush()
        recorder.progress(progress_through(batches), (NOW + 2 * batches) * 1_000)
        recorder.flush(60)
    return path


@cache
def shared_large_record() -> Path:
    """Of 10,000 batches, for tests that only read."""
    return large_record(Path(_FOLDER.name))


def numbered(sample: CutBatch, number: int, time_s: int) -> CutBatch:
    """The same batch under another number."""
    applied = sample.applied
    batch = replace(applied.outcome.batch, number=number, time_s=time_s)
    before, after = (int.from_bytes(fingerprint("root", i)[:31], "big") for i in (number - 1, number))
    roots = replace(applied.roots, before=before, after=after)
    changed = replace(applied, outcome=replace(applied.outcome, batch=batch), roots=roots)
    return replace(sample, applied=changed, trace=None, origins=Origins(trade_numbers=(number,)))


def progress_through(batches: int) -> L1Progress:
    step, done = Step(mark_of(9), is_final=False), max(0, batches - OPEN)
    ahead = {
        number: BatchProgress(number, True, step, step if number <= batches - OPEN // 2 else None, None)
        for number in range(done + 1, batches + 1)
    }
    return L1Progress(done, batches, batches - OPEN // 2, done, done, done, done, ahead)


def milliseconds(what: Callable[[], object], times: int = 7) -> float:
    """The median."""
    spent = []
    for _ in range(times):
        began = perf_counter()
        what()
        spent.append(1_000 * (perf_counter() - began))
    return median(spent)


def measured(path: Path, batches: int) -> dict[str, float]:
    """Milliseconds of what a screen does first, and while somebody scrolls."""

    def opened() -> None:
        with RecordReader(path) as reader:
            reader.changed()
            reader.facts()
            reader.state()
            reader.batches(limit=50)

    with RecordReader(path) as reader:
        return {
            "open, state, first page": milliseconds(opened),
            "page in the middle": milliseconds(lambda: reader.batches(before=batches // 2, limit=50)),
            "page at the end": milliseconds(lambda: reader.batches(before=51, limit=50)),
            "the last page of a status": milliseconds(lambda: reader.batches(limit=50, status=BatchStatus.SEALED)),
            "one batch": milliseconds(lambda: reader.detail(batches // 2)),
            "state": milliseconds(reader.state),
            "changed": milliseconds(reader.changed),
            "accounts": milliseconds(reader.accounts),
        }


def main() -> None:
    folder, batches = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    began, used = perf_counter(), process_time()
    path = large_record(folder, batches)
    print(f"{batches:,} batches written: {perf_counter() - began:.2f} s, {process_time() - used:.2f} s of CPU")
    print(f"{path.stat().st_size / 1e6:.1f} MB")
    for name, value in measured(path, batches).items():
        print(f"{value:8.3f} ms  {name}")


if __name__ == "__main__":
    main()
