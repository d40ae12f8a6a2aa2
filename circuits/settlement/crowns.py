"""The top of a tree, opened once for a whole batch instead of once for every path through it.

All paths of a batch meet near the root. The nodes of one level below it, the *crown*, are inputs; hashing them gives
the root, and a path ends at the crown's node that its place names. A crown of 4^k nodes costs (4^k - 1) / 3 hashes
once, and saves k levels of every path.
"""

from __future__ import annotations

from collections.abc import Sequence

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.matrix_product import inner_product
from circuits.gadgets.merkle import ARITY
from circuits.gadgets.poseidon import poseidon


def crown_size(levels: int) -> int:
    """How many nodes a crown of so many levels has."""
    return 1 << 2 * levels


def crown_root(c: Builder, nodes: Sequence[Wire]) -> Wire:
    """The root above a crown. Cost: 295 for each node above it."""
    layer = list(nodes)
    while len(layer) > 1:
        layer = [poseidon(c, layer[at : at + ARITY]) for at in range(0, len(layer), ARITY)]
    return layer[0]


@subcircuit
def place_flags(c: Builder, bits: Sequence[Wire]) -> list[Wire]:
    """For each node, whether it is the one of the place, the lowest bit first.

    Precondition: bits. Cost: 2^n - n - 1 for n bits.
    """
    flags = [c.constant(1)]
    for bit in bits:
        upper = [c.product(flag, bit) for flag in flags]
        flags = [*(flag - high for flag, high in zip(flags, upper, strict=True)), *upper]
    return flags


@subcircuit
def node_at(c: Builder, nodes: Sequence[Wire], bits: Sequence[Wire]) -> Wire:
    """The node of a place. Cost: one a node, and those of `place_flags`."""
    return inner_product(c, place_flags(c, bits), nodes)


@subcircuit
def replaced(c: Builder, nodes: Sequence[Wire], bits: Sequence[Wire], old: Wire, new: Wire) -> list[Wire]:
    """The crown after the node of a place, which is asserted to be `old`, becomes `new`.

    Cost: two a node, 1, and those of `place_flags`.
    """
    flags = place_flags(c, bits)
    c.assert_equal(inner_product(c, flags, nodes), old)
    return [node + c.product(flag, new - old) for node, flag in zip(nodes, flags, strict=True)]
