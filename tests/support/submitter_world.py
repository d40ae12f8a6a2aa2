"""A submitter, nodes and a chain under a seeded schedule of faults, and what must hold whatever happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any, Final

from sequencer.l1.bindings.structs import Commitment
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.reports import Report
from sequencer.submitter.events import Event
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.policy import FeePolicy, SubmitterPolicy
from sequencer.submitter.port import UnsignedTransaction
from sequencer.submitter.startup import Expected
from sequencer.submitter.submitter import Submitter
from sequencer.submitter.work import BatchToSend
from tests.support.fake_l1 import CHAIN_ID, GWEI, JITTER_S, FakeChain, FakeSigner
from tests.support.fake_l1_nodes import FakeNode
from tests.support.fake_l1_rules import CODE, GENESIS_ROOT
from tests.support.fake_l1_toys import HOUSE, KEY_DIGEST, ORACLE, VERIFIER, toy_point, toy_proof
from tests.support.submitter_database import MemoryDatabase

CONFIRMATIONS: Final = 12
DEPLOYMENT: Final = RollupDeployment(CHAIN_ID, "TINY", HOUSE, ORACLE, HOUSE, VERIFIER, VERIFIER, 0, is_development=True)
EXPECTED: Final = Expected({address: sha256(code).hexdigest() for address, code in CODE.items()}, KEY_DIGEST)
POLICY: Final = SubmitterPolicy(
    confirmations=CONFIRMATIONS,
    fees=FeePolicy(most_wei=400 * GWEI, patience_blocks=2),
    proof_patience_s=15.0,
    most_tries=8,
    time_margin_s=JITTER_S,
)


class Crash(BaseException):
    """The process ends here."""


@dataclass(slots=True)
class World:
    """Everything of one run. `batches` is how many there are to bring to L1."""

    seed: int
    batches: int = 4
    nodes: int = 3
    policy: SubmitterPolicy = POLICY
    rng: Random = field(init=False)
    chain: FakeChain = field(init=False)
    fleet: list[FakeNode] = field(init=False)
    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    submitter: Submitter = field(init=False)
    now_s: float = 1_000_010.0
    cut: list[BatchToSend] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    proofs: dict[int, float] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    claimed: set[tuple[int, str, int, bytes]] = field(default_factory=set)
    countdown: int | None = None
    crashes: int = 0
    recuts: int = 0

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.chain = FakeChain(self.rng, clock=self._clock)
        self.fleet = [FakeNode(self.chain, f"node {i}", self.rng, self._clock) for i in range(self.nodes)]
        self.database.hook = self._tick
        self.start()

    def start(self) -> None:
        """A new process on the same database."""
        port = NodesPort(self.fleet, self._clock)
        self.submitter = Submitter(
            CrashingPort(port, self._tick),
            self.database,
            self._clock,
            signer=FakeSigner(self.chain),
            deployment=DEPLOYMENT,
            expected=EXPECTED,
            root_of=self.root_of,
            policy=self.policy,
        )

    def root_of(self, number: int) -> int | None:
        if number == 0:
            return GENESIS_ROOT
        return self.cut[number - 1].commitment.state_root if number <= len(self.cut) else None

    def cut_batch(self) -> None:
        """The next batch, judged by a new report every now and then."""
        number = len(self.cut) + 1
        if not self.reports or self.rng.random() < 0.5:
            self.reports.append(Report(int(self.now_s), 1000 + number, b""))
        report = self.reports[-1]
        header = number | int(self.now_s) << 32
        words = header.to_bytes(31, "big") + self.rng.randbytes(31)
        commitment = Commitment(7, 5000 + number + 1000 * self.recuts, 9000 + number, report.time_s, 0, words)
        previous = self.root_of(number - 1) or 0
        self.cut.append(BatchToSend(number, commitment, toy_point(commitment, previous, report.risk_root, [])))
        self.proofs[number] = self.now_s + self.rng.choice([0.0, 5.0, 20.0, 60.0])

    def cut_anew(self) -> None:
        """Batches whose proofs were never handed over are taken back, from a random one on, and cut anew."""
        unproven = [number for number, at_s in self.proofs.items() if at_s > self.now_s]
        if not unproven:
            return
        last = self.rng.choice(unproven) - 1
        if any(number > last and number not in unproven for number in self.proofs):
            return
        self.submitter.revert_to(last)
        self.recuts += 1
        del self.cut[last:]
        for number in unproven:
            if number > last:
                del self.proofs[number]

    def hand_over(self) -> None:
        """All that there is, again and again: the submitter knows what it has."""
        for report in self.reports:
            self.submitter.report(report, [])
        for batch in self.cut:
            self.submitter.add_batch(batch)
            if self.now_s >= self.proofs[batch.number]:
                self.submitter.add_proof(batch.number, toy_proof(batch.commitment.digest, batch.point))

    def turn(self) -> None:
        """One turn of the submitter; a crash starts it anew."""
        try:
            if self.rng.random() < 0.3:
                self.hand_over()
            self.events += self.submitter.step()
        except Crash:
            self.crashes += 1
            self.countdown = None
            self.start()
            return
        progress = self.submitter.progress
        for one in progress.batches.values() if progress else ():
            for name in ("committed", "proven", "executed"):
                step = getattr(one, name)
                if step is not None and step.is_final:
                    self.claimed.add((one.number, name, step.block.number, step.block.hash))

    def mine(self, takes: float = 1.0) -> None:
        self.chain.mine(int(self.now_s), takes=takes)

    def turns(self, count: int) -> None:
        for _ in range(count):
            self.events += self.submitter.step()

    def blocks(self, count: int) -> None:
        """In calm weather: time, a block, what there is, two turns; again and again."""
        for _ in range(count):
            self.now_s += 12
            self.mine()
            self.hand_over()
            self.turns(2)

    def until(self, is_so: Callable[[], bool], most_blocks: int = 30) -> None:
        for _ in range(most_blocks):
            if is_so():
                return
            self.blocks(1)
        raise AssertionError(self.events[-8:])

    def is_finished(self) -> bool:
        progress = self.submitter.progress
        return progress is not None and len(self.cut) == self.batches == progress.final_executed

    def _clock(self) -> float:
        return self.now_s

    def _tick(self, _: str) -> None:
        if self.countdown is not None:
            self.countdown -= 1
            if self.countdown < 0:
                raise Crash


class CrashingPort:
    """Passes everything on, and is where a process may end: before a call and after it."""

    def __init__(self, port: NodesPort, tick: Callable[[str], None]) -> None:
        self._port = port
        self._tick = tick

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._port, name)

        def passed(*given: Any, **named: Any) -> Any:
            self._tick(f"before {name}")
            result = call(*given, **named)
            self._tick(f"after {name}")
            return result

        return passed


def send_as(world: World, signer: FakeSigner, nonce: int, to: str, data: bytes) -> None:
    """A transaction that the submitter knows nothing of, into the pool, in the place of what is there."""
    fields = UnsignedTransaction(CHAIN_ID, nonce, to, data, 10**6, 10**12, 10**12)
    world.chain.receive(signer.sign(fields).raw)
