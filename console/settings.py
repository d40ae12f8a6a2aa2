"""What commands need to know, and who said so: defaults < a TOML file < the environment < flags.

The file is `zkclear/config.toml` where XDG keeps configuration (`~/.config`), or what `--config` names. Paths in it are
relative to it; those of flags and the environment to the current directory. A node that `zkclear node up` started here,
and its chain, come before other defaults: commands find it by themselves.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.errors import CommandError

CONFIG_VARIABLE: Final = "ZKCLEAR_CONFIG"
DEFAULT_URL: Final = "http://127.0.0.1:8700"
LARGEST_ACCOUNT: Final = (1 << 24) - 1


class BadSettings(CommandError):
    """A settings file, a variable or a flag that cannot be used."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}; `zkclear config show` prints all settings", where=where, why=why)
        self.where, self.why = where, why


@dataclass(frozen=True, slots=True)
class Found:
    """A setting's value, `None` where nothing was said, and where it came from."""

    value: str | int | Path | None
    source: str


@dataclass(frozen=True, slots=True)
class Setting:
    """One of them. `kind` is str, int or Path."""

    name: str
    variable: str
    kind: type[str | int | Path]
    says: str
    default: Callable[[], str | Path | None] = lambda: None
    of_node: str = ""
    """What says it of a node that is up here, a field of `NodeState`."""


def data_folder() -> Path:
    """Where XDG keeps data: `~/.local/share/zkclear`."""
    return _xdg("XDG_DATA_HOME", ".local/share")


def default_config() -> Path:
    """Where the settings file is looked for when none is named."""
    return _xdg("XDG_CONFIG_HOME", ".config") / "config.toml"


SETTINGS: Final = (
    Setting("url", "ZKCLEAR_URL", str, "the API of a node", lambda: DEFAULT_URL, of_node="url"),
    Setting(
        "rpc",
        "ZKCLEAR_RPC",
        str,
        "an Ethereum node; by default the chain of `zkclear node up` or `zkclear l1 up`",
        of_node="chain_url",
    ),
    Setting("deployment", "ZKCLEAR_DEPLOYMENT", Path, "the rollup's contracts: what `zkclear l1 deploy` wrote"),
    Setting("wallet", "ZKCLEAR_WALLET", str, "which wallet signs; by default the only one there is"),
    Setting("wallets", "ZKCLEAR_WALLETS", Path, "the folder with wallets", lambda: data_folder() / "wallets"),
    Setting("account", "ZKCLEAR_ACCOUNT", int, "the number of the account; by default the wallet's own"),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a command, by name."""

    found: Mapping[str, Found]

    @classmethod
    def load(cls, config: Path | None = None, **flags: str | int | Path | None) -> Settings:
        """`flags` by name, `None` for those not given. Raises `BadSettings`.

        Without `config` the file may be missing; one that is named must be there.
        """
        named = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
        path = named or default_config()
        written = _read(path, must_exist=named is not None)
        return cls({one.name: _find(one, path, written, flags.get(one.name)) for one in SETTINGS})

    @property
    def url(self) -> str:
        """The API of a node."""
        return str(self.found["url"].value)

    @property
    def rpc(self) -> str | None:
        """An Ethereum node; `None` is the chain of `zkclear l1 up`."""
        return self._text("rpc")

    @property
    def deployment(self) -> Path | None:
        """The file with the rollup's contracts."""
        return self._path("deployment")

    @property
    def wallet(self) -> str | None:
        """The name of a wallet."""
        return self._text("wallet")

    @property
    def wallets(self) -> Path:
        """The folder with wallets."""
        return self._path("wallets") or data_folder() / "wallets"

    @property
    def account(self) -> int | None:
        """The number of an account."""
        value = self.found["account"].value
        return value if isinstance(value, int) else None

    def _text(self, name: str) -> str | None:
        value = self.found[name].value
        return None if value is None else str(value)

    def _path(self, name: str) -> Path | None:
        value = self.found[name].value
        return None if value is None else Path(str(value))


def _find(setting: Setting, path: Path, written: Mapping[str, Any], flag: str | int | Path | None) -> Found:
    if flag is not None:
        return Found(_typed(setting, flag, f"--{setting.name}"), "flag")
    if given := os.environ.get(setting.variable):
        return Found(_typed(setting, given, setting.variable), setting.variable)
    if setting.name in written:
        where = f"{path}: {setting.name}"
        return Found(_typed(setting, written[setting.name], where, path.parent), str(path))
    if setting.of_node and (said := _of_node_here(setting.of_node)):
        return Found(said, "zkclear node up")
    return Found(setting.default(), "default")


def _of_node_here(field: str) -> str:
    from console.cli.node_up_state import READY, default_folder, running
    from sequencer.node.errors import NodeError

    try:
        node = running(default_folder())
    except NodeError:
        return ""
    return str(getattr(node, field)) if node.phase == READY else ""


def _typed(setting: Setting, value: object, where: str, folder: Path | None = None) -> str | int | Path:
    if setting.kind is int:
        try:
            number = int(value) if isinstance(value, str | int) and not isinstance(value, bool) else -1
        except ValueError:
            number = -1
        if not 0 <= number <= LARGEST_ACCOUNT:
            raise BadSettings(where, f"{value!r} is no number of an account")
        return number
    if not isinstance(value, str | Path) or not str(value):
        raise BadSettings(where, f"{value!r} is no text")
    if setting.kind is str:
        return str(value)
    found = Path(value).expanduser()
    return found if folder is None else folder / found


def _read(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if must_exist:
            raise BadSettings(str(path), "there is no such file") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(str(path), f"it cannot be read ({type(error).__name__})") from error
    import tomllib

    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(str(path), f"it is no TOML: {error}") from error
    names = [one.name for one in SETTINGS]
    for name in written:
        if name not in names:
            raise BadSettings(str(path), f"there is no setting {name!r}: there are {', '.join(names)}")
    return written


def _xdg(variable: str, default: str) -> Path:
    given = os.environ.get(variable)
    return (Path(given) if given else Path.home() / default) / "zkclear"
