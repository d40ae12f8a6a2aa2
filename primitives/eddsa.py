"""EdDSA over BabyJubjub with Poseidon, in plain integers: the readable twin of `native/src/babyjubjub/eddsa.h`.

Signs as circomlibjs's `signPoseidon` and verifies as iden3's circuit `EdDSAPoseidonVerifier`, but stricter. Accepted
are exactly the signatures with

* S < l, and both points' coordinates and the message < r: refused otherwise, never reduced;
* A on the curve, in the subgroup of order l, not the identity. (The circuit refuses a small order alone, by 8A = O, and
  would take A + T with T of small order; here one secret has one public key.);
* R on the curve, not the identity. (R = O gives the secret away, and no signer makes it. An R with a part of small
  order fails the equation, since every other term lies in the subgroup.);
* S * Base8 = R + 8 h A with h = Poseidon(R.x, R.y, A.x, A.y, message).

Not for real keys: integers in Python take a time that depends on them. The kernels sign in constant time.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from primitives.babyjubjub import (
    BASE8,
    COFACTOR,
    IDENTITY,
    SUBGROUP_ORDER,
    Point,
    add,
    is_in_subgroup,
    is_on_curve,
    multiply,
)
from primitives.blake512 import blake512
from primitives.field import FR
from primitives.poseidon import poseidon

PRIVATE_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Signature:
    """R (circomlibjs's `R8`) and the integer S."""

    r: Point
    s: int


def expand_private_key(private_key: bytes) -> tuple[int, bytes]:
    """The secret s, a multiple of 8, and the prefix that nonces are made with. Raises `ValueError` unless 32 bytes."""
    if len(private_key) != PRIVATE_KEY_BYTES:
        raise ValueError(f"a private key has {PRIVATE_KEY_BYTES} bytes, not {len(private_key)}")
    digest = bytearray(blake512(private_key))
    digest[0] &= 0xF8
    digest[31] = digest[31] & 0x7F | 0x40
    return int.from_bytes(digest[:32], "little"), bytes(digest[32:])


def public_key(private_key: bytes) -> Point:
    """A = (s / 8) * Base8."""
    s, _ = expand_private_key(private_key)
    return multiply(s // 8, BASE8)


def sign(private_key: bytes, message: int) -> Signature:
    """Deterministic. Raises `ValueError` for a message outside [0, r)."""
    if not 0 <= message < FR:
        raise ValueError("the message is not in [0, r): refused, never reduced")
    s, prefix = expand_private_key(private_key)
    a = multiply(s // 8, BASE8)
    nonce = int.from_bytes(blake512(prefix + message.to_bytes(32, "little")), "little") % SUBGROUP_ORDER
    r = multiply(nonce, BASE8)
    return Signature(r, (nonce + challenge(r, a, message) * s) % SUBGROUP_ORDER)


def challenge(r: Point, a: Point, message: int) -> int:
    """h: it binds R, A and the message; whoever needs a domain puts it into the message's hash."""
    return poseidon([*r, *a, message])


def is_public_key(a: Point) -> bool:
    """Whether somebody can have this key: a point of the subgroup of order l, and not the identity."""
    return is_on_curve(a) and a != IDENTITY and is_in_subgroup(a)


def verify(a: Point, signature: Signature, message: int) -> bool:
    """Whether the signature is one of those that the module's docstring lists; malformed input is `False`."""
    r, s = signature.r, signature.s
    if not (0 <= s < SUBGROUP_ORDER and 0 <= message < FR):
        return False
    if not (is_public_key(a) and is_on_curve(r)) or r == IDENTITY:
        return False
    return multiply(s, BASE8) == add(r, multiply(COFACTOR * challenge(r, a, message), a))


def pack(signature: Signature) -> bytes:
    """R.x, R.y, S as 32 little-endian bytes each: the layout of the native door, not circomlibjs's compressed one."""
    return b"".join(value.to_bytes(32, "little") for value in (*signature.r, signature.s))


def unpack(data: bytes) -> Signature:
    """Raises `struct.error` unless 96 bytes; the values are not checked."""
    x, y, s = (int.from_bytes(word, "little") for word in struct.unpack("32s32s32s", data))
    return Signature((x, y), s)
