"""Where the key comes from that signs transactions: the environment or a keystore, never the command line."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sequencer.l1.accounts import account_from_key
from sequencer.l1.errors import L1Error
from sequencer.l1.keystores import Keystore

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

KEY_VARIABLE: Final = "ZKCLEAR_SENDER_KEY"
"""Holds a secret key: 64 hexadecimal digits, with or without 0x."""

UNLOCKING_VARIABLE: Final = "ZKCLEAR_KEYSTORE_PASSWORD"
"""Holds a keystore's password; without it the password is asked for."""


class NoSenderKey(L1Error):
    """There is no key to sign transactions with."""

    def __init__(self) -> None:
        super().__init__(
            f"no key signs the transactions: put one into the environment as {KEY_VARIABLE}, or name a keystore file "
            "by --keystore; on the chain of `zkclear l1 up` a development account signs"
        )


class BadSenderKey(L1Error):
    """The environment's key is none. What it is, is not shown."""

    def __init__(self) -> None:
        super().__init__(f"{KEY_VARIABLE} holds no secret key: it must have 64 hexadecimal digits, and not be 0")


def account_from_environment() -> LocalAccount:
    """Raises `NoSenderKey` and `BadSenderKey`."""
    text = os.environ.get(KEY_VARIABLE)
    if not text:
        raise NoSenderKey
    try:
        return account_from_key(bytes.fromhex(text.strip().removeprefix("0x")))
    except ValueError:
        raise BadSenderKey from None


def account_from_keystore(path: Path, ask: Callable[[], str]) -> LocalAccount:
    """A keystore as geth and others write it (Web3 Secret Storage). `ask` gives the password if the environment
    does not. Raises `BadKeystore` and `WrongPassword`.
    """
    keystore = Keystore.read(path)
    return keystore.open(os.environ.get(UNLOCKING_VARIABLE) or ask())
