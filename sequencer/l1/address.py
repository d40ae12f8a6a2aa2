"""Ethereum addresses as text, with the checksum of EIP-55."""

from __future__ import annotations

import re
from typing import Final

ADDRESS_BYTES: Final = 20
NO_ADDRESS: Final = "0x" + "0" * (2 * ADDRESS_BYTES)
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")


def is_address(value: object) -> bool:
    """Whether it is text of 0x and 40 digits, all lower case, all upper case, or with a right checksum."""
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        return False
    digits = value[2:]
    return digits in (digits.lower(), digits.upper()) or value == with_checksum(bytes.fromhex(digits))


def with_checksum(address: bytes) -> str:
    """20 bytes as text."""
    from eth_hash.auto import keccak

    digits = address.hex()
    digest = keccak(digits.encode()).hex()
    return "0x" + "".join(
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, digest, strict=False)
    )
