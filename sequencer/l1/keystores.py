"""Keystore files as geth and all wallets write them (Web3 Secret Storage, version 3): a secret key under a password.

Reading one costs what its author asked for: half a second for the standard work of scrypt.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sequencer.l1.accounts import account_from_key
from sequencer.l1.address import is_address, with_checksum
from sequencer.l1.errors import L1Error
from sequencer.l1.nesting import refuse_deep_nesting

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

VERSION: Final = 3
STANDARD_SCRYPT_N: Final = 1 << 18
"""256 MiB and half a second a try: geth's standard."""

MOST_SCRYPT_BYTES: Final = 1 << 30
MOST_ROUNDS: Final = 1 << 24
"""Of PBKDF2, or of scrypt at blocks of 1 KiB as all wallets have them: r = 8."""

USUAL_R: Final = 8
MOST_BLOCKS: Final = 1 << 10
"""r * p: scrypt begins and ends with so many times 128 bytes of PBKDF2, which is slow."""

KEY_BYTES: Final = 32
LONGEST_FILE: Final = 1 << 16


class BadKeystore(L1Error):
    """A keystore that does not open."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} does not open: {why}")
        self.path = path
        self.why = why


class WrongPassword(BadKeystore):
    """A keystore that another password opens."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "wrong password")


@dataclass(frozen=True, slots=True)
class Keystore:
    """A keystore's file as it is; the key is still locked. `address` is what it says of itself, if anything."""

    path: Path
    address: str | None
    content: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Keystore:
        """Raises `BadKeystore` for what is no keystore, or one that would take more than a GiB to open."""
        try:
            with path.open("rb") as file:
                data = file.read(LONGEST_FILE + 1)
        except OSError as error:
            raise BadKeystore(path, error.strerror or "it cannot be read") from error
        refuse_deep_nesting()
        try:
            content = json.loads(data.decode("utf-8")) if len(data) <= LONGEST_FILE else None
        except (ValueError, RecursionError) as error:
            raise BadKeystore(path, "it is no JSON") from error
        if not isinstance(content, dict):
            raise BadKeystore(path, "it is no keystore of version 3")
        lowered = {str(name).lower(): value for name, value in content.items()}
        if lowered.get("version") != VERSION or not isinstance(lowered.get("crypto"), dict):
            raise BadKeystore(path, "it is no keystore of version 3")
        _check_work(path, lowered["crypto"])
        return cls(path, _address_of(path, lowered.get("address")), content)

    def open(self, password: str) -> LocalAccount:
        """The account. Raises `WrongPassword`, and `BadKeystore` for a damaged file or the key of another address."""
        from eth_account import Account

        try:
            account = account_from_key(bytes(Account.decrypt(self.content, password)))
        except (AssertionError, AttributeError, LookupError, NotImplementedError, TypeError, ValueError) as error:
            if isinstance(error, ValueError) and "MAC mismatch" in str(error):
                raise WrongPassword(self.path) from None
            raise BadKeystore(self.path, f"it is damaged ({type(error).__name__})") from None
        if self.address not in (None, account.address):
            raise BadKeystore(self.path, f"its key is that of {account.address}, not of {self.address}")
        return account


def locked(secret_key: bytes, password: str, scrypt_n: int = STANDARD_SCRYPT_N) -> bytes:
    """The content of a keystore file: scrypt, AES-128 in counter mode, a random salt. Takes a second."""
    from eth_account import Account

    content = Account.encrypt(secret_key, password, kdf="scrypt", iterations=scrypt_n)
    return json.dumps(content, indent=1).encode() + b"\n"


def _check_work(path: Path, crypto: dict[str, Any]) -> None:
    """A file from elsewhere must not take all memory or the whole day."""
    given = crypto.get("kdfparams")
    if not isinstance(given, dict):
        raise BadKeystore(path, "it does not say how its key was made")
    n, r, p, c = (given.get(name, 1) for name in ("n", "r", "p", "c"))
    if not all(type(value) is int and value > 0 for value in (n, r, p, c)):
        raise BadKeystore(path, "its work is no positive number")
    if given.get("dklen") != KEY_BYTES:
        raise BadKeystore(path, f"it does not derive the {KEY_BYTES} bytes that every wallet does (dklen)")
    is_too_much = n * r * p > MOST_ROUNDS * USUAL_R or r * p > MOST_BLOCKS or c > MOST_ROUNDS
    if is_too_much or 128 * n * r > MOST_SCRYPT_BYTES:
        raise BadKeystore(path, "it asks for more work than any wallet does: more than a GiB, or 16 million rounds")


def _address_of(path: Path, given: object) -> str | None:
    """With a checksum. Keystores write it without 0x, most in lower case, and some leave it out."""
    if given is None or given == "":
        return None
    text = "0x" + given.removeprefix("0x") if isinstance(given, str) else ""
    if not is_address(text):
        raise BadKeystore(path, "its address is none")
    return with_checksum(bytes.fromhex(text[2:]))
