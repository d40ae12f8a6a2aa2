"""Nodes of the simulated chain: they speak JSON-RPC, and go wrong in all the ways that nodes do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from sequencer.l1.errors import RpcRefused
from sequencer.l1.reverts import ContractReverted
from sequencer.submitter.errors import NodeAnsweredBadly, NodeOverloaded, NodeTimedOut, NodeUnreachable
from tests.support.fake_l1 import CHAIN_ID, FakeBlock, FakeChain, FakeLog, PoolRefused
from tests.support.fake_l1_rules import CODE, revert_data

GAS: Final = 100_000
REVERTED: Final = 3
GARBAGE: Final[tuple[Any, ...]] = (
    None, "", "0x", "0xzz", "zz", 5, -1, 1.5, True, [], {}, [None], [{}], {"number": None}, "0x" + "ff" * 40,
    {"number": "0x1", "hash": 5}, [{"address": None, "topics": [], "data": 5}], {"blockHash": [], "status": "0x1"},
)  # fmt: skip


@dataclass(slots=True)
class NodeFaults:
    """Chances of each fault. `lag` blocks are not seen yet; a `liar` answers from a chain of its own."""

    timeout: float = 0.0
    timeout_after: float = 0.0
    overloaded: float = 0.0
    html: float = 0.0
    null_receipt: float = 0.0
    log_gap: float = 0.0
    lag: int = 0
    garbage: float = 0.0
    is_down: bool = False
    is_liar: bool = False

    def heal(self) -> None:
        self.timeout = self.timeout_after = self.overloaded = self.html = self.null_receipt = self.log_gap = (
            self.garbage
        ) = 0.0
        self.lag = 0
        self.is_down = self.is_liar = False


@dataclass(slots=True)
class FakeNode:
    chain: FakeChain
    name: str
    rng: Random
    now_s: Callable[[], float]
    faults: NodeFaults = field(default_factory=NodeFaults)

    def request(self, method: str, parameters: Sequence[Any]) -> Any:
        faults, rng = self.faults, self.rng
        if faults.is_down:
            raise NodeUnreachable(self.name, "down")
        if faults.timeout and rng.random() < faults.timeout:
            raise NodeTimedOut(self.name, method)
        if faults.overloaded and rng.random() < faults.overloaded:
            raise NodeOverloaded(self.name, 429 if rng.random() < 0.5 else 503)
        if faults.html and rng.random() < faults.html:
            raise NodeAnsweredBadly(self.name, "<html>")
        if faults.garbage and rng.random() < faults.garbage:
            return rng.choice(GARBAGE)
        answer = getattr(self, method)(*parameters)
        if faults.timeout_after and rng.random() < faults.timeout_after:
            raise NodeTimedOut(self.name, f"{method} was done")
        return answer

    @property
    def _blocks(self) -> list[FakeBlock]:
        lag = self.faults.lag
        return self.chain.blocks[: max(len(self.chain.blocks) - lag, 1)] if lag else self.chain.blocks

    def _block(self, name: str) -> FakeBlock:
        blocks = self._blocks
        if name in ("latest", "pending"):
            return blocks[-1]
        number = int(name, 16)
        if number >= len(blocks):
            raise RpcRefused("block", -32000, "header not found")
        return blocks[number]

    def eth_chainId(self) -> str:
        return hex(CHAIN_ID)

    def eth_getBlockByNumber(self, name: str, _: bool) -> Any:
        try:
            block = self._block(name)
        except RpcRefused:
            return None
        return {
            "number": hex(block.number),
            "hash": self._hash(block.hash),
            "parentHash": "0x" + block.parent_hash.hex(),
            "timestamp": hex(block.time_s),
            "baseFeePerGas": hex(self.chain.base_fee_wei if name == "latest" else block.base_fee_wei),
        }

    def eth_getTransactionCount(self, address: str, name: str) -> str:
        nonce = self._block(name).nonces.get(address, 0)
        if name == "pending":
            while (address, nonce) in self.chain.pool:
                nonce += 1
        return hex(nonce + (1 if self.faults.is_liar else 0))

    def eth_getCode(self, address: str, _: str) -> str:
        return "0x" + CODE.get(address, b"").hex()

    def eth_call(self, request: dict[str, str], name: str) -> str:
        block = self._block(name)
        key = block.hash, request["to"], request["data"]
        if key not in self.chain.views:
            view = block.rules.view(request["to"], bytes.fromhex(request["data"][2:]))
            self.chain.views[key] = "0x" + view.hex()
        return self.chain.views[key]

    def eth_estimateGas(self, request: dict[str, str]) -> str:
        head = self._blocks[-1]
        data = bytes.fromhex(request["data"][2:])
        try:
            head.rules.apply(request["from"], request["to"], data, max(int(self.now_s()), head.time_s + 1))
        except ContractReverted as error:
            raise RpcRefused(
                "eth_estimateGas", REVERTED, "execution reverted", "0x" + revert_data(error).hex()
            ) from None
        return hex(GAS)

    def eth_maxPriorityFeePerGas(self) -> str:
        return hex(10**8)

    def eth_getLogs(self, wanted: dict[str, Any]) -> Any:
        topics = {bytes.fromhex(topic[2:]) for topic in wanted["topics"][0]}
        first, last = int(wanted["fromBlock"], 16), int(wanted["toBlock"], 16)
        found = [
            self._log(log, block)
            for block in self._blocks[first : last + 1]
            for log in block.logs
            if log.address in wanted["address"] and log.topics[0] in topics
        ]
        if found and self.rng.random() < self.faults.log_gap:
            del found[self.rng.randrange(len(found))]
        return found

    def eth_getTransactionReceipt(self, name: str) -> Any:
        if self.faults.null_receipt and self.rng.random() < self.faults.null_receipt:
            return None
        wanted = bytes.fromhex(name[2:])
        for block in reversed(self._blocks):
            for i, sent in enumerate(block.transactions):
                if sent.hash == wanted:
                    return {
                        "transactionHash": name,
                        "blockNumber": hex(block.number),
                        "blockHash": self._hash(block.hash),
                        "status": hex(int(block.succeeded[i])),
                        "gasUsed": hex(21_000 + 16 * len(sent.fields.data)),
                        "effectiveGasPrice": hex(block.base_fee_wei + sent.fields.tip_wei),
                    }
        return None

    def eth_getTransactionByHash(self, name: str) -> Any:
        wanted = bytes.fromhex(name[2:])
        is_there = any(sent.hash == wanted for sent in self.chain.pool.values())
        is_there = is_there or any(sent.hash == wanted for block in self._blocks[-40:] for sent in block.transactions)
        return {"hash": name} if is_there else None

    def eth_sendRawTransaction(self, raw: str) -> str:
        try:
            return "0x" + self.chain.receive(bytes.fromhex(raw[2:])).hex()
        except PoolRefused as refusal:
            raise RpcRefused("eth_sendRawTransaction", -32000, str(refusal)) from None

    def _log(self, log: FakeLog, block: FakeBlock) -> dict[str, Any]:
        return {
            "address": log.address,
            "topics": ["0x" + topic.hex() for topic in log.topics],
            "data": "0x" + log.data.hex(),
            "blockNumber": hex(block.number),
            "blockHash": self._hash(block.hash),
            "transactionHash": "0x" + log.transaction_hash.hex(),
            "transactionIndex": "0x0",
            "logIndex": hex(log.index),
        }

    def _hash(self, block_hash: bytes) -> str:
        told = bytes(byte ^ 1 for byte in block_hash) if self.faults.is_liar else block_hash
        return "0x" + told.hex()
