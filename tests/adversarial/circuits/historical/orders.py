"""Orders: nonces, storage slots, limits and prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import RULE_RANGE, assert_range
from circuits.gadgets.compare import RULE_LESS_OR_EQUAL, assert_less_or_equal
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import from_bits, is_equal, num2bits


def _nonce(*, wraps: bool) -> Circuit:
    """The next nonce, of 16 bits."""

    def define(c: Builder, nonce: Wire) -> Wire:
        assert_range(c, nonce, 16)
        if wraps:
            return from_bits(c, num2bits(c, nonce + 1, 17)[:16])
        assert_range(c, nonce + 1, 16)
        return nonce + 1

    return Circuit("nonce", define, {"nonce": public()})


NONCE_OVERFLOW = Bug(
    "nonce-overflow",
    ("B26",),
    "after 2^16 - 1 comes 0, and every signed order of the past is valid again",
    "checklist B26: overflow 2^n - 1 -> 0",
    _nonce(wraps=True),
    _nonce(wraps=False),
    lambda x: {"out": x["nonce"] + 1} if x["nonce"] < (1 << 16) - 1 else None,
    Attack({"nonce": (1 << 16) - 1}),
    RULE_RANGE,
    ({"nonce": 0}, {"nonce": (1 << 16) - 2}),
    (Tool.DIFFERENTIAL,),
)


def _nonce_changed(*, constrained: bool) -> Circuit:
    """An account before and after a transaction with its nonce."""

    def define(c: Builder, nonce: Wire, order_nonce: Wire, balance: Wire) -> dict[str, Wire]:
        with c.rule("WrongNonce"):
            c.assert_equal(order_nonce, nonce)
        new_nonce = c.witness(c.advice(nonce) + 1, "new_nonce")
        if constrained:
            with c.rule("NonceNotIncremented"):
                c.assert_equal(new_nonce, nonce + 1)
        return {"old": poseidon(c, [nonce, balance]), "new": poseidon(c, [new_nonce, balance])}

    return Circuit("nonce_changed", define, {"nonce": private(), "order_nonce": private(), "balance": private()})


def _incremented(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    nonce, balance = inputs["nonce"], inputs["balance"]
    if inputs["order_nonce"] != nonce:
        return None
    new = poseidon_of_integers([(nonce + 1) % FR, balance])
    return {"old": poseidon_of_integers([nonce, balance]), "new": new}


NONCE_CHANGED = Bug(
    "scroll-nonce-changed",
    ("B26", "B16"),
    "the new nonce is what the prover writes: skip, repeat, or a number of any length",
    "ZB Scroll mpt-circuit (Trail of Bits): NonceChanged does not constrain the new nonce value",
    _nonce_changed(constrained=False),
    _nonce_changed(constrained=True),
    _incremented,
    Attack({"nonce": 7, "order_nonce": 7, "balance": 100}, {"new_nonce": 7}),
    "NonceNotIncremented",
    ({"nonce": 7, "order_nonce": 7, "balance": 100},),
    (Tool.LIES, Tool.UNIQUENESS),
)


def _slot(*, smaller_refused: bool) -> Circuit:
    """What is filled of an order whose slot, its lower bits, may hold another order's fill: then nothing is filled."""

    def define(c: Builder, order: Wire, stored: Wire, filled: Wire, fill: Wire, amount: Wire) -> dict[str, Wire]:
        order_bits, stored_bits = num2bits(c, order, 8, "order"), num2bits(c, stored, 8, "stored")
        with c.rule("AnotherSlot"):
            c.assert_equal(from_bits(c, order_bits[:3]), from_bits(c, stored_bits[:3]))
        if smaller_refused:
            with c.rule("OrderReplaced"):
                num2bits(c, order - stored, 8, "newer")
        so_far = is_equal(c, order, stored) * filled
        total = assert_range(c, so_far + fill, 16)
        assert_range(c, fill, 16)
        assert_less_or_equal(c, total, assert_range(c, amount, 16))
        return {"stored": order, "filled": total.wire}

    names = ("order", "stored", "filled", "fill", "amount")
    return Circuit("slot", define, {name: private() for name in names})


def _filled(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    order, stored, amount = inputs["order"], inputs["stored"], inputs["amount"]
    if not (stored <= order < 256) or order % 8 != stored % 8 or amount >> 16 or inputs["fill"] >> 16:
        return None
    total = (inputs["filled"] if order == stored else 0) + inputs["fill"]
    return {"stored": order, "filled": total % FR} if total % FR <= amount else None


ORDER_ALIASING = Bug(
    "loopring-order-aliasing",
    ("B28",),
    "an order that a newer one replaced in its slot counts as unfilled, and is filled once more",
    "LPD Order Aliasing: a smaller storage id must be refused",
    _slot(smaller_refused=False),
    _slot(smaller_refused=True),
    _filled,
    Attack({"order": 3, "stored": 11, "filled": 50, "fill": 100, "amount": 100}),
    "OutOfRange",
    (
        {"order": 11, "stored": 3, "filled": 50, "fill": 100, "amount": 100},
        {"order": 11, "stored": 11, "filled": 50, "fill": 50, "amount": 100},
    ),
    (Tool.DIFFERENTIAL,),
    n_neighbours=400,
)


def _fill(*, total_checked: bool) -> Circuit:
    def define(c: Builder, filled: Wire, fill: Wire, amount: Wire) -> Wire:
        before, added, limit = (assert_range(c, wire, 16) for wire in (filled, fill, amount))
        del before
        checked = assert_range(c, filled + fill, 17) if total_checked else added
        assert_less_or_equal(c, checked, limit)
        return filled + fill

    return Circuit("fill", define, {"filled": private(), "fill": private(), "amount": private()})


def _fill_of(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    filled, fill, amount = inputs["filled"], inputs["fill"], inputs["amount"]
    in_range = max(filled, fill, amount) < 1 << 16
    return {"out": filled + fill} if in_range and filled + fill <= amount else None


OVERFILL = Bug(
    "loopring-overfill",
    ("B28",),
    "each fill is below the order's amount, their sum is not",
    "LPS §4.3.6: total filled above the amount",
    _fill(total_checked=False),
    _fill(total_checked=True),
    _fill_of,
    Attack({"filled": 90, "fill": 20, "amount": 100}),
    RULE_LESS_OR_EQUAL,
    ({"filled": 90, "fill": 10, "amount": 100}, {"filled": 0, "fill": 0, "amount": 0}),
    (Tool.DIFFERENTIAL,),
)


def _match(*, bound: bool) -> Circuit:
    """The price of the best maker, whose leaf the book's root commits to."""

    def define(c: Builder, book: Wire, maker: Wire, price: Wire) -> Wire:
        leaf = poseidon(c, [maker, price])
        if bound:
            with c.rule("NotInTheBook"):
                c.assert_equal(poseidon(c, [leaf, c.constant(0)]), book)
        return price

    return Circuit("match", define, {"book": public(), "maker": private(), "price": private()})


def _book(maker: int, price: int) -> int:
    return poseidon_of_integers([poseidon_of_integers([maker, price]), 0])


MAKER_LEAF = Bug(
    "lighter-maker-leaf",
    ("B29", "B33"),
    "the prover supplies the maker's order, and any will do: the book's root is not used",
    "LTR#02: the maker's leaf is supplied by the prover",
    _match(bound=False),
    _match(bound=True),
    lambda x: {"out": x["price"]} if _book(x["maker"], x["price"]) == x["book"] else None,
    Attack({"book": _book(7, 500), "maker": 8, "price": 1}),
    "NotInTheBook",
    ({"book": _book(7, 500), "maker": 7, "price": 500},),
    (Tool.DIFFERENTIAL,),
)


def _trade(*, both_limits: bool) -> Circuit:
    """A trade at the maker's price, inside both limits."""

    def define(c: Builder, price: Wire, ask: Wire, bid: Wire) -> Wire:
        at, least, most = (assert_range(c, wire, 16) for wire in (price, ask, bid))
        assert_less_or_equal(c, least, at)
        if both_limits:
            assert_less_or_equal(c, at, most)
        return price

    return Circuit("trade", define, {"price": private(), "ask": private(), "bid": private()})


PRICE_LIMITS = Bug(
    "loopring-price",
    ("B30",),
    "the operator calls the taker the maker, and only the seller's limit is looked at",
    "LPS §4.3.3: a trade only at a price within both limits",
    _trade(both_limits=False),
    _trade(both_limits=True),
    lambda x: {"out": x["price"]} if x["ask"] <= x["price"] <= x["bid"] < 1 << 16 else None,
    Attack({"price": 200, "ask": 90, "bid": 100}),
    RULE_LESS_OR_EQUAL,
    ({"price": 95, "ask": 90, "bid": 100}, {"price": 100, "ask": 100, "bid": 100}),
    (Tool.DIFFERENTIAL,),
)

BUGS: Final = (NONCE_OVERFLOW, NONCE_CHANGED, ORDER_ALIASING, OVERFILL, MAKER_LEAF, PRICE_LIMITS)
