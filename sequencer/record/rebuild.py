"""Makes the record of a run again, from the node's log and what its submitter kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from circuits.settlement.digest import words_digest
from rollup.crypto import Crypto
from rollup.presets import PRESETS
from rollup.types.orders import Domain
from sequencer.l1.words import challenge_point
from sequencer.record.errors import RecordError
from sequencer.record.node_types import RunFacts
from sequencer.record.origin import LOG_NAME
from sequencer.record.rebuild_l1 import (
    KeptProofs,
    KeptTransaction,
    kept_executed,
    kept_roots,
    kept_transactions,
    stages_of,
)
from sequencer.record.recorder import Recorder
from sequencer.record.run_file import RUN_NAME
from sequencer.record.schema import RECORD_NAME
from sequencer.store.chain import LogEntry
from sequencer.store.disk import LocalDisk
from sequencer.store.errors import DiskReadOnly
from sequencer.store.log_reader import read_head, verified_entries
from sequencer.store.reading import open_reader
from sequencer.venue import Genesis, Venue
from sequencer.venue.sequenced import replay

FOLLOWER_NAME: Final = "follower.db"
UNTRACED: Final = 1 << 32
GROUP: Final = 500
"""Entries between two looks at how far the writing is."""

FLUSH_S: Final = 60.0

BESIDE: Final = ("-wal", "-shm")
HOUSE: Final = "clearing house"
TIMES: Final = "times on L1 are those of the batches"

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many entries of how many are done."""


class UnknownRun(RecordError):
    """Facts that name no preset of this program, or no clearing house."""

    def __init__(self, preset: str) -> None:
        why = f"the run's preset is {preset!r}, or its clearing house is not named: the log cannot be read again"
        super().__init__(Path(RUN_NAME), why)


class OtherRun(RecordError):
    """The log and what went to L1 come to different states."""

    def __init__(self, log: Path, number: int) -> None:
        super().__init__(
            log, f"batch {number} comes to another root than the one that went to L1: preset or fees are not the run's"
        )
        self.number = number


def rebuild(folder: Path, facts: RunFacts, crypto: Crypto, progress: Progress | None = None) -> Path:
    """Writes `record.db` in a node's folder, in the place of one that is there. `facts` are `read_run_file`'s.

    The log has no times of its own: those of batches stand for all that happened to them, and the record's notes say
    so. What neither log nor submitter keep is not in the record: books, workers, log lines, most refusals, proofs of
    batches that are final, and how long proofs took. Some 0.2 ms an entry, and a millisecond a batch.

    Raises `LockHeld` while the node runs, `StoreError`s, `MalformedMessage`, `UnknownRun`, and `OtherRun` for a log
    that was not written by these facts; then what was there is there still.
    """
    target, draft = folder / RECORD_NAME, folder / f"{RECORD_NAME}.draft"
    if not (folder / LOG_NAME).is_file():
        raise DiskReadOnly(folder / LOG_NAME, "there is no such file")
    lock = LocalDisk().lock(folder / LOG_NAME)
    try:
        _remove(draft, ("", *BESIDE))
        with Recorder(draft, group_s=0.0, keeps_facts=False) as recorder:
            recorder.facts(replace(facts, notes={**facts.notes, "rebuilt": TIMES}))
            _rebuild_venue(folder, recorder, Venue(genesis_of(facts), crypto, first_traced=UNTRACED), crypto, progress)
        _remove(target, BESIDE)  # else SQLite would take an old log for the new file's
        return draft.replace(target)
    finally:
        _remove(draft, ("", *BESIDE))
        lock.release()


def genesis_of(facts: RunFacts) -> Genesis:
    """What the run's venue was before its first message. Raises `UnknownRun`."""
    preset, house = PRESETS.get(facts.preset), facts.contracts.get(HOUSE)
    if preset is None or house is None:
        raise UnknownRun(facts.preset)
    domain = Domain(facts.chain_id, int(house, 16))
    return Genesis(preset, domain, facts.maker_fee_ppm, facts.taker_fee_ppm, report_age_s=facts.report_age_s)


def _remove(path: Path, suffixes: Sequence[str]) -> None:
    for suffix in suffixes:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _rebuild_venue(folder: Path, recorder: Recorder, venue: Venue, crypto: Crypto, progress: Progress | None) -> None:
    stores = (folder / FOLLOWER_NAME, folder / LOG_NAME)
    roots = kept_roots(*stores)
    proofs = KeptProofs(*stores)
    sealed_ms: dict[int, int] = {}
    for entry, last in _entries(folder / LOG_NAME):
        one = replay(venue, entry)
        recorder.applied(one.sequence, one.time_ms, one.message, one.outcome, one.refusal, entry.digest)
        for batch in one.outcome.batches:
            sealed_ms[batch.number] = one.time_ms
            if roots.get(batch.number, batch.root) != batch.root:
                raise OtherRun(folder / LOG_NAME, batch.number)
            digest = words_digest(batch.applied.words, venue.genesis.preset, crypto)
            point = challenge_point(digest, batch.applied.words)
            recorder.commitment(batch.number, digest, point)
            proof = proofs.proof(batch, digest, point)
            if proof is not None:
                recorder.proof(proof, one.time_ms)
        if one.sequence % GROUP == 0:
            recorder.flush()
            if progress is not None:
                progress(one.sequence, last)
    _rebuild_l1(kept_transactions(*stores), kept_executed(*stores), recorder, sealed_ms)


def _rebuild_l1(
    kept: Sequence[KeptTransaction], executed: int, recorder: Recorder, sealed_ms: Mapping[int, int]
) -> None:
    """Each batch at its own time: no one knows another."""
    last_ms = max(sealed_ms.values(), default=0)
    for one in kept:
        at_ms = sealed_ms.get(max(one.batches, default=0), last_ms)
        recorder.l1(one.sent, at_ms)
        if one.settled is not None:
            recorder.l1(one.settled, at_ms)
    for stage in stages_of(kept, executed):
        recorder.stage(stage, sealed_ms.get(stage.number, last_ms))
    recorder.flush(FLUSH_S)


def _entries(path: Path) -> Iterator[tuple[LogEntry, int]]:
    """Each with the number of the last."""
    with open_reader(path) as reader:
        head = read_head(reader.execute, path)
        for entry in verified_entries(reader.execute, path, head):
            yield entry, head.sequence
