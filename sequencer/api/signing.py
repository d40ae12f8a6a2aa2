"""What is signed for the API alone: logins and session keys. Orders and operations are signed as the rollup says.

A message is the Poseidon hash of a domain and a word, as every message of the rollup, under kinds that the rollup does
not use, so that no login can be taken for an order, nor an order for a login.
"""

from __future__ import annotations

from typing import Final

from primitives.babyjubjub import Point
from rollup.crypto import Crypto, hash_one
from rollup.packing import Field, packed
from rollup.types.orders import KIND_BITS, Domain
from rollup.units import ACCOUNT_ID_BITS, TIME_BITS

LOGIN_KIND: Final = 128
SESSION_KIND: Final = 129
CHALLENGE_BITS: Final = 128


def login_inputs(domain: Domain, account: int, challenge: int, expiry_s: int) -> tuple[int, int]:
    """The two elements whose Poseidon hash a login signs, by the account's key or a session key.

    Raises `FieldOutOfRange`.
    """
    fields = (
        Field("account", account, ACCOUNT_ID_BITS),
        Field("challenge", challenge, CHALLENGE_BITS),
        Field("expiry_s", expiry_s, TIME_BITS),
    )
    for field in fields:
        field.check()
    return _domain(domain, LOGIN_KIND), packed(fields)


def session_inputs(domain: Domain, crypto: Crypto, account: int, key: Point, expiry_s: int) -> tuple[int, int]:
    """The two elements whose Poseidon hash the account's key signs to let `key` speak for it until `expiry_s`.

    Raises `FieldOutOfRange`.
    """
    fields = (Field("account", account, ACCOUNT_ID_BITS), Field("expiry_s", expiry_s, TIME_BITS))
    for field in fields:
        field.check()
    return _domain(domain, SESSION_KIND), hash_one(crypto, (*key, packed(fields)))


def _domain(domain: Domain, kind: int) -> int:
    return (domain.element << KIND_BITS) + kind
