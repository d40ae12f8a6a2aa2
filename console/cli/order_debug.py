"""`zkclear order sign`: an order as it is signed, step by step, and what a node makes of the same."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.amounts import moment
from console.cli.account_domain import deployed_domain, domain_of
from console.cli.account_trader import Place, Trader, account_number
from console.cli.market_node import NodeClient, NodeRefused, NoNode, node_at
from console.cli.order_making import Wanted, checked_place, now_of, series_of
from console.cli.wallet_signing import crypto, trading_key
from console.errors import CommandRefused
from rollup.crypto import Claim, hash_one
from rollup.packing import packed
from rollup.types.orders import MessageKind
from sequencer.api.signer import Signer

if TYPE_CHECKING:
    from console.cli.output import Output
    from console.settings import Settings
    from rollup.types.orders import Order


class NodeDisagrees(CommandRefused):
    """The node makes another message of the same order."""

    def __init__(self, ours: str, theirs: str) -> None:
        super().__init__(
            f"the node hashes the order to {theirs}, and here it is {ours}: is it another version? Nothing was placed",
            ours=ours,
            theirs=theirs,
        )
        self.ours, self.theirs = ours, theirs


@dataclass(frozen=True, slots=True)
class Signed:
    """An order, whoever signs it, and what the node said of it, if there is one."""

    signer: Signer
    order: Order
    instrument: str
    said: dict[str, Any] | None

    @property
    def parameters(self) -> dict[str, Any]:
        """As the API takes them."""
        return self.signer.order(self.order, self.instrument)


def signed(
    output: Output,
    settings: Settings,
    password_file: Path | None,
    wanted: Wanted,
    series_id: int | None,
    *,
    debug: bool,
) -> None:
    """Without a node where deployment and series are named. Raises `NodeDisagrees` for another hash."""
    domain = deployed_domain(settings)
    try:
        with node_at(settings.url) as node:
            found = _with_node(settings, node, password_file, wanted, series_id)
    except NoNode:
        if domain is None or series_id is None:
            raise
        key = trading_key(settings, domain, password_file)
        number = account_number(settings, key.owner, domain)
        signer = Signer(number, key.secret, domain, crypto())
        order = wanted.order(number, series_id, checked_place(wanted.slot, wanted.nonce), int(time.time()))
        found = Signed(signer, order, wanted.instrument, None)
    if not debug:
        output.result(found.parameters)
        return
    explained = _explained(found)
    if explained["node_agrees"] is False:
        raise NodeDisagrees(explained["message"], explained["node"]["message"])
    output.result(explained, _lines(explained))


def _with_node(
    settings: Settings, node: NodeClient, password_file: Path | None, wanted: Wanted, series_id: int | None
) -> Signed:
    number = series_of(node, wanted.instrument) if series_id is None else series_id
    domain = domain_of(settings, node)
    key = trading_key(settings, domain, password_file)
    account = account_number(settings, key.owner, domain)
    signer = Signer(account, key.secret, domain, crypto())
    order = wanted.order(account, number, _place(Trader(node, key.owner, signer), wanted), now_of(node))
    parameters = signer.order(order, wanted.instrument)
    for name in ("time_in_force", "post_only", "reduce_only"):
        del parameters[name]
    said = node.given("public/order_debug", parameters | {"side": "buy" if order.is_buy else "sell"})
    return Signed(signer, order, wanted.instrument, said)


def _place(trader: Trader, wanted: Wanted) -> Place:
    """The node's next one; where it does not know the account, or both are given, what stands there without a node."""
    if wanted.slot is not None and wanted.nonce is not None:
        return checked_place(wanted.slot, wanted.nonce)
    try:
        trader.node.asked(lambda: trader.node.client.login(trader.signer))
        return trader.free_place(wanted.slot, wanted.nonce)
    except NodeRefused as refusal:
        if refusal.rule not in ("UnknownAccount", "NotAuthenticated"):
            raise
        return checked_place(wanted.slot, wanted.nonce)


def _explained(found: Signed) -> dict[str, Any]:
    """The same facts as the node's `public/order_debug`, made here."""
    signer, order = found.signer, found.order
    inputs = order.message_inputs(signer.domain)
    message = hash_one(signer.crypto, inputs)
    signature = signer.sign_order(order).signature
    key = signer.key
    fields, first_bit = [], 0
    for field in order.fields():
        fields.append({"name": field.name, "value": str(field.value), "bits": field.bits, "first_bit": first_bit})
        first_bit += field.bits
    said = found.said
    return {
        "chain_id": signer.domain.chain_id,
        "contract": f"{signer.domain.contract:#042x}",
        "kind": MessageKind.ORDER.value,
        "domain": str(inputs[0]),
        "fields": fields,
        "packed": str(packed(order.fields())),
        "packed_hex": f"{packed(order.fields()):#x}",
        "inputs": [str(one) for one in inputs],
        "message": str(message),
        "key_x": str(key[0]),
        "key_y": str(key[1]),
        "signature_r_x": str(signature.r[0]),
        "signature_r_y": str(signature.r[1]),
        "signature_s": str(signature.s),
        "verifies_here": signer.crypto.verify_many([Claim(key, inputs, signature)])[0],
        "good_until": moment(order.expiry_s),
        "node": said,
        "node_agrees": None
        if said is None
        else said["message"] == str(message) and said["inputs"] == [*map(str, inputs)],
    }


def _lines(facts: dict[str, Any]) -> list[str]:
    lines = [
        f"for contract {facts['contract']} on chain {facts['chain_id']}, good until {facts['good_until']} UTC",
        "fields, the lowest bits first:",
    ]
    lines += [
        f"  {one['name']:<15} {one['value']:>14}  bits {one['first_bit']} to {one['first_bit'] + one['bits'] - 1}"
        for one in facts["fields"]
    ]
    lines += [
        f"packed         {facts['packed_hex']}",
        f"domain         {facts['domain']}",
        f"message        {facts['message']}   = Poseidon(domain, packed)",
        f"key            {facts['key_x']}",
        f"               {facts['key_y']}",
        f"signature R    {facts['signature_r_x']}",
        f"               {facts['signature_r_y']}",
        f"signature S    {facts['signature_s']}",
        f"verifies here  {'yes' if facts['verifies_here'] else 'NO'}",
    ]
    said = facts["node"]
    if said is None:
        return [*lines, "no node was asked"]
    agreement = "makes the same message of it" if facts["node_agrees"] else "makes ANOTHER message of it"
    verdict = said["first_problem"] or "would take it now, as far as rules about the order alone go"
    return [
        *lines,
        f"the node {agreement}, signed by: {said['signed_by'] or 'nobody it knows'}",
        f"the node: {verdict}",
    ]
