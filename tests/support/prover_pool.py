"""Pools of provers for tests: TINY batches, a key on disk, proofs made once a process, workers that fail to order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from circuits.settlement.sample import sample
from rollup.presets import TINY
from rollup.trace import trace_batch
from sequencer.development_keys import settlement_key_file
from sequencer.prover_pool import BatchProof, PoolSettings, ProverPool, ProverSetup, ProvingJob
from sequencer.prover_pool.reports import Proven, encode_report
from sequencer.settlement_prover import SettlementProver
from tests.support.kernels import FASTEST, fastest
from tests.support.prover_pool_faults import PROGRAM, STARTS
from tests.support.settlement import venue_of

PATIENCE_S = 120.0
_FOLDER = tempfile.TemporaryDirectory(prefix="zkclear-prover-pool-")


@cache
def key_file() -> Path:
    """A TINY key in a folder of development keys, written once a process."""
    return settlement_key_file(TINY, fastest(), Path(_FOLDER.name))


@cache
def real_setup() -> ProverSetup:
    return ProverSetup.with_key(TINY, key_file(), kernel=FASTEST)


@cache
def job(number: int) -> ProvingJob:
    """A batch; each number has another one. `number` is the pool's alone: the batch itself always says 1."""
    found = sample(venue_of(Random(number)))
    return ProvingJob(number, trace_batch(found.state, found.table, found.batch, TINY), number + 2)


@cache
def recorded(number: int) -> bytes:
    """A worker's report with a true proof of the job."""
    prover = _prover()
    proven = prover.prove_trace(job(number).trace, job(number).point)
    return encode_report(Proven(number, proven.proof, proven.seconds))


@cache
def _prover() -> SettlementProver:
    from prover.formats.zkey import read_zkey

    return SettlementProver(TINY, read_zkey(key_file()), fastest())


@dataclass(frozen=True, slots=True)
class Faults:
    """A folder of recorded proofs and planted faults, and the setup of workers that use them."""

    folder: Path
    setup: ProverSetup

    @classmethod
    def of(cls, folder: Path, jobs: int) -> Faults:
        """With proofs of the jobs 0 … jobs - 1."""
        for number in range(jobs):
            (folder / f"{number}.proof").write_bytes(recorded(number))
        return cls(folder, faulty_setup(key_file(), folder))

    def plant(self, number: int | str, *kinds: str) -> None:
        """The first tries of a job fail so, one after the other."""
        for i, kind in enumerate(kinds):
            (self.folder / f"{number}-{i}-{kind}.fault").touch()

    @property
    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.glob("*.fault"))

    @property
    def starts(self) -> list[int]:
        """Process ids of all workers that were ready to prove, in order."""
        path = self.folder / STARTS
        return [int(line) for line in path.read_text().split()] if path.exists() else []


def faulty_setup(key: Path, folder: Path) -> ProverSetup:
    return replace(ProverSetup.with_key(TINY, key, kernel=FASTEST, circuits=folder), program=PROGRAM, gives_way=False)


@contextmanager
def pool_of(setup: ProverSetup, workers: int = 1, **chosen: Any) -> Iterator[ProverPool]:
    """A pool whose workers are ready."""
    settings = PoolSettings(workers=workers, **{"limit_s": PATIENCE_S, **chosen})
    with ProverPool(setup, settings) as pool:
        assert pool.wait_ready(PATIENCE_S)
        yield pool


@contextmanager
def cluster_of(workers: int) -> Iterator[str]:
    """The address of a dask cluster of real worker processes on this machine."""
    from distributed import LocalCluster

    make: Any = LocalCluster
    with make(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        yield str(cluster.scheduler_address)


def submit_all(pool: ProverPool, numbers: Sequence[int]) -> dict[int, Future[BatchProof]]:
    return {number: pool.submit(job(number)) for number in numbers}


def has_ended(process_id: int, within_s: float = 20.0) -> bool:
    """Whether a process ends; one whose parent has not asked how it ended counts."""
    deadline = monotonic() + within_s
    while monotonic() < deadline:
        try:
            state = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0]
            threads = len(list(Path(f"/proc/{process_id}/task").iterdir()))
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z" and threads == 1:
            return True
        sleep(0.02)
    return False


def eventually(condition: Any, within_s: float = PATIENCE_S) -> bool:
    deadline = monotonic() + within_s
    while not condition():
        if monotonic() > deadline:
            return False
        sleep(0.01)
    return True
