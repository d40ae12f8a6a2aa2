"""Random circuits, for comparing the compiler with the engine on integers.

A program is nested tuples of integers, so that it can be a constant argument of a sub-circuit. Statements pick wires
out of a growing list, by index modulo its length; every new wire is held by a row of its own: changing it breaks one.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import strategies as st

from circuits.frontend import Builder, Circuit, Wire, private, public, subcircuit
from prover.bn254 import FR

Statement = tuple[Any, ...]
Program = tuple[Statement, ...]

RULES = ("", "Red", "Green", "Blue")
HINTS = ("copy", "inverse", "is_zero", "low", "halves")
EDGES = (0, 1, 2, FR - 1, FR - 2, FR // 2, (1 << 253) - 1)

values = st.one_of(st.sampled_from(EDGES), st.integers(0, FR - 1))


def random_program(rng: Random, depth: int = 3) -> Program:
    """One to six statements, calls of programs down to `depth` among them; often the same wire twice in a row."""
    return tuple(_statement(rng, depth) for _ in range(rng.randint(1, 6)))


programs = st.builds(random_program, st.integers(0, 1 << 30).map(Random))
"""Drawn from a seed, since drawing every statement by itself gives programs that are too small."""


def _statement(rng: Random, depth: int) -> Statement:
    rule = rng.choice(RULES)
    kinds = ("product", "linear", "constant", "cancel", "assert", "hint", "row")
    kind = rng.choice(kinds + ("call",) * 4 if depth else kinds)
    match kind:
        case "product":
            a = rng.randrange(40)
            return kind, a, rng.choice((a, rng.randrange(40))), rule
        case "linear":
            return kind, _terms(rng), _coefficient(rng)
        case "constant":
            return kind, _coefficient(rng)
        case "cancel":
            return kind, rng.randrange(40)
        case "assert":
            return kind, _terms(rng), rng.randrange(40), rule
        case "hint":
            return kind, rng.choice(HINTS), rng.randrange(40), rule
        case "row":
            return kind, _terms(rng), _terms(rng), rule
    arguments = tuple((rng.random() < 0.8, rng.randrange(40)) for _ in range(rng.randrange(5)))
    returned = tuple(rng.randrange(40) for _ in range(rng.randrange(4)))
    return "call", random_program(rng, depth - 1), arguments, returned, rule, rng.randint(1, 3)


def _terms(rng: Random) -> tuple[tuple[int, int], ...]:
    return tuple((_coefficient(rng), rng.randrange(40)) for _ in range(rng.randrange(5)))


def _coefficient(rng: Random) -> int:
    return rng.choice((0, 1, -1, 2, FR - 1, FR, -FR, rng.randint(-(1 << 300), 1 << 300)))


def random_circuit(program: Program, n_outputs: int) -> Circuit:
    """The circuit of a program: three public inputs, two private ones, the last wires as outputs."""

    def define(c: Builder, shown: Sequence[Wire], hidden: Sequence[Wire]) -> dict[str, Any]:
        wires = run_program(c, program, [*hidden, *shown])
        c.assert_product(shown[0], 1, shown[0])
        return {"last": wires[-1], "others": wires[:n_outputs]}

    return Circuit("random", define, {"hidden": private(2), "shown": public(3)})


@subcircuit
def part(c: Builder, wires: Sequence[Wire], *, program: Program, returned: tuple[int, ...]) -> list[Wire]:
    """A program as a sub-circuit."""
    found = run_program(c, program, list(wires))
    return [found[pick % len(found)] for pick in returned] if found else []


def run_program(c: Builder, program: Program, wires: list[Wire]) -> list[Wire]:
    """Every statement in turn, under the rule that it names, if any."""
    for statement in program:
        if not wires:
            wires.append(c.constant(3))
        rule = next((item for item in statement[-2:] if isinstance(item, str) and item in RULES[1:]), "")
        if rule:
            with c.rule(rule):
                _run(c, statement, wires)
        else:
            _run(c, statement, wires)
    return wires


def _run(c: Builder, statement: Statement, wires: list[Wire]) -> None:
    def pick(index: int) -> Wire:
        return wires[index % len(wires)]

    def linear(chosen: Sequence[tuple[int, int]], constant: int = 0) -> Wire:
        return c.linear([(factor, pick(index)) for factor, index in chosen], constant)

    match statement:
        case ("product", a, b, _):
            wires.append(pick(a) * pick(b))
        case ("linear", chosen, constant):
            wires.append(linear(chosen, constant))
        case ("constant", value):
            wires.append(c.constant(value))
        case ("cancel", a):
            wires.append(pick(a) - pick(a))
        case ("assert", chosen, a, _):
            sum_ = linear(chosen) + pick(a)
            c.assert_equal(sum_, pick(a) + linear(chosen))
            c.assert_zero(sum_ - sum_)
        case ("row", left, right, _):
            a, b = linear(left, 1), linear(right)
            c.assert_product(a, b, a * b)
        case ("hint", kind, a, _):
            wires.extend(_hint(c, kind, pick(a)))
        case ("call", program, arguments, returned, _, times):
            for _ in range(times):
                given = [pick(index) if is_wire else c.constant(index) for is_wire, index in arguments]
                wires.extend(part(c, given, program=program, returned=returned))


def _hint(c: Builder, kind: str, x: Wire) -> list[Wire]:
    """Wires that come from advice, each held to its value by a row."""
    advice = c.advice(x)
    if kind == "copy":
        copy = c.witness(advice, "copy")
        c.assert_equal(copy, x)
        return [copy]
    if kind == "inverse":
        # (x + 1)^-1 times (x + 1)^2 is x + 1 also where the inverse is 0, and there the other row is what a lie breaks.
        shifted = x + 1
        inverse = c.witness(c.advice(shifted).inverse(), "inverse")
        c.assert_product(inverse - c.witness(c.advice(shifted).inverse()), 5, 0)
        c.assert_product(inverse, shifted * shifted, shifted)
        return [inverse]
    if kind == "is_zero":
        flag = c.witness(advice.is_zero(), "is_zero")
        again = c.witness(advice.select(0, 1), "again")
        c.assert_equal(flag, again)
        c.assert_product(flag, x, 0)
        return [flag]
    if kind == "low":
        low = c.witness(advice.extract(0, 8))
        bits = [c.witness(bit, f"bit{i}") for i, bit in enumerate(advice.bits(8))]
        for bit in bits:
            c.assert_product(bit, bit - 1, 0)
        c.assert_equal(c.linear((1 << i, bit) for i, bit in enumerate(bits)), low)
        return [low, *bits]
    quotient, remainder = advice.divide_integers(2)
    half, odd = c.witness(quotient, "half"), c.witness(remainder, "odd")
    c.assert_equal(half * 2 + odd, x)
    return [half, odd]
