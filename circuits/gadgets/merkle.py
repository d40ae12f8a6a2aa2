"""Quad Merkle trees: each node is the Poseidon hash of its four children, depth fixed by the circuit.

Leaves must be hashed under a tag, or be otherwise impossible as nodes: a node has no tag (four inputs, 295
constraints), so the depth, which is the circuit's, and the leaf's own hash are what keeps a node from being shown as a
leaf.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, public, subcircuit
from circuits.gadgets.example import Example
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR

ARITY: Final = 4
RULE_ROOT: Final = "NotInTree"
RULE_POSITION: Final = "NotAPosition"


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a path: the four children in order, and which of them the path goes through, low bit first."""

    children: tuple[Wire, Wire, Wire, Wire]
    position: tuple[Wire, Wire]


@dataclass(frozen=True, slots=True)
class Update:
    """The roots before and after one leaf was replaced."""

    old_root: Wire
    new_root: Wire


def assert_positions(c: Builder, path: Sequence[Level]) -> Wire:
    """Asserts that every bit of the positions is one, and gives the leaf's index in the tree. Cost: 2 a level."""
    with c.rule(RULE_POSITION):
        bits = [bit for level in path for bit in level.position]
        for bit in bits:
            c.assert_product(bit, bit - 1, 0)
    return c.linear((1 << i, bit) for i, bit in enumerate(bits))


@subcircuit
def parent(c: Builder, node: Wire, level: Level) -> Wire:
    """Asserts that the child at the position is `node`, and gives their hash.

    Precondition: the position's wires are bits (`assert_positions`, or a decomposition of the index). Cost: 298: three
    to pick the child, 295 to hash. Beyond: with other values any combination of the children would pass for the node.
    """
    first, second, third, fourth = level.children
    low, high = level.position
    left = first + c.product(low, second - first)
    right = third + c.product(low, fourth - third)
    c.assert_product(high, right - left, node - left)
    return poseidon(c, level.children)


@subcircuit
def parents(c: Builder, old: Wire, new: Wire, level: Level) -> tuple[Wire, Wire]:
    """As `parent` for `old`, and the hash after it is replaced by `new`. The siblings and position are shared.

    Precondition: as for `parent`. Cost: 596.
    """
    change = new - old
    low, high = level.position
    on_low = c.product(low, change)
    on_high = c.product(high, change)
    on_both = c.product(low, on_high)
    changes = (change - on_low - on_high + on_both, on_low - on_both, on_high - on_both, on_both)
    changed = [child + part for child, part in zip(level.children, changes, strict=True)]
    return parent(c, old, level), poseidon(c, changed)


def merkle_root(c: Builder, leaf: Wire, path: Sequence[Level]) -> Wire:
    """The root above a leaf, the lowest level first. Precondition as for `parent`.

    Cost: 298 a level, 300 with the two bits of its position.
    """
    _check(path)
    node = leaf
    for level in path:
        node = parent(c, node, level)
    return node


def updated_roots(c: Builder, old_leaf: Wire, new_leaf: Wire, path: Sequence[Level]) -> Update:
    """The roots before and after a leaf is replaced. Precondition as for `parent`.

    Cost: 596 a level, 598 with the two bits of its position, which serve both.
    """
    _check(path)
    old, new = old_leaf, new_leaf
    for level in path:
        old, new = parents(c, old, new, level)
    return Update(old, new)


def levels(children: Sequence[Sequence[Wire]], positions: Sequence[Sequence[Wire]]) -> list[Level]:
    """A path from wires in shapes (depth, 4) and (depth, 2)."""
    return [
        Level((first, second, third, fourth), (low, high))
        for (first, second, third, fourth), (low, high) in zip(children, positions, strict=True)
    ]


def _check(path: Sequence[Level]) -> None:
    if not path:
        raise CircuitDefinitionError("a path needs a level: without one the root is the leaf")


def path_of_integers(leaves: Sequence[int], depth: int, index: int) -> tuple[list[list[int]], list[list[int]], int]:
    """The twin: children and position bits of each level, lowest first, and the root, of a tree of 4^depth leaves."""
    nodes, children, positions = list(leaves), [], []
    for _ in range(depth):
        first = index - index % ARITY
        children.append(nodes[first : first + ARITY])
        positions.append([index & 1, index >> 1 & 1])
        nodes = [poseidon_of_integers(nodes[at : at + ARITY]) for at in range(0, len(nodes), ARITY)]
        index //= ARITY
    return children, positions, nodes[0]


DEPTH: Final = 2


def _define_membership(c: Builder, root: Wire, leaf: Wire, children: Any, positions: Any) -> Wire:
    path = levels(children, positions)
    index = assert_positions(c, path)
    with c.rule(RULE_ROOT):
        c.assert_equal(merkle_root(c, leaf, path), root)
    return index


def _define_update(
    c: Builder, old_root: Wire, old_leaf: Wire, new_leaf: Wire, children: Any, positions: Any
) -> dict[str, Wire]:
    path = levels(children, positions)
    index = assert_positions(c, path)
    with c.rule(RULE_ROOT):
        update = updated_roots(c, old_leaf, new_leaf, path)
        c.assert_equal(update.old_root, old_root)
    return {"new_root": update.new_root, "index": index}


def _tree(random: Random) -> tuple[list[int], int]:
    leaves = [random.choice((0, random.randrange(FR))) for _ in range(ARITY**DEPTH)]
    return leaves, random.randrange(len(leaves))


def _member(random: Random) -> dict[str, Any]:
    leaves, index = _tree(random)
    children, positions, root = path_of_integers(leaves, DEPTH, index)
    return {"root": root, "leaf": leaves[index], "children": children, "positions": positions}


def _update(random: Random) -> dict[str, Any]:
    leaves, index = _tree(random)
    children, positions, root = path_of_integers(leaves, DEPTH, index)
    return {
        "old_root": root,
        "old_leaf": leaves[index],
        "new_leaf": random.choice((0, random.randrange(FR))),
        "children": children,
        "positions": positions,
    }


def _refused(make: Any, root: str, leaf: str) -> Any:
    def refused(random: Random) -> Iterator[tuple[str, InputValues]]:
        yield RULE_ROOT, _changed(make(random), root, 1)
        yield RULE_ROOT, _changed(make(random), leaf, 1)
        for level in range(DEPTH):
            for bit in range(2):
                inputs = make(random)
                inputs["positions"][level][bit] = random.choice((2, FR - 1, (FR + 1) // 2))
                yield RULE_POSITION, inputs
            inputs = make(random)
            child = random.randrange(ARITY)
            inputs["children"][level][child] = (inputs["children"][level][child] + 1) % FR
            yield RULE_ROOT, inputs

    return refused


def _changed(inputs: dict[str, Any], name: str, by: int) -> dict[str, Any]:
    return {**inputs, name: (inputs[name] + by) % FR}


_PATH = {"children": private(DEPTH, ARITY), "positions": private(DEPTH, 2)}

EXAMPLES: Final = (
    Example(
        f"merkle_root_{DEPTH}",
        Circuit(f"merkle_root_{DEPTH}", _define_membership, {"root": public(), "leaf": private(), **_PATH}),
        _member,
        _refused(_member, "root", "leaf"),
    ),
    Example(
        f"merkle_update_{DEPTH}",
        Circuit(
            f"merkle_update_{DEPTH}",
            _define_update,
            {"old_root": public(), "old_leaf": private(), "new_leaf": private(), **_PATH},
        ),
        _update,
        _refused(_update, "old_root", "old_leaf"),
    ),
)
