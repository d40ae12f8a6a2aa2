"""What a trader signs with: an account's key, or a session key. Secrets never leave it, nor are they shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from primitives.babyjubjub import Point
from primitives.eddsa import Signature
from rollup.crypto import Claim, hash_one
from rollup.types.orders import (
    Cancel,
    Domain,
    Operation,
    Order,
    SignedOperation,
    SignedOrder,
    Transfer,
    operation_message_inputs,
)
from sequencer.api.signing import login_inputs, session_inputs
from sequencer.matching.requests import TimeInForce

Parameters = dict[str, Any]


class SigningCrypto(Protocol):
    """As `NativeCrypto` has it."""

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """Poseidon."""
        ...

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """EdDSA."""
        ...

    def sign(self, private_key: bytes, message: int) -> Signature:
        """In constant time."""
        ...

    def public_key(self, private_key: bytes) -> Point:
        """The point."""
        ...


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of `account`. Its methods return parameters as the API takes them."""

    account: int
    private_key: bytes = field(repr=False)
    domain: Domain
    crypto: SigningCrypto = field(repr=False)

    @property
    def key(self) -> Point:
        """The public one."""
        return self.crypto.public_key(self.private_key)

    def sign_order(self, order: Order) -> SignedOrder:
        """As the circuit checks it."""
        return SignedOrder(order, self._sign(order.message_inputs(self.domain)))

    def sign_operation(self, operation: Operation) -> SignedOperation:
        """As the circuit checks it."""
        return SignedOperation(operation, self._sign(operation_message_inputs(operation, self.domain)))

    def order(
        self,
        order: Order,
        instrument_name: str,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY,
        *,
        post_only: bool = False,
        reduce_only: bool = False,
    ) -> Parameters:
        """For private/buy and private/sell, whichever the order says."""
        return order_parameters(self.sign_order(order), instrument_name) | {
            "time_in_force": time_in_force.value,
            "post_only": post_only,
            "reduce_only": reduce_only,
        }

    def operation(self, operation: Operation) -> Parameters:
        """For private/withdraw, private/transfer, and private/cancel with a signature."""
        signature = signature_parameters(self.sign_operation(operation).signature)
        if isinstance(operation, Cancel):
            return {"order_id": f"{operation.account}-{operation.slot}-{operation.nonce}"} | signature
        given: Parameters = {"account": operation.account, "slot": operation.slot, "nonce": operation.nonce}
        given["amount_e6"] = str(operation.amount_e6)
        if isinstance(operation, Transfer):
            given["to"] = operation.to
        return given | signature

    def login(self, challenge: int, expiry_s: int, *, as_session: bool = False) -> Parameters:
        """For public/auth."""
        inputs = login_inputs(self.domain, self.account, challenge, expiry_s)
        given: Parameters = {"account": self.account, "challenge": str(challenge), "expiry_s": expiry_s}
        if as_session:
            given |= key_parameters(self.key, "session_key")
        return given | signature_parameters(self._sign(inputs))

    def session(self, key: Point, expiry_s: int) -> Parameters:
        """For private/create_session: lets another key speak for the account."""
        inputs = session_inputs(self.domain, self.crypto, self.account, key, expiry_s)
        given: Parameters = {"account": self.account, "expiry_s": expiry_s}
        return given | key_parameters(key, "key") | signature_parameters(self._sign(inputs))

    def _sign(self, inputs: tuple[int, int]) -> Signature:
        return self.crypto.sign(self.private_key, hash_one(self.crypto, inputs))


def order_parameters(signed: SignedOrder, instrument_name: str) -> Parameters:
    """A signed order, without how to treat it."""
    order = signed.order
    return {
        "account": order.account,
        "instrument_name": instrument_name,
        "limit_price_e2": order.limit_price_e2,
        "size_e4": order.size_e4,
        "max_fee_ppm": order.max_fee_ppm,
        "expiry_s": order.expiry_s,
        "slot": order.slot,
        "nonce": order.nonce,
    } | signature_parameters(signed.signature)


def quoted_parameters(signed: SignedOrder, instrument_name: str) -> Parameters:
    """One side of a leg of a quote."""
    return order_parameters(signed, instrument_name) | {"side": "buy" if signed.order.is_buy else "sell"}


def signature_parameters(signature: Signature) -> Parameters:
    """Three decimal strings."""
    return {
        "signature_r_x": str(signature.r[0]),
        "signature_r_y": str(signature.r[1]),
        "signature_s": str(signature.s),
    }


def key_parameters(key: Point, name: str) -> Parameters:
    """Two decimal strings."""
    return {f"{name}_x": str(key[0]), f"{name}_y": str(key[1])}
