"""Many proofs at once: true when all are, and no set of false ones cancels out."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from prover.errors import InconsistentFile, InvalidPoint, KeyRefused, ValueOutOfRange
from prover.formats.groth16_types import Proof
from prover.groth16 import find_invalid, verify, verify_many
from prover.groth16.aggregate import Statement
from prover.reference.curve import add_g1, negate_g1
from tests.support.kernels import NATIVE_HERE, fastest, kernels_named
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.trapdoor import TrapdoorKey, g1

RNG = random.Random("aggregate")
TRAPDOOR = TrapdoorKey.random(2, RNG)
KEY = TRAPDOOR.verification_key()


def statements(n: int) -> list[Statement]:
    made: list[Statement] = []
    for _ in range(n):
        public = [RNG.randrange(1 << 64), RNG.randrange(1 << 64)]
        made.append((public, TRAPDOOR.prove(public, RNG.randrange(1, 1 << 200), RNG.randrange(1, 1 << 200))))
    return made


def spoiled(made: list[Statement], *indices: int) -> list[Statement]:
    return [
        ([*public[:1], public[1] ^ 1], proof) if i in indices else (public, proof)
        for i, (public, proof) in enumerate(made)
    ]


@pytest.mark.parametrize("name", [*NATIVE_HERE, "reference"])
def test_all_true_and_one_false(name: str) -> None:
    made = statements(3)
    assert verify_many(KEY, made, kernels_named(name)) is True
    assert verify_many(KEY, spoiled(made, 1), kernels_named(name)) is False


def test_the_false_ones_are_found() -> None:
    made = statements(17 if NATIVE_HERE else 4)
    assert find_invalid(KEY, made, fastest()) == []
    for bad in ((0,), (3,), (0, 1, 3), (len(made) - 1,), tuple(range(len(made)))):
        assert find_invalid(KEY, spoiled(made, *bad), fastest()) == sorted(set(bad))


def test_one_and_none() -> None:
    assert verify_many(KEY, statements(1), fastest()) is True
    assert find_invalid(KEY, [], fastest()) == []
    with pytest.raises(InconsistentFile):
        verify_many(KEY, [], fastest())


def cancelling(made: list[Statement]) -> list[Statement]:
    """Two false proofs whose errors are opposite: C_0 + X and C_1 - X."""
    (public_0, proof_0), (public_1, proof_1), *rest = made
    error = g1(12345)
    first = replace(proof_0, c=add_g1(proof_0.c, error))
    second = replace(proof_1, c=add_g1(proof_1.c, negate_g1(error)))
    return [(public_0, first), (public_1, second), *rest]


def accepted_cancellations(randomness: Callable[[int], bytes] | None) -> int:
    made = cancelling(statements(3))
    assert not any(verify(KEY, public, proof, fastest()) for public, proof in made[:2])
    return int(
        verify_many(KEY, made, fastest()) if randomness is None else verify_many(KEY, made, fastest(), randomness)
    )


def test_errors_cannot_cancel() -> None:
    assert accepted_cancellations(None) == 0


def test_errors_cannot_cancel_twin() -> None:
    """With coefficients that are all equal they do."""
    assert accepted_cancellations(bytes) == 1


def test_short_randomness_is_an_error() -> None:
    with pytest.raises(ValueError, match="15 bytes"):
        verify_many(KEY, statements(2), fastest(), lambda n: bytes(n - 1))


def test_malformed_statements_and_unsound_keys_are_errors() -> None:
    made = statements(2)
    with pytest.raises(ValueOutOfRange):
        verify_many(KEY, [made[0], ([2**255, 1], made[1][1])], fastest())
    with pytest.raises(InvalidPoint):
        verify_many(KEY, [made[0], (made[1][0], replace(made[1][1], b=G2_OUTSIDE_SUBGROUP))], fastest())
    with pytest.raises(KeyRefused):
        verify_many(replace(KEY, gamma_g2=KEY.delta_g2), made, fastest())
    assert isinstance(made[0][1], Proof)
