"""What can go wrong between the node and Ethereum. Errors of contracts themselves are in `reverts`."""

from __future__ import annotations

from pathlib import Path


class L1Error(Exception):
    """Any failure of this package."""


class ContractsMissing(L1Error):
    """The Solidity sources are not where a checkout or a wheel has them."""

    def __init__(self, looked_in: tuple[Path, ...]) -> None:
        places = " nor ".join(map(str, looked_in))
        super().__init__(f"there are no Solidity sources in {places}: install zkclear again, or use a whole checkout")
        self.looked_in = looked_in


class DuplicateSource(L1Error):
    """Two source files want one path, or two contracts one name."""

    def __init__(self, name: str, places: tuple[str, ...]) -> None:
        super().__init__(f"{name} is there more than once ({', '.join(places)}): rename one")
        self.name = name
        self.places = places


class ContractTooLarge(L1Error):
    """A contract that no chain would take (EIP-170)."""

    def __init__(self, name: str, size: int, limit: int) -> None:
        super().__init__(f"{name} has {size:,} bytes of code, {size - limit:,} more than EIP-170 allows ({limit:,})")
        self.name = name
        self.size = size
        self.limit = limit


class UnknownContract(L1Error):
    """No contract of that name was compiled."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(f"there is no contract {name}; there are {', '.join(known)}")
        self.name = name
        self.known = known


class NotDeployable(L1Error):
    """An interface or an abstract contract has no code."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has no code to deploy: it is an interface, or abstract")
        self.name = name


class AnvilMissing(L1Error):
    """There is no local chain to start."""

    def __init__(self, looked_in: tuple[str, ...]) -> None:
        super().__init__(
            f"anvil is not installed (looked in {', '.join(looked_in)} and on the PATH): run `npm ci` in contracts/, "
            "or name it by ZKCLEAR_ANVIL, or use the RPC URL of another chain"
        )
        self.looked_in = looked_in


class PortTaken(L1Error):
    """Something else listens where the chain should."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is taken by another program: choose another one by --port, or 0 for a free one")
        self.port = port


class AnvilDied(L1Error):
    """The local chain ended by itself, or did not answer in time."""

    def __init__(self, what: str, last_lines: tuple[str, ...]) -> None:
        said = "; it said:\n" + "\n".join(last_lines) if last_lines else "; it said nothing"
        super().__init__(f"anvil {what}{said}")
        self.what = what
        self.last_lines = last_lines


class ChainRunning(L1Error):
    """A local chain of this folder is up already."""

    def __init__(self, folder: Path, url: str, pid: int) -> None:
        super().__init__(f"the chain of {folder} is up already, at {url} (process {pid}): `zkclear l1 down` stops it")
        self.folder = folder
        self.url = url
        self.pid = pid


class ChainDown(L1Error):
    """There is no local chain to stop, or none that answers."""

    def __init__(self, where: str) -> None:
        super().__init__(f"no chain is up at {where}: `zkclear l1 up` starts one")
        self.where = where


class StateFolderDamaged(L1Error):
    """A file of the chain's folder is not what was written into it."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} is damaged ({what}): remove it, or choose another folder by --state-dir")
        self.path = path
        self.what = what
