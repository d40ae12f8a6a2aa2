"""What can be wrong with wallets. Keystores that do not open are `sequencer.l1.keystores`' to refuse."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class WalletError(Exception):
    """Any refusal of this package. No message shows a secret."""


class BadWalletName(WalletError):
    """A name that cannot be a file's."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name!r} is no name of a wallet: use up to 100 letters, digits, dots, dashes and underscores, "
            "a letter or digit first"
        )
        self.name = name


class WalletExists(WalletError):
    """A wallet of this name is there; none is ever overwritten."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already, and wallets are never overwritten: choose another name")
        self.path = path


class WalletMissing(WalletError):
    """There is no wallet of this name."""

    def __init__(self, name: str, folder: Path, known: Sequence[str]) -> None:
        there = f"there are {', '.join(known)}" if known else "there is none yet: `zkclear wallet new` makes one"
        super().__init__(f"there is no wallet {name} in {folder}; {there}")
        self.name, self.folder, self.known = name, folder, tuple(known)


class WalletNotChosen(WalletError):
    """None was named, and there is not just one."""

    def __init__(self, folder: Path, known: Sequence[str]) -> None:
        if known:
            what = f"there are several wallets in {folder} ({', '.join(known)}): name one by --wallet"
        else:
            what = f"there is no wallet in {folder} yet: `zkclear wallet new NAME` makes one"
        super().__init__(what)
        self.folder, self.known = folder, tuple(known)


class WeakPassword(WalletError):
    """A password that is tried in no time."""

    def __init__(self, shortest: int) -> None:
        super().__init__(
            f"the password must have at least {shortest} characters: whoever has the file can try them all"
        )
        self.shortest = shortest


class BadSecret(WalletError):
    """What should be a key or the words of one, and is not. What it is, is not shown."""

    def __init__(self, what: str) -> None:
        super().__init__(what)


class NotWritten(WalletError):
    """A file that could not be written. Nothing that was there has changed."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} could not be written ({why}); nothing was changed")
        self.path, self.why = path, why


class BadSignature(WalletError):
    """A signature out of which no key can be made."""

    def __init__(self, what: str) -> None:
        super().__init__(f"this is no signature of an Ethereum key: {what}")
        self.what = what


class BadKnownAccounts(WalletError):
    """A list of accounts that is damaged. It can be made again."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"{path} is damaged ({why}): remove it, and name the account by --account until it is found again"
        )
        self.path, self.why = path, why
