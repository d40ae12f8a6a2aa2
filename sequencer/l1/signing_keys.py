"""Where the key comes from that signs transactions: the environment or a keystore, never the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sequencer.l1.accounts import account_from_key
from sequencer.l1.errors import L1Error

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


class BadKeystore(L1Error):
    """A keystore that does not open."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} does not open: {why}")
        self.path = path
        self.why = why


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
    does not. Raises `BadKeystore`.
    """
    from eth_account import Account

    try:
        keystore = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadKeystore(path, error.strerror or "it cannot be read") from error
    except ValueError as error:
        raise BadKeystore(path, "it is no JSON") from error
    password = os.environ.get(UNLOCKING_VARIABLE) or ask()
    try:
        secret_key = bytes(Account.decrypt(keystore, password))
    except (AttributeError, LookupError, NotImplementedError, TypeError, ValueError) as error:
        raise BadKeystore(path, f"wrong password, or no keystore ({type(error).__name__})") from None
    return account_from_key(secret_key)
