"""A chain at an RPC URL: what contracts answer, transactions that are signed here, and logs.

Speaks JSON-RPC itself (`rpc`), so that a command that only asks needs neither web3 nor eth_account.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sequencer.l1 import receipts, rpc
from sequencer.l1.address import NO_ADDRESS
from sequencer.l1.binding import Binding, BlockId, Call, Event
from sequencer.l1.errors import BadAnswer, BadEncoding, NoContract, RpcRefused, UnknownBlock, WrongChainId
from sequencer.l1.receipts import Log, RawLog, Transaction, hex_bytes
from sequencer.l1.reverts import ContractReverted, error_from

if TYPE_CHECKING:
    from web3 import Web3

T = TypeVar("T")
LOG_PAGE_BLOCKS: Final = 2_000
"""How many blocks are asked for logs at once; fewer when the node says that it is too much."""

EXECUTION_REVERTED: Final = 3
"""The code of JSON-RPC by which nodes say that a call reverted."""


class Chain:
    """Reads from a chain. `known_errors` are recognised besides those of the project's own contracts."""

    def __init__(self, url: str, known_errors: Sequence[type[ContractReverted]] = ()) -> None:
        self.url = url
        self._known_errors = tuple(known_errors)

    @cached_property
    def chain_id(self) -> int:
        """By EIP-155; asked once."""
        return self.quantity("eth_chainId")

    @cached_property
    def web3(self) -> Web3:
        """The same chain in web3, for those who want it."""
        from web3 import Web3

        return Web3(Web3.HTTPProvider(self.url))

    def require_chain_id(self, expected: int) -> None:
        """Raises `WrongChainId` when this is another chain."""
        if self.chain_id != expected:
            raise WrongChainId(self.url, expected, self.chain_id)

    def rpc(self, method: str, *parameters: object) -> Any:
        """The result of one JSON-RPC call. Raises as `rpc.call`."""
        return rpc.call(self.url, method, *parameters)

    def quantity(self, method: str, *parameters: object) -> int:
        """The same for a result that is an integer. Raises `BadAnswer` when it is none."""
        answer = self.rpc(method, *parameters)
        try:
            return int(answer, 16)
        except (TypeError, ValueError) as error:
            raise BadAnswer(self.url, f"{method}: {answer!r}") from error

    def block_number(self) -> int:
        """The latest block."""
        return self.quantity("eth_blockNumber")

    def block_time_s(self, block: BlockId = "latest") -> int:
        """The time of a block. Raises `UnknownBlock`."""
        answer = self.rpc("eth_getBlockByNumber", block_parameter(block), False)
        if answer is None:
            raise UnknownBlock(self.url, block)
        return int(answer["timestamp"], 16)

    def balance_wei(self, address: str) -> int:
        """What an address has."""
        return self.quantity("eth_getBalance", address, "latest")

    def code(self, address: str, block: BlockId = "latest") -> bytes:
        """The code at an address; empty when there is no contract."""
        return hex_bytes(self.rpc("eth_getCode", address, block_parameter(block)))

    def require_code(self, address: str) -> None:
        """Raises `NoContract`: whoever calls an address without code is told that all went well."""
        if not self.code(address):
            raise NoContract(self.url, address)

    def read(self, call: Call[T], block: BlockId = "latest", sender: str = NO_ADDRESS) -> T:
        """What a call would return, without doing it: views, and trials of transactions.

        Raises the contract's own error (`ContractReverted`), `NoContract`, and `BadEncoding` for an answer that is
        not of the function's type.
        """
        request = {"from": sender, "to": call.to, "data": "0x" + call.data.hex(), "value": hex(call.value_wei)}
        try:
            answer = hex_bytes(self.rpc("eth_call", request, block_parameter(block)))
        except RpcRefused as refusal:
            raise self.reverted(refusal, call.errors) from refusal
        try:
            if not answer and not call.function.outputs:
                self.require_code(call.to)
            return call.function.decode_result(answer)
        except BadEncoding:
            self.require_code(call.to)
            raise

    def reverted(self, refusal: RpcRefused, errors: Sequence[type[ContractReverted]]) -> Exception:
        """The contract's error, if the node refused because of one; else the refusal itself."""
        data = _revert_data(refusal)
        if data is None:
            return refusal
        from sequencer.l1.bindings import all_errors

        return error_from(data, (*errors, *self._known_errors, *all_errors()))

    def transaction(self, transaction_hash: bytes) -> Transaction | None:
        """A transaction by its hash, also one that is not in a block yet."""
        answer = self.rpc("eth_getTransactionByHash", "0x" + transaction_hash.hex())
        return None if answer is None else receipts.transaction(self.url, answer)

    def logs(
        self,
        contracts: Sequence[Binding],
        first_block: int = 0,
        last_block: int | None = None,
        *,
        events: Sequence[type[Event]] = (),
        page_blocks: int = LOG_PAGE_BLOCKS,
    ) -> Iterator[Log[Any]]:
        """Events of contracts in their order on the chain, in blocks `first_block` to `last_block` (the latest).

        Asks for `page_blocks` blocks at a time. Without `events`, all that the contracts have. Raises `BadEncoding`
        for a log that is not as its contract's interface says.
        """
        end = self.block_number() if last_block is None else last_block
        by_address = {contract.address.lower(): contract for contract in contracts}
        kinds = events or tuple({kind.TOPIC: kind for contract in contracts for kind in contract.EVENTS}.values())
        topics = sorted({kind.TOPIC for kind in kinds})
        for raw in self._raw_logs(sorted(by_address), topics, first_block, end, page_blocks):
            kind = by_address[raw.address.lower()].event_of(raw.topics)
            if kind is not None:
                yield Log(kind.decode(raw.topics, raw.data), raw)

    def _raw_logs(
        self, addresses: list[str], topics: list[bytes], first: int, last: int, page_blocks: int
    ) -> Iterator[RawLog]:
        """Page by page; a page that is too large for the node is asked for in halves."""
        start, page = first, page_blocks
        while start <= last:
            end = min(start + page - 1, last)
            wanted = {"address": addresses, "topics": [["0x" + topic.hex() for topic in topics]]}
            try:
                answer = self.rpc("eth_getLogs", {**wanted, "fromBlock": hex(start), "toBlock": hex(end)})
            except RpcRefused:
                if start == end:
                    raise
                page = max((end - start + 1) // 2, 1)
                continue
            found = [receipts.raw_log(self.url, log) for log in answer]
            yield from sorted(found, key=lambda log: (log.block_number, log.index))
            start = end + 1


def block_parameter(block: BlockId) -> str:
    """As JSON-RPC has it."""
    return hex(block) if isinstance(block, int) else block


def _revert_data(refusal: RpcRefused) -> bytes | None:
    """The data of a revert: nodes have it as text, or inside an object; None when it was no revert."""
    data = refusal.data
    if isinstance(data, dict):
        data = data.get("data")
    if isinstance(data, str):
        text = data.removeprefix("Reverted ")
        try:
            return hex_bytes(text)
        except ValueError:
            return b"" if refusal.code == EXECUTION_REVERTED else None
    return b"" if refusal.code == EXECUTION_REVERTED or "execution reverted" in refusal.message else None
