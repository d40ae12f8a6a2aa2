"""What an order looks like to whoever verifies it, and the first thing that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from primitives.babyjubjub import IDENTITY, Point, is_in_subgroup, is_on_curve
from primitives.eddsa import Signature
from rollup.crypto import hash_one
from rollup.errors import (
    BadSignature,
    FeeAboveCap,
    OrderExpired,
    OrderNotOpen,
    RollupError,
    SeriesNotLive,
    UnknownAccount,
    UnknownSeries,
)
from rollup.packing import packed
from rollup.types.orders import Domain, MessageKind, Order
from sequencer.api.building import optional_signature, order_of
from sequencer.api.methods.access import is_signed
from sequencer.api.methods.market import views
from sequencer.api.methods.method import Method, method
from sequencer.api.port import AccountSnapshot
from sequencer.api.services import Call, Services
from sequencer.api.types import answers as a
from sequencer.api.types import parameters as p


async def order_debug(call: Call, given: p.DebuggedOrder) -> a.DebugAnswer:
    """The encoded fields, the domain, both inputs of Poseidon and their hash; and, for a signature, whose it is.

    `first_problem` names the first rule that the order would break now, in the rollup's order. Nothing is placed.
    """
    views(call)
    services = call.services
    order = order_of(services.projection.market, given, is_buy=given.side == "buy")
    signature = optional_signature(given)
    snapshot = await _account(services, order.account)
    domain = services.node.info.domain
    inputs = order.message_inputs(domain)
    key = None if snapshot is None else snapshot.key
    signer = None if signature is None else _signer(services, order, signature, key)
    checks = [*_checks(services, order, snapshot, signature, signer)]
    return a.DebugAnswer(
        chain_id=domain.chain_id,
        contract=f"{domain.contract:#042x}",
        kind=MessageKind.ORDER.value,
        domain=str(inputs[0]),
        fields=_fields(order),
        packed=str(packed(order.fields())),
        packed_hex=f"{packed(order.fields()):#x}",
        inputs=[str(one) for one in inputs],
        message=str(hash_one(services.node.info.crypto, inputs)),
        account_key_x=None if key is None else str(key[0]),
        account_key_y=None if key is None else str(key[1]),
        signature_verifies=None if signature is None else signer == ACCOUNT_KEY,
        signed_by=signer,
        checks=checks,
        first_problem=next((f"{one.rule}: {one.why}" for one in checks if not one.holds), None),
    )


ACCOUNT_KEY = "account key"


async def _account(services: Services, account: int) -> AccountSnapshot | None:
    try:
        return await services.account(account)
    except RollupError:
        return None


def _fields(order: Order) -> list[a.Field]:
    found, first_bit = [], 0
    for field in order.fields():
        found.append(a.Field(name=field.name, value=str(field.value), bits=field.bits, first_bit=first_bit))
        first_bit += field.bits
    return found


def _signer(services: Services, order: Order, signature: Signature, key: Point | None) -> str | None:
    """Whose signature it is, on this order or on one of those that are easily signed in its place."""
    domain = services.node.info.domain
    keys = [] if key is None else [(ACCOUNT_KEY, key)]
    keys += [("session key", one) for one in services.projection.session_keys(order.account)]
    for what, inputs in _candidates(order, domain):
        for whose, one in keys:
            if is_signed(services, inputs, one, signature):
                return whose + what
    return None


def _candidates(order: Order, domain: Domain) -> Iterator[tuple[str, tuple[int, int]]]:
    yield "", order.message_inputs(domain)
    yield ", but on the other side", replace(order, is_buy=not order.is_buy).message_inputs(domain)
    for kind in MessageKind:
        if kind is not MessageKind.ORDER:
            word = packed(order.fields())
            yield f", but in the domain of a {kind.name.lower()}", (domain.of(kind), word)
    for name, other in (("chain", replace(domain, chain_id=1)), ("contract", replace(domain, contract=0))):
        yield f", but for another {name}", order.message_inputs(other)
    yield ", but without the domain's kind", (domain.element, packed(order.fields()))


def _checks(
    services: Services, order: Order, snapshot: AccountSnapshot | None, signature: Signature | None, signer: str | None
) -> Iterator[a.Check]:
    """In the order in which the rollup looks at its rules."""
    known, info = services.projection, services.node.info
    time_s = max(known.time_s, known.market.time_s)
    rate_ppm = max(info.maker_fee_ppm, info.taker_fee_ppm)
    yield _check(OrderExpired, time_s <= order.expiry_s, f"it is {time_s}, the order is good until {order.expiry_s}")
    fee = f"the venue's rate is {rate_ppm} ppm, the order's cap {order.max_fee_ppm}"
    yield _check(FeeAboveCap, rate_ppm <= order.max_fee_ppm, fee)
    yield _check(UnknownAccount, snapshot is not None, f"account {order.account} is not registered")
    if signature is not None and snapshot is not None:
        yield _check(BadSignature, signer == ACCOUNT_KEY, signer or _why_not(snapshot.key, signature))
    row = known.market.rows.get(order.series_id)
    yield _check(UnknownSeries, row is not None, "the risk table has no row for the series")
    if row is not None:
        is_live = not row.is_settled and time_s < row.series.expiry_s
        yield _check(SeriesNotLive, is_live, f"it expires at {row.series.expiry_s}, and it is {time_s}")
    if snapshot is not None:
        used = snapshot.nonces[order.slot]
        yield _check(OrderNotOpen, order.nonce > used, f"nonces up to {used} of slot {order.slot} are used up")


def _check(rule: type[RollupError], holds: bool, why: str) -> a.Check:
    return a.Check(rule=rule.__name__, holds=holds, why="" if holds else why)


def _why_not(key: Point, signature: Signature) -> str:
    if not is_on_curve(key) or key == IDENTITY or not is_in_subgroup(key):
        return "the account's key is no point that can sign"
    if not is_on_curve(signature.r) or signature.r == IDENTITY:
        return "signature_r is no point of the curve that a signer makes"
    return "no known key signed this message: compare the hash, and then the key, with those you signed with"


METHODS: tuple[Method, ...] = (method("public/order_debug", p.DebuggedOrder, a.DebugAnswer, order_debug, cost=20),)
