"""Integers in boxes for which a linear form is zero modulo the prime: all of them, where they are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import TypeAlias

from circuits.audit.system import Form

Box: TypeAlias = tuple[int, int]
"""The least and the greatest value."""

_MOST_WRAPS = 8
_MOST_CHOICES = 8
_MOST_PARTIAL = 64

Term: TypeAlias = tuple[int, int, Box]
"""A wire, its coefficient, signed, and its box."""


def signed(value: int, prime: int) -> int:
    """The representative between -prime / 2 and prime / 2."""
    value %= prime
    return value - prime if value > prime // 2 else value


@dataclass(frozen=True, slots=True)
class Zeros:
    """Assignments for which a form is 0; `is_all` if there are no others."""

    found: list[dict[int, int]]
    is_all: bool


def zeros_in(form: Form, boxes: Mapping[int, Box], prime: int) -> Zeros:
    """Assignments of the form's wires, each in its box, for which it is 0: all, or some where they may be many.

    Wire 0 is the constant 1. Raises `KeyError` for a wire without a box.
    """
    weights = {wire: signed(value, prime) for wire, value in form}
    single = {wire: boxes[wire][0] for wire in weights if wire and boxes[wire][0] == boxes[wire][1]}
    constant = weights.get(0, 0) + sum(weights[wire] * value for wire, value in single.items())
    terms = [(wire, weight, boxes[wire]) for wire, weight in weights.items() if wire and wire not in single]
    terms.sort(key=lambda term: -abs(term[1]))
    zeros = _search(terms, constant, single, prime)
    return zeros if zeros.is_all else _search(terms[::-1], constant, single, prime, zeros.found)


def _search(
    terms: Sequence[Term], constant: int, single: dict[int, int], prime: int, known: Sequence[dict[int, int]] = ()
) -> Zeros:
    """Term after term, by what the others can sum up to, and by what divides them."""
    rests, divisors = [(0, 0)], [0]
    for _, weight, (low, high) in reversed(terms):
        ends = weight * low, weight * high
        rests.append((rests[-1][0] + min(ends), rests[-1][1] + max(ends)))
        divisors.append(gcd(divisors[-1], weight))
    rests.reverse()
    divisors.reverse()
    first, last = -(-(rests[0][0] + constant) // prime), (rests[0][1] + constant) // prime
    is_all, found = last - first < _MOST_WRAPS, list(known)
    for wraps in range(first, min(last, first + _MOST_WRAPS) + 1):
        partial: list[tuple[int, dict[int, int]]] = [(wraps * prime - constant, single)]
        for (wire, weight, box), rest, divisor in zip(terms, rests[1:], divisors[1:], strict=True):
            following = []
            for target, values in partial:
                choices = _choices(target, weight, box, rest, divisor)[: _MOST_CHOICES + 1]
                is_all &= len(choices) <= _MOST_CHOICES
                following += [(target - weight * value, {**values, wire: value}) for value in choices[:_MOST_CHOICES]]
            is_all &= len(following) <= _MOST_PARTIAL
            partial = following[:_MOST_PARTIAL]
        found += [values for target, values in partial if target == 0 and values not in found]
    return Zeros(found, is_all)


def _choices(target: int, weight: int, box: Box, rest: Box, divisor: int) -> range:
    """Values in the box that leave for the other terms what they can sum up to, and what their divisor divides."""
    ends = sorted(((target - rest[0]) * (1 if weight > 0 else -1), (target - rest[1]) * (1 if weight > 0 else -1)))
    size = abs(weight)
    low, high = max(box[0], -(-ends[0] // size)), min(box[1], ends[1] // size)
    if divisor <= 1:
        return range(low, high + 1)
    common = gcd(weight, divisor)
    if target % common:
        return range(0)
    step = divisor // common
    residue = target // common * pow(weight // common, -1, step) % step
    return range(low + (residue - low) % step, high + 1, step)
