"""Merkle trees and hashes: positions that are no bits, nodes shown as leaves, lengths that nothing binds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from circuits.frontend import Builder, Circuit, InputValues, Wire, private, public
from circuits.gadgets.merkle import RULE_POSITION, assert_positions, levels, merkle_root
from circuits.gadgets.poseidon import hash_with_tag, poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import assert_boolean, is_equal, mux

LEAF_TAG: Final = 1


def _membership(*, checked: bool) -> Circuit:
    def define(c: Builder, leaf: Wire, children: Any, positions: Any) -> dict[str, Wire]:
        path = levels(children, positions)
        if checked:
            assert_positions(c, path)
        with c.rule("NotInTree"):
            return {"root": merkle_root(c, leaf, path)}

    inputs = {"leaf": private(), "children": private(2, 4), "positions": private(2, 2)}
    return Circuit("membership", define, inputs)


def _root(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    node = inputs["leaf"]
    for children, (low, high) in zip(inputs["children"], inputs["positions"], strict=True):
        if not {low, high} <= {0, 1} or children[low + 2 * high] != node:
            return None
        node = poseidon_of_integers(children)
    return {"root": node}


_BOTTOM: Final = (10, 20, 30, 40)
_EMPTY: Final = poseidon_of_integers((0, 0, 0, 0))
_TOP: Final = (poseidon_of_integers(_BOTTOM), 1, 2, 3)

SELECTOR = Bug(
    "selfxyz-selector",
    ("B19",),
    "a position that is no bit picks any combination of the children: a fake leaf under the true root",
    "ZB selfxyz: missing boolean constraints in the Merkle tree path",
    _membership(checked=False),
    _membership(checked=True),
    _root,
    Attack(
        {
            "leaf": 999,
            "children": (_BOTTOM, _TOP),
            "positions": (((999 - 10) * pow(20 - 10, -1, FR) % FR, 0), (0, 0)),
        }
    ),
    RULE_POSITION,
    (
        {"leaf": 20, "children": (_BOTTOM, _TOP), "positions": ((1, 0), (0, 0))},
        {"leaf": 0, "children": ((0,) * 4, (_EMPTY,) * 4), "positions": ((1, 1), (0, 1))},
    ),
    (Tool.DIFFERENTIAL,),
    varied=("positions",),
    n_neighbours=60,
)


def _sparse(*, binary: bool) -> Circuit:
    """The root above a value whose key is read from the path."""

    def define(c: Builder, value: Wire, path: Sequence[Wire], siblings: Sequence[Wire]) -> dict[str, Wire]:
        if binary:
            assert_boolean(c, *path)
        node = value
        for bit, sibling in zip(path, siblings, strict=True):
            left = mux(c, bit, sibling, node)
            node = poseidon(c, [left, node + sibling - left])
        return {"key": c.linear((1 << i, bit) for i, bit in enumerate(path)), "root": node}

    inputs = {"value": private(), "path": private(2), "siblings": private(2)}
    return Circuit("sparse_inclusion", define, inputs)


def _included(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    node, path = inputs["value"], inputs["path"]
    if not set(path) <= {0, 1}:
        return None
    for bit, sibling in zip(path, inputs["siblings"], strict=True):
        node = poseidon_of_integers((sibling, node) if bit else (node, sibling))
    return {"key": path[0] + 2 * path[1], "root": node}


def _fake_inclusion() -> Attack:
    """The root of (10, 20) and 7, under which key 3 is given the value 55 by bits that are none."""
    left, right, value = 10, 20, 55
    sibling = (left + right - value) % FR
    bit = (left - value) * pow(sibling - value, -1, FR) % FR
    return Attack({"value": value, "path": (bit, 0), "siblings": (sibling, 7)})


POLYGON_SMT = Bug(
    "polygon-fake-inclusion",
    ("B19", "B36"),
    "a key and value that are not in the tree are shown in it: the path's bits are not binary",
    "0xPARC #21, HEX#2 Polygon zkEVM: missing constraint in PIL leading to proving fake inclusion in the SMT",
    _sparse(binary=False),
    _sparse(binary=True),
    _included,
    _fake_inclusion(),
    "NotBoolean",
    ({"value": 10, "path": (0, 1), "siblings": (20, 7)}, {"value": 0, "path": (1, 1), "siblings": (0, 0)}),
    (Tool.DIFFERENTIAL,),
    varied=("path",),
)

_ACCOUNTS: Final = ((1, 500), (2, 600), (3, 700), (4, 800))


@cache
def _account_tree(*, tagged: bool) -> tuple[list[int], list[int], int]:
    leaves = [poseidon_of_integers((LEAF_TAG, *account) if tagged else account) for account in _ACCOUNTS]
    nodes = [poseidon_of_integers(leaves[i : i + 2]) for i in (0, 2)]
    return leaves, nodes, poseidon_of_integers(nodes)


def _account(*, tagged: bool) -> Circuit:
    """That an account of two words is in the tree of two levels; `short` ends the path after one of them."""

    def define(
        c: Builder, account: Sequence[Wire], siblings: Sequence[Wire], path: Sequence[Wire], short: Wire
    ) -> Wire:
        assert_boolean(c, *path, short)
        node = hash_with_tag(c, LEAF_TAG, account) if tagged else poseidon(c, account)
        roots = []
        for bit, sibling in zip(path, siblings, strict=True):
            left = mux(c, bit, sibling, node)
            node = poseidon(c, [left, node + sibling - left])
            roots.append(node)
        root = roots[1] if tagged else mux(c, short, roots[0], roots[1])
        with c.rule("NotInTree"):
            c.assert_equal(root, _account_tree(tagged=tagged)[2])
            if tagged:
                c.assert_zero(short)
        return c.sum(account)

    inputs = {"account": private(2), "siblings": private(2), "path": private(2), "short": private()}
    return Circuit("account", define, inputs)


def _account_inputs(index: int, *, tagged: bool = False) -> dict[str, Any]:
    leaves, nodes, _ = _account_tree(tagged=tagged)
    return {
        "account": _ACCOUNTS[index],
        "siblings": (leaves[index ^ 1], nodes[index // 2 ^ 1]),
        "path": (index & 1, index >> 1),
        "short": 0,
    }


def _in_accounts(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    for index, account in enumerate(_ACCOUNTS):
        if {**_account_inputs(index), "account": account} == {
            name: tuple(value) if isinstance(value, list) else value for name, value in inputs.items()
        }:
            return {"out": sum(account) % FR}
    return None


def _retagged(inputs: InputValues) -> InputValues:
    """With the siblings of the tree whose leaves have a tag."""
    for index in range(len(_ACCOUNTS)):
        if inputs["siblings"] == _account_inputs(index)["siblings"]:
            return {**inputs, "siblings": _account_inputs(index, tagged=True)["siblings"]}
    return inputs


def _node_as_account() -> dict[str, Any]:
    leaves, nodes, _ = _account_tree(tagged=False)
    return {"account": (leaves[0], leaves[1]), "siblings": (nodes[1], 0), "path": (0, 0), "short": 1}


NODE_AS_LEAF = Bug(
    "ginger-lib-node-as-leaf",
    ("A11",),
    "an inner node is shown as an account: no tag tells them apart, and the path may be shorter by one",
    "ginger-lib#110: an inner node presented as a leaf",
    _account(tagged=False),
    _account(tagged=True),
    _in_accounts,
    Attack(_node_as_account()),
    "NotInTree",
    tuple(_account_inputs(index) for index in (0, 3)),
    (Tool.DIFFERENTIAL,),
    restated=_retagged,
    corpus=(_node_as_account(),),
    varied=("path", "short"),
    n_neighbours=40,
)


def _message(*, padding_checked: bool) -> Circuit:
    """The hash of up to three words, with a 1 after them and zeros up to four."""

    def define(c: Builder, words: Sequence[Wire], length: Wire) -> Wire:
        if padding_checked:
            flags = [is_equal(c, length, c.constant(place)) for place in range(4)]
            with c.rule("NotPadded"):
                c.assert_equal(c.sum(flags), 1)
                for place, word in enumerate(words):
                    after = c.sum(flags[:place])
                    c.assert_product(after, word, 0)
                    c.assert_product(flags[place], word - 1, 0)
        return poseidon(c, words)

    return Circuit("message", define, {"words": private(4), "length": public()})


def _padded(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    words, length = inputs["words"], inputs["length"]
    if length > 3 or list(words[length:]) != [1, *[0] * (3 - length)]:
        return None
    return {"out": poseidon_of_integers(words)}


LENGTH_EXTENSION = Bug(
    "soroban-poseidon-length",
    ("A10", "B33"),
    "(1, 2) and (1, 2, 0) have one hash: the length is bound by nothing",
    "soroban-poseidon advisory: variable length without padding",
    _message(padding_checked=False),
    _message(padding_checked=True),
    _padded,
    Attack({"words": (1, 2, 0, 0), "length": 3}),
    "NotPadded",
    ({"words": (1, 2, 1, 0), "length": 2}, {"words": (5, 6, 7, 1), "length": 3}, {"words": (1, 0, 0, 0), "length": 0}),
    (Tool.DIFFERENTIAL,),
)


BUGS: Final = (SELECTOR, POLYGON_SMT, NODE_AS_LEAF, LENGTH_EXTENSION)
