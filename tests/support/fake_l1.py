"""A chain for simulations: blocks, a pool, reorganisations. Everything that happens is decided by the caller's seed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import astuple, dataclass, field
from random import Random
from typing import Final

from sequencer.l1.abi_codec import encode
from sequencer.l1.binding import Event
from sequencer.l1.bindings.clearing_house import BatchCommitted
from sequencer.l1.bindings.structs import Batch
from sequencer.l1.records import batch_hash
from sequencer.l1.reverts import ContractReverted
from sequencer.submitter.port import SignedTransaction, UnsignedTransaction
from tests.support.fake_l1_rules import Rules
from tests.support.fake_l1_toys import HOUSE, OPERATOR, meaning_of, structs_in

CHAIN_ID: Final = 31_337
GWEI: Final = 10**9
JITTER_S: Final = 3
"""How much older than the block that it replaces a block may be."""


@dataclass(frozen=True, slots=True)
class FakeTransaction:
    sender: str
    fields: UnsignedTransaction
    raw: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class FakeLog:
    address: str
    topics: tuple[bytes, ...]
    data: bytes
    transaction_hash: bytes
    index: int


@dataclass(frozen=True, slots=True)
class FakeBlock:
    number: int
    hash: bytes
    parent_hash: bytes
    time_s: int
    base_fee_wei: int
    transactions: tuple[FakeTransaction, ...]
    succeeded: tuple[bool, ...]
    logs: tuple[FakeLog, ...]
    rules: Rules
    nonces: dict[str, int]
    committed: tuple[Batch, ...] = ()


class PoolRefused(Exception):
    """What a node says of a transaction."""


@dataclass(slots=True)
class FakeSigner:
    """Signs for nobody: the bytes are the fields."""

    chain: FakeChain
    address: str = OPERATOR

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        raw = repr((self.address, astuple(transaction))).encode()
        digest = hashlib.sha256(raw).digest()
        self.chain.signed[raw] = FakeTransaction(self.address, transaction, raw, digest)
        self.chain.used_at_signing.setdefault(transaction.nonce, self.chain.head.nonces.get(self.address, 0))
        return SignedTransaction(raw, digest)


@dataclass(slots=True)
class FakeChain:
    """`faults` is what the simulation's oracle has found so far: things that a submitter must never do."""

    rng: Random
    blocks: list[FakeBlock] = field(default_factory=list)
    pool: dict[tuple[str, int], FakeTransaction] = field(default_factory=dict)
    signed: dict[bytes, FakeTransaction] = field(default_factory=dict)
    base_fee_wei: int = GWEI
    faults: list[str] = field(default_factory=list)
    views: dict[tuple[bytes, str, str], str] = field(default_factory=dict)
    front_runs: bool = False
    received_s: dict[bytes, int] = field(default_factory=dict)
    clock: Callable[[], float] = lambda: 0.0
    used_at_signing: dict[int, int] = field(default_factory=dict)
    _meanings: dict[int, str] = field(default_factory=dict)
    _nonces: dict[str, list[int]] = field(default_factory=dict)
    _salt: int = 0

    def __post_init__(self) -> None:
        self.blocks.append(FakeBlock(0, bytes(32), bytes(32), 1_000_000, GWEI, (), (), (), Rules(), {}))

    @property
    def head(self) -> FakeBlock:
        return self.blocks[-1]

    @property
    def rules(self) -> Rules:
        return self.head.rules

    def receive(self, raw: bytes) -> bytes:
        """Into the pool. Raises `PoolRefused`."""
        sent = self.signed[raw]
        key = sent.sender, sent.fields.nonce
        if sent.sender == OPERATOR:
            self._watch(sent)
        before = self.pool.get(key)
        if before is not None and before.hash == sent.hash:
            raise PoolRefused("already known")
        if sent.fields.nonce < self.head.nonces.get(sent.sender, 0):
            raise PoolRefused("nonce too low")
        if before is not None:
            wanted = before.fields.most_fee_wei * 11 // 10, before.fields.tip_wei * 11 // 10
            if sent.fields.most_fee_wei < wanted[0] or sent.fields.tip_wei < wanted[1]:
                raise PoolRefused("replacement transaction underpriced")
        self.received_s.setdefault(sent.hash, int(self.clock()))
        self.pool[key] = sent
        return sent.hash

    def mine(self, time_s: int, *, takes: float = 1.0) -> FakeBlock:
        """A block, with each transaction of the pool whose turn it is, by chance `takes`."""
        parent = self.head
        rules, nonces = parent.rules, dict(parent.nonces)
        done: list[FakeTransaction] = []
        succeeded: list[bool] = []
        logs: list[FakeLog] = []
        structs: list[Batch] = []
        for (sender, nonce), sent in sorted(self.pool.items(), key=lambda item: item[0], reverse=self.front_runs):
            if nonce < nonces.get(sender, 0):
                del self.pool[sender, nonce]
            elif nonce == nonces.get(sender, 0) and sent.fields.most_fee_wei >= self.base_fee_wei:
                if self.rng.random() >= takes or self.received_s[sent.hash] > time_s + JITTER_S:
                    continue
                del self.pool[sender, nonce]
                nonces[sender] = nonce + 1
                rules, is_good, events = _run(rules, sent, max(time_s, parent.time_s + 1))
                done.append(sent)
                succeeded.append(is_good)
                structs += [event.batch for _, event in events if isinstance(event, BatchCommitted)]
                logs += [_log(*event, sent.hash, len(logs) + i) for i, event in enumerate(events)]
        self._salt += 1
        told = repr((parent.hash, self._salt, [one.hash for one in done])).encode()
        block = FakeBlock(
            number=parent.number + 1,
            hash=hashlib.sha256(told).digest(),
            parent_hash=parent.hash,
            time_s=max(time_s, parent.time_s + 1),
            base_fee_wei=self.base_fee_wei,
            transactions=tuple(done),
            succeeded=tuple(succeeded),
            logs=tuple(logs),
            rules=rules,
            nonces=nonces,
            committed=tuple(structs),
        )
        self.blocks.append(block)
        return block

    def change(self, rules: Rules, logs: list[tuple[str, Event]]) -> None:
        """Somebody else did something, in the newest block: the queue grew."""
        head = self.head
        more = tuple(_log(*event, head.hash, len(head.logs) + i) for i, event in enumerate(logs))
        self.blocks[-1] = FakeBlock(
            head.number, head.hash, head.parent_hash, head.time_s, head.base_fee_wei, head.transactions,
            head.succeeded, head.logs + more, rules, head.nonces, head.committed,
        )  # fmt: skip

    def reorganise(self, depth: int, *, keeps: float, takes: float, grows: int = 0) -> None:
        """The newest blocks are replaced. Each of their transactions is in the pool again by chance `keeps`."""
        depth = min(depth, len(self.blocks) - 1)
        if not depth:
            return
        gone = self.blocks[len(self.blocks) - depth :]
        del self.blocks[len(self.blocks) - depth :]
        for block in gone:
            for sent in block.transactions:
                if self.rng.random() < keeps:
                    self.pool.setdefault((sent.sender, sent.fields.nonce), sent)
        for i in range(depth + grows):
            old_s = gone[min(i, depth - 1)].time_s
            self.mine(old_s + self.rng.randint(-JITTER_S, JITTER_S), takes=takes)

    def _watch(self, sent: FakeTransaction) -> None:
        """What no submitter may do, whatever happened to it."""
        nonce, what = sent.fields.nonce, meaning_of(sent.fields.to, sent.fields.data)
        if what == "cancel":
            return
        if self._meanings.setdefault(nonce, what) != what:
            self.faults.append(f"nonce {nonce} means {self._meanings[nonce]} and {what}")
        used, others = self.used_at_signing[nonce], self._nonces.setdefault(what, [])
        if nonce not in others:
            if any(used <= other < nonce for other in others):
                self.faults.append(f"{what} is meant by nonce {nonce} while {others} are on their way")
            others.append(nonce)
        for struct in structs_in(sent.fields.to, sent.fields.data):
            rules = self.rules
            if 0 < struct.number <= rules.committed and rules.hashes[struct.number] != batch_hash(struct):
                self.faults.append(f"{what} is sent with batch {struct.number} as it was before a reorganisation")

    def canonical(self, number: int, block_hash: bytes) -> bool:
        return number < len(self.blocks) and self.blocks[number].hash == block_hash


def _run(rules: Rules, sent: FakeTransaction, time_s: int) -> tuple[Rules, bool, list[tuple[str, Event]]]:
    try:
        after, events = rules.apply(sent.sender, sent.fields.to, sent.fields.data, time_s)
    except ContractReverted:
        return rules, False, []
    return after, True, events


def _log(address: str, event: Event, transaction_hash: bytes, index: int) -> FakeLog:
    kind = type(event)
    values = [getattr(event, name) for name in kind.__match_args__]  # type: ignore[attr-defined]
    parts = list(zip(kind.MEMBERS, kind.INDEXED, values, strict=True))
    topics = tuple(encode([member], [value]) for member, is_topic, value in parts if is_topic)
    data = [(member, value) for member, is_topic, value in parts if not is_topic]
    return FakeLog(
        address,
        (kind.TOPIC, *topics),
        encode([member for member, _ in data], [value for _, value in data]),
        transaction_hash,
        index,
    )


__all__ = ["CHAIN_ID", "GWEI", "HOUSE", "FakeBlock", "FakeChain", "FakeLog", "FakeSigner", "FakeTransaction"]
