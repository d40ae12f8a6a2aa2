"""Options that commands about L1 share, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from rollup.presets import Preset
    from sequencer.l1.client import Chain
    from sequencer.l1.deployment import RollupDeployment
    from sequencer.l1.sending import Sender

DEPLOYMENT_FILE = "deployment.json"
ELSEWHERE_FILE = "rollup.json"
"""Of any other chain than that of `zkclear l1 up`: where the settings of `zkclear node init` look for it."""

WHICH_FILE = "deployment.json of --state-dir; with --rpc rollup.json here"

Rpc: TypeAlias = Annotated[
    str | None, typer.Option("--rpc", help="Of an Ethereum node.", show_default="the chain of `zkclear l1 up`")
]
StateFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--state-dir", envvar="ZKCLEAR_L1", help="Where the local chain keeps its files.", show_default=".zkclear/l1"
    ),
]
DeploymentFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--deployment", help="What `zkclear l1 deploy` wrote.", show_default=WHICH_FILE),
]
Keystore: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--keystore",
        help="A file with the sender's key; the password is in ZKCLEAR_KEYSTORE_PASSWORD, or asked for.",
        show_default="the key in ZKCLEAR_SENDER_KEY",
    ),
]


@dataclass(frozen=True, slots=True)
class Place:
    """A chain. `is_local` is whether it is one's own: there keys that everybody knows do no harm.

    `file` says what is deployed there, unless another one is named.
    """

    url: str
    file: Path
    is_local: bool

    @classmethod
    def of(cls, rpc: str | None, state_folder: Path | None, *, local: bool = False) -> Place:
        """By default the chain that `zkclear l1 up` started. Raises `ChainDown` and `StateFolderDamaged`."""
        from sequencer.l1 import local_chain
        from sequencer.l1.errors import ChainDown

        folder = state_folder or local_chain.default_folder()
        if rpc is None:
            return cls(local_chain.running(folder).url, folder / DEPLOYMENT_FILE, is_local=True)
        try:
            is_own = local_chain.running(folder).url == rpc.rstrip("/")
        except ChainDown:
            is_own = False
        return cls(rpc, folder / DEPLOYMENT_FILE if is_own else Path(ELSEWHERE_FILE), is_local=local or is_own)

    def chain(self) -> Chain:
        """Reads from it."""
        from sequencer.l1.client import Chain

        return Chain(self.url)

    def deployment_path(self, named: Path | None) -> Path:
        """The file named, or the chain's."""
        return named or self.file

    def deployment(self, named: Path | None) -> RollupDeployment:
        """Raises `BadDeploymentFile`."""
        from sequencer.l1.deployment import RollupDeployment

        return RollupDeployment.load(self.deployment_path(named))

    def sender(self, keystore: Path | None) -> Sender:
        """Who signs: a keystore's account, the environment's, or on one's own chain development account 0.

        Raises `NoSenderKey`, `BadSenderKey` and `BadKeystore`.
        """
        from console.cli.wallet_secrets import asked
        from sequencer.l1.accounts import development_account
        from sequencer.l1.sending import Sender
        from sequencer.l1.signing_keys import NoSenderKey, account_from_environment, account_from_keystore

        if keystore is not None:
            account = account_from_keystore(keystore, lambda: asked("password"))
        else:
            try:
                account = account_from_environment()
            except NoSenderKey:
                if not self.is_local:
                    raise
                account = development_account(0)
        return Sender(self.chain(), account)


def preset_of(name: str) -> Preset:
    """Raises `BadParameter`."""
    from rollup.presets import PRESETS

    if name not in PRESETS:
        raise typer.BadParameter(f"no preset is called {name}: there are {', '.join(PRESETS)}")
    return PRESETS[name]


def duration(seconds: int) -> str:
    """For people: `3 d 4 h`, by the two largest units."""
    if seconds < 0:
        return f"-{duration(-seconds)}"
    parts = []
    for unit, name in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        count, seconds = divmod(seconds, unit)
        if count:
            parts.append(f"{count} {name}")
    return " ".join(parts[:2]) or "0 s"
