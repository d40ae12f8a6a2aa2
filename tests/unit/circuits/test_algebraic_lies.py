"""The audit finds the lies that a polynomial lets pass: roots modulo r, and a window's rows dropped one by one."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from circuits.audit.algebraic_lies import algebraic_lies
from circuits.audit.forger import Attempt
from circuits.audit.polynomial_roots import interpolated, polynomial_roots
from circuits.audit.target import AuditTarget, target_of_circuit
from circuits.frontend import Builder, Circuit, InputValues, Wire, compile_circuit, private
from circuits.gadgets.example import Example
from circuits.gadgets.montgomery import MontgomeryPoint
from circuits.gadgets.signature_windows import assert_in_window, window_table
from prover.bn254 import FR

WINDOW = 3
PRIMES = [FR, 13, (1 << 61) - 1]


def evaluated(coefficients: Sequence[int], x: int, prime: int) -> int:
    return sum(coefficient * pow(x, i, prime) for i, coefficient in enumerate(coefficients)) % prime


def with_roots(roots: Sequence[int], prime: int) -> list[int]:
    points = []
    for x in range(len(roots) + 1):
        value = 1
        for root in roots:
            value = value * (x - root) % prime
        points.append((x, value))
    return interpolated(points, prime)


@pytest.mark.parametrize("prime", PRIMES)
def test_roots_are_all_roots_and_nothing_else(prime: int) -> None:
    rng = Random(prime)
    for count in range(1, 8):
        wanted = [rng.randrange(prime) for _ in range(count)]
        assert polynomial_roots(with_roots(wanted, prime), prime, rng) == sorted(set(wanted))
    for _ in range(10):
        coefficients = [rng.randrange(prime) for _ in range(5)] + [1]
        found = polynomial_roots(coefficients, prime, rng)
        assert all(evaluated(coefficients, root, prime) == 0 for root in found)
        if prime == 13:
            assert found == [x for x in range(13) if evaluated(coefficients, x, 13) == 0]


def test_constants_and_squares() -> None:
    rng = Random(1)
    assert polynomial_roots([], FR, rng) == polynomial_roots([5], FR, rng) == polynomial_roots([5, 0, 0], FR, rng) == []
    assert polynomial_roots([0, 0, 1], FR, rng) == [0]
    assert polynomial_roots([-4, 0, 1], FR, rng) == [2, FR - 2]
    assert polynomial_roots([-5, 0, 1], FR, rng) == []  # 5 is not a square


def test_interpolation_goes_through_the_points() -> None:
    rng = Random(2)
    points = [(x, rng.randrange(FR)) for x in rng.sample(range(1000), 9)]
    assert all(evaluated(interpolated(points, FR), x, FR) == y for x, y in points)
    assert interpolated([(1, 7), (2, 7), (3, 7)], FR) == [7]


def window_target() -> AuditTarget:
    def define(c: Builder, p: Sequence[Wire]) -> None:
        assert_in_window(c, MontgomeryPoint(*p), WINDOW)

    def honest(random: Random) -> InputValues:
        u, v = random.choice(window_table(WINDOW))
        return {"p": [u, random.choice((v, FR - v))]}

    circuit = Circuit("window", define, {"p": private(2)})
    return target_of_circuit(compile_circuit(circuit), Example("window", circuit, honest), Random(3))


def passing(target: AuditTarget, row: int, lies: Sequence[dict[int, int]]) -> int:
    """How many lies, told of the first honest witness, break a row and, once mended, no other."""
    structure, count = target.structure, 0
    scope = range(len(structure.system.constraints))
    for changes in lies:
        found = Attempt(structure, Random(4), scope, frozenset({row})).run(target.honest[0], changes)
        if found is not None and found.broken == {row}:
            count += 1
    return count


@pytest.mark.parametrize("row", range(4))
def test_b14_dropping_a_row_of_a_window_lets_a_lie_pass(row: int) -> None:
    target, rng = window_target(), Random(5)
    scope = range(len(target.structure.system.constraints))
    lies = [
        changes for _ in range(20) for changes in algebraic_lies(target.structure, scope, row, target.honest[0], rng)
    ]
    assert passing(target, row, lies) > 0


def test_b14_dropping_a_row_of_a_window_lets_a_lie_pass_twin() -> None:
    """No lie at random passes the window's polynomial: without the roots the row seems redundant."""
    target, rng = window_target(), Random(6)
    wire = target.structure.definer[1]
    assert passing(target, 1, [{wire: rng.randrange(FR)} for _ in range(200)]) == 0
