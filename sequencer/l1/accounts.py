"""Ethereum accounts that sign. eth_account takes a second to load, so it is loaded when the first one is made."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sequencer.l1.errors import BadArgument

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

SECRET_KEY_BYTES = 32


def account_from_key(secret_key: bytes) -> LocalAccount:
    """The account of a secret key of 32 bytes. Raises `BadArgument`, which does not show the key."""
    from eth_account import Account

    try:
        if len(secret_key) != SECRET_KEY_BYTES:
            raise ValueError(len(secret_key))
        account: LocalAccount = Account.from_key(secret_key)
    except ValueError as error:
        raise BadArgument("secret_key", type(error).__name__, "32 bytes of a secp256k1 secret key") from None
    return account


@cache
def development_account(index: int = 0) -> LocalAccount:
    """An account that is rich on every local chain, and worthless on any other: its key is known to everybody.

    Raises `BadArgument` for an index that is not in 0..9.
    """
    from sequencer.l1.anvil_program import DEVELOPMENT_ACCOUNTS, MNEMONIC

    if not 0 <= index < DEVELOPMENT_ACCOUNTS:
        raise BadArgument("index", index, f"0 to {DEVELOPMENT_ACCOUNTS - 1}")
    from eth_account import Account

    Account.enable_unaudited_hdwallet_features()
    account: LocalAccount = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{index}")
    return account
