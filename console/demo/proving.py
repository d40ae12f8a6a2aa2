"""How far a proof is: by what each phase took in the proofs that were made before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from sequencer.record.types import ProofRow, WorkerRow

PHASES: Final = ("inputs", "witness", "proof", "verification")
"""Of a worker, in order."""


@dataclass(frozen=True, slots=True)
class Progress:
    """`share` of 1; `spent_s` of this proof as far as known; `usual_s` is the median of all, None before the first."""

    share: float
    spent_s: float
    usual_s: float | None


def usual_seconds(proofs: Sequence[ProofRow]) -> dict[str, float]:
    """The median of each phase; empty without proofs."""
    return {
        phase: median(found)
        for phase in PHASES
        if (found := [proof.seconds[phase] for proof in proofs if phase in proof.seconds])
    }


def progress_of(worker: WorkerRow, proofs: Sequence[ProofRow]) -> Progress:
    """Of the batch that a worker has. Phases that it has behind it count as they usually last; 0 without a batch."""
    usual = usual_seconds(proofs)
    whole_s = sum(usual.values()) if usual else None
    if worker.number is None or worker.phase not in PHASES:
        return Progress(0.0, worker.for_s if worker.number is not None else 0.0, whole_s)
    before_s = sum(usual.get(phase, 0.0) for phase in PHASES[: PHASES.index(worker.phase)])
    if not whole_s:
        return Progress(0.0, worker.for_s, None)
    within_s = min(worker.for_s, usual.get(worker.phase, 0.0))
    return Progress(min(1.0, (before_s + within_s) / whole_s), before_s + worker.for_s, whole_s)
