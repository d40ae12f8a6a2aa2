"""What goes into the pool and what comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from prover.formats.groth16_types import Proof
from rollup.trace import Trace
from sequencer.prover_pool.errors import MockProofRefused

LOCAL_CHAINS: Final = frozenset({31337, 1337})
"""Chain ids that development chains have: Anvil's and Hardhat's, and Ganache's."""


@dataclass(frozen=True, slots=True)
class ProvingJob:
    """A batch to prove: its trace, and the point at which L1 evaluates its words. About 160 kB at LARGE."""

    number: int
    trace: Trace
    point: int


@dataclass(frozen=True, slots=True)
class BatchProof:
    """A proof that this process has verified itself, unless `is_mock`: then it verifies nowhere.

    `public_signals` are digest, evaluation and point. `seconds` are of the try that led here, by phase, in order:
    those of the worker, then `handover` (both ways, and what else the worker did not count) and `check` (here). In both
    of these the worker may have been at its next batch already.
    """

    number: int
    public_signals: tuple[int, ...]
    proof: Proof
    seconds: Mapping[str, float]
    tries: int
    worker: str
    is_mock: bool = False


def require_real(proof: BatchProof, chain_id: int, *, is_local: bool = False) -> None:
    """Raises `MockProofRefused` for a mock, unless the chain has a development chain's id and was declared local.

    Both are asked for: anybody may give a public chain the id 31337, and a flag alone is set by mistake.
    """
    if proof.is_mock and not (is_local and chain_id in LOCAL_CHAINS):
        raise MockProofRefused(proof.number, chain_id)
