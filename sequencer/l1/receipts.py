"""What a chain says about transactions and logs, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sequencer.l1.address import with_checksum
from sequencer.l1.binding import Event
from sequencer.l1.errors import BadAnswer
from sequencer.l1.gas import GasUse, gas_use

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class RawLog:
    """A log as it is. `index` is that within the block."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    transaction_hash: bytes
    transaction_index: int
    index: int


@dataclass(frozen=True, slots=True)
class Log(Generic[E]):
    """A log, decoded."""

    event: E
    raw: RawLog


@dataclass(frozen=True, slots=True)
class Receipt:
    """A transaction that is in a block and succeeded. `created` is the address of a new contract."""

    transaction_hash: bytes
    block_number: int
    block_hash: bytes
    transaction_index: int
    gas: GasUse
    gas_price_wei: int
    logs: tuple[RawLog, ...]
    created: str | None

    def events(self, kind: type[E], address: str) -> tuple[E, ...]:
        """The events of one kind that a contract emitted. Raises `BadEncoding` when one is not as it should be."""
        return tuple(
            kind.decode(log.topics, log.data)
            for log in self.logs
            if log.topics and log.topics[0] == kind.TOPIC and log.address.lower() == address.lower()
        )


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction as it was sent; `to` is None for the creation of a contract."""

    hash: bytes
    sender: str
    to: str | None
    data: bytes
    value_wei: int
    gas_limit: int
    nonce: int
    block_number: int | None


def raw_log(url: str, answer: Mapping[str, Any]) -> RawLog:
    """From a node's answer. Raises `BadAnswer`."""
    try:
        return RawLog(
            address=with_checksum(hex_bytes(answer["address"])),
            topics=tuple(map(hex_bytes, answer["topics"])),
            data=hex_bytes(answer["data"]),
            block_number=int(answer["blockNumber"], 16),
            block_hash=hex_bytes(answer["blockHash"]),
            transaction_hash=hex_bytes(answer["transactionHash"]),
            transaction_index=int(answer["transactionIndex"], 16),
            index=int(answer["logIndex"], 16),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer(url, f"a log without {error}") from error


def receipt(url: str, answer: Mapping[str, Any], transaction: Transaction) -> Receipt:
    """From a node's answer. Raises `BadAnswer`."""
    try:
        created = answer.get("contractAddress")
        return Receipt(
            transaction_hash=hex_bytes(answer["transactionHash"]),
            block_number=int(answer["blockNumber"], 16),
            block_hash=hex_bytes(answer["blockHash"]),
            transaction_index=int(answer["transactionIndex"], 16),
            gas=gas_use(transaction.data, int(answer["gasUsed"], 16), creates=transaction.to is None),
            gas_price_wei=int(answer["effectiveGasPrice"], 16),
            logs=tuple(raw_log(url, log) for log in answer["logs"]),
            created=with_checksum(hex_bytes(created)) if created else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer(url, f"a receipt without {error}") from error


def transaction(url: str, answer: Mapping[str, Any]) -> Transaction:
    """From a node's answer. Raises `BadAnswer`."""
    try:
        to, block = answer.get("to"), answer.get("blockNumber")
        return Transaction(
            hash=hex_bytes(answer["hash"]),
            sender=with_checksum(hex_bytes(answer["from"])),
            to=with_checksum(hex_bytes(to)) if to else None,
            data=hex_bytes(answer["input"]),
            value_wei=int(answer["value"], 16),
            gas_limit=int(answer["gas"], 16),
            nonce=int(answer["nonce"], 16),
            block_number=int(block, 16) if block else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadAnswer(url, f"a transaction without {error}") from error


def hex_bytes(text: str) -> bytes:
    """`0x…` to bytes. Raises `ValueError`."""
    if not text.startswith("0x"):
        raise ValueError(f"{text[:20]!r} does not begin with 0x")
    return bytes.fromhex(text[2:])
