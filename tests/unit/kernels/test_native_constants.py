"""Every number in the kernels' sources is recomputed from the moduli, so none has to be believed."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

import prover
from primitives import babyjubjub as bj
from primitives import blake512
from prover.bn254 import BN_PARAMETER, FQ, FR, TWIST_B

SOURCES = Path(prover.__file__).parent / "native" / "src"
R = 1 << 256
Fq2 = tuple[int, int]


def defined(file: str) -> dict[str, list[int]]:
    """The integers of each `#define` of a header, in order; negative ones too."""
    text = re.sub(r"/\*.*?\*/", "", (SOURCES / file).read_text(), flags=re.DOTALL).replace("\\\n", " ")
    return {
        name: [int(number, 0) for number in re.findall(r"-?\b(?:0x[0-9a-f]+|\d+)(?=U?L?L?\b)", value)]
        for name, value in re.findall(r"^#define (\w+) +(.*)$", text, flags=re.MULTILINE)
    }


def join(limbs: list[int], bits: int = 64) -> int:
    return sum(limb << (bits * i) for i, limb in enumerate(limbs))


def elements(limbs: list[int], modulus: int) -> list[int]:
    """Montgomery limbs, four by four, as plain integers; each must be reduced."""
    words = [join(limbs[at : at + 4]) for at in range(0, len(limbs), 4)]
    assert all(word < modulus for word in words)
    return [word * pow(R, -1, modulus) % modulus for word in words]


def naf(value: int) -> list[int]:
    digits = []
    while value:
        digit = 2 - value % 4 if value & 1 else 0
        digits.append(digit)
        value = (value - digit) // 2
    return digits


def fq2_mul(a: Fq2, b: Fq2) -> Fq2:
    return (a[0] * b[0] - a[1] * b[1]) % FQ, (a[0] * b[1] + a[1] * b[0]) % FQ


def fq2_pow(a: Fq2, exponent: int) -> Fq2:
    result = (1, 0)
    for bit in bin(exponent)[2:]:
        result = fq2_mul(result, result)
        if bit == "1":
            result = fq2_mul(result, a)
    return result


@pytest.mark.parametrize(("name", "modulus"), [("FQ", FQ), ("FR", FR), ("FL", bj.SUBGROUP_ORDER)])
def test_field_constants(name: str, modulus: int) -> None:
    c = defined("field/constants.h")
    assert join(c[f"{name}_MODULUS"]) == join(c[f"{name}_MODULUS_62"], 62) == modulus
    assert join(c[f"{name}_ONE"]) == R % modulus
    assert join(c[f"{name}_R2"]) == R**2 % modulus
    assert join(c[f"{name}_R3"]) == R**3 % modulus
    assert c[f"{name}_MINUS_INVERSE_64"] == [-pow(modulus, -1, 1 << 64) % (1 << 64)]
    assert c[f"{name}_INVERSE_62"] == [pow(modulus, -1, 1 << 62)]
    assert modulus < 1 << 254, "sums of two elements must fit four limbs, products need a spare bit"


def test_curve_constants() -> None:
    c = defined("curve/constants.h")
    assert c["BN_PARAMETER"] == [BN_PARAMETER]
    assert elements(c["G1_B"], FQ) == [3]
    assert tuple(elements(c["G2_B"], FQ)) == TWIST_B
    assert elements(c["FQ_ONE_HALF"], FQ) == [pow(2, -1, FQ)]
    assert c["ATE_LOOP"] == naf(6 * BN_PARAMETER + 2)
    assert c["BN_PARAMETER_NAF"] == naf(BN_PARAMETER)
    assert [c["ATE_LOOP_LENGTH"], c["BN_PARAMETER_NAF_LENGTH"]] == [[len(c["ATE_LOOP"])], [len(c["BN_PARAMETER_NAF"])]]


@pytest.mark.parametrize("power", [1, 2, 3])
def test_frobenius_constants(power: int) -> None:
    found = elements(defined("curve/constants.h")[f"FROBENIUS_{power}"], FQ)
    expected = [fq2_pow((9, 1), i * (FQ**power - 1) // 6) for i in range(6)]
    if power == 2:
        assert [(value, 0) for value in found] == expected
    else:
        assert found == list(chain.from_iterable(expected))


def test_subgroup_condition_of_g2_is_exact() -> None:
    """(x + 1) + psi x + psi^2 x - 2x psi^3 vanishes on G2 and on nothing else of the curve, of order r (2q - r)."""
    x, trace = BN_PARAMETER, 6 * BN_PARAMETER**2 + 1
    # on G2, psi is multiplication by q
    assert (x + 1 + x * FQ + x * FQ**2 - 2 * x * FQ**3) % FR == 0
    # reduce by psi^2 = trace psi - q to a + b psi, whose norm is a^2 + a b trace + b^2 q
    powers = [(1, 0), (0, 1)]
    for _ in range(2):
        a, b = powers[-1]
        powers.append((-b * FQ, a + b * trace))
    weights = (x + 1, x, x, -2 * x)
    a, b = (sum(w * p[i] for w, p in zip(weights, powers, strict=True)) for i in (0, 1))
    norm, cofactor = a * a + a * b * trace + b * b * FQ, 2 * FQ - FR
    assert norm % FR == 0
    assert _gcd(norm, cofactor) == 1
    assert _gcd(FR, cofactor) == 1


def _gcd(a: int, b: int) -> int:
    while b:
        a, b = b, a % b
    return abs(a)


def test_babyjubjub_constants() -> None:
    c = defined("babyjubjub/constants.h")

    def element(name: str) -> int:
        (value,) = elements(c[name], FR)
        return value

    scale = element("BJ_SCALE")
    assert (element("BJ_A"), element("BJ_D")) == (bj.A, bj.D)
    assert scale * scale % FR == -bj.A % FR
    assert scale < FR - scale
    assert element("BJ_SCALE_INVERSE") == pow(scale, -1, FR)
    assert element("BJ_2D") == -2 * bj.D * pow(bj.A, -1, FR) % FR
    assert (element("BJ_BASE8_X"), element("BJ_BASE8_Y")) == bj.BASE8 == bj.multiply(8, bj.GENERATOR)
    assert join(c["BJ_OCTIC_EXPONENT"]) * 8 == FR - 1
    # complete: a is a square, d is not (and so neither is d of the scaled curve, -d/a)
    assert pow(bj.A, (FR - 1) // 2, FR) == 1
    assert pow(bj.D, (FR - 1) // 2, FR) == FR - 1


def test_babyjubjub_tangents() -> None:
    """On v^2 = u^3 + 168698 u^2 + u, at T of order 8 and at 2T."""
    c = defined("babyjubjub/constants.h")
    slope, offset, slope_2t = (
        elements(c[name], FR)[0] for name in ("BJ_TANGENT_SLOPE", "BJ_TANGENT_OFFSET", "BJ_TANGENT_SLOPE_2T")
    )
    t = bj.multiply(bj.SUBGROUP_ORDER, bj.GENERATOR)
    for multiple, line in ((1, (slope, offset)), (2, (slope_2t, 0))):
        x, y = bj.multiply(multiple, t)
        u = (1 + y) * pow(1 - y, -1, FR) % FR
        v = u * pow(x, -1, FR) % FR
        assert (v * v - u**3 - 168698 * u * u - u) % FR == 0
        assert (line[0] * u + line[1] - v) % FR == 0
        assert (2 * v * line[0] - 3 * u * u - 2 * 168698 * u - 1) % FR == 0
    x, y = bj.multiply(2, t)
    assert (1 + y) * pow(1 - y, -1, FR) % FR == 1
    assert bj.multiply(4, t) == (0, FR - 1)


def test_blake_constants() -> None:
    text = (SOURCES / "hash" / "blake512.h").read_text()

    def array(name: str) -> list[int]:
        match = re.search(rf"{name}\[[^=]*= \{{(.*?)\n\}};", text, flags=re.DOTALL)
        assert match is not None, name
        return [int(number, 0) for number in re.findall(r"\b(?:0x[0-9a-f]+|\d+)(?=ULL|\b)", match[1])]

    assert tuple(array("zk_blake_pi")) == blake512.pi_words()
    assert tuple(array("zk_blake_initial")) == blake512.initial_state()
    assert array("zk_blake_permutation") == list(chain.from_iterable(blake512.PERMUTATIONS))


def test_field_constants_twin() -> None:
    """A single changed bit anywhere in a value is seen by the comparisons above."""
    c = defined("field/constants.h")
    for name in ("FQ_MODULUS", "FQ_R2", "FQ_R3"):
        for limb in range(4):
            planted = list(c[name])
            planted[limb] ^= 1 << 17
            assert join(planted) not in (FQ, R**2 % FQ, R**3 % FQ)
