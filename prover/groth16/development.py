"""Keys that everybody can forge under, and how they are told apart from real ones.

A development set-up saves a ceremony where nothing is at stake. Its secrets alpha and beta are published here, so every
key derived from it carries the same alpha_g1 and beta_g2, whatever was contributed afterwards: a mark that nobody can
take off without redoing the powers of tau. Keys with that mark, or with a digest on the list, are refused for
production.
"""

from __future__ import annotations

import hashlib
from typing import Final

from prover.bn254 import FR
from prover.formats.groth16_types import VerificationKey, encode_g1, encode_g2

DEVELOPMENT_LABEL: Final = b"zkclear.development."

DEVELOPMENT_ORIGINS: Final[frozenset[str]] = frozenset(
    {
        "100b125de8480a5996fcc935b6a4a776f5505d70be49291c27e90d19140f3b8e",
    }
)
"""SHA-256 of (alpha_g1, beta_g2) of powers of tau whose secrets are known, `origin_digest` in hexadecimal."""

DEVELOPMENT_KEYS: Final[frozenset[str]] = frozenset()
"""`VerificationKey.digest()` in hexadecimal of single keys that must not be used in production."""


def development_secret(name: str) -> int:
    """The published secret `name` (tau, alpha, beta, delta ...) of the development set-up, in 1..r-1."""
    digest = hashlib.sha512(DEVELOPMENT_LABEL + name.encode("ascii")).digest()
    return int.from_bytes(digest, "big") % (FR - 1) + 1


def origin_digest(key: VerificationKey) -> str:
    """Which powers of tau a key comes from: SHA-256 over alpha_g1 and beta_g2, in hexadecimal."""
    return hashlib.sha256(b"zkclear.groth16.origin\0" + encode_g1(key.alpha_g1) + encode_g2(key.beta_g2)).hexdigest()


def is_development_key(key: VerificationKey) -> bool:
    """Whether the key's secrets are known to everybody."""
    return origin_digest(key) in DEVELOPMENT_ORIGINS or key.digest().hex() in DEVELOPMENT_KEYS
