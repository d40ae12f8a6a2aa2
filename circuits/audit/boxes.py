"""Integers in boxes for which a linear form is zero modulo the prime: all of them, where they are few."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import gcd
from typing import TypeAlias

from circuits.audit.system import Form

Box: TypeAlias = tuple[int, int]
"""The least and the greatest value."""

_MOST_WRAPS = 8
_MOST_STEPS = 400


def signed(value: int, prime: int) -> int:
    """The representative between -prime / 2 and prime / 2."""
    value %= prime
    return value - prime if value > prime // 2 else value


def zeros_in(form: Form, boxes: Mapping[int, Box], prime: int) -> list[dict[int, int]] | None:
    """Every assignment of the form's wires, each in its box, for which it is 0; `None` if they may be many.

    Wire 0 is the constant 1. Raises `KeyError` for a wire without a box.
    """
    weights = {wire: signed(value, prime) for wire, value in form}
    single = {wire: boxes[wire][0] for wire in weights if wire and boxes[wire][0] == boxes[wire][1]}
    constant = weights.get(0, 0) + sum(weights[wire] * value for wire, value in single.items())
    terms = [(wire, weight, boxes[wire]) for wire, weight in weights.items() if wire and wire not in single]
    terms.sort(key=lambda term: -abs(term[1]))
    rests, divisors = [(0, 0)], [0]
    for _, weight, (low, high) in reversed(terms):
        ends = weight * low, weight * high
        rests.append((rests[-1][0] + min(ends), rests[-1][1] + max(ends)))
        divisors.append(gcd(divisors[-1], weight))
    rests.reverse()
    divisors.reverse()
    least, greatest = rests[0][0] + constant, rests[0][1] + constant
    first, last = -(-least // prime), greatest // prime
    if last - first >= _MOST_WRAPS:
        return None
    found: list[dict[int, int]] = []
    steps = _MOST_STEPS
    for wraps in range(first, last + 1):
        partial: list[tuple[int, dict[int, int]]] = [(wraps * prime - constant, single)]
        for (wire, weight, box), rest, divisor in zip(terms, rests[1:], divisors, strict=False):
            following = []
            for target, values in partial:
                if target % divisor:
                    continue
                choices = _choices(target, weight, box, rest)
                steps -= len(choices)
                if steps < 0:
                    return None
                following += [(target - weight * value, {**values, wire: value}) for value in choices]
            partial = following
        found += [values for target, values in partial if target == 0]
    return found


def _choices(target: int, weight: int, box: Box, rest: Box) -> Sequence[int]:
    """Values in the box that leave for the other terms what they can sum up to."""
    ends = sorted(((target - rest[0]) * (1 if weight > 0 else -1), (target - rest[1]) * (1 if weight > 0 else -1)))
    size = abs(weight)
    return range(max(box[0], -(-ends[0] // size)), min(box[1], ends[1] // size) + 1)
