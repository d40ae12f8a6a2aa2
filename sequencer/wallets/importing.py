"""Ethereum keys from elsewhere: words, digits, nothing at all."""

from __future__ import annotations

import os
from typing import Final

from sequencer.l1.accounts import SECRET_KEY_BYTES, account_from_key
from sequencer.wallets.errors import BadSecret

STANDARD_PATH: Final = "m/44'/60'/0'/0/0"
"""The first account of every wallet that has words (BIP-44)."""


def new_key() -> bytes:
    """32 bytes of the operating system's randomness. That they are no key has a chance of 2^-128."""
    found = os.urandom(SECRET_KEY_BYTES)
    account_from_key(found)
    return found


def key_from_digits(text: str) -> bytes:
    """64 hexadecimal digits, with or without 0x. Raises `BadSecret`, which does not show them."""
    try:
        found = bytes.fromhex(text.strip().removeprefix("0x"))
        account_from_key(found)
    except ValueError:
        raise BadSecret("this is no secret key: it has 64 hexadecimal digits, and is not 0") from None
    return found


def key_from_words(words: str, path: str = STANDARD_PATH) -> bytes:
    """By BIP-39 and BIP-44. Raises `BadSecret` for words that are none, and for a malformed path."""
    from eth_account import Account
    from eth_utils.exceptions import ValidationError

    Account.enable_unaudited_hdwallet_features()
    try:
        return bytes(Account.from_mnemonic(" ".join(words.split()), account_path=path).key)
    except (ValueError, ValidationError):
        raise BadSecret(
            "these are no words of a wallet, or the path is none: 12 to 24 words of BIP-39's list with their check "
            f"sum, and a path like {STANDARD_PATH}"
        ) from None
