"""How workers are to be set up, which travels to each of them once, and how many there are to be."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from prover.formats.groth16_types import VerificationKey
from prover.formats.zkey import read_zkey
from rollup.presets import Preset
from sequencer.development_keys import key_folder
from sequencer.prover_pool.errors import KeyFileRefused

WORKER_PROGRAM: Final = "sequencer.prover_pool.worker"


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A proving key by its place, or by name in the worker's own key folder, and by the SHA-256 of its bytes."""

    path: Path
    sha256: bytes

    @classmethod
    def of(cls, path: Path) -> Self:
        """A file that is here. Reads it once: half a second for the 600 MB of LARGE."""
        return cls(path.resolve(), digest_of_file(path))

    def find(self) -> Path:
        """Where the key is on this machine. Reads it once. Raises `KeyFileRefused`."""
        path = self.path if self.path.is_file() else key_folder() / self.path.name
        found = digest_of_file(path) if path.is_file() else None
        if found != self.sha256:
            raise KeyFileRefused(path, self.sha256, found)
        return path


@dataclass(frozen=True, slots=True)
class MockProverAllowed:
    """Says in so many words that proofs may be mocks, each taking `seconds`: to measure sequencing alone.

    A mock verifies nowhere: not here, and not on any L1.
    """

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RealProver:
    """Proves under this key. Workers whose file leads to another verification key are refused."""

    key: KeyFile
    verification_key: VerificationKey


@dataclass(frozen=True, slots=True)
class ProverSetup:
    """All that a worker needs to know.

    `kernel` and `threads` are those of `prover.kernels.load_kernels`. A worker that `gives_way` has what time of the
    processors nobody else wants, so that sequencing comes first. `circuits` is the folder of compiled circuits.
    `program` is the module that workers run.
    """

    preset: Preset
    prover: RealProver | MockProverAllowed
    threads: int = 1
    kernel: str | None = None
    gives_way: bool = True
    circuits: Path | None = None
    program: str = WORKER_PROGRAM

    @classmethod
    def with_key(
        cls, preset: Preset, path: Path, *, threads: int = 1, kernel: str | None = None, circuits: Path | None = None
    ) -> Self:
        """With the key in a `.zkey` file of this machine. Reads it once. Raises a `FormatError`."""
        verification_key = read_zkey(path).verification_key()
        return cls(preset, RealProver(KeyFile.of(path), verification_key), threads, kernel, circuits=circuits)


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many workers, and how patient the pool is.

    `jobs_limit` bounds the jobs that wait or are being proved. A job is given up after `tries` tries of at most
    `limit_s` seconds each. `cluster` is the address of a dask scheduler, such as `tcp://10.0.0.1:8786`: each of
    `workers` is then started by another worker of that cluster.
    """

    workers: int = 1
    jobs_limit: int = 16
    tries: int = 3
    limit_s: float = 120.0
    start_limit_s: float = 300.0
    cluster: str | None = None


def threads_per_worker(workers: int) -> int:
    """So that workers times threads are the cores that this process may use; at least 1."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)
    return max(1, cores // workers)


def digest_of_file(path: Path) -> bytes:
    """SHA-256 of its bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
