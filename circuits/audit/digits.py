"""Open bits and bounded integers in linear equations: when an equation leaves them one value.

All reasoning is about differences of two solutions: an equation over bits says sum of w_i d_i = 0 modulo p with d_i
in {-1, 0, 1}. If the sum cannot reach p it holds over the integers, and weights that grow faster than their sum then
leave no difference but zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import TypeAlias

from circuits.audit.facts import Equation, Facts

MOST_BITS_TRIED = 10

Interval: TypeAlias = tuple[float | int, float | int]
"""Inclusive integer bounds; infinite where nothing is known."""

UNBOUNDED: Interval = (-inf, inf)


@dataclass(frozen=True, slots=True)
class Stepped:
    """step * wire + (known wires) lies in an interval: one equation of a bounded wire."""

    wire: int
    step: int
    known: tuple[tuple[int, int], ...]
    interval: Interval


class DigitReasoner:
    """Applies the rules again and again as more becomes known."""

    def __init__(self, facts: Facts, prime: int) -> None:
        self._facts = facts
        self._prime = prime
        self._equations_of_wire: dict[int, list[Equation]] = {}
        for equation in facts.equations:
            for wire in equation.wires:
                self._equations_of_wire.setdefault(wire, []).append(equation)
        self._intervals = {wire: self._interval_of(wire) for wire in self._equations_of_wire}

    def determined(self, known: set[int]) -> set[int]:
        """Wires that are determined now and were not."""
        found: set[int] = set()
        known_bits = self._known_bits(known)
        for equation in self._facts.equations:
            open_wires = [wire for wire in equation.wires if wire not in known]
            open_bits = {bit: weight for bit, weight in equation.bits.items() if bit not in known_bits and weight}
            if not open_wires and open_bits and self._tells_apart(open_bits):
                found.update(bit for bit in open_bits if bit not in self._facts.virtual)
        for wire, equations in self._equations_of_wire.items():
            if wire not in known and self._is_stepped(wire, equations, known):
                found.add(wire)
        return found - known

    def interval(self, wire: int) -> Interval:
        """What is known of a wire as an integer, without knowing any other wire."""
        return self._intervals.get(wire, UNBOUNDED)

    def _known_bits(self, known: set[int]) -> set[int]:
        virtual = {
            number
            for number, form in self._facts.virtual.items()
            if all(wire == 0 or wire in known for wire, _ in form)
        }
        return virtual | known

    # -- digits ----------------------------------------------------------------------------------------------------
    def _tells_apart(self, weights: dict[int, int]) -> bool:
        scaled = self._scaled(weights)
        if scaled is not None:
            if sum(map(abs, scaled.values())) < self._prime:
                return True
            return self._span(scaled) < self._prime
        return len(weights) <= MOST_BITS_TRIED and self._all_differ(weights)

    def _scaled(self, weights: dict[int, int]) -> dict[int, int] | None:
        """Weights times a factor that makes them integers growing faster than their sum; `None` if none does."""
        for unit in sorted(weights.values(), key=lambda weight: abs(self._centred(weight)))[:2]:
            inverse = pow(unit, -1, self._prime)
            scaled = {bit: self._weight(weight * inverse % self._prime) for bit, weight in weights.items()}
            total = 0
            for weight in sorted(map(abs, scaled.values())):
                if weight <= total:
                    break
                total += weight
            else:
                return scaled
        return None

    def _span(self, scaled: dict[int, int]) -> float | int:
        """How far apart two values of the sum can be, by comparisons with constants and intervals of partial sums."""
        for chain, maximum in self._facts.chains:
            if chain == scaled:
                return maximum
        best: float | int = sum(map(abs, scaled.values()))
        for wire, equations in self._equations_of_wire.items():
            low, high = self._intervals[wire]
            for equation in equations:
                if len(equation.wires) == 1 and equation.bits and equation.bits.keys() < scaled.keys():
                    inverse = pow(-equation.wires[wire], -1, self._prime)
                    part = {bit: self._integer(weight * inverse) for bit, weight in equation.bits.items()}
                    ratios = {
                        scaled[bit] / weight if scaled[bit] % weight else scaled[bit] // weight
                        for bit, weight in part.items()
                    }
                    ratio = ratios.pop()
                    if not ratios and isinstance(ratio, int):
                        rest = sum(abs(weight) for bit, weight in scaled.items() if bit not in part)
                        best = min(best, rest + abs(ratio) * (high - low))
        return best

    def _all_differ(self, weights: dict[int, int]) -> bool:
        """Tries all assignments of the bits that no sum of some of them, itself a bit, forbids."""
        bits = [bit for bit in weights if bit not in self._facts.virtual]
        if len(bits) < len(weights):
            return False
        sums = list(self._sums_within(set(bits)))
        seen: set[int] = set()
        for values in product((0, 1), repeat=len(bits)):
            assignment = dict(zip(bits, values, strict=True))
            if any(self._value(equation, assignment) % self._prime not in (0, 1) for equation in sums):
                continue
            value = sum(weights[bit] * assignment[bit] for bit in bits) % self._prime
            if value in seen:
                return False
            seen.add(value)
        return True

    def _sums_within(self, bits: set[int]) -> Iterator[Equation]:
        for number in self._facts.virtual:
            for equation in self._facts.equations:
                others = equation.bits.keys() - {number}
                if number in equation.bits and not equation.wires and others <= bits:
                    scale = pow(-equation.bits[number], -1, self._prime)
                    scaled = {bit: equation.bits[bit] * scale % self._prime for bit in others}
                    yield Equation(scaled, {}, equation.constant * scale % self._prime)

    def _value(self, equation: Equation, assignment: dict[int, int]) -> int:
        return equation.constant + sum(weight * assignment[bit] for bit, weight in equation.bits.items())

    # -- integers --------------------------------------------------------------------------------------------------
    def _interval_of(self, wire: int) -> Interval:
        low, high = UNBOUNDED
        for equation in self._equations_of_wire[wire]:
            if len(equation.wires) == 1:
                first, last = self._range(equation, wire, 1)
                low, high = max(low, first), min(high, last)
        return low, high

    def _range(self, equation: Equation, wire: int, step: int) -> Interval:
        """Bounds of step * wire + (the other wires, so scaled), by the equation's bits and constant."""
        scale = step * pow(equation.wires[wire], -1, self._prime)
        constant = self._integer(-equation.constant * scale)
        weights = [self._integer(-weight * scale) for weight in equation.bits.values()]
        low = constant + sum(weight for weight in weights if weight < 0)
        high = constant + sum(weight for weight in weights if weight > 0)
        return (low, high) if -self._prime < 2 * low and 2 * high < self._prime else UNBOUNDED

    def _is_stepped(self, wire: int, equations: list[Equation], known: set[int]) -> bool:
        """step * wire + known in an interval shorter than the step, by all equations with the same known part."""
        low, high = self._intervals[wire]
        groups: dict[tuple[int, tuple[tuple[int, int], ...]], Interval] = {}
        for equation in equations:
            others = {other: value for other, value in equation.wires.items() if other != wire}
            if any(other not in known for other in others):
                continue
            for unit in {abs(self._centred(value)) for value in others.values()} or {1}:
                scale = pow(unit, -1, self._prime) if not others else self._unit_scale(others)
                step = self._integer(equation.wires[wire] * scale)
                if step < 0:
                    scale, step = -scale, -step
                key = step, tuple(sorted((other, self._integer(value * scale)) for other, value in others.items()))
                first, last = self._range(equation, wire, step)
                before = groups.get(key, UNBOUNDED)
                groups[key] = max(before[0], first), min(before[1], last)
        return any(
            last - first < step and step * (high - low) + (last - first) < self._prime
            for (step, _), (first, last) in groups.items()
        )

    def is_division(self, quotient: int, divisor: int, remainder: int) -> bool:
        """Whether quotient * divisor + remainder, all bounded, stays below the prime, and remainder < divisor."""
        intervals = [self.interval(wire) for wire in (quotient, divisor, remainder)]
        (q_low, q_high), (d_low, d_high), (r_low, r_high) = intervals
        if min(q_low, d_low, r_low) < 0 or q_high * d_high + r_high >= self._prime:
            return False
        return any(self._is_below(equation, remainder, divisor) for equation in self._equations_of_wire[remainder])

    def _is_below(self, equation: Equation, remainder: int, divisor: int) -> bool:
        """Whether an equation says that divisor - remainder is at least 1: so much, and a sum of bits."""
        if equation.wires.keys() != {remainder, divisor}:
            return False
        if (equation.wires[remainder] + equation.wires[divisor]) % self._prime:
            return False
        first, last = self._range(equation, divisor, 1)
        return first >= 1 and last < self._prime // 2

    def _unit_scale(self, others: dict[int, int]) -> int:
        """What makes the first known wire's coefficient 1."""
        return pow(others[min(others)], -1, self._prime)

    def _weight(self, value: int) -> int:
        """The integer that a weight is meant as: a power of two, or the one nearest to 0."""
        return value if value & (value - 1) == 0 else self._centred(value)

    def _integer(self, value: int) -> int:
        return self._centred(value % self._prime)

    def _centred(self, value: int) -> int:
        return value - self._prime if 2 * value > self._prime else value
