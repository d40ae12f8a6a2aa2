"""Keys by path and by name, mocks that stay at home, public signals, time spent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.development_keys import FOLDER_VARIABLE
from sequencer.prover_pool import BatchProof, KeyFile, MockProofRefused, WorkerState, require_real, threads_per_worker
from sequencer.prover_pool.checking import ProofCheck
from sequencer.prover_pool.errors import KeyFileRefused, WorkerDied, WorkerGarbage
from sequencer.prover_pool.figures import PoolFigures, TimeSpent
from sequencer.prover_pool.provers import MOCK_PROOF
from sequencer.prover_pool.reports import Proven, decode_report
from tests.support.prover_pool import job, real_setup, recorded

REAL = BatchProof(1, (1, 2, 3), MOCK_PROOF, {}, 1, "worker 1")
MOCK = replace(REAL, is_mock=True)


def refused(proof: BatchProof, chain_id: int, *, is_local: bool) -> bool:
    try:
        require_real(proof, chain_id, is_local=is_local)
    except MockProofRefused as refusal:
        return (refusal.number, refusal.chain_id) == (1, chain_id)
    return False


@pytest.mark.parametrize("chain_id", [1, 17_000, 11_155_111, 31_337, 1_337])
@pytest.mark.parametrize("is_local", [False, True])
def test_mocks_stay_at_home(chain_id: int, is_local: bool) -> None:
    at_home = is_local and chain_id in (31_337, 1_337)
    assert refused(MOCK, chain_id, is_local=is_local) is not at_home
    assert not refused(REAL, chain_id, is_local=is_local)


def test_mocks_stay_at_home_twin() -> None:
    """A proof that forgets that it is a mock goes anywhere."""
    assert not refused(replace(MOCK, is_mock=False), 1, is_local=False)


def test_a_key_is_found_by_path_then_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "there" / "batch.zkey"
    made.parent.mkdir()
    made.write_bytes(b"key")
    key = KeyFile.of(made)
    assert key.find() == made
    other = tmp_path / "here"
    other.mkdir()
    moved = made.rename(other / "batch.zkey")
    monkeypatch.setenv(FOLDER_VARIABLE, str(other))
    assert key.find() == moved
    moved.write_bytes(b"Key")
    with pytest.raises(KeyFileRefused, match="copy it there") as changed:
        key.find()
    assert changed.value.found not in (None, key.sha256)
    moved.unlink()
    with pytest.raises(KeyFileRefused, match="is missing"):
        key.find()


def test_public_signals_are_those_of_the_proof() -> None:
    """The pool takes digest and evaluation from the trace: the same that the circuit puts out."""
    check = ProofCheck(real_setup())
    proven = decode_report(recorded(0))
    assert isinstance(proven, Proven)
    check.require_true(proven, check.public_signals(job(0)), "here")
    digest, evaluation, point = check.public_signals(job(0))
    for wrong in ((digest + 1, evaluation, point), (digest, evaluation + 1, point), (digest, evaluation, point + 1)):
        with pytest.raises(WorkerGarbage, match="does not verify for batch 0"):
            check.require_true(proven, wrong, "here")
    with pytest.raises(WorkerGarbage, match="malformed"):
        check.require_true(replace(proven, proof=replace(proven.proof, a=(1, 1))), (digest, evaluation, point), "here")


def test_failures_travel() -> None:
    """A cluster sends them from machine to machine."""
    again = WorkerDied("place 1", "killed").__reduce__()
    assert str(again[0](*again[1])) == "WorkerDied on place 1: killed"


def test_cores_are_shared_out() -> None:
    cores = threads_per_worker(1)
    assert threads_per_worker(2) == max(1, cores // 2)
    assert threads_per_worker(10 * cores) == 1


def test_time_is_booked_on_what_was_true_until_now() -> None:
    now_s = 0.0
    spent = TimeSpent(lambda: now_s)
    for seconds, states, n_waiting in (
        (1.0, [WorkerState.STARTING, WorkerState.STARTING], 5),
        (2.0, [WorkerState.IDLE, WorkerState.PROVING], 0),
        (4.0, [WorkerState.IDLE, WorkerState.PROVING], 3),
        (8.0, [WorkerState.CHECKING, WorkerState.IDLE], 1),
        (16.0, [WorkerState.HANDOVER, WorkerState.BROKEN], 0),
        (32.0, [WorkerState.STOPPED, WorkerState.STOPPED], 0),
    ):
        now_s += seconds
        spent.account(states, n_waiting)
    assert spent.figures == PoolFigures(proving_s=6.0, starved_s=4.0 + 8.0 + 16.0, idle_s=2.0 + 8.0, starting_s=2.0)
    assert spent.figures.starvation == pytest.approx(28 / 34)
    assert PoolFigures().starvation == 0.0
