"""Choosing among wires and constants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, subcircuit
from circuits.gadgets.bits import RULE_BOOLEAN, Bit, assert_boolean, at_most_cost, decompose, keep_at_most
from circuits.gadgets.example import Example
from prover.bn254 import FR

RULE_INDEX: Final = "IndexOutOfRange"


def select(c: Builder, bit: Bit, if_one: Wire | int, if_zero: Wire | int) -> Wire:
    """One of two wires. Cost: 1, none for two constants."""
    zero = c.wire(if_zero)
    return zero + c.product(bit.wire, c.wire(if_one) - zero)


def swap(c: Builder, bit: Bit, a: Wire, b: Wire) -> tuple[Wire, Wire]:
    """(b, a) if the bit is 1, else (a, b). Cost: 1."""
    moved = c.product(bit.wire, b - a)
    return a + moved, b - moved


def mux(c: Builder, bits: Sequence[Bit], table: Sequence[Wire]) -> Wire:
    """table[i] for the integer i of bits, the lowest first. Cost: len(table) - 1."""
    _check_length(bits, table)
    layer = list(table)
    for bit in bits:
        layer = [select(c, bit, odd, even) for even, odd in zip(layer[::2], layer[1::2], strict=True)]
    return layer[0]


@subcircuit
def look_up_constants(c: Builder, bits: Sequence[Bit], *, tables: tuple[tuple[int, ...], ...]) -> list[Wire]:
    """table[i] of each table of constants, for the integer i of bits.

    Cost: 2^n - n - 1 for n bits, however many tables: the products of the bits, of which each table is a sum.
    """
    for table in tables:
        _check_length(bits, table)
    monomials: list[Wire] = [c.constant(1)]
    for bit in bits:
        monomials += [c.product(monomial, bit.wire) for monomial in monomials]
    return [c.linear(zip(_multilinear(table), monomials, strict=True)) for table in tables]


@subcircuit
def one_hot(c: Builder, index: Wire, *, n: int) -> list[Bit]:
    """n bits, of which bit `index` alone is 1; asserts that the index is below n. No precondition. Cost: n + 1."""
    if n < 2:
        raise CircuitDefinitionError(f"an index into {n} places: there must be two")
    with c.rule(RULE_INDEX):
        rest = [c.witness((c.advice(index) - i).is_zero(), f"is{i}") for i in range(1, n)]
        flags = [1 - c.sum(rest), *rest]
        for flag in flags:
            c.assert_product(flag, flag - 1, 0)
        c.assert_equal(c.linear(enumerate(flags)), index)
    return [Bit(flag) for flag in flags]


def select_by_index(c: Builder, index: Wire, table: Sequence[Wire]) -> Wire:
    """table[index]; asserts that the index is inside: beyond, there is no witness. No precondition.

    Cost: for a table of n, n - 1 and `index_cost(n)`. Raises `CircuitDefinitionError` for fewer than two places.
    """
    layer = list(table)
    for bit in index_bits(c, index, n=len(table)):
        last = layer[-1:] if len(layer) % 2 else []
        pairs = zip(layer[::2], layer[1::2], strict=False)
        layer = [*(select(c, bit, odd, even) for even, odd in pairs), *last]
    return layer[0]


@subcircuit
def index_bits(c: Builder, index: Wire, *, n: int) -> list[Bit]:
    """The bits of an index, the lowest first; asserts that it is below n. No precondition. Cost: `index_cost(n)`."""
    if n < 2:
        raise CircuitDefinitionError(f"an index into {n} places: there must be two")
    with c.rule(RULE_INDEX):
        bits = decompose(c, index, (n - 1).bit_length())
        keep_at_most(c, bits, n - 1)
    return bits


def index_cost(n: int) -> int:
    """Constraints of `index_bits`: log2 n for a power of two, else up to twice as many."""
    width = (n - 1).bit_length()
    return width + at_most_cost(width, n - 1)


def _multilinear(table: Sequence[int]) -> list[int]:
    """The coefficients of the monomials in bits, for the function that a table is."""
    coefficients = list(table)
    step = 1
    while step < len(table):
        for i in range(len(table)):
            if i & step:
                coefficients[i] -= coefficients[i - step]
        step *= 2
    return coefficients


def _check_length(bits: Sequence[Bit], table: Sequence[object]) -> None:
    if not bits or len(table) != 1 << len(bits):
        raise CircuitDefinitionError(f"{len(bits)} bits choose among {1 << len(bits)} places, not {len(table)}")


_TABLES: Final = (tuple(range(100, 108)), (5, 3, 5, 8, FR - 1, 0, 0, 2))


_PLACES: Final = 8
"""A power of two: for other tables some coefficients matter for no index, and alterations of them for nobody."""


_FLAGS: Final = 5


def _define_choices(c: Builder, bits: Sequence[Wire], table: Sequence[Wire]) -> dict[str, Wire | list[Wire]]:
    chosen = [assert_boolean(c, bit) for bit in bits]
    first, second = swap(c, chosen[1], table[0], table[1])
    return {
        "mux": mux(c, chosen, table),
        "constants": look_up_constants(c, chosen, tables=_TABLES),
        "swapped": [first, second],
    }


def _define_index(c: Builder, index: Wire, table: Sequence[Wire]) -> Wire:
    return select_by_index(c, index, table)


def _define_flags(c: Builder, index: Wire) -> dict[str, list[Wire]]:
    flags, bits = one_hot(c, index, n=_FLAGS), index_bits(c, index, n=_FLAGS)
    return {"flags": [flag.wire for flag in flags], "bits": [bit.wire for bit in bits]}


def _choices(random: Random) -> InputValues:
    return {"bits": [random.randrange(2) for _ in range(3)], "table": [random.randrange(FR) for _ in range(8)]}


def _refused_choices(random: Random) -> Iterator[tuple[str, InputValues]]:
    for i in range(3):
        bits = [random.randrange(2) for _ in range(3)]
        bits[i] = random.choice((2, FR - 1))
        yield RULE_BOOLEAN, {"bits": bits, "table": [random.randrange(FR) for _ in range(8)]}


def _index(random: Random) -> InputValues:
    return {"index": random.randrange(_PLACES), "table": [random.randrange(FR) for _ in range(_PLACES)]}


def _refused_index(random: Random) -> Iterator[tuple[str, InputValues]]:
    for index in (_PLACES, FR - 1, random.randrange(_PLACES, FR)):
        yield RULE_INDEX, {"index": index, "table": [random.randrange(FR) for _ in range(_PLACES)]}


def _flags(random: Random) -> InputValues:
    return {"index": random.randrange(_FLAGS)}


def _refused_flags(random: Random) -> Iterator[tuple[str, InputValues]]:
    for index in (_FLAGS, FR - 1, random.randrange(_FLAGS, FR)):
        yield RULE_INDEX, {"index": index}


EXAMPLES: Final = (
    Example(
        "choices",
        Circuit("choices", _define_choices, {"bits": private(3), "table": private(8)}),
        _choices,
        _refused_choices,
    ),
    Example(
        "select_by_index",
        Circuit("select_by_index", _define_index, {"index": private(), "table": private(_PLACES)}),
        _index,
        _refused_index,
    ),
    Example("one_hot", Circuit("one_hot", _define_flags, {"index": private()}), _flags, _refused_flags),
)
