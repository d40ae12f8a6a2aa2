"""CHECKLIST H113: several nodes, of which one is behind, lies, or says nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from sequencer.l1.bindings.clearing_house import ClearingHouse, UnknownReport
from sequencer.l1.bindings.structs import Commitment
from sequencer.submitter.chain_types import SendAnswer
from sequencer.submitter.errors import NodesDisagree, NodesUnavailable
from sequencer.submitter.node_pool import NodePool
from sequencer.submitter.nodes_port import NodesPort
from sequencer.submitter.port import UnsignedTransaction
from tests.support.fake_l1 import CHAIN_ID, FakeChain, FakeSigner
from tests.support.fake_l1_nodes import FakeNode
from tests.support.fake_l1_toys import HOUSE, OPERATOR, STRANGER
from tests.support.submitter_weather import calm
from tests.support.submitter_world import World


class Three:
    """Nodes on a chain of ten blocks with one transaction of ours in the last but one."""

    def __init__(self, quorum: int | None = None) -> None:
        self.now_s = 0.0
        self.chain = FakeChain(Random(1))
        for i in range(8):
            self.chain.mine(1_000_100 + i)
        signed = FakeSigner(self.chain).sign(UnsignedTransaction(CHAIN_ID, 0, STRANGER, b"", 21_000, 10**10, 1))
        self.raw, self.hash = signed.raw, signed.hash
        self.chain.receive(signed.raw)
        self.block = self.chain.mine(1_000_200)
        self.chain.mine(1_000_212)
        self.nodes = [FakeNode(self.chain, f"node {i}", Random(i), lambda: self.now_s) for i in range(3)]
        self.port = NodesPort(self.nodes, lambda: self.now_s, quorum)


@pytest.mark.parametrize("stale", range(3))
def test_h113_a_node_that_is_behind_does_not_count(stale: int) -> None:
    three = Three()
    three.nodes[stale].faults.lag = 4
    assert three.port.head().hash == three.chain.head.hash
    found = three.port.receipt(three.hash)
    assert found is not None
    assert found.block.hash == three.block.hash
    assert three.port.nonce(OPERATOR, 10) == 1


def receipt_among_liars(quorum: int | None) -> None:
    three = Three(quorum)
    three.nodes[0].faults.is_liar = True
    found = three.port.receipt(three.hash)
    assert found is not None
    assert found.block.hash == three.block.hash
    assert three.port.nonce(OPERATOR, 10) == 1


def test_h113_a_node_that_lies_is_outvoted() -> None:
    receipt_among_liars(None)


def test_h113_a_node_that_lies_is_outvoted_twin() -> None:
    with pytest.raises(AssertionError):
        receipt_among_liars(1)


def test_h113_two_nodes_that_differ_decide_nothing() -> None:
    three = Three()
    three.nodes[0].faults.is_liar = True
    three.nodes[1].faults.is_down = True
    with pytest.raises(NodesDisagree):
        three.port.receipt(three.hash)


def test_h113_null_receipts() -> None:
    three = Three()
    three.nodes[0].faults.null_receipt = 1.0
    assert three.port.receipt(three.hash) is not None
    three.nodes[1].faults.null_receipt = 1.0
    assert three.port.receipt(three.hash) is None


def test_h113_nodes_rest_longer_after_each_failure() -> None:
    three = Three()
    for node in three.nodes[:2]:
        node.faults.is_down = True
    with pytest.raises(NodesUnavailable) as raised:
        three.port.chain_id()
    assert len(raised.value.failures) == 2
    for node in three.nodes:
        node.faults.is_down = False
    with pytest.raises(NodesUnavailable):
        three.port.chain_id()
    three.now_s = 0.6
    assert three.port.chain_id() == CHAIN_ID


def test_h113_sending_the_same_twice_is_no_failure() -> None:
    three = Three()
    signed = FakeSigner(three.chain).sign(UnsignedTransaction(CHAIN_ID, 1, STRANGER, b"", 21_000, 10**10, 1))
    assert three.port.send(signed.raw).answer is SendAnswer.ACCEPTED
    assert three.port.send(signed.raw).answer is SendAnswer.KNOWN
    assert three.port.send(three.raw).answer is SendAnswer.NONCE_TOO_LOW
    for node in three.nodes:
        node.faults.timeout = 1.0
    assert three.port.send(signed.raw).answer is SendAnswer.UNCERTAIN
    assert three.port.send(signed.raw).is_in_pool is False


def test_a_refusal_of_the_contract_has_its_name() -> None:
    world = World(2, batches=1, nodes=3)
    calm(world)
    port = NodesPort(world.fleet, lambda: 0.0)
    commitment = world.cut[0].commitment
    struct = world.submitter._lookout.follower.house.struct(1)
    assert struct is not None
    call = ClearingHouse(port, HOUSE).commit_batch(struct, _of_another_report(commitment))
    with pytest.raises(UnknownReport):
        port.estimate(OPERATOR, call.to, call.data)


def test_a_quorum_must_be_possible() -> None:
    for quorum in (0, 4):
        with pytest.raises(ValueError, match="cannot agree"):
            NodePool(Three().nodes, lambda: 0.0, quorum)


def _of_another_report(commitment: Commitment) -> Commitment:
    """As batch 2."""
    header = int.from_bytes(commitment.words[:31], "big") + 1
    return replace(commitment, report_time_s=5, words=header.to_bytes(31, "big") + commitment.words[31:])
