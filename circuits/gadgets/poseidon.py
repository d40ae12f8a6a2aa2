"""Poseidon over Fr, circomlib's: the hash that everything in a circuit is bound by.

Grassi and others, "Poseidon: a new hash function for zero-knowledge proof systems" (USENIX Security 2021); constants
and numbers of rounds as in `prover.reference.poseidon`, the twin on integers. Constants and mixing are free, an S-box
x^5 is three constraints, and the first S-box of the state's first element has a constant input and costs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, subcircuit
from circuits.gadgets.example import Example
from prover.bn254 import FR
from prover.reference.poseidon import FULL_ROUNDS, MAX_ARITY, mds_matrix, partial_rounds, round_constants


@subcircuit
def poseidon(c: Builder, inputs: Sequence[Wire]) -> Wire:
    """The hash of 1 to 16 wires.

    Asserts nothing: the result is determined by the inputs. No precondition. Cost: `poseidon_cost(len(inputs))`, which
    is 240 for two, 297 for four, 609 for sixteen. Raises `CircuitDefinitionError` for another number of inputs.
    """
    if not 1 <= len(inputs) <= MAX_ARITY:
        raise CircuitDefinitionError(
            f"Poseidon takes 1 to {MAX_ARITY} inputs, not {len(inputs)}: hash in several steps"
        )
    width = len(inputs) + 1
    constants, matrix = round_constants(width), mds_matrix(width)
    partial = range(FULL_ROUNDS // 2, FULL_ROUNDS // 2 + partial_rounds(width))
    state: list[Wire] = [c.constant(0), *inputs]
    for round_index in range(FULL_ROUNDS + len(partial)):
        state = [wire + constants[round_index * width + i] for i, wire in enumerate(state)]
        boxed = 1 if round_index in partial else width
        state = [fifth_power(c, wire) if i < boxed else wire for i, wire in enumerate(state)]
        state = [c.linear(zip(row, state, strict=True)) for row in matrix]
    return state[0]


def fifth_power(c: Builder, x: Wire) -> Wire:
    """x^5. Cost: 3, and none for a constant."""
    square = c.product(x, x)
    return c.product(c.product(square, square), x)


def poseidon_cost(arity: int) -> int:
    """Constraints of a hash of `arity` inputs."""
    return 3 * (FULL_ROUNDS * (arity + 1) - 1 + partial_rounds(arity + 1))


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
