"""A Groth16 proof from a key in snarkjs's form and a witness (Groth 2016, section 3.2)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR
from prover.errors import FormatError, InconsistentFile, SelfCheckFailed, WitnessMismatch
from prover.formats.groth16_types import Proof, VerificationKey
from prover.formats.proving_key import ProvingKey
from prover.groth16.keys import refuse_unsound_proving_key, verification_key_of
from prover.groth16.qap import quotient_scalars
from prover.groth16.randomness import ProofRandomness
from prover.groth16.verify import verify
from prover.kernels.errors import Cancelled, ElementError, IndexOutOfRange, LengthError, NotReduced
from prover.kernels.interface import Field, Kernels, Progress, ScalarArray
from prover.r1cs import R1CS

PHASES: Final = (
    "load",
    "coefficients",
    "quotient",
    "msm a",
    "msm b1",
    "msm b2",
    "msm c",
    "msm h",
    "assemble",
    "self-check",
)
"""The phases of a proof, in order."""

PhaseProgress: TypeAlias = Callable[[str, int, int], bool | None]
"""Called as `progress(phase, done, total)`; answering `False` cancels with `Cancelled`."""


@dataclass(frozen=True, slots=True)
class ProofResult:
    """A proof, what it proves, and the wall seconds of each phase."""

    proof: Proof
    public_signals: tuple[int, ...]
    seconds: Mapping[str, float]


def prove(
    proving_key: ProvingKey,
    witness: ScalarArray,
    *,
    kernels: Kernels,
    randomness: ProofRandomness | None = None,
    relation: R1CS | None = None,
    self_check: bool = True,
    progress: PhaseProgress | None = None,
) -> ProofResult:
    """Proves that `witness`, shape (n_wires, 4) canonical, satisfies the relation that the key was made for.

    Key and witness may be memory maps; neither is copied. `randomness` defaults to the system's. With `relation`, every
    constraint is checked first; without, a wrong witness is noticed by the self-check, which verifies the proof before
    it is returned.

    Raises `WitnessMismatch` for a witness of another length, not beginning with 1, or with a value >= r,
    `UnsatisfiedConstraint` when `relation` is given and broken, `KeyRefused` for a key under which proofs can be
    forged, `InconsistentFile` for a key whose parts contradict each other, `SelfCheckFailed` when the proof does not
    verify, and `Cancelled`.
    """
    clock = _Clock(progress)
    verification_key = verification_key_of(proving_key)
    _check_witness(proving_key, witness, kernels)
    if relation is not None:
        relation.require_satisfied(witness, kernels)
    refuse_unsound_proving_key(proving_key, kernels)
    randomness = randomness or ProofRandomness.draw()
    public_signals = tuple(bn254.ints_from_scalars(witness[1 : proving_key.n_public + 1]))
    clock.done("load")

    try:
        h_scalars, seconds = quotient_scalars(proving_key.coefficients, proving_key.domain_size, witness, kernels)
    except (IndexOutOfRange, LengthError) as error:
        raise InconsistentFile("proving key", "4", f"coefficients do not fit to the header: {error}") from error
    clock.measured(seconds)

    try:
        sums = _multiply(proving_key, witness, h_scalars, kernels, clock)
    except ElementError as error:  # the witness is below r, so it can only be what was computed from it
        raise SelfCheckFailed(f"{error}: the key is damaged, or the machine computed wrongly") from error
    try:
        proof = _assemble(proving_key, sums, randomness, kernels)
    except ValueError as error:  # a sum that is no point
        raise SelfCheckFailed(f"{error}: the key is damaged, or the machine computed wrongly") from error
    clock.done("assemble")
    if self_check:
        _self_check(verification_key, public_signals, proof, kernels)
    clock.done("self-check")
    return ProofResult(proof, public_signals, clock.seconds)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The five multi-scalar multiplications of a proof."""

    a: NDArray[np.uint64]
    b1: NDArray[np.uint64]
    b2: NDArray[np.uint64]
    c: NDArray[np.uint64]
    h: NDArray[np.uint64]


def _multiply(key: ProvingKey, witness: ScalarArray, h_scalars: ScalarArray, kernels: Kernels, clock: _Clock) -> _Sums:
    """The sums over the queries, which take most of the time."""
    private = witness[key.n_public + 1 :]
    sum_a = kernels.msm_g1(key.a_query, witness, progress=clock.kernel_progress("msm a"))
    clock.done("msm a")
    sum_b1 = kernels.msm_g1(key.b_g1_query, witness, progress=clock.kernel_progress("msm b1"))
    clock.done("msm b1")
    sum_b2 = kernels.msm_g2(key.b_g2_query, witness, progress=clock.kernel_progress("msm b2"))
    clock.done("msm b2")
    sum_c = kernels.msm_g1(key.c_query, private, progress=clock.kernel_progress("msm c"))
    clock.done("msm c")
    sum_h = kernels.msm_g1(key.h_query, h_scalars, progress=clock.kernel_progress("msm h"))
    clock.done("msm h")
    return _Sums(sum_a, sum_b1, sum_b2, sum_c, sum_h)


def _assemble(key: ProvingKey, sums: _Sums, randomness: ProofRandomness, kernels: Kernels) -> Proof:
    """A = alpha + sum + r delta, B = beta + sum + s delta, C = sums + s A + r B - r s delta.

    Small multi-scalar multiplications, so that infinity is nothing special.
    """
    r, s = randomness.r, randomness.s

    def combine_g1(points: list[NDArray[np.uint64]], scalars: list[int]) -> NDArray[np.uint64]:
        return kernels.msm_g1(np.stack(points), bn254.scalars_from_ints(scalars))

    a = combine_g1([key.alpha_g1, sums.a, key.delta_g1], [1, 1, r])
    b_g1 = combine_g1([key.beta_g1, sums.b1, key.delta_g1], [1, 1, s])
    b = kernels.msm_g2(np.stack([key.beta_g2, sums.b2, key.delta_g2]), bn254.scalars_from_ints([1, 1, s]))
    c = combine_g1([sums.c, sums.h, a, b_g1, key.delta_g1], [1, 1, s, r, -r * s % FR])
    return Proof(bn254.g1_to_ints(a), bn254.g2_to_ints(b), bn254.g1_to_ints(c))


def _check_witness(key: ProvingKey, witness: ScalarArray, kernels: Kernels) -> None:
    if witness.ndim != 2 or witness.shape != (key.n_wires, 4):
        raise WitnessMismatch(
            f"the witness has shape {witness.shape}, the proving key is for ({key.n_wires}, 4): "
            "they belong to different circuits"
        )
    if bn254.int_from_limbs(witness[0]) != 1:
        raise WitnessMismatch("the witness does not begin with the constant 1")
    try:
        kernels.check_reduced(Field.FR, witness)
    except NotReduced as error:
        raise WitnessMismatch(f"wire {error.index} of the witness is not below r: refused, never reduced") from error


def _self_check(key: VerificationKey, public: tuple[int, ...], proof: Proof, kernels: Kernels) -> None:
    try:
        holds = verify(key, public, proof, kernels)
    except (FormatError, ElementError) as error:
        raise SelfCheckFailed(f"the proof just made is malformed ({error}): the machine computed wrongly") from error
    if not holds:
        raise SelfCheckFailed(
            "the proof just made does not verify, so it is not returned. Likely causes: the witness does not satisfy "
            "the circuit (check it against the .r1cs); the key is of another version of the circuit, or damaged "
            "(check it against its ceremony); or the machine computed wrongly (run `do.py doctor`)"
        )


class _Clock:
    """Wall seconds per phase, and progress of a phase passed on under its name."""

    def __init__(self, progress: PhaseProgress | None) -> None:
        self._progress = progress
        self._start = perf_counter()
        self.seconds: dict[str, float] = {}

    def done(self, phase: str) -> None:
        """The phase that began with the last call has ended."""
        now = perf_counter()
        self.measured({phase: now - self._start})

    def measured(self, seconds: Mapping[str, float]) -> None:
        """These phases have just ended."""
        self.seconds.update(seconds)
        self._start = perf_counter()
        for phase in seconds:
            if self._progress is not None and self._progress(phase, 1, 1) is False:
                raise Cancelled(f"cancelled after phase {phase}")

    def kernel_progress(self, phase: str) -> Progress | None:
        """A callback for a kernel that reports under the name of `phase`."""
        progress = self._progress
        if progress is None:
            return None
        return lambda done, total: progress(phase, done, total)
