"""The two secret numbers that blind a proof."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from prover.bn254 import FR
from prover.errors import ProverError


class RandomnessRefused(ProverError, ValueError):
    """The numbers given would not hide the witness, or the system's source of randomness does not work."""


@dataclass(frozen=True, slots=True)
class ProofRandomness:
    """Groth16's r and s, each below the order of the groups. With r = s = 0 the proof would betray the witness.

    Two proofs with the same numbers betray it too, so give none (`ProofRandomness.draw`) but to repeat a computation.
    """

    r: int = field(repr=False)
    s: int = field(repr=False)

    def __post_init__(self) -> None:
        if not (0 <= self.r < FR and 0 <= self.s < FR):
            raise RandomnessRefused("r and s must be in 0..(group order - 1)")
        if self.r == 0 and self.s == 0:
            raise RandomnessRefused("r = s = 0 does not hide the witness")

    @classmethod
    def draw(cls, below: Callable[[int], int] = secrets.randbelow) -> ProofRandomness:
        """Fresh numbers from the operating system, which keeps no state in this process: a fork cannot repeat them.

        `below(n)` gives a uniform number in 0..n-1. Raises `RandomnessRefused` when the source fails or repeats itself.
        """
        try:
            r, s = 1 + below(FR - 1), 1 + below(FR - 1)
        except (OSError, NotImplementedError) as error:
            raise RandomnessRefused(f"the system has no randomness to give ({error})") from error
        if r == s:
            raise RandomnessRefused("the source of randomness repeats itself")
        return cls(r, s)
