"""What an operator decides, in one TOML file. Secrets are not in it: it names the files that they are in."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from prover.formats.atomic import AtomicFile
from rollup.units import MILLION
from sequencer.node.errors import NodeError
from sequencer.oracles.settings_example import EXAMPLE

ORACLES_NAME: Final = "oracles.toml"


class BadSettings(NodeError):
    """A settings file that cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}; `zkclear node init` writes one that can be used")
        self.path, self.why = path, why


class ApiSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where traders are answered. Port 0 is a free one."""

    host: str = "127.0.0.1"
    port: int = 8700


class BatchSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """See `BatchPolicy`."""

    shortest_wait_s: float = 0.5
    longest_wait_s: float = 10.0
    most_unproven: int = 8
    limit_unproven: int = 64
    tick_s: float = 5.0


class ProvingSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`cluster` is the address of a dask scheduler; without one, processes of this machine prove.

    `key` is the proving key's file; a development deployment makes its own.
    """

    key: str | None = None
    workers: int = 1
    threads: int | None = None
    time_limit_s: float = 300.0
    cluster: str | None = None


class ChainSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`urls` are nodes that should agree. `confirmations` is how deep a block must lie to be final."""

    urls: tuple[str, ...] = ("http://127.0.0.1:8545",)
    confirmations: int = 12
    poll_s: float = 1.0
    operator_key_file: str | None = None


class FeeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """In 0.000001 of the premium."""

    maker_ppm: int = 300
    taker_ppm: int = 500


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`folder` has the log and everything else that the node writes; paths are relative to the settings file.

    `oracles` is the oracles' own settings file (`sequencer.oracles.settings`), or a function that makes their reporter,
    as `package.module:function`: it gets the node. Where none is named, tables come from elsewhere (`Node.take_table`).
    """

    folder: str = "node"
    deployment: str = "rollup.json"
    oracles: str | None = None
    underlyings: dict[str, int] = {}
    api: ApiSettings = ApiSettings()
    batches: BatchSettings = BatchSettings()
    proving: ProvingSettings = ProvingSettings()
    chain: ChainSettings = ChainSettings()
    fees: FeeSettings = FeeSettings()


LIMITS: Final = (
    ("api.port", 0, 65_535),
    ("proving.workers", 1, 256),
    ("chain.confirmations", 0, 256),
    ("fees.maker_ppm", 0, MILLION),
    ("fees.taker_ppm", 0, MILLION),
)


def read_settings(path: Path) -> Settings:
    """The file as settings. Raises `BadSettings` for one that is missing or malformed, or a number out of range."""
    try:
        settings = msgspec.toml.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise BadSettings(path, error.strerror or "it cannot be read") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadSettings(path, str(error)) from error
    for name, low, high in LIMITS:
        section, field = name.split(".")
        value = getattr(getattr(settings, section), field)
        if not low <= value <= high:
            raise BadSettings(path, f"{name} is {value}, and must be in {low} .. {high}")
    if not settings.chain.urls:
        raise BadSettings(path, "chain.urls is empty: name a node of the chain")
    return settings


def write_settings(path: Path) -> Path:
    """Writes the settings that hold where nothing is said, and beside them an example of the oracles', unless there is
    one: its path is returned. Raises `BadSettings` where a file is already.
    """
    if path.exists():
        raise BadSettings(path, "there is a file already: name another one")
    with AtomicFile(path) as file:
        file.write(TEMPLATE.encode())
    oracles = path.parent / ORACLES_NAME
    if not oracles.exists():
        with AtomicFile(oracles) as file:
            file.write(EXAMPLE.encode())
    return oracles


TEMPLATE: Final = """\
# A node of zkclear. Paths are relative to this file; what is left out is as it stands here.
folder = "node"                        # the log, and everything else that must not be lost
deployment = "rollup.json"             # written by `zkclear l1 deploy`
# oracles = "oracles.toml"             # keys, sources, what is listed; or "package.module:function" of the node

[underlyings]                          # names of what options are written on, and their numbers
BTC = 1

[api]
host = "127.0.0.1"
port = 8700

[batches]
shortest_wait_s = 0.5                  # when no batch waits for a proof
longest_wait_s = 10.0
most_unproven = 8                      # from here on only full batches end
limit_unproven = 64                    # from here on no trades are taken
tick_s = 5.0

[proving]
workers = 1
time_limit_s = 300.0
# key = "settlement.zkey"              # of the ceremony
# cluster = "tcp://10.0.0.1:8786"      # a dask scheduler

[chain]
urls = ["http://127.0.0.1:8545"]       # several nodes: more than half must agree
confirmations = 12
poll_s = 1.0
# operator_key_file = "operator.json"  # a keystore; else ZKCLEAR_SENDER_KEY

[fees]                                 # in 0.000001 of the premium
maker_ppm = 300
taker_ppm = 500
"""
