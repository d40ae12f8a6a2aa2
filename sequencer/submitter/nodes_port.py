"""L1 as several nodes agree upon it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from sequencer.l1.binding import BlockId, Call
from sequencer.l1.client import Chain, block_parameter
from sequencer.l1.errors import BadAnswer, RpcRefused
from sequencer.l1.receipts import RawLog, hex_bytes, raw_log
from sequencer.submitter.chain_types import BlockHead, BlockMark, Inclusion, SendResult
from sequencer.submitter.errors import NodesDisagree, NodesUnavailable
from sequencer.submitter.node_pool import Answer, Key, Node, NodePool

T = TypeVar("T")
LOG_PAGE_BLOCKS: Final = 1_000
GAS_FIELDS: Final = ("gasUsed", "effectiveGasPrice")


class NodesPort:
    """`port.L1Port` over nodes. `chain` is the same for readers that want a `Chain`: `HistoryReader`, bindings."""

    def __init__(self, nodes: Sequence[Node], clock: Callable[[], float], quorum: int | None = None) -> None:
        self._pool = NodePool(nodes, clock, quorum)
        self.name = ", ".join(node.name for node in nodes)
        self.chain: Chain = _AgreedChain(self.name, self._pool)

    def chain_id(self) -> int:
        """By EIP-155."""
        return self._quantity("eth_chainId")

    def head(self) -> BlockHead:
        """The newest block that enough nodes have."""
        answers, failures = self._pool.answers("eth_getBlockByNumber", ["latest", False])
        numbers = sorted((n for n in map(_number, answers) if n is not None), reverse=True)
        if len(numbers) < self._pool.quorum:
            raise NodesUnavailable("eth_getBlockByNumber", self._pool.quorum, tuple(failures))
        newest = numbers[self._pool.quorum - 1]
        found = self.block(newest)
        if found is None:
            raise NodesDisagree("eth_getBlockByNumber", {self.name: f"block {newest} is not there"})
        return found

    def block(self, number: int) -> BlockHead | None:
        """The block of that number, or None."""
        answer = self._pool.agreed("eth_getBlockByNumber", [hex(number), False], _fields("number", "hash"))
        return None if answer is None else self._head(answer)

    def nonce(self, address: str, block: BlockId) -> int:
        """How many transactions of an account there are."""
        return self._quantity("eth_getTransactionCount", address, block_parameter(block))

    def code(self, address: str) -> bytes:
        """The code at an address."""
        return self.chain.code(address)

    def read(self, call: Call[T], block: BlockId = "latest") -> T:
        """What a view answers at a block."""
        return self.chain.read(call, block)

    def logs(
        self, addresses: Sequence[str], topics: Sequence[bytes], first_block: int, last_block: int
    ) -> tuple[RawLog, ...]:
        """Page by page; half of a page when that is too much for the nodes."""
        found: list[RawLog] = []
        start, page = first_block, LOG_PAGE_BLOCKS
        while start <= last_block:
            end = min(start + page - 1, last_block)
            wanted = {
                "address": list(addresses),
                "topics": [["0x" + topic.hex() for topic in topics]],
                "fromBlock": hex(start),
                "toBlock": hex(end),
            }
            try:
                answer = self._pool.agreed("eth_getLogs", [wanted], _log_keys)
            except RpcRefused:
                if start == end:
                    raise
                page = max((end - start + 1) // 2, 1)
                continue
            found += [self._log(log) for log in self._list(answer)]
            start = end + 1
        return tuple(sorted(found, key=lambda log: (log.block_number, log.index)))

    def receipt(self, transaction_hash: bytes) -> Inclusion | None:
        """Where a transaction is; only what enough nodes say of the block."""
        parameters = ["0x" + transaction_hash.hex()]
        answer = self._pool.agreed("eth_getTransactionReceipt", parameters, _fields("blockHash", "status"))
        if answer is None:
            return None
        try:
            mark = BlockMark(int(answer["blockNumber"], 16), hex_bytes(answer["blockHash"]))
            return Inclusion(
                hex_bytes(answer["transactionHash"]),
                mark,
                int(answer["status"], 16) == 1,
                *(None if answer.get(name) is None else int(answer[name], 16) for name in GAS_FIELDS),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadAnswer(self.name, f"a receipt without {error}") from error

    def is_known(self, transaction_hash: bytes) -> bool:
        """Whether any node has the transaction."""
        answers, _ = self._pool.answers("eth_getTransactionByHash", ["0x" + transaction_hash.hex()])
        return any(answer.result is not None for answer in answers)

    def estimate(self, sender: str, to: str, data: bytes) -> int:
        """The gas that a transaction takes; one node that can do it is enough, to say no takes as many as any."""
        request = {"from": sender, "to": to, "data": "0x" + data.hex()}
        try:
            answer = self._pool.any_of("eth_estimateGas", [request])
        except RpcRefused as refusal:
            raise self.chain.reverted(refusal, ()) from refusal
        return self._integer("eth_estimateGas", answer)

    def tip_wei(self) -> int:
        """What to give to whoever makes the next block."""
        return self._integer("eth_maxPriorityFeePerGas", self._pool.any_of("eth_maxPriorityFeePerGas", []))

    def send(self, raw: bytes) -> SendResult:
        """Gives a signed transaction to all nodes."""
        return self._pool.broadcast(raw)

    def _quantity(self, method: str, *parameters: object) -> int:
        return self._integer(method, self._pool.agreed(method, parameters))

    def _integer(self, method: str, answer: Any) -> int:
        try:
            return int(answer, 16)
        except (TypeError, ValueError) as error:
            raise BadAnswer(self.name, f"{method}: {answer!r}") from error

    def _list(self, answer: Any) -> list[Any]:
        if not isinstance(answer, list):
            raise BadAnswer(self.name, f"logs that are no list: {answer!r:.60}")
        return answer

    def _log(self, answer: Any) -> RawLog:
        try:
            return raw_log(self.name, answer)
        except AttributeError as error:
            raise BadAnswer(self.name, f"a log without {error}") from error

    def _head(self, answer: Any) -> BlockHead:
        try:
            return BlockHead(
                number=int(answer["number"], 16),
                hash=hex_bytes(answer["hash"]),
                parent_hash=hex_bytes(answer["parentHash"]),
                time_s=int(answer["timestamp"], 16),
                base_fee_wei=int(answer.get("baseFeePerGas") or "0x0", 16),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise BadAnswer(self.name, f"a block without {error}") from error


class _AgreedChain(Chain):
    """A chain whose every answer is one that enough nodes give."""

    def __init__(self, name: str, pool: NodePool) -> None:
        super().__init__(name)
        self._pool = pool

    def rpc(self, method: str, *parameters: object) -> Any:
        """Code, or what a call returns. Raises `NodesUnavailable`, `NodesDisagree`, `RpcRefused` and `BadAnswer`."""
        answer = self._pool.agreed(method, parameters)
        try:
            hex_bytes(answer)
        except (AttributeError, ValueError) as error:
            raise BadAnswer(self.url, f"{method}: {answer!r:.60}") from error
        return answer


def _number(answer: Answer) -> int | None:
    """Of the block that a node says is the latest; None when it says nothing of that kind."""
    try:
        return int(answer.result["number"], 16)
    except (KeyError, TypeError, ValueError):
        return None


def _fields(*names: str) -> Key:
    """Answers are the same when these fields are; nodes differ in which others they have."""

    def key(answer: Any) -> object:
        return [answer.get(name) for name in names] if isinstance(answer, Mapping) else answer

    return key


def _log_keys(answer: Any) -> object:
    of_one = _fields("blockHash", "logIndex", "transactionHash", "address", "topics", "data")
    return sorted(map(str, map(of_one, answer))) if isinstance(answer, list) else answer
