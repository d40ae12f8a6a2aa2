"""What is handed over: order, idempotence, settlements, and batches that are taken back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.l1.reports import Report
from sequencer.submitter.errors import WrongBatch
from sequencer.submitter.events import Alarm, NodesTroubled, Sent
from sequencer.submitter.work import BatchToSend
from tests.support.submitter_weather import calm, judge
from tests.support.submitter_world import CONFIRMATIONS, World


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


def test_reports_are_sent_one_behind_the_other() -> None:
    """More than one fits into a block: oracles report more often than L1 makes blocks."""
    world = World(11, batches=1, nodes=1)
    for i in range(3):
        world.submitter.report(Report(int(world.now_s) + i, 50 + i, b""), [])
    world.now_s += 20
    world.turns(4)
    assert [intent.meaning.subject for intent in world.submitter.on_their_way] == [str(1_000_010 + i) for i in range(3)]
    world.mine()
    world.turns(1)
    assert [root for _, root in world.chain.rules.reports] == [50, 51, 52]


def test_a_report_that_came_too_late_is_given_up_with_an_alarm() -> None:
    world = World(11, batches=1, nodes=1)
    world.submitter.report(Report(int(world.now_s), 50, b""), [])
    world.now_s += 20
    world.chain.mine(int(world.now_s))
    world.chain.change(replace(world.chain.rules, reports=((int(world.now_s), 9),)), [])
    for _ in range(CONFIRMATIONS + 2):
        world.mine()
        world.turns(1)
    (alarm,) = [event for event in world.events if isinstance(event, Alarm)]
    assert "never will be" in alarm.what
    world.turns(2)
    assert not world.submitter.on_their_way


def test_a_frozen_rollup_gets_no_batches() -> None:
    world = with_batches(1)
    world.proofs[1] = world.now_s
    world.until(lambda: bool(world.chain.rules.reports))
    assert world.chain.rules.committed == 0
    world.mine(takes=0.0)
    world.chain.change(replace(world.chain.rules, frozen_at_s=5), [])
    for _ in range(10):
        world.now_s += 12
        world.mine(takes=0.0)
        world.turns(1)
    assert [event.what for event in world.events if isinstance(event, Alarm)] == [
        "the rollup is frozen: nothing but exits from here on"
    ]
    assert all(intent.last.is_cancel for intent in world.submitter.on_their_way)


def test_what_waits_for_a_proof_is_told_after_a_restart() -> None:
    world = with_batches(3)
    world.proofs[2] = world.now_s
    world.hand_over()
    world.start()
    assert world.submitter.without_proof == (1, 3)


def test_h118_a_chain_without_our_final_transactions_gets_nothing() -> None:
    world = with_batches(1)
    world.proofs[1] = world.now_s
    calm(world)
    del world.chain.blocks[3:]
    world.chain.mine(1_000_100)
    world.start()
    for _ in range(3):
        (event,) = world.submitter.step()
        assert isinstance(event, NodesTroubled)
        assert "FinalityLost" in event.why
    assert not world.chain.pool
