"""The key that signs on the rollup, out of a signature of the Ethereum key: nothing more to keep, nothing more to lose.

The Ethereum key signs one fixed message by EIP-712, which names chain and clearing house. Signatures by RFC 6979 are
deterministic, so the same wallet finds the same key again on every machine; S is brought to its lower half first, since
both halves are signatures of the same message. A tagged SHA-256 of R and S is the secret that `primitives.eddsa`
expands.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from rollup.types.orders import Domain
from sequencer.l1.address import with_checksum
from sequencer.wallets.errors import BadSignature

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

SECP256K1_ORDER: Final = 0xFFFFFFFF_FFFFFFFF_FFFFFFFF_FFFFFFFE_BAAEDCE6_AF48A03B_BFD25E8C_D0364141
NAME: Final = "zkclear"
VERSION: Final = "1"
TYPE: Final = "TradingKey"
PURPOSE: Final = (
    "This signature makes the key that signs your orders, transfers and withdrawals on zkclear. "
    "Whoever has it can trade with all of your money there and give it away. "
    "Sign this for a zkclear client that you trust, and never anywhere else."
)
TAG: Final = b"zkclear trading key 1"


def trading_key_message(domain: Domain) -> dict[str, Any]:
    """The typed data of EIP-712, as `eth_signTypedData_v4` takes it."""
    return {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            TYPE: [{"name": "purpose", "type": "string"}],
        },
        "primaryType": TYPE,
        "domain": {
            "name": NAME,
            "version": VERSION,
            "chainId": domain.chain_id,
            "verifyingContract": with_checksum(domain.contract.to_bytes(20, "big")),
        },
        "message": {"purpose": PURPOSE},
    }


def is_trading_key_message(typed_data: dict[str, Any]) -> bool:
    """Whether somebody asks for the signature that the key is made of, on whichever chain and in whatever words.

    The name of the type is hashed, so that no such message is without it among its types. The other two can be left
    out or written otherwise (a name as a number has the same bytes), and are looked at for good measure.
    """
    types, domain = typed_data.get("types"), typed_data.get("domain")
    name = domain.get("name") if isinstance(domain, dict) else None
    return (isinstance(types, dict) and TYPE in types) or typed_data.get("primaryType") == TYPE or name == NAME


def trading_secret(account: LocalAccount, domain: Domain) -> bytes:
    """The secret of 32 bytes with which an Ethereum key trades in one clearing house."""
    from eth_account.messages import encode_typed_data

    signed = account.sign_message(encode_typed_data(full_message=trading_key_message(domain)))
    return secret_of_signature(signed.r, signed.s)


def secret_of_signature(r: int, s: int) -> bytes:
    """The same out of a signature that another wallet made. Raises `BadSignature` for numbers that are none."""
    if not (0 < r < SECP256K1_ORDER and 0 < s < SECP256K1_ORDER):
        raise BadSignature("R and S lie between 0 and the order of the group")
    lower = min(s, SECP256K1_ORDER - s)
    tag = hashlib.sha256(TAG).digest()
    return hashlib.sha256(tag + tag + r.to_bytes(32, "big") + lower.to_bytes(32, "big")).digest()
