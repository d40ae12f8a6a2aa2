"""CHECKLIST H112 to H117, one fault at a time, on the simulated chain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.submitter.errors import NonceTaken
from sequencer.submitter.events import Alarm, Refused, Sent, Settled
from sequencer.submitter.failures import Failures
from sequencer.submitter.inclusion import InclusionWatch
from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Kind
from sequencer.submitter.outbox import Outbox
from sequencer.submitter.policy import GWEI, FeePolicy
from sequencer.submitter.port import L1Port
from tests.support.fake_l1 import FakeSigner
from tests.support.fake_l1_rules import KEY_DIGEST, OPERATOR, STRANGER, toy_proof
from tests.support.submitter_twins import never
from tests.support.submitter_world import CONFIRMATIONS, POLICY, World, calm, judge, send_as


def world(batches: int = 2, **chosen: object) -> World:
    made = World(7, batches=batches, nodes=1, policy=replace(POLICY, **chosen))  # type: ignore[arg-type]
    for _ in range(CONFIRMATIONS + 2):
        made.mine()
    return made


def committed(made: World) -> World:
    """One batch is committed, and not proven."""
    made.cut_batch()
    made.proofs[1] = float("inf")
    made.until(lambda: made.chain.rules.committed == 1)
    return made


@pytest.mark.parametrize("depth", range(1, CONFIRMATIONS + 1))
@pytest.mark.parametrize("is_kept", [True, False])
def test_h112_each_depth(depth: int, is_kept: bool) -> None:
    """Blocks with a commit or a proof are replaced, with their transactions in the pool again or lost."""
    made = committed(world())
    for _ in range(depth // 2):
        made.blocks(1)
    made.chain.reorganise(depth, keeps=float(is_kept), takes=float(is_kept))
    made.proofs[1] = made.now_s
    made.blocks(3)
    made.chain.reorganise(depth, keeps=float(is_kept), takes=0.0)
    progress = made.submitter.progress
    assert progress is not None
    assert progress.final_committed == 0
    calm(made)
    judge(made)


def test_h112_final_after_confirmations_and_not_before() -> None:
    made = committed(world())
    block = len(made.chain.blocks) - 1
    while len(made.chain.blocks) - 1 < block + CONFIRMATIONS:
        progress = made.submitter.progress
        assert progress is not None
        assert progress.final_committed == 0
        made.blocks(1)
    made.turns(1)
    progress = made.submitter.progress
    assert progress is not None
    assert progress.final_committed == 1
    assert progress.batches[1].committed is not None
    assert progress.batches[1].committed.block.number == block


def test_h114_a_gap_is_filled_with_the_same_transaction() -> None:
    """The first of two transactions is lost by all pools: the second waits for its nonce."""
    made = committed(world(batches=3))
    made.cut_batch()
    made.proofs[1], made.proofs[2] = made.now_s, float("inf")
    made.now_s += 30
    made.hand_over()
    made.turns(3)
    first, second = made.submitter.on_their_way
    assert second.meaning.kind is Kind.PROVE
    del made.chain.pool[OPERATOR, first.nonce]
    made.blocks(3)
    settled = [event.nonce for event in made.events if isinstance(event, Settled)]
    assert settled.index(first.nonce) < settled.index(second.nonce)
    assert made.database.execute("SELECT COUNT(*) FROM submitter_attempts WHERE nonce = ?", (first.nonce,)) == [(1,)]
    made.proofs[2] = made.now_s
    calm(made)
    judge(made)


def front_run_nonce(made: World) -> None:
    """Another submitter with our key uses the nonce of ours, which is in no block yet."""
    made.cut_batch()
    made.now_s += 30
    made.hand_over()
    made.turns(2)
    (ours,) = made.submitter.on_their_way
    send_as(made, FakeSigner(made.chain), ours.nonce, STRANGER, b"")
    made.mine()
    made.chain.faults.clear()
    for _ in range(20):
        made.now_s += 12
        made.turns(1)


def test_h114_a_nonce_that_somebody_else_used_stops() -> None:
    made = world()
    with pytest.raises(NonceTaken):
        front_run_nonce(made)
    with pytest.raises(NonceTaken):
        made.submitter.step()


def test_h114_a_nonce_that_somebody_else_used_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without patience's end the submitter waits for its receipt for ever."""
    patient = InclusionWatch.__init__

    def forever(self: InclusionWatch, port: L1Port, store: IntentStore, address: str, _: float) -> None:
        patient(self, port, store, address, float("inf"))

    monkeypatch.setattr(InclusionWatch, "__init__", forever)
    with pytest.raises(pytest.fail.Exception), pytest.raises(NonceTaken):
        front_run_nonce(world())


def test_h114_an_account_that_moved_on_stops() -> None:
    made = committed(world())
    send_as(made, FakeSigner(made.chain), made.chain.head.nonces[OPERATOR], STRANGER, b"")
    made.mine()
    with pytest.raises(NonceTaken):
        made.submitter.step()


def test_h114_a_new_database_waits_for_nobody() -> None:
    """Transactions that a lost database has sent are still in the pool: no nonce may be used twice."""
    made = world()
    send_as(made, FakeSigner(made.chain), 0, STRANGER, b"")
    with pytest.raises(NonceTaken):
        made.submitter.step()


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
    made = world(batches=1, fees=FeePolicy(most_wei=20 * GWEI, patience_blocks=2))
    offers = spike(made)
    assert len(offers) > 1
    assert max(offers) <= 20
    alarms = [event for event in made.events if isinstance(event, Alarm)]
    assert len(alarms) == 1
    assert "the cap is reached" in alarms[0].what
    calm(made)
    judge(made)


def test_h115_no_cap_twin() -> None:
    made = world(batches=1, fees=FeePolicy(most_wei=10**30, patience_blocks=2))
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


def test_h115_h117_what_became_needless_is_cancelled() -> None:
    """Somebody else proves our batch while our proof waits: its nonce is used for a transfer of nothing."""
    made = committed(world())
    made.proofs[1] = made.now_s
    made.now_s += 30
    made.hand_over()
    made.turns(2)
    (ours,) = made.submitter.on_their_way
    assert ours.meaning.kind is Kind.PROVE
    del made.chain.pool[OPERATOR, ours.nonce]
    prove_by_somebody_else(made)
    made.blocks(4)
    settled = [event for event in made.events if isinstance(event, Settled)]
    assert (settled[-1].nonce, settled[-1].status) in ((ours.nonce, "cancelled"), (ours.nonce + 1, "done"))
    assert any(event.status == "cancelled" for event in settled)
    calm(made)
    judge(made)


def test_h117_a_front_run_proof_costs_one_transaction() -> None:
    """Both get into the block, ours second: it reverts, and nothing is tried again."""
    made = committed(world(batches=1))
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
    made = world(batches=1)
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
    made = world(batches=1)
    with pytest.raises(AssertionError):
        assert len(refused(made)) <= POLICY.most_tries


def test_h114_an_intent_is_durable_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The send never happens: after a restart the same transaction is sent at the same nonce."""
    made = world(batches=1)
    made.cut_batch()
    made.now_s += 30
    made.hand_over()
    with monkeypatch.context() as patch:
        patch.setattr(Outbox, "send", never)
        made.turns(1)
    (written,) = made.submitter.on_their_way
    assert not made.chain.pool
    made.start()
    made.turns(1)
    (again,) = made.submitter.on_their_way
    assert again == written
    assert made.chain.pool[OPERATOR, written.nonce].hash == written.last.hash
    calm(made)
    judge(made)
