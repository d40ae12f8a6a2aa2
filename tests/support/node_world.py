"""A whole node in a world without time: a disk that crashes, an L1 that reorganises, provers that are instant.

The node is the real one, but for its threads: turns are taken by hand, in an order that a seed decides. Batches are
real too, with their words, digests and points; only the proofs are toys, which the simulated L1 knows how to check.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final
from unittest.mock import patch

from circuits.settlement.digest import words_digest
from prover.formats.groth16_types import Proof
from prover.solidity.calldata import proof_words
from rollup.crypto import Crypto
from rollup.errors import RollupError
from rollup.presets import TINY
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.orders import Domain, Order, SignedOrder
from rollup.types.transactions import Registration
from rollup.types.words import queue_words
from sequencer.api.port import NodeInfo
from sequencer.follower import Follower, FollowerError, FollowerParts, FollowerThread, Listener, QueueSource
from sequencer.follower.prepared import L1Door
from sequencer.l1.bindings.clearing_house import AccountRegistered, Queued
from sequencer.l1.bindings.structs import Commitment
from sequencer.l1.records import batch_hash, genesis_batch
from sequencer.l1.reports import Report, rows_data
from sequencer.l1.words import challenge_point, words_from_calldata
from sequencer.matching import OrderRequest
from sequencer.matching.errors import MatchingError
from sequencer.messages import EndBatch, Message, NewTable, PlaceOrder, encode_message
from sequencer.node.errors import NodeError
from sequencer.node.node import Node
from sequencer.node.parts import NodeParts
from sequencer.prover_pool import BatchProof, ProvingJob
from sequencer.store import Database, StoreError
from sequencer.submitter.confirmed_queue import ConfirmedQueue
from sequencer.submitter.events import Event
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.submitter import Submitter
from sequencer.venue import Genesis, Venue, VenueError
from sequencer.venue.sequenced import Sequenced, replay
from tests.support import fake_l1_rules
from tests.support.fake_l1 import FakeChain, FakeSigner
from tests.support.fake_l1_nodes import FakeNode
from tests.support.fake_l1_rules import Entry, Rules
from tests.support.fake_l1_toys import HOUSE, STRANGER, meaning_of
from tests.support.faulty_disk import Fault, FaultyDisk
from tests.support.faulty_disk_faults import SURVIVABLE
from tests.support.native_crypto import TrustingCrypto
from tests.support.rollup import NO_SIGNATURE, make_row
from tests.support.rollup import public_key as key_of
from tests.support.submitter_world import DEPLOYMENT, EXPECTED, POLICY

START_S: Final = 1_000_010.0
ACCOUNTS, TRADERS, CASH_E6 = 6, range(2, 6), 10**9
SMALL: Final = replace(TINY, name="simulated", account_depth=3)
DOMAIN: Final = Domain(DEPLOYMENT.chain_id, int(DEPLOYMENT.clearing_house, 16))
PRICE_E2, CONTRACT_E4, CUT_AT = 1_000, 10_000, 30


@dataclass
class NodeWorld:
    """Everything of one run. `acknowledged` is what traders were told: payloads by their place in the log.

    With `tables_first`, a planted defect, a table is in force before it is kept for L1.
    """

    seed: int
    rng: Random = field(init=False)
    chain: FakeChain = field(init=False)
    disk: FaultyDisk = field(init=False)
    node: Node = field(init=False)
    follower: Follower = field(init=False)
    crypto: TrustingCrypto = field(default_factory=TrustingCrypto)
    tables_first: bool = False
    now_s: float = START_S
    acknowledged: dict[int, bytes] = field(default_factory=dict)
    crashes: int = 0
    nonces: dict[tuple[int, int], int] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rng = Random(self.seed)
        self.chain = FakeChain(self.rng, clock=lambda: self.now_s)
        self.fleet = [FakeNode(self.chain, f"node {i}", self.rng, lambda: self.now_s) for i in range(3)]
        self.disk = FaultyDisk(Random(self.seed))
        self.genesis = Genesis(SMALL, DOMAIN, 300, 500, report_age_s=10**6)
        self._begin_chain()
        self.start()

    def start(self) -> None:
        """A new process on what the disk holds."""
        info = NodeInfo(DOMAIN, SMALL.name, {1: "BTC"}, 300, 500, self.crypto)
        self.node = Node(
            NodeParts(
                Path(self.disk.path).parent,
                info,
                self.genesis,
                self.crypto,
                self._open_follower,
                clock=lambda: self.now_s,
                monotonic=lambda: self.now_s,
                open_database=self.disk.open_database,
                tell=self.events.append,
            )
        )

    def crash(self, fault: Fault | None = None) -> None:
        """Power fails now."""
        self.crashes += 1
        self.disk = self.disk.after_crash(fault or self.rng.choice(SURVIVABLE), self.rng)
        self.start()

    def guarded(self, *steps: Any) -> None:
        """Steps, in which the disk may fail; then the node begins again from what is left."""
        try:
            for step in steps:
                step()
        except (StoreError, NodeError, FollowerError):
            self.crash()

    # -- what happens ------------------------------------------------------------------------------------------------

    def say(self, *messages: Message) -> None:
        """A group; who is answered, is remembered."""
        futures = [(message, self.node.sequencer.submit(message)) for message in messages]
        self.node.sequencer.take_turn(0)
        for message, future in futures:
            self._remember(message, future)

    def report(self) -> None:
        """A new table, kept for L1 first."""
        time_s = int(self.now_s)
        rows = tuple(make_row(series_id, expiry_s=2_000_000_000) for series_id in (1, 2))
        table = RiskTable(rows, SMALL.series_depth, self.crypto)
        report = Report(time_s, table.root, rows_data(table.rows()), {})
        message = NewTable(time_s, rows)

        def keep_for_l1() -> None:
            given = self.node.follower.report(report, [])
            self.follow()
            given.result(0)

        steps: list[Callable[[], None]] = [keep_for_l1, partial(self.own, message)]
        if self.tables_first:
            steps.reverse()
        steps[0]()
        if self.rng.random() < 0.2:
            self.disk.cut_power_after(0)
        steps[1]()

    def chat(self) -> None:
        """Some traders, in one group."""
        self.say(*(self.order() for _ in range(self.rng.randint(1, 4))))

    def own(self, message: Message) -> None:
        """From the node itself."""
        future = self.node.sequencer.submit_own(message)
        self.node.sequencer.take_turn(0)
        self._remember(message, future)

    def order(self) -> PlaceOrder:
        """Of anybody; half of them meet."""
        account, slot = self.rng.choice(TRADERS), self.rng.randrange(2)
        nonce = self.nonces[account, slot] = self.nonces.get((account, slot), 0) + 1
        order = Order(account, 1, self.rng.random() < 0.5, PRICE_E2, CONTRACT_E4, 1_000, 1_999_999_999, slot, nonce)
        return PlaceOrder(OrderRequest(SignedOrder(order, NO_SIGNATURE)))

    def turn(self) -> None:
        """Whatever waits, by chance one or the other."""
        self.follow()
        while self.node.sequencer.take_turn(0):
            pass

    def end(self) -> None:
        """The batch ends, if there are prices."""
        if self.node.venue.table is not None:
            self.own(EndBatch(max(int(self.now_s), self.node.venue.time_s)))

    def is_finished(self) -> bool:
        """Whether L1 has executed all that there is, for good."""
        progress, last = self.node.progress, self.node.venue.next_batch - 1
        return progress.final_executed == last and progress.is_idle

    # -- inside ------------------------------------------------------------------------------------------------------

    def _remember(self, message: Message, future: Future[Sequenced]) -> None:
        with suppress(RollupError, MatchingError, VenueError):
            self.acknowledged[future.result(0).sequence] = encode_message(message)

    def follow(self) -> None:
        """A turn of what follows the log. What ends it ends the node: it begins again."""
        self.follower.take_turn()

    def _open_follower(self, listener: Listener, database: Database) -> FollowerThread:
        parts = FollowerParts(
            self.genesis,
            self.crypto,
            database,
            InstantPool(self.crypto),
            self._open_l1,
            monotonic=lambda: self.now_s,
            is_local=True,
        )
        self.follower = Follower(parts, listener)
        return FollowerThread(self.follower, listener)

    def _open_l1(self, database: Database, root_of: Any, handed_over: int) -> tuple[L1Door, QueueSource]:
        port = NodesPort(self.fleet, lambda: self.now_s)
        submitter = Submitter(
            port,
            database,
            lambda: self.now_s,
            signer=FakeSigner(self.chain),
            deployment=DEPLOYMENT,
            expected=EXPECTED,
            root_of=root_of,
            policy=POLICY,
        )
        return submitter, ConfirmedQueue(port, DEPLOYMENT, POLICY.confirmations, handed_over=handed_over)

    def _begin_chain(self) -> None:
        """Accounts registered in the first block, on top of the empty rollup."""
        root = State(SMALL.account_depth, self.crypto).root
        entries = [registration(account) for account in range(ACCOUNTS)]
        queue = tuple(Entry(one.account, queue_words(one)[0], 0) for one in entries)
        logs: list[Any] = []
        for index, one in enumerate(entries):
            logs.append((HOUSE, AccountRegistered(one.account, STRANGER, *one.key)))
            logs.append((HOUSE, Queued(index, one.account, queue_words(one)[0], 2_000_000_000)))
        self.chain.change(Rules(hashes=(batch_hash(genesis_batch(root)),), queue=queue), logs)


class InstantPool:
    """Toy proofs at once: they say what they are of, and the simulated L1 looks."""

    def __init__(self, crypto: Crypto) -> None:
        self._crypto = crypto

    def submit(self, job: ProvingJob) -> Future[BatchProof]:
        """Done already."""
        digest = words_digest(job.trace.applied.words, SMALL, self._crypto)
        future: Future[BatchProof] = Future()
        future.set_result(BatchProof(job.number, (digest, 0, job.point), toy(digest, job.point), {}, 1, "instant"))
        return future


def toy(digest: int, point: int) -> Proof:
    """Coordinates of no curve."""
    return Proof((digest, point), ((1, 2), (3, 4)), (5, 6))


def registration(account: int) -> Registration:
    """As L1 has it."""
    return Registration(account, CASH_E6, key_of(account))


def real_point(given: Commitment, previous_root: int, risk_root: int, words: list[int]) -> int:
    """As the contract computes it."""
    accounts = [word >> 3 & (1 << 24) - 1 for word in words]
    queue = [part for account in accounts for part in queue_words(registration(account))]
    all_words = words_from_calldata(
        given.words, [given.domain, previous_root, given.state_root, risk_root], queue, SMALL
    )
    return challenge_point(given.digest, all_words)


def real_rules() -> Any:
    """While it lasts, the simulated L1 binds batches as the real one does."""
    return patch.multiple(
        fake_l1_rules,
        toy_point=real_point,
        toy_proof=lambda digest, point: proof_words(toy(digest, point)),
        toy_payouts=lambda _given: (),
    )


def weather(world: NodeWorld, steps: int = 40) -> None:
    """Orders, tables, batches, blocks; and crashes, torn disks and reorganisations, by chance."""
    rng = world.rng
    for _ in range(steps):
        world.now_s += rng.randint(1, 15)
        if rng.random() < 0.25:
            world.disk.cut_power_after(rng.randint(0, 120))
        world.chain.mine(int(world.now_s), takes=rng.choice([1.0, 1.0, 0.5]))
        if rng.random() < 0.15:
            world.chain.reorganise(rng.randint(1, 12), keeps=rng.choice([0.0, 1.0]), takes=1.0)
        world.guarded(world.turn)
        for kind in rng.choices((world.chat, world.end, world.report, world.turn), (6, 3, 1, 4), k=3):
            world.guarded(kind)
        if rng.random() < 0.1:
            world.crash()


def calm(world: NodeWorld, most_turns: int = 250) -> None:
    """Nothing more happens but blocks: all must be executed for good. Raises `AssertionError`."""
    world.disk.on_operation = None
    world.crash(Fault.KEPT)
    if world.node.venue.table is None:
        world.report()
    for turn in range(most_turns):
        world.now_s += 12
        world.chain.mine(int(world.now_s))
        world.turn()
        if turn == CUT_AT:
            world.end()
        if turn > CUT_AT and world.is_finished():
            return
    told = [repr(event)[:200] for event in world.events[-4:]]
    raise AssertionError(f"seed {world.seed}: {world.node.progress} is not the end: {told}")


def judge(world: NodeWorld) -> None:
    """What was acknowledged is there, once; the log alone gives L1's root; L1 has each batch once and in order."""
    seed, node, rules = world.seed, world.node, world.chain.rules
    payloads = {entry.sequence: entry.payload for entry in node.event_log.entries()}
    lost = [number for number, payload in world.acknowledged.items() if payloads.get(number) != payload]
    assert not lost, f"seed {seed}: acknowledged and lost: {lost[:5]}"
    orders = [payload for payload in payloads.values() if payload[0] == 1]
    assert len(orders) == len(set(orders)), f"seed {seed}: an order is booked twice"
    assert not world.chain.faults, f"seed {seed}: {world.chain.faults}"
    again = Venue(world.genesis, world.crypto)
    for entry in node.event_log.entries():
        replay(again, entry)
    assert again.state.root == node.venue.state.root, f"seed {seed}: another root after a replay"
    last = node.venue.next_batch - 1
    assert (rules.committed, rules.proven, rules.executed) == (last,) * 3, f"seed {seed}: {rules.committed} of {last}"
    committed = [
        int(meaning.split()[1])
        for block in world.chain.blocks
        for sent, is_good in zip(block.transactions, block.succeeded, strict=True)
        if is_good and (meaning := meaning_of(sent.fields.to, sent.fields.data)).startswith("commit")
    ]
    assert committed == list(range(1, last + 1)), f"seed {seed}: L1 has batches {committed}"


def run(seed: int, **chosen: Any) -> NodeWorld:
    """A whole run. Raises `AssertionError`."""
    with real_rules():
        world = NodeWorld(seed, **chosen)
        weather(world)
        calm(world)
        judge(world)
        return world
