"""Two changes of one state in one step: the second must see what the first did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private
from circuits.gadgets.compare import RULE_ZERO, assert_not_zero
from circuits.gadgets.merkle import assert_positions, levels, updated_roots
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import is_equal, mux


def _two_updates(*, chained: bool) -> Circuit:
    """A debit and a credit in a tree of four balances, each with its path."""

    def define(c: Builder, amount: Wire, leaves: Any, children: Any, positions: Any) -> dict[str, Wire]:
        first, second = (levels(children[i : i + 1], positions[i : i + 1]) for i in range(2))
        assert_positions(c, [*first, *second])
        with c.rule("NotInTree"):
            debit = updated_roots(c, leaves[0], leaves[0] - amount, first)
            credit = updated_roots(c, leaves[1], leaves[1] + amount, second)
        with c.rule("StalePath"):
            stale = c.constant(1) if chained else credit.old_root - debit.old_root
            c.assert_product(credit.old_root - debit.new_root, stale, 0)
        return {"old": debit.old_root, "new": credit.new_root}

    shapes = {"amount": private(), "leaves": private(2), "children": private(2, 4), "positions": private(2, 2)}
    return Circuit("two_updates", define, shapes)


def _transfer(balances: tuple[int, ...], sender: int, receiver: int, amount: int, *, stale: bool) -> dict[str, Any]:
    between = [balance - (amount if place == sender else 0) for place, balance in enumerate(balances)]
    seen = list(balances) if stale else between
    return {
        "amount": amount,
        "leaves": (balances[sender], seen[receiver]),
        "children": (balances, tuple(seen)),
        "positions": ((sender & 1, sender >> 1), (receiver & 1, receiver >> 1)),
    }


def _transferred(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    places = []
    for (low, high), children, leaf in zip(inputs["positions"], inputs["children"], inputs["leaves"], strict=True):
        if not {low, high} <= {0, 1} or children[low + 2 * high] != leaf:
            return None
        places.append(low + 2 * high)
    balances = list(inputs["children"][0])
    old = poseidon_of_integers(balances)
    balances[places[0]] = (balances[places[0]] - inputs["amount"]) % FR
    if list(inputs["children"][1]) != balances:
        return None
    balances[places[1]] = (balances[places[1]] + inputs["amount"]) % FR
    return {"old": old, "new": poseidon_of_integers(balances)}


NOT_ATOMIC = Bug(
    "light-not-atomic",
    ("B31",),
    "the second update begins from the state before the first, which is lost: a credit without its debit",
    "0xPARC #26 Light Protocol: modification of shared state is not an atomic operation",
    _two_updates(chained=False),
    _two_updates(chained=True),
    _transferred,
    Attack(_transfer((100, 200, 300, 400), 1, 2, 50, stale=True)),
    "StalePath",
    (
        _transfer((100, 200, 300, 400), 1, 2, 50, stale=False),
        _transfer((7, 0, 0, 0), 0, 0, 7, stale=False),
    ),
    (Tool.DIFFERENTIAL,),
    corpus=(_transfer((5, 6, 7, 8), 3, 3, 1, stale=True), _transfer((5, 6, 7, 8), 0, 1, 5, stale=True)),
    n_neighbours=20,
)


def _positions_in_one_vault(*, distinct: bool) -> Circuit:
    """Two positions of a vault change by the same amount; the receiver's new balance is made from the old vault."""

    def define(c: Builder, vault: Sequence[Wire], sender: Wire, receiver: Wire, amount: Wire) -> dict[str, Any]:
        senders = [is_equal(c, sender, c.constant(place)) for place in range(3)]
        receivers = [is_equal(c, receiver, c.constant(place)) for place in range(3)]
        with c.rule("NoSuchPosition"):
            c.assert_equal(c.sum(senders), 1)
            c.assert_equal(c.sum(receivers), 1)
        if distinct:
            assert_not_zero(c, sender - receiver)
        after = []
        for balance, sends, receives in zip(vault, senders, receivers, strict=True):
            debited = balance - sends * amount
            after.append(mux(c, receives, balance + amount, debited))
        return {"vault": after}

    inputs = {"vault": private(3), "sender": private(), "receiver": private(), "amount": private()}
    return Circuit("deleverage", define, inputs)


def _deleveraged(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    vault, sender, receiver = list(inputs["vault"]), inputs["sender"], inputs["receiver"]
    if sender > 2 or receiver > 2 or sender == receiver:
        return None
    vault[sender] -= inputs["amount"]
    vault[receiver] += inputs["amount"]
    return {f"vault[{place}]": balance % FR for place, balance in enumerate(vault)}


NOT_DISTINCT = Bug(
    "stark-perpetual-positions",
    ("B31",),
    "who pays himself is credited and never debited",
    "STK deleverage L48: the two positions must be distinct",
    _positions_in_one_vault(distinct=False),
    _positions_in_one_vault(distinct=True),
    _deleveraged,
    Attack({"vault": (10, 20, 30), "sender": 1, "receiver": 1, "amount": 5}),
    RULE_ZERO,
    (
        {"vault": (10, 20, 30), "sender": 1, "receiver": 0, "amount": 5},
        {"vault": (10, 20, 30), "sender": 2, "receiver": 1, "amount": 30},
    ),
    (Tool.DIFFERENTIAL,),
    n_neighbours=400,
)

BUGS: Final = (NOT_ATOMIC, NOT_DISTINCT)
