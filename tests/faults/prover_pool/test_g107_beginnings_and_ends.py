"""G107: workers that do not start, die idle, or are left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from sequencer.prover_pool import PoolBroken, PoolClosed, PoolSettings, ProverPool, WorkerState
from sequencer.prover_pool.errors import ClusterUnreachable
from tests.support.prover_pool import PATIENCE_S, Faults, cluster_of, eventually, has_ended, job, pool_of, submit_all
from tests.support.prover_pool_checks import true_proof
from tests.support.prover_pool_faults import START_FAULT


def test_g107_a_worker_that_dies_idle_costs_no_try(tmp_path: Path) -> None:
    faults = Faults.of(tmp_path, 1)
    with pool_of(faults.setup) as pool:
        (first,) = faults.starts
        os.kill(first, signal.SIGKILL)
        assert has_ended(first)
        future = pool.submit(job(0))
        assert true_proof(future, 0)
        assert future.result().tries == 1
        assert len(faults.starts) == 2


def test_g107_a_worker_that_does_not_start_is_started_again(tmp_path: Path) -> None:
    faults = Faults.of(tmp_path, 1)
    faults.plant(START_FAULT, "one", "two")
    with pool_of(faults.setup) as pool:
        assert pool.workers()[0].failures == 2
        assert "this worker does not start" in pool.workers()[0].last_failure
        assert true_proof(pool.submit(job(0)), 0)


def test_g107_without_any_worker_nothing_waits_for_ever(tmp_path: Path) -> None:
    faults = Faults.of(tmp_path, 2)
    faults.plant(START_FAULT, "one", "two", "three")
    with ProverPool(faults.setup) as pool:
        future = pool.submit(job(0))
        with pytest.raises(PoolBroken, match="this worker does not start"):
            future.result(PATIENCE_S)
        with pytest.raises(PoolBroken):
            pool.submit(job(1))
        with pytest.raises(PoolBroken):
            pool.wait_ready()
        assert [worker.state for worker in pool.workers()] == [WorkerState.BROKEN]


def test_g107_closing_ends_everything_at_once(tmp_path: Path, where: str | None) -> None:
    faults = Faults.of(tmp_path, 3)
    with pool_of(faults.setup, 2, cluster=where) as pool:
        faults.plant(0, "hang")
        faults.plant(1, "stop")
        futures = submit_all(pool, range(3))
        assert eventually(lambda: faults.left == [])
        pool.close()
        for future in futures.values():
            with pytest.raises(PoolClosed):
                future.result(0)
        assert all(has_ended(process_id) for process_id in faults.starts)
        assert [worker.state for worker in pool.workers()] == [WorkerState.STOPPED] * 2
        with pytest.raises(PoolClosed):
            pool.submit(job(0))


def test_g107_a_callback_may_close_the_pool(tmp_path: Path) -> None:
    faults = Faults.of(tmp_path, 2)
    with pool_of(faults.setup) as pool:
        faults.plant(1, "hang")
        first, second = submit_all(pool, range(2)).values()
        first.add_done_callback(lambda _: pool.close())
        with pytest.raises(PoolClosed):
            second.result(PATIENCE_S)
        assert all(has_ended(process_id) for process_id in faults.starts)


NODE = """
import sys, time
from pathlib import Path
from sequencer.prover_pool import PoolSettings, ProverPool
from tests.support.prover_pool import faulty_setup, job
key, folder = map(Path, sys.argv[1:])
pool = ProverPool(faulty_setup(key, folder), PoolSettings(workers=2))
pool.wait_ready()
pool.submit(job(0))
while list(folder.glob("*.fault")):
    time.sleep(0.01)
print("busy", flush=True)
time.sleep(3600)
"""


def test_g107_workers_end_with_a_pool_that_is_killed(tmp_path: Path) -> None:
    """One in the middle of a job, one idle."""
    faults = Faults.of(tmp_path, 1)
    faults.plant(0, "hang")
    prover: Any = faults.setup.prover
    command = [sys.executable, "-c", NODE, str(prover.key.path), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as node:
        assert node.stdout is not None
        assert node.stdout.readline() == "busy\n"
        assert len(faults.starts) == 2
        node.kill()
        assert all(has_ended(process_id) for process_id in faults.starts)


def test_g107_a_cluster_may_lose_one_of_its_workers(tmp_path: Path, two_workers: str) -> None:
    """Its process ends with it; the batch is proved by another."""
    from distributed import Client

    faults = Faults.of(tmp_path, 2)
    connect: Any = Client
    with pool_of(faults.setup, 1, cluster=two_workers) as pool:
        with connect(two_workers, set_as_default=False) as client:
            parents = dict(client.run(os.getpid))
        faults.plant(0, "hang")
        future = pool.submit(job(0))
        assert eventually(lambda: faults.left == [])
        (first,) = faults.starts
        parent = int(Path(f"/proc/{first}/stat").read_text().rpartition(")")[2].split()[1])
        assert parent in parents.values()
        os.kill(parent, signal.SIGKILL)
        assert has_ended(first)
        assert true_proof(future, 0)
        assert future.result().tries == 2


@pytest.mark.deep
def test_g107_a_cluster_may_be_lost_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for ever, and closing the pool does not either."""
    monkeypatch.setattr("sequencer.prover_pool.cluster.CONNECT_S", 5.0)
    faults = Faults.of(tmp_path, 1)
    with ExitStack() as stack:
        address = stack.enter_context(cluster_of(1))
        with pool_of(faults.setup, cluster=address) as pool:
            faults.plant(0, "hang")
            future = pool.submit(job(0))
            assert eventually(lambda: faults.left == [])
            stack.close()
            with pytest.raises(PoolBroken, match="the scheduler is gone"):
                future.result(PATIENCE_S)
    assert all(has_ended(process_id) for process_id in faults.starts)


def test_g107_a_cluster_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sequencer.prover_pool.cluster.CONNECT_S", 0.5)
    with pytest.raises(ClusterUnreachable, match=r"tcp://127\.0\.0\.1:1"):
        ProverPool(Faults.of(tmp_path, 0).setup, PoolSettings(cluster="tcp://127.0.0.1:1"))
