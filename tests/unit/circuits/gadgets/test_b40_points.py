"""Points in circuits: every pair adds up, windows hold what they say, no addition's exception is left open (B40)."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from itertools import product
from random import Random

import pytest

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, Execution, Wire, private
from circuits.frontend import run_on_integers as run
from circuits.gadgets import babyjubjub as edwards
from circuits.gadgets import montgomery
from circuits.gadgets.bits import to_bits
from circuits.gadgets.montgomery import CURVE_A, EdwardsPoint, MontgomeryPoint, montgomery_of
from circuits.gadgets.signature_windows import (
    LAST,
    RADIX,
    WINDOWS,
    assert_in_window,
    sum_of_windows,
    window_points,
    window_size,
    window_table,
)
from circuits.gadgets.window_polynomials import sextic_with_roots, twelfth_with_roots
from primitives import babyjubjub as twin
from primitives.babyjubjub import BASE8, GENERATOR, SUBGROUP_ORDER, Point, multiply
from prover.bn254 import FR

L = SUBGROUP_ORDER
TORSION = multiply(L, GENERATOR)
POINTS = [multiply(k, TORSION) for k in range(8)] + [GENERATOR, twin.negate(GENERATOR), BASE8, multiply(5, BASE8)]
windows = importlib.import_module("circuits.gadgets.signature_windows")


# -- Edwards -----------------------------------------------------------------------------------------------------------


def define_sum(c: Builder, p: Sequence[Wire], q: Sequence[Wire]) -> dict[str, Wire]:
    first, second = EdwardsPoint(*p), EdwardsPoint(*q)
    total, twice = edwards.add(c, first, second), edwards.double(c, first)
    return {"x": total.x, "y": total.y, "double_x": twice.x, "double_y": twice.y}


def wrong_sums() -> list[tuple[Point, Point]]:
    """Pairs of points whose sum, or the double of the first one, is not the twin's."""
    circuit = Circuit("sum", define_sum, {"p": private(2), "q": private(2)})
    found = []
    for p, q in product(POINTS, POINTS):
        outputs = tuple(run(circuit, {"p": p, "q": q}, collect=True).outputs.values())
        if outputs != (*twin.add(p, q), *twin.add(p, p)):
            found.append((p, q))
    return found


def test_b40_every_pair_of_points_adds_up() -> None:
    assert wrong_sums() == []


def test_b40_every_pair_of_points_adds_up_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A law with exceptions, through the Montgomery form, is wrong where they are."""

    def incomplete(c: Builder, p: EdwardsPoint, q: EdwardsPoint) -> EdwardsPoint:
        def over(point: EdwardsPoint) -> MontgomeryPoint:
            u = c.witness(c.advice(1 + point.y) / (1 - point.y))
            return MontgomeryPoint(u, c.witness(c.advice(u) / point.x))

        total = montgomery.add(c, over(p), over(q))
        x, y = c.advice(total.u) / total.v, c.advice(total.u - 1) / (total.u + 1)
        return EdwardsPoint(c.witness(x), c.witness(y))

    monkeypatch.setattr(edwards, "add", incomplete)
    wrong = wrong_sums()
    assert (BASE8, BASE8) in wrong
    assert (BASE8, twin.IDENTITY) in wrong
    assert (BASE8, GENERATOR) not in wrong


def test_multiples_are_the_twins() -> None:
    def define(c: Builder, p: Sequence[Wire], scalar: Wire) -> dict[str, Wire]:
        point = edwards.multiply(c, to_bits(c, scalar, n=6), EdwardsPoint(*p))
        return {"x": point.x, "y": point.y}

    circuit = Circuit("multiple", define, {"p": private(2), "scalar": private()})
    for point in (BASE8, GENERATOR, TORSION, twin.IDENTITY):
        for scalar in (0, 1, 2, 31, 32, 63):
            outputs = run(circuit, {"p": point, "scalar": scalar}).outputs
            assert tuple(outputs.values()) == multiply(scalar, point)


def test_a_multiple_by_no_bits_is_refused() -> None:
    def define(c: Builder, p: Sequence[Wire]) -> Wire:
        return edwards.multiply(c, [], EdwardsPoint(*p)).x

    with pytest.raises(CircuitDefinitionError, match="one bit"):
        run(Circuit("none", define, {"p": private(2)}), {"p": BASE8})


# -- windows -----------------------------------------------------------------------------------------------------------


def test_polynomials_have_their_roots_and_no_others() -> None:
    rng = Random(1)
    roots = [rng.randrange(FR) for _ in range(12)]
    for u in (*roots, 0, 1, FR - 1, rng.randrange(FR)):
        square, cubic = u * u, u**3 + CURVE_A * u * u + u
        p = sextic_with_roots(roots[:6])
        value = cubic * (cubic + p.product[0] * u + p.product[1] * square)
        value += sum(a * b for a, b in zip(p.remainder, (1, u, square, cubic), strict=True))
        assert value % FR == product_of_differences(u, roots[:6])
        q = twelfth_with_roots(roots)
        z = cubic * (cubic + q.inner[0] * u + q.inner[1] * square)
        left = z + q.left[0] * u + q.left[1] * square
        right = z + q.right[0] * u + q.right[1] * square + q.right[2] * cubic
        value = left * right + sum(a * b for a, b in zip(q.remainder, (1, u, square, cubic, z), strict=True))
        assert value % FR == product_of_differences(u, roots)


def product_of_differences(u: int, roots: Sequence[int]) -> int:
    value = 1
    for root in roots:
        value = value * (u - root) % FR
    return value


@pytest.mark.parametrize("roots", [[1, 2, 3], [1] * 12, list(range(13))])
def test_another_number_of_roots_is_refused(roots: list[int]) -> None:
    for method in (sextic_with_roots, twelfth_with_roots):
        with pytest.raises(CircuitDefinitionError, match="different roots"):
            method(roots)


def in_window(window: int, point: Point) -> bool:
    def define(c: Builder, p: Sequence[Wire]) -> None:
        assert_in_window(c, MontgomeryPoint(*p), window)

    return run(Circuit("window", define, {"p": private(2)}), {"p": point}, collect=True).violations == []


@pytest.mark.parametrize("window", [0, 1, 30, LAST - 1, LAST])
def test_b27_a_window_holds_its_points_and_no_others(window: int) -> None:
    unit = multiply(pow(2, -1, L) * RADIX**window % L, BASE8)
    size = window_size(window)
    for digit in range(1, size, 2):
        u, v = montgomery_of(multiply(digit, unit))
        assert (u, v) == window_table(window)[digit // 2]
        assert in_window(window, (u, v))
        assert in_window(window, (u, FR - v))
        assert not in_window(window, (u, v + 1))
        assert not in_window(window, (u + 1, v))
    for multiple in (2, size, size + 1, size + 3, L - size - 1):
        assert not in_window(window, montgomery_of(multiply(multiple, unit)))


def test_b27_a_window_holds_its_points_and_no_others_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the polynomial any point of the curve passes, and with it S * Base8 for a sum that is no S at all."""
    monkeypatch.setattr(windows, "assert_root", lambda *_: None)
    assert in_window(0, montgomery_of(GENERATOR))


def sum_for(s: int) -> Execution:
    def define(c: Builder, points: Sequence[Sequence[Wire]]) -> dict[str, Wire]:
        total = sum_of_windows(c, [MontgomeryPoint(u, v) for u, v in points])
        return {"u": total.u, "v": total.v}

    circuit = Circuit("sum of windows", define, {"points": private(WINDOWS, 2)})
    return run(circuit, {"points": window_points(s)}, collect=True)


def test_b40_the_sum_of_the_windows_is_s_times_the_base() -> None:
    rng = Random(3)
    for s in (*range(1, 26), RADIX**20, L // 2, L // 2 + 1, L - 2, L - 1, rng.randrange(L), rng.randrange(L)):
        execution = sum_for(s)
        assert execution.violations == []
        assert tuple(execution.outputs.values()) == montgomery_of(multiply(s, BASE8))


EQUAL_LAST = -9 * RADIX**LAST % L
"""The S for which the sum of all windows but the last is the last one's point."""


def test_b40_windows_that_meet_an_exception_have_no_witness() -> None:
    for s in (0, EQUAL_LAST):
        assert len(sum_for(s).violations) >= 1


def test_b40_windows_that_meet_an_exception_have_no_witness_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the row the slope is free, and a wrong sum passes."""
    monkeypatch.setattr(windows, "assert_distinct", lambda *_: None)
    execution = sum_for(EQUAL_LAST)
    assert execution.violations == []
    assert tuple(execution.outputs.values()) != montgomery_of(multiply(EQUAL_LAST, BASE8))
