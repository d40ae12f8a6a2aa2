"""Poseidon over Fr, circomlib's: the hash that everything in a circuit is bound by.

Grassi and others, "Poseidon: a new hash function for zero-knowledge proof systems" (USENIX Security 2021); constants
and numbers of rounds as in `primitives.poseidon`, the twin on integers. Constants and mixing are free, an S-box
x^5 is three constraints, and the first S-box of the state's first element has a constant input and costs none.

The hash is one element of the last state, a sum of m_i x_i^5. Every m_i is a fifth power in Fr, so this is a sum of
plain fifth powers, and two of them together take five constraints instead of six, see `sum_of_two_fifth_powers`.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, subcircuit
from circuits.gadgets.example import Example
from primitives.poseidon import FULL_ROUNDS, MAX_ARITY, mds_matrix, partial_rounds, round_constants
from prover.bn254 import FR

FIFTH_ROOT: Final = pow(5, -1, FR - 1)
"""x^FIFTH_ROOT is the fifth root of x: there is one, since 5 does not divide r - 1."""


@subcircuit
def poseidon(c: Builder, inputs: Sequence[Wire]) -> Wire:
    """The hash of 1 to 16 wires.

    Asserts nothing: the result is determined by the inputs. No precondition. Cost: `poseidon_cost(len(inputs))`, which
    is 239 for two, 295 for four, 601 for sixteen. Raises `CircuitDefinitionError` for another number of inputs.
    """
    if not 1 <= len(inputs) <= MAX_ARITY:
        raise CircuitDefinitionError(
            f"Poseidon takes 1 to {MAX_ARITY} inputs, not {len(inputs)}: hash in several steps"
        )
    width = len(inputs) + 1
    constants, matrix = round_constants(width), mds_matrix(width)
    partial = range(FULL_ROUNDS // 2, FULL_ROUNDS // 2 + partial_rounds(width))
    state: list[Wire] = [c.constant(0), *inputs]
    last_round = FULL_ROUNDS + len(partial) - 1
    for round_index in range(last_round):
        state = [wire + constants[round_index * width + i] for i, wire in enumerate(state)]
        boxed = 1 if round_index in partial else width
        state = [fifth_power(c, wire) if i < boxed else wire for i, wire in enumerate(state)]
        state = [c.linear(zip(row, state, strict=True)) for row in matrix]
    state = [wire + constants[last_round * width + i] for i, wire in enumerate(state)]
    return sum_of_fifth_powers(c, matrix[0], state)


def sum_of_fifth_powers(c: Builder, factors: Sequence[int], wires: Sequence[Wire]) -> Wire:
    """The sum of factor * wire^5, by pairs. Cost: 5 a pair, 3 for the one that may be left over."""
    scaled = [wire * pow(factor, FIFTH_ROOT, FR) for factor, wire in zip(factors, wires, strict=True)]
    pairs = [sum_of_two_fifth_powers(c, x, y) for x, y in zip(scaled[::2], scaled[1::2], strict=False)]
    return c.sum([*pairs, fifth_power(c, scaled[-1])] if len(scaled) % 2 else pairs)


def sum_of_two_fifth_powers(c: Builder, x: Wire, y: Wire) -> Wire:
    """x^5 + y^5 = s (s^4 + 10 s^2 d^2 + 5 d^4) / 16 with s = x + y, d = x - y. Cost: 5.

    The bracket is (s^2 + 5 d^2)^2 - 20 d^4. It has no factors, since 5 is not a square in Fr.
    """
    total, difference = x + y, x - y
    a, b = c.product(total, total), c.product(difference, difference)
    mixed = a + 5 * b
    bracket = c.product(mixed, mixed) - 20 * c.product(b, b)
    return c.product(total, bracket * pow(16, -1, FR))


def fifth_power(c: Builder, x: Wire) -> Wire:
    """x^5. Cost: 3, and none for a constant."""
    square = c.product(x, x)
    return c.product(c.product(square, square), x)


def poseidon_cost(arity: int) -> int:
    """Constraints of a hash of `arity` inputs: three an S-box, less one for each pair in the last round."""
    width = arity + 1
    return 3 * (FULL_ROUNDS * width - 1 + partial_rounds(width)) - width // 2


def hash_with_tag(c: Builder, tag: int, inputs: Sequence[Wire]) -> Wire:
    """The hash of a tag and up to 15 wires: what is hashed for one use is no hash for another.

    Asserts nothing. Precondition: uses that must not be confused have different tags, or different numbers of inputs.
    Cost: that of one input more, `poseidon_cost(1 + len(inputs))`. Beyond: without a tag a Merkle node is also a leaf.
    """
    return poseidon(c, [c.constant(tag), *inputs])


def _example(arity: int) -> Example:
    def define(c: Builder, inputs: Sequence[Wire]) -> Wire:
        return poseidon(c, inputs)

    def honest(random: Random) -> InputValues:
        return {"inputs": [random.choice((0, 1, FR - 1, random.randrange(FR))) for _ in range(arity)]}

    name = f"poseidon_{arity}"
    return Example(name, Circuit(name, define, {"inputs": private(arity)}), honest)


EXAMPLES: Final = tuple(_example(arity) for arity in (1, 2, 4, 5, 16))
