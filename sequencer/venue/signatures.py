"""Signatures of many messages at once, before they are applied one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from primitives.babyjubjub import Point
from rollup.crypto import Claim, Crypto
from rollup.types.orders import Domain, SignedOperation, SignedOrder, operation_message_inputs
from sequencer.messages import Message, Operate, PlaceOrder, TakeQuote


class Verdict(Enum):
    """What is known of a message's signatures. `UNKNOWN`: of an account that has no key yet."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"


class TrustingCrypto:
    """The given cryptography; while it `trusts`, signatures count as verified already."""

    def __init__(self, crypto: Crypto) -> None:
        self._crypto = crypto
        self.trusts = False

    def hash_many(self, inputs: Sequence[Sequence[int]]) -> list[int]:
        """As given, whether it trusts or not."""
        return self._crypto.hash_many(inputs)

    def verify_many(self, claims: Sequence[Claim]) -> list[bool]:
        """Whether each claim is true, or was found to be; what was is not hashed again."""
        return [True] * len(claims) if self.trusts else self._crypto.verify_many(claims)


def verify_many(
    messages: Sequence[Message], crypto: Crypto, domain: Domain, key_of: Callable[[int], Point | None]
) -> list[Verdict]:
    """One verdict for each message; those without signatures are good."""
    places: list[int] = []
    claims: list[Claim] = []
    verdicts = [Verdict.GOOD] * len(messages)
    for place, message in enumerate(messages):
        for signed in signed_parts(message):
            key = key_of(signed.order.account if isinstance(signed, SignedOrder) else signed.operation.account)
            if key is None:
                verdicts[place] = Verdict.UNKNOWN
                continue
            places.append(place)
            claims.append(Claim(key, _inputs(signed, domain), signed.signature))
    for place, good in zip(places, crypto.verify_many(claims), strict=True):
        if not good:
            verdicts[place] = Verdict.BAD
    return verdicts


def signed_parts(message: Message) -> tuple[SignedOrder | SignedOperation, ...]:
    """What of a message is signed by accounts."""
    if isinstance(message, PlaceOrder):
        return (message.request.signed,)
    if isinstance(message, Operate):
        return (message.signed,)
    if isinstance(message, TakeQuote):
        return tuple(signed for leg in message.legs for signed in (leg.maker, leg.taker))
    return ()


def _inputs(signed: SignedOrder | SignedOperation, domain: Domain) -> tuple[int, int]:
    if isinstance(signed, SignedOrder):
        return signed.order.message_inputs(domain)
    return operation_message_inputs(signed.operation, domain)
