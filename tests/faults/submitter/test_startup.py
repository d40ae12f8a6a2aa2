"""CHECKLIST H118, H119: nothing is sent before chain, code, key and roots are seen to be ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from sequencer.l1.bindings.clearing_house import WrongKey
from sequencer.l1.errors import NoContract, WrongChainId
from sequencer.submitter import submitter as submitter_module
from sequencer.submitter.batch_check import BatchCheck
from sequencer.submitter.errors import BatchDiffers, OtherAccount, RootsDiffer, SubmitterStopped, WrongCode
from sequencer.submitter.events import NodesTroubled
from sequencer.submitter.startup import Expected
from sequencer.submitter.work import BatchToSend
from tests.support.fake_l1 import FakeSigner
from tests.support.fake_l1_rules import CODE
from tests.support.fake_l1_toys import HOUSE, ORACLE, STRANGER
from tests.support.submitter_twins import never
from tests.support.submitter_weather import calm, judge
from tests.support.submitter_world import DEPLOYMENT, EXPECTED, World


def finished() -> World:
    world = World(3, batches=2, nodes=1)
    calm(world)
    judge(world)
    return world


def restarted(world: World, deployment: object = DEPLOYMENT, expected: Expected = EXPECTED) -> World:
    world.start()
    world.submitter._deployment = deployment  # type: ignore[assignment]
    world.submitter._expected = expected
    return world


def cases() -> list[tuple[object, Expected, type[Exception]]]:
    other_code = Expected({**EXPECTED.code_digests, ORACLE: "00" * 32}, EXPECTED.key_digest)
    return [
        (replace(DEPLOYMENT, chain_id=1), EXPECTED, WrongChainId),
        (DEPLOYMENT, other_code, WrongCode),
        (DEPLOYMENT, Expected(EXPECTED.code_digests, bytes(32)), WrongKey),
    ]


def check_refused(deployment: object, expected: Expected, error: type[Exception]) -> None:
    world = restarted(finished(), deployment, expected)
    for _ in range(2):
        with pytest.raises(error):
            world.submitter.step()
    assert not world.submitter.on_their_way
    assert world.submitter.progress is None


@pytest.mark.parametrize(("deployment", "expected", "error"), cases())
def test_h119_chain_code_and_key(deployment: object, expected: Expected, error: type[Exception]) -> None:
    check_refused(deployment, expected, error)


@pytest.mark.parametrize(("deployment", "expected", "error"), cases())
def test_h119_chain_code_and_key_twin(
    deployment: object, expected: Expected, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitter_module, "require_chain", never)
    with pytest.raises(pytest.fail.Exception):
        check_refused(deployment, expected, error)


def test_h119_no_code_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that is still syncing has no contract yet; nothing is sent meanwhile."""
    world = restarted(finished())
    with monkeypatch.context() as patch:
        patch.delitem(CODE, HOUSE)
        (event,) = world.submitter.step()
        assert isinstance(event, NodesTroubled)
        assert NoContract.__name__ in event.why
    world.turns(1)
    assert world.submitter.progress is not None


def lose_a_batch(world: World) -> World:
    """The node was restored from a backup that is one batch older."""
    world.cut.pop()
    return restarted(world)


def cut_otherwise(world: World) -> World:
    """The node has a batch of that number with another root."""
    last = world.cut[-1]
    world.cut[-1] = BatchToSend(last.number, replace(last.commitment, state_root=1), last.point)
    return restarted(world)


@pytest.mark.parametrize(("spoil", "local"), [(lose_a_batch, None), (cut_otherwise, 1)])
def test_h118_roots_on_l1_are_not_ours(spoil: Callable[[World], World], local: int | None) -> None:
    world = spoil(finished())
    with pytest.raises(RootsDiffer) as raised:
        world.submitter.step()
    assert (raised.value.number, raised.value.local) == (2, local)
    assert "recover the state from L1" in str(raised.value)


def test_h118_roots_on_l1_are_not_ours_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(submitter_module, "require_roots", never)
    monkeypatch.setattr(BatchCheck, "look", never)
    world = lose_a_batch(finished())
    with pytest.raises(pytest.fail.Exception), pytest.raises(RootsDiffer):
        world.submitter.step()


def test_h118_a_batch_of_ours_with_other_words_stops() -> None:
    """The report or the queue on L1 are not those that the batch was cut with: our proof would be refused."""
    world = World(3, batches=1, nodes=1)
    world.cut_batch()
    world.cut[0] = BatchToSend(1, world.cut[0].commitment, world.cut[0].point ^ 1)
    world.proofs[1] = float("inf")
    world.hand_over()

    def go_on() -> None:
        for _ in range(20):
            world.now_s += 12
            world.mine()
            world.turns(1)

    with pytest.raises(BatchDiffers):
        go_on()


def test_h118_a_database_of_another_account() -> None:
    world = finished()
    world.chain.signed.clear()
    with pytest.raises(OtherAccount) as raised:
        submitter_module.Submitter(
            world.submitter._l1,
            world.database,
            world._clock,
            signer=FakeSigner(world.chain, STRANGER),
            deployment=DEPLOYMENT,
            expected=EXPECTED,
            root_of=world.root_of,
        )
    assert isinstance(raised.value, SubmitterStopped)
