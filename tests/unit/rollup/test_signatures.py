"""What is signed binds everything: who, what, how much, until when, for which chain and contract."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from primitives.babyjubjub import IDENTITY, SUBGROUP_ORDER
from primitives.eddsa import Signature
from rollup.errors import BadSignature, RollupError
from rollup.transition import transition
from rollup.types.orders import Cancel, Domain, Order, SignedOperation, SignedOrder, Transfer, Withdrawal
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import DOMAIN, LATER, LIVE, MARK, OTHER, World, trade_of

ORDER_CHANGES: dict[str, Any] = {
    "account": 4,
    "series_id": OTHER,
    "limit_price_e2": MARK + 1,
    "size_e4": 9_999,
    "max_fee_ppm": 999,
    "expiry_s": LATER + 1,
    "slot": 1,
    "nonce": 2,
}
OPERATIONS: list[Any] = [Cancel(2, 0, 1), Transfer(2, 0, 1, 4, 5), Withdrawal(2, 0, 1, 5)]


def verdict(world: World, **sections: Any) -> str:
    try:
        transition(world.state, world.table, world.batch(**sections), world.preset)
    except RollupError as error:
        return type(error).__name__
    return "good"


@pytest.mark.parametrize("operation", [Cancel(9, 0, 1), Transfer(9, 0, 1, 4, 5), Withdrawal(9, 0, 1, 5)])
def test_who_is_not_there_signs_nothing(operation: Any) -> None:
    assert verdict(World(), operations=(World().operation(operation),)) == "UnknownAccount"


def changed_order(world: World, name: str) -> str:
    signed = world.order(2, "buy")
    other = replace(signed, order=replace(signed.order, **{name: ORDER_CHANGES[name]}))
    seller = world.order(3, "sell", **({"series_id": OTHER} if name == "series_id" else {}))
    return verdict(world, trades=(trade_of(other, seller, size_e4=5),))


@pytest.mark.parametrize("name", ORDER_CHANGES)
def test_b39_every_field_of_an_order_is_signed(name: str) -> None:
    assert changed_order(World(), name) == "BadSignature"


@pytest.mark.parametrize("name", ORDER_CHANGES)
def test_b39_every_field_of_an_order_is_signed_twin(name: str) -> None:
    """The same orders pass where signatures are not looked at: it is the signature that refuses them."""
    assert changed_order(World(crypto=TrustingCrypto()), name) == "good"


def test_b39_the_side_of_an_order_is_signed() -> None:
    world = World()
    signed = world.order(2, "buy")
    other = replace(signed, order=replace(signed.order, is_buy=False))
    assert verdict(world, trades=(trade_of(other, world.order(3, "buy")),)) == "BadSignature"


def test_b39_all_fields_are_in_the_message() -> None:
    assert {*ORDER_CHANGES, "is_buy"} == set(Order.__dataclass_fields__)


@pytest.mark.parametrize(
    ("operation", "name"), [(one, name) for one in OPERATIONS for name in one.__dataclass_fields__], ids=str
)
def test_b39_every_field_of_an_operation_is_signed(operation: Any, name: str) -> None:
    world = World(accounts=6)
    signed = world.operation(operation)
    other = replace(operation, **{name: getattr(operation, name) + 1})
    assert verdict(world, operations=(signed,)) == "good"
    assert verdict(world, operations=(SignedOperation(other, signed.signature),)) == "BadSignature"


def test_b39_a_withdrawal_is_no_transfer() -> None:
    """Same fields, another kind."""
    world = World()
    signature = world.operation(Transfer(2, 0, 1, 0, 5)).signature
    assert verdict(world, operations=(SignedOperation(Withdrawal(2, 0, 1, 5), signature),)) == "BadSignature"


@pytest.mark.parametrize("domain", [Domain(31_338, 0xC1EA), Domain(31_337, 0xC1EB), Domain(31_337 + 65_536, 0xC1EA)])
def test_e73_a_signature_is_for_one_chain_and_contract(domain: Domain) -> None:
    world = World()
    trade = trade_of(world.order(2, "buy"), world.order(3, "sell"))
    assert verdict(world, trades=(trade,), domain=DOMAIN) == "good"
    assert verdict(world, trades=(trade,), domain=domain) == "BadSignature"


@pytest.mark.parametrize(
    "forged",
    [
        Signature(IDENTITY, 0),
        Signature((0, 0), 0),
        Signature((0, 1), SUBGROUP_ORDER),
        Signature((0, 1), -1),
        Signature((1 << 300, 1), 5),
    ],
)
def test_b27_forms_of_a_signature_that_are_none(forged: Signature) -> None:
    world = World()
    buyer = SignedOrder(world.order(2, "buy").order, forged)
    assert verdict(world, trades=(trade_of(buyer, world.order(3, "sell")),)) == "BadSignature"


def test_b27_s_plus_the_order_of_the_group_is_refused() -> None:
    world = World()
    signed = world.order(2, "buy")
    shifted = replace(signed, signature=Signature(signed.signature.r, signed.signature.s + SUBGROUP_ORDER))
    assert verdict(world, trades=(trade_of(signed, world.order(3, "sell")),)) == "good"
    assert verdict(world, trades=(trade_of(shifted, world.order(3, "sell")),)) == "BadSignature"


def test_b24_one_bad_signature_among_good_ones_is_found() -> None:
    world = World()
    good = trade_of(world.order(2, "buy"), world.order(3, "sell"))
    bad = trade_of(world.order(2, "buy", slot=1), world.order(4, "sell", series_id=LIVE))
    bad = replace(bad, taker=replace(bad.taker, signature=good.taker.signature))
    with pytest.raises(BadSignature, match="trade 1, taker, account 4"):
        transition(world.state, world.table, world.batch(trades=(good, bad)), world.preset)


def test_a_key_that_is_no_key_signs_nothing() -> None:
    """Whatever L1 registered: such an account can be funded, and leaves by forced requests."""
    world = World()
    account = world.account(2)
    world.state.put({2: replace(account, key=(5, 6))})
    assert verdict(world, trades=(trade_of(world.order(2, "buy"), world.order(3, "sell")),)) == "BadSignature"
