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

    def __init__(self, folder: Path, url: str | None) -> None:
        place = f" at {url}" if url else ""
        super().__init__(f"the chain of {folder} is up already{place}: `zkclear l1 down` stops it")
        self.folder = folder
        self.url = url


class ChainDown(L1Error):
    """There is no chain, or it does not answer."""

    def __init__(self, where: str, why: str = "") -> None:
        reason = f" ({why})" if why else ""
        super().__init__(f"no chain is up at {where}{reason}: `zkclear l1 up` starts a local one")
        self.where = where


class StateFolderDamaged(L1Error):
    """A file of the chain's folder is not what was written into it."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} is damaged ({what}): remove it, or choose another folder by --state-dir")
        self.path = path
        self.what = what


class OtherChainId(L1Error):
    """The state that is kept is of a chain with another id, for which everything in it was signed."""

    def __init__(self, folder: Path, kept: int, wanted: int) -> None:
        super().__init__(
            f"{folder} keeps the state of a chain with id {kept}, not {wanted}: choose another folder by --state-dir"
        )
        self.folder = folder
        self.kept = kept
        self.wanted = wanted


class BadUrl(L1Error):
    """Not the address of a node."""

    def __init__(self, url: str) -> None:
        super().__init__(f"{url!r} is no RPC URL: it begins with http:// or https:// and a host")
        self.url = url


class BadAnswer(L1Error):
    """A node answered something that is no JSON-RPC."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(f"{url} does not answer as an Ethereum node does ({what}): is this its RPC URL?")
        self.url = url
        self.what = what


class RpcRefused(L1Error):
    """A node answered with an error of JSON-RPC."""

    def __init__(self, method: str, code: int, message: str, data: object = None) -> None:
        super().__init__(f"{method}: {message} (code {code})")
        self.method = method
        self.code = code
        self.message = message
        self.data = data


class BadArgument(L1Error, ValueError):
    """A value is not of the type that a contract takes."""

    def __init__(self, name: str, value: object, wanted: str) -> None:
        shown = repr(value)
        super().__init__(f"{name} = {shown if len(shown) <= 100 else shown[:97] + '...'}, but it must be {wanted}")
        self.name = name
        self.value = value
        self.wanted = wanted


class BadEncoding(L1Error, ValueError):
    """Bytes from a chain are not what the contract's interface says."""

    def __init__(self, place: int, what: str) -> None:
        super().__init__(f"byte {place} of the encoded values: {what}")
        self.place = place
        self.what = what


class NoContract(L1Error):
    """There is no code at an address."""

    def __init__(self, url: str, address: str) -> None:
        super().__init__(f"there is no contract at {address} on the chain at {url}: is it the right chain?")
        self.url = url
        self.address = address


class WrongChainId(L1Error):
    """A node of another chain."""

    def __init__(self, url: str, expected: int, given: int) -> None:
        super().__init__(f"{url} is chain {given}, and chain {expected} is wanted: use the RPC URL of that one")
        self.url = url
        self.expected = expected
        self.given = given


class UnknownBlock(L1Error):
    """A node does not have that block."""

    def __init__(self, url: str, block: int | str) -> None:
        super().__init__(f"{url} has no block {block}: wait for it, or use a node that keeps old ones")
        self.url = url
        self.block = block


class InsufficientFunds(L1Error):
    """An account cannot pay for a transaction."""

    def __init__(self, address: str, message: str) -> None:
        super().__init__(f"{address} cannot pay for the transaction ({message}): send it ether")
        self.address = address
        self.message = message


class NotMined(L1Error):
    """A transaction was sent, and is in no block yet: it may still get there."""

    def __init__(self, transaction_hash: bytes, waited_s: float) -> None:
        super().__init__(
            f"transaction 0x{transaction_hash.hex()} is in no block after {waited_s:.0f} s; it may still get there, "
            "so look before sending it again"
        )
        self.transaction_hash = transaction_hash
        self.waited_s = waited_s


class OutOfGas(L1Error):
    """A transaction used all the gas that it was given, and did nothing."""

    def __init__(self, transaction_hash: bytes, gas_limit: int) -> None:
        super().__init__(f"transaction 0x{transaction_hash.hex()} ran out of its {gas_limit:,} gas: give it more")
        self.transaction_hash = transaction_hash
        self.gas_limit = gas_limit


class TransactionFailed(L1Error):
    """A transaction failed on the chain, and doing it again does not show why: the state was another one."""

    def __init__(self, transaction_hash: bytes, gas_used: int) -> None:
        super().__init__(
            f"transaction 0x{transaction_hash.hex()} failed, and would not have before its block or after it: "
            "another transaction of that block came between; try again"
        )
        self.transaction_hash = transaction_hash
        self.gas_used = gas_used
