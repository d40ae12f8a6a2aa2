"""What is handed over: order, idempotence, settlements, and batches that are taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.submitter.errors import WrongBatch
from sequencer.submitter.events import Alarm, Sent
from sequencer.submitter.work import BatchToSend
from tests.support.submitter_world import CONFIRMATIONS, World, calm, judge


def with_batches(count: int) -> World:
    world = World(11, batches=count, nodes=1)
    for _ in range(count):
        world.now_s += 5
        world.cut_batch()
        world.proofs[len(world.cut)] = float("inf")
    return world


def test_batches_come_in_order_and_once() -> None:
    world = with_batches(3)
    first, second, third = world.cut
    assert world.submitter.add_batch(first)
    assert not world.submitter.add_batch(first)
    with pytest.raises(WrongBatch):
        world.submitter.add_batch(third)
    with pytest.raises(WrongBatch):
        world.submitter.add_batch(replace(first, point=1))
    with pytest.raises(WrongBatch):
        world.submitter.add_batch(BatchToSend(2, third.commitment, third.point))
    assert world.submitter.add_batch(second)
    world.start()
    assert not world.submitter.add_batch(second)
    assert world.submitter.add_batch(third)


def test_a_settlement_is_sent_once() -> None:
    world = World(5, batches=1, nodes=1)
    expiry_s = int(world.now_s) + 40
    assert world.submitter.settle(7, expiry_s, [(5_000, b"signed")])
    assert not world.submitter.settle(7, expiry_s, [(5_000, b"signed")])
    calm(world)
    judge(world)
    assert world.chain.rules.prices == ((7, expiry_s, 5_000),)
    assert not world.submitter.settle(7, expiry_s, [(5_000, b"signed")])


def recut(world: World, number: int) -> None:
    """The batches from this one on are cut anew."""
    del world.cut[number - 1 :]
    while len(world.cut) < world.batches:
        world.now_s += 5
        world.cut_batch()


@pytest.mark.parametrize("depth", [0, 1, 4, 9])
def test_batches_are_taken_back_and_cut_anew(depth: int) -> None:
    """Also when a reorganisation brings the old ones back."""
    world = with_batches(3)
    for _ in range(CONFIRMATIONS + 2):
        world.mine()
    world.until(lambda: world.chain.rules.committed == 3)
    world.submitter.revert_to(1)
    recut(world, 2)
    world.until(lambda: world.chain.rules.committed == 1)
    world.blocks(1)
    world.chain.reorganise(depth, keeps=1.0, takes=1.0)
    for number in (1, 2, 3):
        world.proofs[number] = world.now_s
    calm(world)
    assert world.chain.rules.executed == 3
    hashes = world.chain.rules.hashes
    assert len(set(hashes)) == 4
    sent = [event.meaning.kind.value for event in world.events if isinstance(event, Sent)]
    assert "revert" in sent
    assert not [event for event in world.events if isinstance(event, Alarm)]


def test_batches_that_were_never_sent_are_taken_back_here_alone() -> None:
    world = with_batches(3)
    world.hand_over()
    world.submitter.revert_to(1)
    recut(world, 2)
    for number in (1, 2, 3):
        world.proofs[number] = world.now_s
    calm(world)
    judge(world)
    sent = [event.meaning.kind.value for event in world.events if isinstance(event, Sent)]
    assert "revert" not in sent


def test_proofs_are_brought_together() -> None:
    """Eight batches that wait for their proofs are proven in one transaction."""
    world = with_batches(8)
    world.until(lambda: world.chain.rules.committed == 8)
    for number in range(1, 9):
        world.proofs[number] = world.now_s
    calm(world)
    judge(world)
    subjects = [str(event.meaning) for event in world.events if isinstance(event, Sent)]
    assert "prove 1-8" in subjects
