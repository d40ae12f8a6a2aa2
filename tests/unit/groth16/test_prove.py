"""The prover: equal to the textbook's proofs, typed errors for what is wrong, and never a bad proof."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from prover import bn254
from prover.bn254 import FR
from prover.errors import (
    InconsistentFile,
    KeyRefused,
    ProverError,
    SelfCheckFailed,
    UnsatisfiedConstraint,
    WitnessMismatch,
)
from prover.formats.groth16_types import Proof
from prover.formats.proving_key import ProvingKey
from prover.formats.zkey import read_zkey, write_zkey
from prover.groth16 import ProofRandomness, ProofResult, prove, verify
from prover.groth16.prove import PHASES
from prover.kernels.errors import Cancelled, KernelError
from prover.kernels.interface import Kernels
from prover.reference.groth16 import Constraint
from prover.reference.groth16 import prove as reference_prove
from tests.support.groth16 import (
    CONSTRAINTS,
    N_PUBLIC,
    N_WIRES,
    TOXIC,
    make_setup,
    reference_verifies,
    toy_relation,
    toy_setup,
    toy_values,
    toy_witness,
)
from tests.support.kernels import NATIVE_HERE, FaultyKernels, fastest, flip_bit, kernels_named

every_kernel = pytest.mark.parametrize("name", [*NATIVE_HERE, "reference"])
RANDOMNESS = ProofRandomness(0x1234567, FR - 9)


@every_kernel
def test_c54_proofs_equal_the_textbook_bit_for_bit(name: str) -> None:
    setup = toy_setup()
    for x in (0, 1, 3, FR - 1):
        result = prove(setup.proving_key, toy_witness(x), kernels=kernels_named(name), randomness=RANDOMNESS)
        expected = reference_prove(setup.key, setup.qap, toy_values(x), RANDOMNESS.r, RANDOMNESS.s)
        assert result.proof == Proof(*expected)
        assert list(result.public_signals) == toy_values(x)[1:3]
        if name == "reference":
            break
    assert reference_verifies(setup, list(result.public_signals), result.proof)


def test_c54_textbook_twin() -> None:
    """Another witness, or other randomness, is another proof: the comparison above is not vacuous."""
    setup = toy_setup()
    result = prove(setup.proving_key, toy_witness(3), kernels=fastest(), randomness=RANDOMNESS)
    assert result.proof != Proof(*reference_prove(setup.key, setup.qap, toy_values(3), RANDOMNESS.r, 5))


def test_c54_many_native_proofs_verify_by_the_twins_equation() -> None:
    """Aggregated, because one pairing of the twin takes half a second."""
    setup, proofs = toy_setup(), []
    for x in range(2, 40 if NATIVE_HERE else 4):
        result = prove(setup.proving_key, toy_witness(x, x * x), kernels=fastest())
        proofs.append((list(result.public_signals), result.proof))
    assert all(verify(setup.verification_key, public, proof, fastest()) for public, proof in proofs)
    assert reference_verifies(setup, *proofs[-1])


def different_proofs(names: tuple[str, ...], n: int) -> int:
    """How many of n witnesses get different proofs from different kernels, randomness being equal."""
    rng, key = random.Random(54), toy_setup().proving_key
    different = 0
    for _ in range(n):
        witness = toy_witness(rng.randrange(FR), rng.randrange(FR))
        drawn = ProofRandomness(rng.randrange(1, FR), rng.randrange(1, FR))
        proofs = {prove(key, witness, kernels=kernels_named(name), randomness=drawn).proof for name in names}
        different += len(proofs) != 1
    return different


def test_c54_all_backends_make_one_proof() -> None:
    assert different_proofs(NATIVE_HERE, 20) == 0


@pytest.mark.deep
def test_c54_all_backends_make_one_proof_of_each_of_a_thousand_witnesses() -> None:
    assert different_proofs(NATIVE_HERE, 1000) == 0


def test_phases_are_timed_and_reported() -> None:
    seen: list[tuple[str, int, int]] = []
    result = prove(
        toy_setup().proving_key,
        toy_witness(3),
        kernels=fastest(),
        relation=toy_relation(),
        progress=lambda phase, done, total: seen.append((phase, done, total)),
    )
    assert tuple(result.seconds) == PHASES
    assert all(seconds >= 0 for seconds in result.seconds.values())
    assert list(dict.fromkeys(phase for phase, *_ in seen)) == list(PHASES)
    assert all(done <= total for _, done, total in seen)


def test_progress_can_cancel_in_every_phase() -> None:
    for cancelled in PHASES:
        with pytest.raises(Cancelled):
            prove(
                toy_setup().proving_key,
                toy_witness(3),
                kernels=fastest(),
                progress=lambda phase, _done, _total, at=cancelled: phase != at,  # type: ignore[misc]
            )


def test_an_exception_of_the_progress_callback_comes_through() -> None:
    def progress(phase: str, _done: int, _total: int) -> None:
        if phase == "msm a":
            raise ValueError("from the callback")

    with pytest.raises(ValueError, match="from the callback"):
        prove(toy_setup().proving_key, toy_witness(3), kernels=fastest(), progress=progress)


def test_a_mapped_key_proves(tmp_path: Path) -> None:
    write_zkey(tmp_path / "toy.zkey", toy_setup().proving_key)
    key = read_zkey(tmp_path / "toy.zkey")
    expected = prove(toy_setup().proving_key, toy_witness(3), kernels=fastest(), randomness=RANDOMNESS)
    assert prove(key, toy_witness(3), kernels=fastest(), randomness=RANDOMNESS).proof == expected.proof


def test_queries_may_hold_infinity_and_circuits_may_be_tiny() -> None:
    """One constraint, no private wire beyond it, wires that occur in one matrix only."""
    constraints = (Constraint({0: 1}, {1: 1}, {1: 1}),)
    setup = make_setup(constraints, 2, 1, TOXIC)
    assert None in setup.key.b_g1_query or None in setup.key.a_query
    for value in (0, 1, FR - 1):
        result = prove(setup.proving_key, bn254.scalars_from_ints([1, value]), kernels=fastest())
        assert result.public_signals == (value,)


# -- C53: wrong witness, wrong key -------------------------------------------------------------------------------------


def with_value(wire: int, value: int) -> NDArray[np.uint64]:
    witness = toy_witness(3)
    witness[wire] = bn254.limbs_from_int(value)
    return witness


def other_circuit() -> ProvingKey:
    """The same shape, another relation: x^3 + x + 6."""
    constraints = (*CONSTRAINTS[:2], Constraint({0: 6, 3: 1, 5: 1}, {0: 1}, {1: 1}))
    return make_setup(constraints, N_WIRES, N_PUBLIC, TOXIC).proving_key


def damaged(query: str, row: int) -> ProvingKey:
    key = toy_setup().proving_key
    points = getattr(key, query).copy()
    points[row] = points[row - 1]
    return replace(key, **{query: points})


def coefficients_of_a_larger_domain() -> ProvingKey:
    key = toy_setup().proving_key
    records = key.coefficients.copy()
    records[0, 4] = 200
    return replace(key, coefficients=records)


Attempt = tuple[str, type[Exception], ProvingKey, NDArray[np.uint64]]


def bad_attempts() -> list[Attempt]:
    key = toy_setup().proving_key
    mismatch, failed = WitnessMismatch, SelfCheckFailed
    return [
        ("one wire too few", mismatch, key, toy_witness(3)[:-1]),
        ("one wire too many", mismatch, key, np.concatenate([toy_witness(3), toy_witness(3)[:1]])),
        ("no witness", mismatch, key, toy_witness(3)[:0]),
        ("flat", mismatch, key, toy_witness(3).reshape(-1)),
        ("wire 0 is 2", mismatch, key, with_value(0, 2)),
        ("wire 0 is 0", mismatch, key, with_value(0, 0)),
        ("a value is r", mismatch, key, with_value(4, FR)),
        ("a value is x + r", mismatch, key, with_value(3, 3 + FR)),
        ("a value is 2^256 - 1", mismatch, key, with_value(5, 2**256 - 1)),
        ("wrong x^2", failed, key, with_value(4, 10)),
        ("wrong output", failed, key, with_value(1, 36)),
        ("another circuit's key", failed, other_circuit(), toy_witness(3)),
        ("damaged a query", failed, damaged("a_query", 3), toy_witness(3)),
        ("damaged b query in G1", failed, damaged("b_g1_query", 3), toy_witness(3)),
        ("damaged b query in G2", failed, damaged("b_g2_query", 3), toy_witness(3)),
        ("damaged c query", failed, damaged("c_query", 1), toy_witness(3)),
        ("damaged h query", failed, damaged("h_query", 2), toy_witness(3)),
        ("a coefficient outside the domain", InconsistentFile, coefficients_of_a_larger_domain(), toy_witness(3)),
        ("no contribution", KeyRefused, replace(key, gamma_g2=key.delta_g2), toy_witness(3)),
    ]


def not_refused(attempt: Callable[[ProvingKey, NDArray[np.uint64]], ProofResult]) -> list[str]:
    """The bad attempts that do not end in their typed error."""
    wrong = []
    for name, error, key, witness in bad_attempts():
        try:
            attempt(key, witness)
        except error:
            continue
        except Exception as other:  # noqa: BLE001
            wrong.append(f"{name}: {other!r}")
        else:
            wrong.append(f"{name}: a proof was returned")
    return wrong


def test_c53_wrong_witness_and_wrong_key_are_typed_errors() -> None:
    assert not_refused(lambda key, witness: prove(key, witness, kernels=fastest())) == []


def test_c53_twin() -> None:
    without_check = not_refused(lambda key, witness: prove(key, witness, kernels=fastest(), self_check=False))
    assert "wrong output: a proof was returned" in without_check
    assert len(without_check) == 8


def test_c53_the_relation_names_the_constraint() -> None:
    for wire, row in ((4, 0), (5, 1), (1, 2)):
        with pytest.raises(UnsatisfiedConstraint) as caught:
            prove(toy_setup().proving_key, with_value(wire, 12), kernels=fastest(), relation=toy_relation())
        assert caught.value.constraint == row


# -- C54: faults of the machine ----------------------------------------------------------------------------------------

FAULTY_CALLS = (
    *(("msm_g1", call) for call in range(7)),
    *(("msm_g2", call) for call in range(2)),
    ("groth16_quotient", 0),
    ("zkey_coefficients", 0),
)
"""Of one proof: five sums, then the ones that assemble it; `zkey_coefficients` gives two arrays."""


class OneFlip:
    """The fault that flips one bit of one call's result, and remembers that it did."""

    def __init__(self, method: str, call: int, bit: int) -> None:
        self.place = (method, call)
        self.bit = bit
        self.struck = False

    def __call__(self, method: str, call: int, result: Any) -> Any:
        if (method, call) != self.place:
            return result
        self.struck = True
        if isinstance(result, tuple):
            return flip_bit(result[0], self.bit), result[1]
        return flip_bit(result, self.bit)


def undetected_flips(attempt: Callable[[Kernels], ProofResult], bits: tuple[int, ...]) -> list[str]:
    """Where one flipped bit in a kernel's output leads to a returned proof."""
    undetected = []
    for method, call in FAULTY_CALLS:
        for bit in bits:
            fault = OneFlip(method, call, bit)
            try:
                attempt(FaultyKernels(fastest(), fault))
            except (ProverError, KernelError):
                pass
            else:
                undetected.append(f"{method} {call} bit {bit}")
            assert fault.struck, f"{method} {call} is never called"
    return undetected


def test_c54_a_flipped_bit_never_becomes_a_proof() -> None:
    bits = (0, 63, 137, 250) if NATIVE_HERE else (63,)
    assert undetected_flips(lambda kernels: prove(toy_setup().proving_key, toy_witness(3), kernels=kernels), bits) == []


def test_c54_flipped_bit_twin() -> None:
    key, witness = toy_setup().proving_key, toy_witness(3)
    undetected = undetected_flips(lambda kernels: prove(key, witness, kernels=kernels, self_check=False), (0,))
    assert len(undetected) >= 5
