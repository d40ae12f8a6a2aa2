"""Whole runs: faults for a while, calm weather until all is final, and what must hold then."""

from __future__ import annotations

from typing import Any

from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.records import batch_hash
from sequencer.submitter.errors import SubmitterStopped
from sequencer.submitter.nodes_port import NodesPort
from tests.support.fake_l1 import GWEI, FakeSigner
from tests.support.fake_l1_toys import HOUSE, KEY_DIGEST, OPERATOR, STRANGER, meaning_of, toy_payouts, toy_proof
from tests.support.submitter_world import World, send_as


def run(seed: int, **chosen: Any) -> World:
    """A whole run: faults for a while, then calm weather until all is final. Raises `AssertionError`."""
    world = World(seed, **chosen)
    try:
        weather(world)
        calm(world)
    except SubmitterStopped as stop:
        raise AssertionError(f"seed {seed}: stopped without a reason: {stop}") from stop
    judge(world)
    return world


def weather(world: World, turns: int = 60, *, strangers: float = 0.1) -> None:
    """Everything that can go wrong, by chance; `strangers` is how often somebody else proves our batch."""
    rng = world.rng
    for _ in range(turns):
        world.now_s += rng.randint(1, 12)
        if len(world.cut) < world.batches and rng.random() < 0.2:
            world.cut_batch()
        if rng.random() < 0.6:
            world.mine(takes=rng.choice([1.0, 1.0, 0.6, 0.0]))
        if rng.random() < 0.12:
            world.chain.reorganise(
                rng.randint(1, 12),
                keeps=rng.choice([0.0, 0.5, 1.0]),
                takes=rng.choice([1.0, 0.5]),
                grows=rng.randint(0, 1),
            )
        if rng.random() < 0.05 and world.chain.pool:
            del world.chain.pool[rng.choice(sorted(world.chain.pool))]
        if rng.random() < 0.04:
            world.chain.base_fee_wei = GWEI * rng.choice([1, 1, 3, 40])
        if rng.random() < 0.2:
            _trouble(world)
        if rng.random() < strangers:
            prove_as_stranger(world)
        if rng.random() < 0.1:
            world.countdown = rng.randint(0, 80)
        world.turn()


def calm(world: World, most_turns: int = 300) -> None:
    """Nodes are well, blocks come, nothing more happens: all must become final."""
    for node in world.fleet:
        node.faults.heal()
    world.countdown = None
    world.chain.base_fee_wei = GWEI
    while len(world.cut) < world.batches:
        world.now_s += 3
        world.cut_batch()
    for _ in range(most_turns):
        world.now_s += 12
        world.mine()
        world.hand_over()
        world.turn()
        if world.is_finished():
            return
    told = [repr(event) for event in world.events[-6:]]
    raise AssertionError(f"seed {world.seed}: {world.submitter.progress} and not finished: {told}")


def run_with_recuts(seed: int, **chosen: Any) -> World:
    """As `run`, and batches are taken back now and then: what is on L1 in the end are the last ones that were cut."""
    world = World(seed, **chosen)
    try:
        for _ in range(6):
            weather(world, 12, strangers=0.0)
            world.countdown = None
            world.cut_anew()
        calm(world)
    except SubmitterStopped as stop:
        raise AssertionError(f"seed {seed}: stopped without a reason: {stop}") from stop
    rules, chain = world.chain.rules, world.chain
    assert not chain.faults, f"seed {seed}: {chain.faults}"
    assert (rules.committed, rules.proven, rules.executed) == (world.batches,) * 3
    structs = {batch_hash(struct): struct for block in chain.blocks for struct in block.committed}
    roots = [structs[digest].state_root for digest in rules.hashes[1:]]
    assert roots == [batch.commitment.state_root for batch in world.cut], f"seed {seed}: {roots}"
    return world


def judge(world: World) -> None:
    """Each batch is on the final chain once, in order, as it was cut; nothing was said to be final that was not."""
    seed, chain, rules = world.seed, world.chain, world.chain.rules
    assert not chain.faults, f"seed {seed}: {chain.faults}"
    counts = (rules.committed, rules.proven, rules.executed)
    assert counts == (world.batches,) * 3, f"seed {seed}: {counts}"
    roots = [batch.commitment.state_root for batch in world.cut]
    committed = []
    for block in chain.blocks:
        for sent, is_good in zip(block.transactions, block.succeeded, strict=True):
            name = meaning_of(sent.fields.to, sent.fields.data)
            if is_good and name.startswith("commit"):
                committed.append(int(name.split()[1]))
    assert committed == list(range(1, world.batches + 1)), f"seed {seed}: committed {committed}"
    assert len(roots) == len(rules.hashes) - 1
    paid = [one for one in rules.paid if one]
    assert paid == [toy for batch in world.cut if (toy := toy_payouts(batch.commitment))], f"seed {seed}: payouts"
    times = [time_s for time_s, _ in rules.reports]
    assert times == [report.time_s for report in world.reports], f"seed {seed}: reports"
    for number, what, block_number, block_hash in world.claimed:
        assert chain.canonical(block_number, block_hash), f"seed {seed}: batch {number} was {what} finally, and is not"
    reverted = sum(
        not is_good
        for block in chain.blocks
        for sent, is_good in zip(block.transactions, block.succeeded, strict=True)
        if sent.sender == OPERATOR
    )
    assert reverted <= 12, f"seed {seed}: {reverted} transactions reverted"


def prove_as_stranger(world: World) -> None:
    """Somebody else brings a proof of the next batch, as copied from our transaction."""
    rules = world.chain.rules
    number = rules.proven + 1
    structs = [struct for block in world.chain.blocks for struct in block.committed if struct.number == number]
    known = [struct for struct in structs if number <= rules.committed and batch_hash(struct) == rules.hashes[number]]
    if not known:
        return
    proof = toy_proof(known[-1].digest, known[-1].point)
    call = ClearingHouse(NodesPort(world.fleet, world._clock), HOUSE).prove_batches(known[-1:], [proof], KEY_DIGEST)
    nonce = world.chain.head.nonces.get(STRANGER, 0)
    if (STRANGER, nonce) in world.chain.pool:
        return
    send_as(world, FakeSigner(world.chain, STRANGER), nonce, call.to, call.data)


def _trouble(world: World) -> None:
    """One node of three may lie or lag; any may be slow, busy or down."""
    rng = world.rng
    for node in world.fleet:
        node.faults.heal()
    if rng.random() < 0.5:
        return
    first, *others = world.fleet
    if others:
        first.faults.lag = rng.choice([0, 0, 1, 5])
        first.faults.is_liar = rng.random() < 0.2
        first.faults.log_gap = rng.choice([0.0, 0.5])
        first.faults.null_receipt = rng.choice([0.0, 0.7])
        first.faults.is_down = rng.random() < 0.2
    else:
        first.faults.null_receipt = rng.choice([0.0, 0.3])
        first.faults.log_gap = rng.choice([0.0, 0.3])
    for node in world.fleet:
        node.faults.timeout = rng.choice([0.0, 0.0, 0.01, 0.3])
        node.faults.timeout_after = rng.choice([0.0, 0.0, 0.02])
        node.faults.overloaded = rng.choice([0.0, 0.0, 0.02])
        node.faults.html = rng.choice([0.0, 0.0, 0.02])
