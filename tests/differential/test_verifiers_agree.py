"""Our verifier, py_ecc's pairing and an EVM's precompiles give one answer to every statement, well-formed or not."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import pytest

from prover.bn254 import FQ, FR, G1Point, G2Point
from prover.errors import FormatError
from prover.formats.groth16_types import Proof
from prover.groth16 import statement, verify
from prover.reference.curve import add_g1, negate_g1, pairing_product_is_one, sum_g1
from tests.support.evm import Machine
from tests.support.kernels import NATIVE_HERE, FaultyKernels, fastest
from tests.support.points import G2_OUTSIDE_SUBGROUP
from tests.support.trapdoor import TrapdoorKey, g1, g2

RNG_SEED = "verifiers agree"
TRAPDOOR = TrapdoorKey.random(2, random.Random(RNG_SEED))
KEY = TRAPDOOR.verification_key()
ECADD, ECMUL, ECPAIRING = ("0x" + "00" * 19 + f"{number:02x}" for number in (6, 7, 8))
VALID, FALSE, MALFORMED = "valid", "false", "malformed"

Statement = tuple[list[int], Proof]
Verifier = Callable[[list[int], Proof], str]


def words(*values: int) -> bytes:
    return b"".join(value.to_bytes(32, "big") for value in values)


def g1_words(point: G1Point) -> bytes:
    return words(*(point or (0, 0)))


def g2_words(point: G2Point) -> bytes:
    """As EIP-197 has it: the coefficient of u first."""
    (x0, x1), (y0, y1) = point or ((0, 0), (0, 0))
    return words(x1, x0, y1, y0)


# -- three verifiers ---------------------------------------------------------------------------------------------------


def ours(public: list[int], proof: Proof) -> str:
    try:
        return VALID if verify(KEY, public, proof, fastest()) else FALSE
    except FormatError:
        return MALFORMED


def by_py_ecc(public: list[int], proof: Proof) -> str:
    """py_ecc checks curve equations only, so ranges and the subgroup are asked of plain integers here."""
    from prover.bn254 import g1_is_on_curve, g2_is_in_subgroup

    if not all(0 <= x < FR for x in public) or len(public) != 2:
        return MALFORMED
    if not (g1_is_on_curve(proof.a) and g1_is_on_curve(proof.c) and g2_is_in_subgroup(proof.b)):
        return MALFORMED
    vk_x = add_g1(KEY.ic[0], sum_g1(zip(KEY.ic[1:], public, strict=True)))
    pairs = [(negate_g1(proof.a), proof.b), (KEY.alpha_g1, KEY.beta_g2), (vk_x, KEY.gamma_g2), (proof.c, KEY.delta_g2)]
    return VALID if pairing_product_is_one(pairs) else FALSE


class EvmVerifier:
    """The equation by precompiles 6, 7 and 8 alone; the range of inputs is the caller's to check (A5)."""

    def __init__(self, *, check_range: bool = True) -> None:
        self.machine = Machine()
        self.check_range = check_range

    def __call__(self, public: list[int], proof: Proof) -> str:
        if len(public) != 2 or not all(0 <= x < (FR if self.check_range else 2**256) for x in public):
            return MALFORMED
        total = g1_words(KEY.ic[0])
        for x, point in zip(public, KEY.ic[1:], strict=True):
            product = self.machine.call(ECMUL, g1_words(point) + words(x)).output
            total = self.machine.call(ECADD, total + product).output
        try:
            ax, ay = proof.a or (0, 0)
            minus_a = words(ax, (FQ - ay) % FQ if 0 <= ay < FQ else ay)
            left = minus_a + g2_words(proof.b) + g1_words(KEY.alpha_g1) + g2_words(KEY.beta_g2)
            right = total + g2_words(KEY.gamma_g2) + g1_words(proof.c) + g2_words(KEY.delta_g2)
        except OverflowError:  # a negative number, or one above 256 bits: no calldata holds it
            return MALFORMED
        result = self.machine.call(ECPAIRING, left + right)
        if not result.success:
            return MALFORMED
        return VALID if result.is_true else FALSE


# -- statements --------------------------------------------------------------------------------------------------------


def statements(rng: random.Random) -> Iterator[Statement]:
    """Endless: valid, false and malformed ones of every kind, in turn."""
    while True:
        public = [rng.choice((0, 1, FR - 1, rng.randrange(FR))) for _ in range(2)]
        proof = TRAPDOOR.prove(public, rng.randrange(1, FR), rng.randrange(1, FR))
        assert proof.a is not None
        assert proof.b is not None
        (ax, ay), ((x0, x1), (y0, y1)) = proof.a, proof.b
        yield public, proof
        yield [public[0], (public[1] + 1) % FR], proof
        yield public, replace(proof, a=negate_g1(proof.a))
        yield public, replace(proof, c=proof.a)
        yield public, replace(proof, **{rng.choice("ac"): None})
        yield public, replace(proof, b=None)
        yield public, replace(proof, a=(ax, (ay + rng.randrange(1, FQ)) % FQ))
        yield public, replace(proof, a=(ax + FQ, ay))
        yield public, replace(proof, c=(FQ, rng.randrange(FQ)))
        yield public, replace(proof, b=((x0, x1), (y0 ^ 1, y1)))
        yield public, replace(proof, b=((x0, x1 + FQ), (y0, y1)))
        yield public, replace(proof, b=((x1, x0), (y1, y0)))
        yield public, replace(proof, b=G2_OUTSIDE_SUBGROUP)
        yield [public[0] + FR, public[1]], proof
        yield [public[0], 2**256 - 1], proof


def disagreements(one: Verifier, other: Verifier, n: int, seed: str = RNG_SEED) -> list[tuple[str, str]]:
    found = []
    for public, proof in islice(statements(random.Random(seed)), n):
        answers = one(public, proof), other(public, proof)
        if answers[0] != answers[1]:
            found.append(answers)
    return found


def test_d61_ours_and_the_evm_agree() -> None:
    kinds = {ours(public, proof) for public, proof in islice(statements(random.Random(RNG_SEED)), 15)}
    assert kinds == {VALID, FALSE, MALFORMED}
    assert disagreements(ours, EvmVerifier(), 300 if NATIVE_HERE else 15) == []


def test_d61_ours_and_py_ecc_agree() -> None:
    assert disagreements(ours, by_py_ecc, 30 if NATIVE_HERE else 15) == []


@pytest.mark.deep
def test_d61_ten_thousand_statements() -> None:
    assert disagreements(ours, EvmVerifier(), 10_000, "deep") == []
    assert disagreements(ours, by_py_ecc, 300, "deep py_ecc") == []


def _skips_subgroup(public: list[int], proof: Proof) -> str:
    class Kernels(FaultyKernels):
        def check_g2(self, _points: object) -> None:
            return None

        def pairing_product_is_one(self, *_: object) -> bool:
            return False

    try:
        return VALID if verify(KEY, public, proof, Kernels(fastest(), lambda _m, _n, result: result)) else FALSE
    except FormatError:
        return MALFORMED


def _ignores_the_last_input(public: list[int], proof: Proof) -> str:
    return ours([public[0], 0], proof)


@pytest.mark.parametrize("planted", [_skips_subgroup, _ignores_the_last_input])
def test_d61_twin(planted: Verifier) -> None:
    assert disagreements(planted, EvmVerifier(), 15)


# -- A3, A4: single points ---------------------------------------------------------------------------------------------


def g1_verdicts() -> list[tuple[str, bool, bool]]:
    """(point, taken by us, taken by precompile 6)."""
    machine, (x, y) = Machine(), g1(7) or (0, 0)
    points: dict[str, tuple[int, int]] = {
        "a point": (x, y),
        "negated": (x, FQ - y),
        "x + 1": (x + 1, y),
        "y + 1": (x, y + 1),
        "x + q": (x + FQ, y),
        "y + q": (x, y + FQ),
        "x = q": (FQ, y),
        "(q, q)": (FQ, FQ),
        "(0, q)": (0, FQ),
        "(1, 1)": (1, 1),
        "(0, 1)": (0, 1),
        "2^256 - 1": (2**256 - 1, 2**256 - 1),
    }
    verdicts = []
    for name, point in points.items():
        by_evm = machine.call(ECADD, words(*point, 0, 0)).success
        verdicts.append((name, takes_g1(point), by_evm))
    return verdicts


def takes_g1(point: G1Point) -> bool:
    try:
        statement.proof_points(Proof(point, None, None), fastest())
    except FormatError:
        return False
    return True


def test_a3_points_of_g1_are_taken_as_the_precompile_takes_them() -> None:
    verdicts = g1_verdicts()
    assert all(our == evm for _, our, evm in verdicts)
    assert [name for name, our, _ in verdicts if our] == ["a point", "negated"]


def test_a3_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statement, "_g1", lambda _name, _point: g1_limbs_of_infinity())
    assert any(our != evm for _, our, evm in g1_verdicts())


def g1_limbs_of_infinity() -> object:
    from prover.bn254 import g1_from_ints

    return g1_from_ints(None)


def test_a3_infinity_is_the_neutral_element_for_both() -> None:
    """(0, 0) in calldata is `None` here; a proof with it is judged by the equation, and false."""
    machine = Machine()
    assert machine.call(ECADD, words(1, 2, 0, 0)).output == words(1, 2)
    assert takes_g1(None)
    proof = TRAPDOOR.prove([1, 2], 3, 4)
    for point in ("a", "c"):
        broken = replace(proof, **{point: None})
        assert ours([1, 2], broken) == EvmVerifier()([1, 2], broken) == FALSE
    assert not takes_g1((0, 0)), "as integers (0, 0) is off the curve: only the readers of formats make it infinity"


def g2_verdicts() -> list[tuple[str, bool, bool]]:
    machine = Machine()
    good = g2(7)
    assert good is not None
    (x0, x1), (y0, y1) = good
    points: dict[str, G2Point] = {
        "a point": good,
        "negated": (good[0], (FQ - y0, FQ - y1)),
        "outside the subgroup": G2_OUTSIDE_SUBGROUP,
        "off the twist": ((x0, x1), (y0, y1 ^ 1)),
        "limbs swapped": ((x1, x0), (y1, y0)),
        "x.c0 + q": ((x0 + FQ, x1), (y0, y1)),
        "y.c1 = q": ((x0, x1), (y0, FQ)),
    }
    verdicts = []
    for name, point in points.items():
        by_evm = machine.call(ECPAIRING, words(0, 0) + g2_words(point)).success
        try:
            statement.proof_points(Proof(None, point, None), fastest())
        except FormatError:
            verdicts.append((name, False, by_evm))
        else:
            verdicts.append((name, True, by_evm))
    return verdicts


def test_a4_points_of_g2_outside_the_subgroup_are_refused_as_the_precompile_does() -> None:
    verdicts = g2_verdicts()
    assert all(our == evm for _, our, evm in verdicts)
    assert [name for name, our, _ in verdicts if our] == ["a point", "negated"]


def test_a4_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    from prover.groth16 import statement as module

    exact = module.proof_points

    class NoSubgroupCheck(FaultyKernels):
        def check_g2(self, _points: object) -> None:
            return None

    monkeypatch.setattr(
        module,
        "proof_points",
        lambda proof, kernels: exact(proof, NoSubgroupCheck(kernels, lambda _m, _n, result: result)),
    )
    assert [name for name, our, evm in g2_verdicts() if our != evm] == ["outside the subgroup"]


# -- A5: the precompile reduces scalars --------------------------------------------------------------------------------


def test_a5_the_precompile_takes_k_plus_r_for_k_and_we_do_not() -> None:
    machine = Machine()
    assert machine.call(ECMUL, words(1, 2, 5)).output == machine.call(ECMUL, words(1, 2, 5 + FR)).output
    proof = TRAPDOOR.prove([5, 6], 7, 8)
    assert ours([5, 6], proof) == VALID
    assert ours([5 + FR, 6], proof) == ours([5, 6 + FR], proof) == MALFORMED


def test_a5_twin() -> None:
    """A verifier that leaves the range to the precompile takes the alias for the input."""
    proof = TRAPDOOR.prove([5, 6], 7, 8)
    assert EvmVerifier(check_range=False)([5 + FR, 6], proof) == VALID
    assert disagreements(ours, EvmVerifier(check_range=False), 15)
