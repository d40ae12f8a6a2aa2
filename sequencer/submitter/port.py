"""What the submitter needs of L1, and of whoever signs: `web3_port.Web3Port` and `signing.AccountSigner`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from sequencer.l1.binding import BlockId, Call
from sequencer.l1.receipts import RawLog
from sequencer.submitter.chain_types import BlockHead, Inclusion, SendResult

T = TypeVar("T")


class L1Port(Protocol):
    """A chain as its nodes agree upon it. No call waits longer than its time limit; none retries by itself.

    Every method raises `NodesUnavailable` when too few nodes answer and `NodesDisagree` when too few say the same:
    both pass, and asking again later is right. It is a `Reader` of bindings.
    """

    def chain_id(self) -> int:
        """By EIP-155."""

    def head(self) -> BlockHead:
        """The newest block that enough nodes have. Nodes that are behind do not count."""

    def block(self, number: int) -> BlockHead | None:
        """The block of that number on the chain as it is now, or None."""

    def nonce(self, address: str, block: BlockId) -> int:
        """How many transactions of an account there are up to a block; up to the pool for `pending`."""

    def code(self, address: str) -> bytes:
        """The code at an address; empty when there is none."""

    def read(self, call: Call[T], block: BlockId = "latest") -> T:
        """What a view answers at a block. Raises the contract's own error."""

    def logs(
        self, addresses: Sequence[str], topics: Sequence[bytes], first_block: int, last_block: int
    ) -> tuple[RawLog, ...]:
        """Logs of contracts whose first topic is one of these, in their order on the chain."""

    def receipt(self, transaction_hash: bytes) -> Inclusion | None:
        """Where a transaction is, if it is in a block."""

    def is_known(self, transaction_hash: bytes) -> bool:
        """Whether any node has the transaction, in its pool or in a block."""

    def estimate(self, sender: str, to: str, data: bytes) -> int:
        """The gas that a transaction takes now. Raises the contract's own error when it would revert."""

    def tip_wei(self) -> int:
        """What to give to whoever makes the next block, for each unit of gas."""

    def send(self, raw: bytes) -> SendResult:
        """Gives a signed transaction to all nodes. Raises nothing: silence is `UNCERTAIN`."""


@dataclass(frozen=True, slots=True)
class UnsignedTransaction:
    """By EIP-1559, without value."""

    chain_id: int
    nonce: int
    to: str
    data: bytes = field(repr=False)
    gas_limit: int
    most_fee_wei: int
    tip_wei: int


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """As nodes take it."""

    raw: bytes = field(repr=False)
    hash: bytes


class Signer(Protocol):
    """Who holds the key of the account that sends."""

    @property
    def address(self) -> str:
        """The account's."""

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """The same transaction must give the same bytes every time."""
