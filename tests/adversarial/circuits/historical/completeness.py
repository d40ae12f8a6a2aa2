"""Circuits that refuse what is right: four of the 111 entries of zkbugs are of this kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import assert_range
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import assert_boolean, is_zero


def _amount(*, bits: int) -> Circuit:
    """An amount of 16 bits, doubled."""

    def define(c: Builder, amount: Wire) -> Wire:
        assert_range(c, amount, bits)
        return amount + amount

    return Circuit("amount", define, {"amount": public()})


MAXIMUM_REFUSED = Bug(
    "maximum-refused",
    ("B37",),
    "the greatest amount that the specification allows has no witness: one bit too few",
    "ZB: completeness; checklist B37: max values are always provable",
    _amount(bits=15),
    _amount(bits=16),
    lambda x: {"out": 2 * x["amount"]} if x["amount"] < 1 << 16 else None,
    Attack({"amount": (1 << 16) - 1}),
    "",
    ({"amount": 0}, {"amount": 12345}),
    (Tool.DIFFERENTIAL,),
)


def _tree_only(*, always: bool) -> Circuit:
    """A hash with a domain: for trees the domain is 0, for messages it is the message's length."""

    def define(c: Builder, words: Sequence[Wire], domain: Wire, is_tree: Wire) -> Wire:
        assert_boolean(c, is_tree)
        with c.rule("DomainOfATree"):
            c.assert_product(c.constant(1) if always else is_tree, domain, 0)
        return poseidon(c, [*words, domain])

    return Circuit("tree_only", define, {"words": private(2), "domain": private(), "is_tree": private()})


def _with_domain(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    if inputs["is_tree"] > 1 or (inputs["is_tree"] and inputs["domain"]):
        return None
    return {"out": poseidon_of_integers([*inputs["words"], inputs["domain"]])}


TREE_ONLY = Bug(
    "scroll-poseidon-mpt-only",
    ("B37",),
    "what holds for trees is demanded of every message, so none but those with domain 0 can be hashed",
    "ZB Scroll poseidon-circuit (Zellic): mpt_only being true leads to overconstrained circuits",
    _tree_only(always=True),
    _tree_only(always=False),
    _with_domain,
    Attack({"words": (1, 2), "domain": 64, "is_tree": 0}),
    "",
    ({"words": (1, 2), "domain": 0, "is_tree": 1}, {"words": (3, 4), "domain": 0, "is_tree": 0}),
    (Tool.DIFFERENTIAL,),
)


def _average(*, empty_allowed: bool) -> Circuit:
    """The average risk of n segments in the field, 0 where there is none."""

    def define(c: Builder, total: Wire, segments: Wire) -> Wire:
        none = is_zero(c, segments) if empty_allowed else c.constant(0)
        inverse = c.witness(c.advice(segments + none).inverse(), "inverse")
        with c.rule("DivisionByZero"):
            c.assert_product(segments + none, inverse, 1)
        return (1 - none) * total * inverse

    return Circuit("average", define, {"total": public(), "segments": public()})


NO_SEGMENTS = Bug(
    "stark-perpetual-no-segments",
    ("B37", "B21"),
    "a batch without risk segments cannot be proved at all",
    "ZB stark-perpetual (ABDK): cannot handle the case when n_risk_factor_segments is zero",
    _average(empty_allowed=False),
    _average(empty_allowed=True),
    lambda x: {"out": x["total"] * pow(x["segments"], FR - 2, FR) % FR},
    Attack({"total": 0, "segments": 0}),
    "",
    ({"total": 10, "segments": 5}, {"total": 0, "segments": 1}),
    (Tool.DIFFERENTIAL,),
)

BUGS: Final = (MAXIMUM_REFUSED, TREE_ONLY, NO_SEGMENTS)
