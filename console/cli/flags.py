"""Flags that many commands take alike: a command says which, and gets them as one value.

What a flag says comes before the environment, the settings file and defaults (`console.settings`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cli.wallet_options import AccountNumber, Config, Deployment, PasswordFile, Rpc, Url, WalletName, Wallets

if TYPE_CHECKING:
    from console.settings import Settings

OPTIONS: Final[Mapping[str, Any]] = {
    "wallet": WalletName,
    "account": AccountNumber,
    "password_file": PasswordFile,
    "wallets": Wallets,
    "url": Url,
    "rpc": Rpc,
    "deployment": Deployment,
    "config": Config,
}
NO_SETTINGS: Final = ("password_file", "config")
NODE: Final = ("url", "config")
"""Of whoever asks a node what everybody may ask."""

TRADER: Final = ("wallet", "account", "password_file", "wallets", "url", "deployment", "config")
"""Of whoever signs for an account."""

PAYER: Final = ("wallet", "account", "password_file", "wallets", "url", "rpc", "deployment", "config")
"""Of whoever pays into an account on L1."""

OWNER: Final = ("wallet", "password_file", "wallets", "url", "rpc", "deployment", "config")
"""Of whoever sends a transaction of a wallet to L1."""

LOOKER: Final = ("wallet", "wallets", "url", "rpc", "deployment", "config")
"""Of whoever looks at a wallet on L1."""


@dataclass(frozen=True, slots=True)
class Flags:
    """By name, None for those that were not given."""

    given: Mapping[str, Any]

    @property
    def password_file(self) -> Path | None:
        """Where the wallet's password is."""
        found: Path | None = self.given["password_file"]
        return found

    def settings(self, **others: str | None) -> Settings:
        """All settings; `others` are said by arguments of the command. Raises `BadSettings`."""
        from console.settings import Settings

        said = {name: value for name, value in self.given.items() if name not in NO_SETTINGS}
        return Settings.load(self.given["config"], **said, **others)


def takes(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For a command with a parameter `flags`: the flags that are named stand in its place. Raises `KeyError`."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = signature(command, eval_str=True)
        parameters: list[Parameter] = []
        for one in own.parameters.values():
            shared = [Parameter(name, one.kind, default=None, annotation=OPTIONS[name]) for name in names]
            parameters += shared if one.name == "flags" else [one]

        @wraps(command)
        def run(**values: Any) -> None:
            given = {name: values.pop(name) for name in names}
            command(**values, flags=Flags(given))

        run.__dict__["__signature__"] = own.replace(parameters=parameters)
        return run

    return decorate
