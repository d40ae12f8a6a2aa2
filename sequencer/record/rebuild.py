"""Makes the record of a run again, from the node's log and what its submitter kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from rollup.crypto import Crypto
from sequencer.record.node_types import RunFacts
from sequencer.record.rebuild_l1 import KeptProofs, KeptTransaction, kept_transactions, stages_of
from sequencer.record.recorder import Recorder
from sequencer.record.schema import RECORD_NAME
from sequencer.store.chain import LogEntry
from sequencer.store.log_reader import read_head, verified_entries
from sequencer.store.reading import open_reader
from sequencer.venue import Genesis, Venue
from sequencer.venue.sequenced import replay

LOG_NAME: Final = "node.db"
FOLLOWER_NAME: Final = "follower.db"
UNTRACED: Final = 1 << 32
GROUP: Final = 500
"""Entries between two looks at how far the writing is."""

FLUSH_S: Final = 60.0

Progress: TypeAlias = Callable[[int, int], None]
"""Told how many entries of how many are done."""


def rebuild(
    folder: Path,
    genesis: Genesis,
    crypto: Crypto,
    facts: RunFacts | None = None,
    progress: Progress | None = None,
) -> Path:
    """Writes `record.db` in a node's folder, in the place of one that is there; the node must not be running.

    The log has no times of its own: those of batches stand for all that happened to them, and `facts.notes` says so.
    What is not in the log is not in the record: books, workers, log lines, most refusals, how long proofs took. Some
    0.2 ms an entry. Raises `StoreError`s, `MalformedMessage`, and what the venue raises for a log of another `genesis`.
    """
    target = folder / RECORD_NAME
    draft = folder / f"{RECORD_NAME}.draft"
    draft.unlink(missing_ok=True)
    said = facts or RunFacts(genesis.preset.name, genesis.domain.chain_id, {}, started_ms=0)
    with Recorder(draft, group_s=0.0) as recorder:
        recorder.facts(replace(said, notes={**said.notes, "rebuilt": "times on L1 are those of the batches"}))
        _rebuild_venue(folder, recorder, Venue(genesis, crypto, first_traced=UNTRACED), crypto, progress)
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    return draft.replace(target)


def _rebuild_venue(folder: Path, recorder: Recorder, venue: Venue, crypto: Crypto, progress: Progress | None) -> None:
    stores = (folder / FOLLOWER_NAME, folder / LOG_NAME)
    proofs = KeptProofs(venue.genesis.preset, crypto, *stores)
    sealed_ms: dict[int, int] = {}
    for entry, last in _entries(folder / LOG_NAME):
        one = replay(venue, entry)
        recorder.applied(one.sequence, one.time_ms, one.message, one.outcome, one.refusal)
        for batch in one.outcome.batches:
            sealed_ms[batch.number] = one.time_ms
            proof = proofs.proof(batch)
            if proof is not None:
                recorder.proof(proof, one.time_ms)
        if one.sequence % GROUP == 0:
            recorder.flush()
            if progress is not None:
                progress(one.sequence, last)
    _rebuild_l1(kept_transactions(*stores), recorder, sealed_ms)


def _rebuild_l1(kept: Sequence[KeptTransaction], recorder: Recorder, sealed_ms: Mapping[int, int]) -> None:
    """Each batch at its own time: no one knows another."""
    last_ms = max(sealed_ms.values(), default=0)
    for one in kept:
        at_ms = sealed_ms.get(max(one.batches, default=0), last_ms)
        recorder.l1(one.sent, at_ms)
        if one.settled is not None:
            recorder.l1(one.settled, at_ms)
    for stage in stages_of(kept):
        recorder.stage(stage, sealed_ms.get(stage.number, last_ms))
    recorder.flush(FLUSH_S)


def _entries(path: Path) -> Iterator[tuple[LogEntry, int]]:
    """Each with the number of the last."""
    with open_reader(path) as reader:
        head = read_head(reader.execute, path)
        for entry in verified_entries(reader.execute, path, head):
            yield entry, head.sequence
