"""G107: provers die, run out of memory, hang and return garbage; jobs are tried again, poison is set apart."""

from __future__ import annotations

from concurrent.futures import wait
from pathlib import Path

import pytest

from sequencer.prover_pool import BatchUnprovable, ProverPool
from sequencer.prover_pool.checking import ProofCheck
from sequencer.prover_pool.lanes import Lane
from sequencer.prover_pool.waiting import Entry, WaitingJobs
from tests.support.prover_pool import PATIENCE_S, Faults, eventually, has_ended, job, pool_of, submit_all
from tests.support.prover_pool_checks import (
    LIMIT_S,
    all_true,
    order_of_completion,
    others_are_done_within,
    refuses_the_fourth,
    true_proof,
)
from tests.support.prover_pool_faults import KINDS


def assert_tried_again(faults: Faults, kinds: dict[str, str], where: str | None) -> None:
    """Each failure is named, costs the worker its life, and costs the other batches nothing."""
    with pool_of(faults.setup, cluster=where, limit_s=LIMIT_S, tries=len(kinds)) as pool:
        faults.plant(0, *kinds)
        futures = submit_all(pool, range(2))
        with pytest.raises(BatchUnprovable) as failure:
            futures[0].result(PATIENCE_S)
        assert len(failure.value.reasons) == len(kinds)
        for reason, said in zip(failure.value.reasons, kinds.values(), strict=True):
            assert said in reason
        assert true_proof(futures[1], 1)
        assert futures[1].result().tries == 1
        faults.plant(0, "kill")
        again = pool.submit(job(0))
        assert true_proof(again, 0)
        assert again.result().tries == 2
        assert pool.workers()[0].failures == len(kinds) + 1
        assert len(set(faults.starts)) == len(kinds) + 2
        assert all(has_ended(process_id) for process_id in faults.starts[:-1])


def test_g107_a_try_that_fails_is_made_again_by_a_fresh_worker(tmp_path: Path) -> None:
    assert_tried_again(Faults.of(tmp_path, 3), KINDS, None)


def test_g107_so_it_is_on_a_cluster(tmp_path: Path, two_workers: str) -> None:
    kinds = {kind: KINDS[kind] for kind in ("kill", "hang", "points")}
    assert_tried_again(Faults.of(tmp_path, 3), kinds, two_workers)


def test_g107_poison_is_set_apart(tmp_path: Path, where: str | None) -> None:
    """A batch that kills every worker raises with all reasons; the others are proved, and the pool goes on."""
    faults = Faults.of(tmp_path, 4)
    with pool_of(faults.setup, 2, cluster=where) as pool:
        faults.plant(1, "kill", "memory", "points")
        futures = submit_all(pool, range(3))
        with pytest.raises(BatchUnprovable, match="batch 1 could not be proved in 3 tries") as failure:
            futures[1].result(PATIENCE_S)
        kill, memory, points = failure.value.reasons
        assert "SIGKILL" in kill
        assert "MemoryError: no memory left" in memory
        assert "does not verify" in points
        assert true_proof(futures[0], 0)
        assert true_proof(futures[2], 2)
        assert true_proof(pool.submit(job(3)), 3)
        assert true_proof(pool.submit(job(1)), 1), "the number is free again"


def test_g107_a_hang_holds_up_the_others_for_one_limit_at_most(tmp_path: Path, where: str | None) -> None:
    """With a single worker: what hung waits behind the others, and they never wait for its second try."""
    faults = Faults.of(tmp_path, 4)
    with pool_of(faults.setup, cluster=where, limit_s=LIMIT_S) as pool:
        faults.plant(0, "hang", "hang")
        assert order_of_completion(pool, range(4)) == [1, 2, 3, 0]


def test_g107_a_hang_holds_up_the_others_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that tries a batch again at once lets the others wait for all its tries."""

    def at_once(self: WaitingJobs, entry: Entry) -> None:
        self._waiting.appendleft(entry)

    monkeypatch.setattr(WaitingJobs, "put_back", at_once)
    faults = Faults.of(tmp_path, 4)
    with pool_of(faults.setup, limit_s=LIMIT_S) as pool:
        faults.plant(0, "hang", "hang")
        assert order_of_completion(pool, range(4)) != [1, 2, 3, 0]


def test_g107_no_job_outlives_its_limit(tmp_path: Path) -> None:
    faults = Faults.of(tmp_path, 3)
    with pool_of(faults.setup, limit_s=LIMIT_S) as pool:
        assert others_are_done_within(pool, faults, PATIENCE_S)


def test_g107_no_job_outlives_its_limit_twin(tmp_path: Path) -> None:
    """Without a limit, the one worker is lost to the hang."""
    faults = Faults.of(tmp_path, 3)
    with pool_of(faults.setup, limit_s=3_600.0) as pool:
        assert not others_are_done_within(pool, faults, 3 * LIMIT_S)


def test_g107_no_job_is_lost_and_no_garbage_comes_out(tmp_path: Path, where: str | None) -> None:
    faults = Faults.of(tmp_path, 4)
    with pool_of(faults.setup, 2, cluster=where) as pool:
        faults.plant(0, "kill")
        faults.plant(1, "other")
        assert all_true(pool, range(3))


def test_g107_garbage_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that believes its workers hands out the proof of another batch."""
    monkeypatch.setattr(ProofCheck, "require_true", lambda *_: None)
    faults = Faults.of(tmp_path, 3)
    with pool_of(faults.setup) as pool:
        faults.plant(1, "other")
        assert not all_true(pool, range(2))


def test_g107_lost_job_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that forgets the job of a worker that died."""
    monkeypatch.setattr(ProverPool, "failed", lambda *_: None)
    faults = Faults.of(tmp_path, 2)
    with pool_of(faults.setup) as pool:
        faults.plant(0, "kill")
        assert not all_true(pool, range(2), patience_s=4.0)


def test_g107_the_queue_is_bounded(tmp_path: Path) -> None:
    """What does not fit raises with the counts, so that whoever cuts batches slows down; there is room again later."""
    faults = Faults.of(tmp_path, 4)
    with pool_of(faults.setup, jobs_limit=3, limit_s=LIMIT_S) as pool:
        assert refuses_the_fourth(pool, faults)


def test_g107_the_queue_is_bounded_twin(tmp_path: Path) -> None:
    faults = Faults.of(tmp_path, 4)
    with pool_of(faults.setup, jobs_limit=1_000, limit_s=LIMIT_S) as pool:
        assert not refuses_the_fourth(pool, faults)


def ahead_comes_through(pool: ProverPool, faults: Faults, patience_s: float = PATIENCE_S) -> bool:
    """Whether the batch that a worker had for later when it hung is proved, and no try of it was counted."""
    faults.plant(0, "hang")
    futures = submit_all(pool, range(3))
    assert eventually(lambda: pool.n_working == 2 and pool.n_waiting == 1), "one is proved, and one is there already"
    return not wait([futures[1]], patience_s).not_done and futures[1].result().tries == 1


def test_g107_what_was_sent_ahead_is_not_lost(tmp_path: Path, where: str | None) -> None:
    faults = Faults.of(tmp_path, 3)
    with pool_of(faults.setup, cluster=where, limit_s=LIMIT_S) as pool:
        assert ahead_comes_through(pool, faults)


def test_g107_what_was_sent_ahead_is_not_lost_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lane that thinks of the job that failed alone."""
    failed = Lane._failed

    def of_one(self: Lane, entry: Entry, reason: str, following: Entry | None) -> None:
        failed(self, entry, reason, None)

    monkeypatch.setattr(Lane, "_failed", of_one)
    faults = Faults.of(tmp_path, 3)
    with pool_of(faults.setup, limit_s=LIMIT_S) as pool:
        assert not ahead_comes_through(pool, faults, patience_s=3 * LIMIT_S)
