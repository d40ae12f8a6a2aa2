"""Keys of committee members, from files: keystores, or 64 hexadecimal digits for whoever trusts the disk."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sequencer.l1.accounts import account_from_key
from sequencer.l1.errors import L1Error
from sequencer.l1.signing_keys import account_from_keystore
from sequencer.oracles.errors import BadOracleSettings

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

LONGEST: Final = 1 << 16
OTHERS: Final = 0o077


def account_from_file(path: Path, ask: Callable[[], str]) -> LocalAccount:
    """The account. `ask` gives a keystore's password where the environment does not.

    Raises `BadOracleSettings`: no such file, no key in it, or a bare key that others on this machine may read.
    """
    try:
        with path.open("rb") as file:
            mode, content = os.fstat(file.fileno()).st_mode, file.read(LONGEST)
    except OSError as error:
        raise BadOracleSettings(path, error.strerror or "it cannot be read") from error
    if content.lstrip().startswith(b"{"):
        try:
            return account_from_keystore(path, ask)
        except L1Error as error:
            raise BadOracleSettings(path, str(error).removeprefix(f"{path} ")) from error
    if mode & OTHERS:
        raise BadOracleSettings(path, "others may read this key: chmod 600, or make it a keystore")
    try:
        return account_from_key(bytes.fromhex(content.decode("ascii").strip().removeprefix("0x")))
    except (ValueError, L1Error):
        raise BadOracleSettings(path, "it holds neither a keystore nor 64 hexadecimal digits") from None
