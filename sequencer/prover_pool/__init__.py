"""Proofs of batches by processes that are watched, on this machine or on a cluster."""

from sequencer.prover_pool.errors import (
    BatchUnprovable,
    MockProofRefused,
    NumberTaken,
    PoolBroken,
    PoolClosed,
    PoolFull,
    ProverPoolError,
)
from sequencer.prover_pool.figures import PoolFigures, WorkerState, WorkerStatus
from sequencer.prover_pool.jobs import BatchProof, ProvingJob, require_real
from sequencer.prover_pool.pool import ProverPool
from sequencer.prover_pool.setup import (
    KeyFile,
    MockProverAllowed,
    PoolSettings,
    ProverSetup,
    RealProver,
    threads_per_worker,
)

__all__ = [
    "BatchProof",
    "BatchUnprovable",
    "KeyFile",
    "MockProofRefused",
    "MockProverAllowed",
    "NumberTaken",
    "PoolBroken",
    "PoolClosed",
    "PoolFigures",
    "PoolFull",
    "PoolSettings",
    "ProverPool",
    "ProverPoolError",
    "ProverSetup",
    "ProvingJob",
    "RealProver",
    "WorkerState",
    "WorkerStatus",
    "require_real",
    "threads_per_worker",
]
