"""Batches: padding, types of transactions, sums, and what the public inputs say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import assert_range
from circuits.gadgets.poseidon import poseidon
from primitives.poseidon import poseidon as poseidon_of_integers
from prover.bn254 import FR
from tests.adversarial.circuits.historical.bug import Attack, Bug, Tool
from tests.adversarial.circuits.historical.parts import assert_boolean, is_equal


def _padded(*, monotone: bool) -> Circuit:
    """The sum of a batch's real slots, which come before the padding; at least one is real."""

    def define(c: Builder, amounts: Sequence[Wire], padding: Sequence[Wire]) -> dict[str, Wire]:
        assert_boolean(c, *padding)
        with c.rule("NoRealSlot"):
            c.assert_zero(padding[0])
        if monotone:
            with c.rule("RealSlotAfterPadding"):
                for flag, after in pairwise(padding):
                    c.assert_product(flag, 1 - after, 0)
        total = c.sum((1 - flag) * amount for flag, amount in zip(padding, amounts, strict=True))
        return {"total": total, "slots": len(amounts) - c.sum(padding)}

    return Circuit("padded", define, {"amounts": private(4), "padding": private(4)})


def _real_slots(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    padding = list(inputs["padding"])
    n = padding.count(0)
    if not n or padding != [0] * n + [1] * (4 - n):
        return None
    return {"total": sum(inputs["amounts"][:n]) % FR, "slots": n}


PADDING_FLAGS = Bug(
    "scroll-padding-flags",
    ("B25",),
    "a real slot in the middle is called padding, and what it does is left out",
    "SC3#10 Scroll (Trail of Bits): state transitions proven by manipulating padding flags",
    _padded(monotone=False),
    _padded(monotone=True),
    _real_slots,
    Attack({"amounts": (5, 100, 7, 8), "padding": (0, 1, 0, 0)}),
    "RealSlotAfterPadding",
    (
        {"amounts": (5, 100, 7, 8), "padding": (0, 0, 0, 1)},
        {"amounts": (5, 0, 0, 0), "padding": (0, 1, 1, 1)},
        {"amounts": (1, 2, 3, 4), "padding": (0, 0, 0, 0)},
    ),
    (Tool.DIFFERENTIAL,),
)


def _typed(*, exactly_one: bool) -> Circuit:
    """A balance after a deposit, or after a transfer that somebody signed."""

    def define(c: Builder, balance: Wire, amount: Wire, signed: Wire, types: Sequence[Wire]) -> Wire:
        is_deposit, is_transfer = types
        assert_boolean(c, *types, signed)
        if exactly_one:
            with c.rule("NotOneType"):
                c.assert_equal(is_deposit + is_transfer, 1)
        with c.rule("NotSigned"):
            c.assert_product(is_transfer, 1 - signed, 0)
        return balance + (is_deposit - is_transfer) * amount

    names = {"balance": private(), "amount": private(), "signed": private(), "types": private(2)}
    return Circuit("typed", define, names)


def _after(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    types, signed = tuple(inputs["types"]), inputs["signed"]
    if types not in {(0, 1), (1, 0)} or signed > 1 or (types == (0, 1) and not signed):
        return None
    return {"out": (inputs["balance"] + (inputs["amount"] if types[0] else -inputs["amount"])) % FR}


TYPE_FLAGS = Bug(
    "lighter-types",
    ("B25",),
    "a transaction of no type, or of two at once",
    "SC3#4, LTR isSupportedTx: exactly one type flag",
    _typed(exactly_one=False),
    _typed(exactly_one=True),
    _after,
    Attack({"balance": 100, "amount": 40, "signed": 0, "types": (0, 0)}),
    "NotOneType",
    (
        {"balance": 100, "amount": 40, "signed": 0, "types": (1, 0)},
        {"balance": 100, "amount": 40, "signed": 1, "types": (0, 1)},
    ),
    (Tool.DIFFERENTIAL,),
)


def _tokens(*, all_tokens: bool) -> Circuit:
    """Notes of tokens: what goes in of each token comes out."""

    def define(c: Builder, token: Sequence[Wire], amount: Sequence[Wire]) -> Wire:
        for wire in amount:
            assert_range(c, wire, 16)
        with c.rule("TokenNotConserved"):
            for checked in token if all_tokens else token[:2]:
                signs = (1, 1, FR - 1, FR - 1)
                same = [is_equal(c, other, checked) * quantity for other, quantity in zip(token, amount, strict=True)]
                c.assert_zero(c.linear(zip(signs, same, strict=True)))
        return poseidon(c, [*token, *amount])

    return Circuit("tokens", define, {"token": private(4), "amount": private(4)})


def _conserved(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    token, amount = inputs["token"], inputs["amount"]
    sums = [
        sum(q if i < 2 else -q for i, (t, q) in enumerate(zip(token, amount, strict=True)) if t == k) for k in token
    ]
    return {"out": poseidon_of_integers([*token, *amount])} if not any(sums) and max(amount) < 1 << 16 else None


ZKOPRU_SUM = Bug(
    "zkopru-erc20-sum",
    ("B32",),
    "the sum is checked for tokens of the notes that go in; another token is made from nothing",
    "ZKO#E Zkopru (Least Authority): circuit does not check the ERC-20 sum correctly",
    _tokens(all_tokens=False),
    _tokens(all_tokens=True),
    _conserved,
    Attack({"token": (1, 1, 1, 9), "amount": (30, 10, 40, 1000)}),
    "TokenNotConserved",
    ({"token": (1, 2, 2, 1), "amount": (30, 10, 10, 30)}, {"token": (1, 1, 1, 9), "amount": (30, 10, 40, 0)}),
    (Tool.DIFFERENTIAL,),
    varied=("amount",),
    n_neighbours=50,
)


def _deltas(*, fee_included: bool) -> Circuit:
    """Balances of two traders and the fee account after a trade."""

    def define(c: Builder, balances: Sequence[Wire], deltas: Sequence[Wire]) -> dict[str, Any]:
        after = [balance + delta for balance, delta in zip(balances, deltas, strict=True)]
        for wire in (*balances, *after):
            assert_range(c, wire, 16)
        with c.rule("NotConserved"):
            c.assert_zero(c.sum(deltas if fee_included else deltas[:2]))
        return {"after": after}

    return Circuit("deltas", define, {"balances": private(3), "deltas": private(3)})


def _balances_after(inputs: Mapping[str, Any]) -> Mapping[str, int] | None:
    after = [(balance + delta) % FR for balance, delta in zip(inputs["balances"], inputs["deltas"], strict=True)]
    if sum(inputs["deltas"]) % FR or max(*inputs["balances"], *after) >= 1 << 16:
        return None
    return {f"after[{i}]": balance for i, balance in enumerate(after)}


FEE_ACCOUNT = Bug(
    "fee-account-omitted",
    ("B32",),
    "the traders' deltas add up to zero, and the fee account receives what it likes",
    "checklist B32: sum of deltas including the fee account (ZKO#E; Penumbra)",
    _deltas(fee_included=False),
    _deltas(fee_included=True),
    _balances_after,
    Attack({"balances": (500, 500, 0), "deltas": (100, FR - 100, 5000)}),
    "NotConserved",
    (
        {"balances": (500, 500, 0), "deltas": (100, FR - 100, 0)},
        {"balances": (1, 2, 3), "deltas": (0, 0, 0)},
    ),
    (Tool.DIFFERENTIAL,),
)


def _replica(*, bound: bool) -> Circuit:
    """A sealed sector: its key is made of the replica's id."""

    def define(c: Builder, replica_id: Wire, used_id: Wire, data: Wire) -> Wire:
        if bound:
            with c.rule("AnotherReplica"):
                c.assert_equal(used_id, replica_id)
        return poseidon(c, [used_id, data])

    return Circuit("replica", define, {"replica_id": public(), "used_id": private(), "data": private()})


FILECOIN_REPLICA = Bug(
    "filecoin-replica-id",
    ("B33",),
    "the replica's id is no input of what is proved: one sealing serves many sectors",
    "ZB Filecoin rust-fil-proofs: add missing public input for replica-id",
    _replica(bound=False),
    _replica(bound=True),
    lambda x: {"out": poseidon_of_integers([x["used_id"], x["data"]])} if x["used_id"] == x["replica_id"] else None,
    Attack({"replica_id": 1, "used_id": 2, "data": 77}),
    "AnotherReplica",
    ({"replica_id": 1, "used_id": 1, "data": 77},),
    (Tool.DIFFERENTIAL,),
)


def _header(*, n_bound: int) -> Circuit:
    """The effect of a block whose public hash must cover number, parent, coinbase and difficulty."""

    def define(c: Builder, header: Wire, words: Sequence[Wire]) -> Wire:
        bound = [word if number < n_bound else c.constant(0) for number, word in enumerate(words)]
        with c.rule("NotTheHeader"):
            c.assert_equal(poseidon(c, bound), header)
        return c.sum(words)

    return Circuit("header", define, {"header": public(), "words": private(4)})


HEADER_FIELDS = Bug(
    "scroll-header-fields",
    ("B33",),
    "coinbase and difficulty are no part of the public hash, so the prover chooses them",
    "SC3#1 Scroll (Trail of Bits): coinbase and difficulty omitted from the public input hash",
    _header(n_bound=2),
    _header(n_bound=4),
    lambda x: {"out": sum(x["words"]) % FR} if poseidon_of_integers(x["words"]) == x["header"] else None,
    Attack({"header": poseidon_of_integers((8, 9, 0, 0)), "words": (8, 9, 666, 1)}),
    "NotTheHeader",
    ({"header": poseidon_of_integers((8, 9, 0, 0)), "words": (8, 9, 0, 0)},),
    (Tool.DIFFERENTIAL,),
    varied=("words",),
    n_neighbours=60,
)

BUGS: Final = (PADDING_FLAGS, TYPE_FLAGS, ZKOPRU_SUM, FEE_ACCOUNT, FILECOIN_REPLICA, HEADER_FIELDS)
