"""The verifier: valid, false and malformed are three outcomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from prover import bn254
from prover.bn254 import FQ, FR
from prover.errors import FormatError, InconsistentFile, InvalidPoint, MalformedText, ValueOutOfRange
from prover.formats.groth16_types import Proof
from prover.groth16 import prove, statement, verify, verify_many
from prover.reference.groth16 import Constraint
from tests.support.groth16 import (
    CONSTRAINTS,
    N_PUBLIC,
    N_WIRES,
    TOXIC,
    ReferenceSetup,
    make_setup,
    toy_setup,
    toy_witness,
)
from tests.support.kernels import NATIVE_HERE, fastest, kernels_named
from tests.support.points import G2_OUTSIDE_SUBGROUP

PUBLIC = [35, 77]


@cache
def valid_proof() -> Proof:
    return prove(toy_setup().proving_key, toy_witness(3), kernels=fastest()).proof


def ask(public: Sequence[object], proof: Proof) -> bool:
    return verify(toy_setup().verification_key, public, proof, fastest())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*NATIVE_HERE, "reference"])
def test_true_and_false(name: str) -> None:
    key, kernels = toy_setup().verification_key, kernels_named(name)
    assert verify(key, PUBLIC, valid_proof(), kernels) is True
    assert verify(key, [36, 77], valid_proof(), kernels) is False


# -- A2, C50: what is malformed is refused, never reduced and never `False` --------------------------------------------


def bad_inputs() -> list[tuple[type[FormatError], Sequence[object]]]:
    out_of_range = [FR, FR + 35, 35 + FR, 35 + 5 * FR, 2**256 - 1, 2**300, -1, 35 - FR]
    return [
        *((ValueOutOfRange, [value, 77]) for value in out_of_range),
        *((ValueOutOfRange, [35, value]) for value in out_of_range),
        (InconsistentFile, []),
        (InconsistentFile, [35]),
        (InconsistentFile, [35, 77, 0]),
        (InconsistentFile, [1, 35, 77]),
        *((MalformedText, [value, 77]) for value in (35.0, "35", True, None, b"35", np.uint64(35))),
    ]


def bad_proofs() -> list[tuple[type[FormatError], Proof]]:
    proof = valid_proof()
    assert proof.a is not None
    assert proof.b is not None
    (ax, ay), ((bx0, bx1), (by0, by1)) = proof.a, proof.b
    return [
        *((ValueOutOfRange, replace(proof, a=point)) for point in ((ax + FQ, ay), (ax, ay + FQ), (FQ, 0), (-1, ay))),
        *((ValueOutOfRange, replace(proof, c=point)) for point in ((2**256 - 1, 1), (1, FQ))),
        (ValueOutOfRange, replace(proof, b=((bx0 + FQ, bx1), (by0, by1)))),
        (ValueOutOfRange, replace(proof, b=((bx0, bx1), (by0, by1 + FQ)))),
        (InvalidPoint, replace(proof, a=(ax, ay + 1))),
        (InvalidPoint, replace(proof, a=(0, 0))),
        (InvalidPoint, replace(proof, c=(1, 1))),
        (InvalidPoint, replace(proof, b=((bx1, bx0), (by1, by0)))),
        (InvalidPoint, replace(proof, b=((0, 0), (0, 0)))),
        (InvalidPoint, replace(proof, b=G2_OUTSIDE_SUBGROUP)),
    ]


def wrong_outcomes() -> list[str]:
    """Malformed statements that do not end in their typed error."""
    cases: list[tuple[type[FormatError], Sequence[object], Proof]] = [
        *((error, public, valid_proof()) for error, public in bad_inputs()),
        *((error, PUBLIC, proof) for error, proof in bad_proofs()),
    ]
    wrong = []
    for error, public, proof in cases:
        try:
            answer = ask(public, proof)
        except error:
            continue
        except Exception as other:  # noqa: BLE001
            wrong.append(f"{public} {proof}: {other!r}")
        else:
            wrong.append(f"{public} {proof}: {answer}")
    return wrong


def test_a2_c50_malformed_statements_are_typed_errors() -> None:
    assert wrong_outcomes() == []


def test_a2_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier that reduces its inputs accepts aliases of the valid one."""
    accept: Callable[..., None] = lambda _i, _value: None  # noqa: E731
    exact = bn254.scalars_from_ints
    monkeypatch.setattr(statement, "_check_public", accept)
    monkeypatch.setattr(bn254, "scalars_from_ints", lambda values: exact([int(value) % FR for value in values]))
    assert ask([35 + FR, 77], valid_proof()) is True
    assert wrong_outcomes()


@pytest.mark.parametrize("check", ["_check_coordinates", "_g1", "_g2"])
def test_c50_twin(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
    planted: dict[str, Callable[..., object]] = {
        "_check_coordinates": lambda _name, _coordinates: None,
        "_g1": lambda _name, point: bn254.g1_from_ints(point),
        "_g2": lambda _name, point: bn254.g2_from_ints(point),
    }
    monkeypatch.setattr(statement, check, planted[check])
    assert wrong_outcomes()


# -- A6: nothing is not true -------------------------------------------------------------------------------------------


def empty_statements_accepted(proofs: list[Proof]) -> list[str]:
    accepted = []
    for proof in proofs:
        for public in (PUBLIC, [], [0, 0]):
            try:
                if ask(public, proof):
                    accepted.append(f"{public} {proof}")
            except FormatError:
                continue
    try:
        if verify_many(toy_setup().verification_key, [], fastest()):
            accepted.append("no proofs at all")
    except FormatError:
        pass
    return accepted


def test_a6_empty_proofs_are_not_true() -> None:
    assert fastest().pairing_product_is_one(np.zeros((0, 8), np.uint64), np.zeros((0, 16), np.uint64)) is True
    proof = valid_proof()
    empty = [Proof(None, None, None), replace(proof, a=None), replace(proof, b=None), replace(proof, c=None)]
    assert (
        empty_statements_accepted([*empty, Proof(None, proof.b, None), Proof((0, 0), ((0, 0), (0, 0)), (0, 0))]) == []
    )


def test_a6_twin() -> None:
    assert empty_statements_accepted([valid_proof()])


# -- D62: another circuit's key ----------------------------------------------------------------------------------------


@cache
def other_setups() -> tuple[ReferenceSetup, ...]:
    """Another constraint, the same circuit set up with other secrets, and another number of public inputs."""
    other_toxic = replace(TOXIC, tau=6666)
    other_constraint = (*CONSTRAINTS[:2], Constraint({0: 6, 3: 1, 5: 1}, {0: 1}, {1: 1}))
    return (
        make_setup(other_constraint, N_WIRES, N_PUBLIC, TOXIC),
        make_setup(CONSTRAINTS, N_WIRES, N_PUBLIC, other_toxic),
        make_setup(CONSTRAINTS, N_WIRES, N_PUBLIC + 1, TOXIC),
    )


def accepted_under(setups: tuple[ReferenceSetup, ...]) -> int:
    """Under how many of these keys a proof for the toy circuit verifies."""
    count = 0
    for setup in setups:
        try:
            count += verify(setup.verification_key, PUBLIC, valid_proof(), fastest())
        except InconsistentFile:
            continue
    return count


def test_d62_a_proof_under_another_key_is_false() -> None:
    assert accepted_under(other_setups()) == 0


def test_d62_twin() -> None:
    assert accepted_under((*other_setups(), toy_setup())) == 1
