"""A record that was deleted is made again from the log, and from what the submitter kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from prover.solidity.calldata import proof_words
from sequencer.follower.facts import Facts
from sequencer.record.encoding import words_bytes
from sequencer.record.errors import RecordDamaged
from sequencer.record.origin import LOG_NAME
from sequencer.record.reader import RecordReader
from sequencer.record.rebuild import FOLLOWER_NAME, OtherRun, UnknownRun, genesis_of, rebuild
from sequencer.record.run_file import RUN_NAME, NoRunFile, read_run_file, write_run_file
from sequencer.record.schema import RECORD_NAME
from sequencer.store import EventLog, ProofCache, open_database
from sequencer.store.errors import LockHeld, StoreError
from sequencer.submitter.chain_types import BlockMark, Fees, Inclusion
from sequencer.submitter.from_trace import batch_to_send
from sequencer.submitter.intent_store import Change, IntentStore
from sequencer.submitter.intents import Attempt, Kind, Meaning, Status, meaning
from sequencer.submitter.schema import make_tables
from sequencer.submitter.work_store import WorkStore
from tests.support.native_crypto import native_crypto
from tests.support.recorded_run import FACTS, RecordedRun, shared_run


@pytest.fixture(scope="module")
def run() -> RecordedRun:
    return shared_run()


@pytest.fixture
def folder(run: RecordedRun, tmp_path: Path) -> Path:
    """A node's: only with its log."""
    with EventLog(tmp_path / LOG_NAME) as log:
        for at in range(0, len(run.payloads), 5):
            log.append(run.payloads[at : at + 5])
    return tmp_path


def rebuilt(folder: Path, run: RecordedRun) -> RecordReader:
    return RecordReader(rebuild(folder, FACTS, native_crypto()))


def attempt(digest: bytes) -> Attempt:
    return Attempt(digest, "0x00", b"", b"", 1, Fees(2, 1), b"", is_cancel=False, at_block=1)


def keep_l1(run: RecordedRun, path: Path) -> None:
    """The submitter's side of the first three batches: one commit was replaced, one execution is on its way."""
    database = open_database(path)
    make_tables(database)
    store = IntentStore(database)
    store.start_at(4)
    what: list[tuple[Meaning, Status, bool]] = [
        (meaning(Kind.REPORT, 17), Status.DONE, True),
        (meaning(Kind.COMMIT, 1), Status.DONE, True),
        (meaning(Kind.COMMIT, 2), Status.REVERTED, True),
        (meaning(Kind.COMMIT, 2), Status.DONE, True),
        (meaning(Kind.PROVE, 1, 2), Status.DONE, False),
        (meaning(Kind.EXECUTE, 1), Status.DONE, False),
        (meaning(Kind.EXECUTE, 2), Status.LIVE, False),
        (meaning(Kind.COMMIT_AND_PROVE, 3), Status.CANCELLED, False),
    ]
    for nonce, (about, status, is_final) in enumerate(what, 4):
        intent = store.add(nonce, about, attempt(b"%d" % nonce))
        if nonce == 7:
            intent = store.add_attempt(intent, attempt(b"seven again"))
        if status is not Status.LIVE:
            mark = BlockMark(100 + nonce, b"block")
            inclusion = Inclusion(b"%d" % nonce, mark, status is not Status.REVERTED, 1_000 * nonce, 9 * 10**9)
            store.settle([Change(intent, status, mark, is_final, inclusion)])
    cache = ProofCache(database)
    for proof in run.proofs[:2]:
        digest = proof.public_signals[0].to_bytes(32, "big")
        cache.put(proof.number, digest, words_bytes(proof_words(proof.proof)))
    cache.put(2, bytes(31) + b"\x07", bytes(256))  # of a batch 2 that was cut anew
    database.close()


def test_all_that_the_log_says_is_there(folder: Path, run: RecordedRun) -> None:
    with rebuilt(folder, run) as made, RecordReader(run.path) as live:
        for one, other in zip(made.batches(), live.batches(), strict=True):
            assert (one.number, one.root_after, one.counts) == (other.number, other.root_after, other.counts)
            mine, theirs = made.detail(one.number), live.detail(one.number)
            assert (mine.words, mine.postings, mine.touched) == (theirs.words, theirs.postings, theirs.touched)
            assert (mine.operations, mine.settlements) == (theirs.operations, theirs.settlements)
        assert [replace(row, time_ms=0) for row in made.trades()] == [replace(row, time_ms=0) for row in live.trades()]
        assert [row.values_e6 for row in made.accounts()] == [row.values_e6 for row in live.accounts()]
        assert made.table() == live.table()
        assert made.settlement_prices()[0].price_e2 == live.settlement_prices()[0].price_e2
        assert made.counts().messages == live.counts().messages
        assert made.facts().preset == FACTS.preset
        assert "rebuilt" in made.facts().notes
        assert {row.status.value for row in made.batches()} == {"sealed"}


@pytest.mark.parametrize("name", [FOLLOWER_NAME, LOG_NAME])
def test_what_the_submitter_kept_is_there(folder: Path, run: RecordedRun, name: str) -> None:
    """In a file of its own, or beside the log as older nodes have it."""
    keep_l1(run, folder / name)
    with rebuilt(folder, run) as made:
        assert [row.status.value for row in reversed(made.batches())][:4] == ["executed", "proven", "sealed", "sealed"]
        assert not made.batch(1).is_final
        assert made.batch(1).gas == 5_000 + 8_000 // 2 + 9_000
        assert made.batch(2).gas == 6_000 + 7_000 + 8_000 // 2
        kinds = [(row.kind, row.state, row.gas_used) for row in made.transactions_of(2)]
        assert kinds == [
            ("commit", "reverted", 6_000),
            ("commit", "done", 7_000),
            ("prove", "done", 8_000),
            ("execute", "sent", None),
        ]
        assert made.transactions_of(2)[1].hash == b"7"
        assert made.transactions_of(3)[0].state == "cancelled"
        for proof in run.proofs[:2]:
            row = made.proof(proof.number)
            assert (row.a, row.b, row.c) == (proof.proof.a, proof.proof.b, proof.proof.c)
            assert row.public_signals[0] == proof.public_signals[0]
            assert dict(row.seconds) == {}
        assert len(made.proofs()) == 2


def test_what_the_node_knew_to_be_executed_is_final(folder: Path, run: RecordedRun) -> None:
    """Whichever transaction did it: that which proves a batch may execute it, too."""
    keep_l1(run, folder / FOLLOWER_NAME)
    database = open_database(folder / FOLLOWER_NAME)
    Facts(database).note_executed(2)
    database.close()
    with rebuilt(folder, run) as made:
        assert [(row.status.value, row.is_final) for row in reversed(made.batches())][:3] == [
            ("executed", True),
            ("executed", True),
            ("sealed", False),
        ]


def test_the_point_is_the_one_that_l1_asks_for(folder: Path, run: RecordedRun) -> None:
    keep_l1(run, folder / FOLLOWER_NAME)
    with rebuilt(folder, run) as made:
        assert made.proof(1).public_signals == run.proofs[0].public_signals


def test_tables_of_before_gas_was_kept(folder: Path, run: RecordedRun) -> None:
    keep_l1(run, folder / FOLLOWER_NAME)
    database = open_database(folder / FOLLOWER_NAME)
    with database.transaction():
        for column in ("included_hash", "gas_used", "gas_price_wei"):
            database.execute(f"ALTER TABLE submitter_intents DROP COLUMN {column}")
    database.close()
    with rebuilt(folder, run) as made:
        assert made.batch(1).status == "executed"
        assert made.batch(1).gas is None


def test_an_older_record_stands_until_the_new_one_is_whole(folder: Path, run: RecordedRun) -> None:
    path = rebuild(folder, FACTS, native_crypto())
    before = path.read_bytes()
    with (folder / LOG_NAME).open("r+b") as file:
        file.seek(4096 * 2)
        file.write(os_noise())
    with pytest.raises(StoreError):
        rebuild(folder, FACTS, native_crypto())
    assert path.read_bytes() == before


def os_noise() -> bytes:
    return bytes(range(256)) * 64


def test_progress_is_told(folder: Path, run: RecordedRun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sequencer.record.rebuild.GROUP", 10)
    told: list[tuple[int, int]] = []
    rebuild(folder, FACTS, native_crypto(), progress=lambda done, of: told.append((done, of)))
    assert told == [(10, len(run.payloads)), (20, len(run.payloads))]
    assert sorted(one.name for one in folder.iterdir() if one.name.startswith(RECORD_NAME)) == [RECORD_NAME]


def test_the_facts_outlive_the_record(folder: Path, run: RecordedRun) -> None:
    kept = read_run_file(run.folder)
    assert (kept.preset, kept.contracts, kept.names) == (FACTS.preset, FACTS.contracts, FACTS.names)
    assert genesis_of(kept) == run.stall.genesis
    path = rebuild(folder, kept, native_crypto())
    assert not (folder / RUN_NAME).exists(), "what is made again says nothing new of the run"
    with RecordReader(path) as reader:
        assert reader.facts().started_ms == FACTS.started_ms


def test_a_run_that_nobody_knows(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(NoRunFile):
        read_run_file(tmp_path)
    for content in ("{", "[]", '{"names": {}}', '{"names": {}, "colour": 1}', '{"names": {"x": "BTC"}}'):
        (tmp_path / RUN_NAME).write_text(content)
        with pytest.raises(RecordDamaged):
            read_run_file(tmp_path)
    write_run_file(tmp_path, replace(FACTS, chain_id=True))
    with pytest.raises(RecordDamaged, match="another kind"):
        read_run_file(tmp_path)
    for facts in (replace(FACTS, preset="huge"), replace(FACTS, contracts={})):
        with pytest.raises(UnknownRun):
            rebuild(folder, facts, native_crypto())


def test_a_node_that_runs_keeps_its_record(folder: Path) -> None:
    with EventLog(folder / LOG_NAME), pytest.raises(LockHeld):
        rebuild(folder, FACTS, native_crypto())
    assert not (folder / RECORD_NAME).exists()


def give_batches(run: RecordedRun, path: Path, shift: int) -> None:
    """To a submitter, with roots of their own."""
    database = open_database(path)
    make_tables(database)
    store = WorkStore(database)
    for batch in run.batches[:3]:
        assert batch.trace is not None
        given = batch_to_send(batch.trace, batch.report_time_s, native_crypto())
        commitment = replace(given.commitment, state_root=given.commitment.state_root + shift)
        store.add_batch(replace(given, commitment=commitment), 0.0)
    database.close()


def test_a_log_that_comes_to_another_state_than_l1(folder: Path, run: RecordedRun) -> None:
    give_batches(run, folder / FOLLOWER_NAME, 0)
    rebuilt(folder, run).close()
    (folder / FOLLOWER_NAME).unlink()
    (folder / f"{FOLLOWER_NAME}.witness").unlink()
    give_batches(run, folder / FOLLOWER_NAME, 1)
    with pytest.raises(OtherRun) as caught:
        rebuild(folder, FACTS, native_crypto())
    assert caught.value.number == 1
    assert sorted(one.name for one in folder.iterdir() if one.name.startswith(RECORD_NAME)) == [RECORD_NAME]


def test_no_log(tmp_path: Path, run: RecordedRun) -> None:
    with pytest.raises(StoreError, match="no such file"):
        rebuild(tmp_path, FACTS, native_crypto())
