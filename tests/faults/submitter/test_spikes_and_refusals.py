"""CHECKLIST H115 to H117, one fault at a time, on the simulated chain."""

from __future__ import annotations

import pytest

from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.submitter.building import Builder, Ready
from sequencer.submitter.events import Alarm, Refused, Sent, Settled
from sequencer.submitter.failures import Failures
from sequencer.submitter.intents import Kind
from sequencer.submitter.policy import GWEI, FeePolicy
from tests.support.fake_l1 import FakeSigner
from tests.support.fake_l1_toys import KEY_DIGEST, OPERATOR, STRANGER, toy_proof
from tests.support.submitter_scenes import committed, scene
from tests.support.submitter_weather import calm, judge
from tests.support.submitter_world import POLICY, World, send_as


def spike(made: World) -> list[int]:
    """What was offered while the base fee was far too high, in gwei."""
    made.cut_batch()
    made.now_s += 30
    made.hand_over()
    made.turns(2)
    made.chain.base_fee_wei = 100 * GWEI
    made.blocks(30)
    offered = made.database.execute("SELECT most_fee_wei FROM submitter_attempts")
    return [int(wei) // GWEI for (wei,) in offered]


def test_h115_stuck_at_the_cap_alarms_once_and_recovers() -> None:
    made = scene(batches=1, fees=FeePolicy(most_wei=20 * GWEI, patience_blocks=2))
    offers = spike(made)
    assert len(offers) > 1
    assert max(offers) <= 20
    alarms = [event for event in made.events if isinstance(event, Alarm)]
    assert len(alarms) == 1
    assert "the cap is reached" in alarms[0].what
    calm(made)
    judge(made)


def test_h115_no_cap_twin() -> None:
    made = scene(batches=1, fees=FeePolicy(most_wei=10**30, patience_blocks=2))
    with pytest.raises(AssertionError):
        assert max(spike(made)) <= 20


def prove_by_somebody_else(made: World) -> None:
    """With our proof, and before us."""
    batch = made.cut[0]
    struct = made.submitter._lookout.follower.house.struct(1)
    assert struct is not None
    house = ClearingHouse(made.submitter._l1, made.submitter._deployment.clearing_house)
    call = house.prove_batches([struct], [toy_proof(batch.commitment.digest, batch.point)], KEY_DIGEST)
    send_as(made, FakeSigner(made.chain, STRANGER), 0, call.to, call.data)


def needless_proof(monkeypatch: pytest.MonkeyPatch, *, is_stubborn: bool) -> World:
    """Somebody else proves our batch while our own proof is lost: its nonce is used for a transfer of nothing."""
    made = committed(scene())
    made.proofs[1] = made.now_s
    made.now_s += 30
    made.hand_over()
    made.turns(2)
    (ours,) = made.submitter.on_their_way
    assert ours.meaning.kind is Kind.PROVE
    if is_stubborn:
        monkeypatch.setattr(Builder, "_prove", lambda *_: Ready(ours.last.to, ours.last.data))
    del made.chain.pool[OPERATOR, ours.nonce]
    prove_by_somebody_else(made)
    made.blocks(4)
    settled = {event.nonce: event.status for event in made.events if isinstance(event, Settled)}
    assert settled[ours.nonce] == "cancelled"
    return made


def test_h115_h117_what_became_needless_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    made = needless_proof(monkeypatch, is_stubborn=False)
    calm(made)
    judge(made)


def test_h115_h117_what_became_needless_is_cancelled_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """A submitter that looks at its own plans and not at L1 sends the proof again."""
    with pytest.raises((AssertionError, KeyError)):
        needless_proof(monkeypatch, is_stubborn=True)


def test_h117_a_front_run_proof_costs_one_transaction() -> None:
    """Both get into the block, ours second: it reverts, and nothing is tried again."""
    made = committed(scene(batches=1))
    prove_by_somebody_else(made)
    made.chain.pool = dict(sorted(made.chain.pool.items(), reverse=True))
    made.proofs[1] = made.now_s
    made.now_s += 30
    made.hand_over()
    made.turns(2)
    made.chain.front_runs = True
    made.blocks(4)
    settled = [event for event in made.events if isinstance(event, Settled)]
    assert settled[-1].status == "reverted"
    sent = [event for event in made.events if isinstance(event, Sent) and event.meaning.kind is Kind.PROVE]
    assert len(sent) == 1
    calm(made)
    judge(made)


def refused(made: World) -> list[Refused]:
    """A batch whose report is on L1 nowhere."""
    made.cut_batch()
    made.now_s += 30
    made.submitter.add_batch(made.cut[0])
    made.submitter.add_proof(1, toy_proof(made.cut[0].commitment.digest, made.cut[0].point))
    for _ in range(60):
        made.now_s += 12
        made.mine()
        made.turns(2)
    return [event for event in made.events if isinstance(event, Refused)]


def test_h116_tried_up_to_a_bound_then_an_alarm_with_the_contracts_word() -> None:
    made = scene(batches=1)
    tries = refused(made)
    assert [event.tries for event in tries] == list(range(1, POLICY.most_tries + 1))
    assert {event.error for event in tries} == {"UnknownReport"}
    (alarm,) = [event for event in made.events if isinstance(event, Alarm)]
    assert "UnknownReport" in alarm.what
    assert not made.submitter.on_their_way
    made.submitter.retry()
    calm(made)
    judge(made)


def test_h116_no_bound_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Failures, "is_given_up", lambda *_: False)
    made = scene(batches=1)
    with pytest.raises(AssertionError):
        assert len(refused(made)) <= POLICY.most_tries


def test_h115_what_is_lost_at_the_cap_can_still_be_cancelled() -> None:
    """Nodes threw our proof out of their pools when it could offer no more; meanwhile somebody else has proven."""
    made = committed(scene(batches=2, fees=FeePolicy(most_wei=20 * GWEI, patience_blocks=1)))
    made.proofs[1] = made.now_s
    made.now_s += 30
    made.hand_over()
    made.turns(2)
    (ours,) = made.submitter.on_their_way
    made.chain.base_fee_wei = 100 * GWEI
    made.blocks(12)
    (ours,) = made.submitter.on_their_way
    assert ours.last.fees.most_wei * 9 > 20 * GWEI * 8
    del made.chain.pool[OPERATOR, ours.nonce]
    prove_by_somebody_else(made)
    made.blocks(2)
    assert made.submitter.on_their_way[0].last.is_cancel
    calm(made)
    judge(made)
    settled = {event.nonce: event.status for event in made.events if isinstance(event, Settled)}
    assert settled[ours.nonce] == "cancelled"
