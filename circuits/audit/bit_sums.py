"""Sums of bits with weights: other bits for the same value modulo the prime, its alias among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Final

from circuits.audit.system import Form, value_of

SLACK: Final = -1
"""Stands for the bit that no wire has."""


def rewritten_bits(
    form: Form,
    witness: Sequence[int],
    changeable: frozenset[int] | set[int],
    prime: int,
    random: Random,
    slack: int = 0,
) -> Mapping[int, int] | None:
    """New values in {0, 1} for wires of `changeable`, so that `form` is 0 or `slack`; `None` if it is seen no way.

    The weights must increase faster than their sum, as those of a radix do. Where several integers stand for the value
    that is needed (v, v + prime …), any one is taken.
    """
    terms = [(wire, weight) for wire, weight in form if wire in changeable]
    if not terms:
        return None
    rest = value_of(form, witness) - sum(weight * witness[wire] for wire, weight in terms)
    if slack:
        terms.append((SLACK, -slack % prime))
    for group in _radix_groups(terms, prime):
        chosen = {wire for wire, _, _ in group}
        fixed = rest + sum(weight * witness[wire] for wire, weight in terms if wire not in chosen and wire != SLACK)
        scale = group[0][2]
        needed = -fixed * scale % prime
        total = sum(weight for _, weight, _ in group)
        if needed > total:
            continue
        aliases = range(needed, total + 1, prime)
        for alias in random.sample(aliases, min(len(aliases), 4)):
            bits = _digits(alias, group)
            if bits is not None:
                return {wire: bit for wire, bit in bits.items() if wire != SLACK}
    return None


def _radix_groups(terms: list[tuple[int, int]], prime: int) -> list[list[tuple[int, int, int]]]:
    """Groups of (wire, weight, scale): weights times scale, that increase faster than their sum, lowest first."""
    smallest = min(min(weight, prime - weight) for _, weight in terms)
    scales = {1, prime - 1, pow(smallest, -1, prime), -pow(smallest, -1, prime) % prime}
    groups = []
    for scale in scales:
        scaled = sorted((weight * scale % prime, wire) for wire, weight in terms)
        group: list[tuple[int, int, int]] = []
        total = 0
        for weight, wire in scaled:
            is_power = weight & (weight - 1) == 0
            if weight > total and (2 * weight < prime or is_power):
                group.append((wire, weight, scale))
                total += weight
        if group:
            groups.append(group)
    return sorted(groups, key=len, reverse=True)


def _digits(value: int, group: list[tuple[int, int, int]]) -> Mapping[int, int] | None:
    bits = {}
    for wire, weight, _ in reversed(group):
        bits[wire] = int(value >= weight)
        value -= weight * bits[wire]
    return bits if value == 0 else None
