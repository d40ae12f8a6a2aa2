"""CHECKLIST H112 to H117, one fault at a time, on the simulated chain."""

from __future__ import annotations

import pytest

from sequencer.submitter.errors import NonceTaken
from sequencer.submitter.events import Settled
from sequencer.submitter.inclusion import InclusionWatch
from sequencer.submitter.intent_store import IntentStore
from sequencer.submitter.intents import Kind
from sequencer.submitter.outbox import Outbox
from sequencer.submitter.port import L1Port
from tests.support.fake_l1 import FakeSigner
from tests.support.fake_l1_toys import OPERATOR, STRANGER
from tests.support.submitter_scenes import committed, scene
from tests.support.submitter_twins import never
from tests.support.submitter_weather import calm, judge
from tests.support.submitter_world import CONFIRMATIONS, World, send_as


@pytest.mark.parametrize("depth", range(1, CONFIRMATIONS + 1))
@pytest.mark.parametrize("is_kept", [True, False])
def test_h112_each_depth(depth: int, is_kept: bool) -> None:
    """Blocks with a commit or a proof are replaced, with their transactions in the pool again or lost."""
    made = committed(scene())
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
    made = committed(scene())
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
    made = committed(scene(batches=3))
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
    made = scene()
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
        front_run_nonce(scene())


def test_h114_an_account_that_moved_on_stops() -> None:
    made = committed(scene())
    send_as(made, FakeSigner(made.chain), made.chain.head.nonces[OPERATOR], STRANGER, b"")
    made.mine()
    with pytest.raises(NonceTaken):
        made.submitter.step()


def test_h114_a_new_database_waits_for_nobody() -> None:
    """Transactions that a lost database has sent are still in the pool: no nonce may be used twice."""
    made = scene()
    send_as(made, FakeSigner(made.chain), 0, STRANGER, b"")
    with pytest.raises(NonceTaken):
        made.submitter.step()


def test_h114_an_intent_is_durable_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The send never happens: after a restart the same transaction is sent at the same nonce."""
    made = scene(batches=1)
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
