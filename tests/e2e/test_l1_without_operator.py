"""J130: the operator is lost; a stranger carries on with the state from L1, and the queue is served."""

from __future__ import annotations

import pytest

from rollup.types.batches import Batch
from sequencer.l1.accounts import account_from_key
from sequencer.l1.bindings.clearing_house import NotOperator
from sequencer.l1.log_reader import read_history
from sequencer.l1.operator import Operator
from sequencer.l1.recovery import recover
from sequencer.rehearsal.venue import DEPOSIT_E6, RehearsalVenue
from tests.support.chain import needs_anvil
from tests.support.rehearsals import rehearsal

pytestmark = needs_anvil


def stranger(venue: RehearsalVenue) -> Operator:
    """Somebody with ether, a node, and keys that everybody has."""
    ethereum = account_from_key((0x57A46E).to_bytes(32, "big"))
    venue.rollup.running.rpc("anvil_setBalance", ethereum.address, hex(10**20))
    recovered = recover(read_history(venue.chain, venue.deployment), venue.preset, venue.workshop.crypto)
    return Operator(
        venue.sender(ethereum), venue.house, venue.preset, recovered.state, venue.workshop.batches, recovered.last
    )


def next_batch(venue: RehearsalVenue, other: Operator) -> Batch:
    history = read_history(venue.chain, venue.deployment)
    return Batch(
        number=other.last.number + 1,
        time_s=venue.now_s(),
        domain=venue.deployment.domain,
        queue=tuple(history.open_entries(venue.preset.queue)),
    )


def test_j130_anybody_carries_on_after_silence() -> None:
    with rehearsal() as venue:
        alice = venue.new_trader()
        venue.settle_queue()
        venue.sender(alice.ethereum).send(venue.house.request_withdrawal(alice.account, DEPOSIT_E6))
        other = stranger(venue)
        with pytest.raises(NotOperator):
            other.commit_and_prove(next_batch(venue, other), *venue.reported())
        venue.wait(venue.house.operator_silence_s() + 1)
        venue.report()
        with pytest.raises(NotOperator):
            other.commit(next_batch(venue, other), *venue.reported())
        other.commit_and_prove(next_batch(venue, other), *venue.reported())
        other.execute()
        assert venue.house.owed_e6(alice.ethereum.address) == DEPOSIT_E6
        assert venue.house.progress().served == venue.house.queue_length()


def test_j130_what_the_operator_left_unproven_anybody_takes_back() -> None:
    with rehearsal() as venue:
        venue.new_trader()
        committed = venue.commit(queue=tuple(venue.reader.update().open_entries(venue.preset.queue)))
        sender = stranger(venue)._sender
        back = venue.house.revert_batches(0, committed.batch)
        with pytest.raises(NotOperator):
            sender.send(back)
        venue.wait(venue.house.proof_deadline_s() + 1)
        sender.send(back)
        assert venue.house.progress().committed == 0
        other = stranger(venue)
        venue.wait(venue.house.operator_silence_s() + 1)
        venue.report()
        other.commit_and_prove(next_batch(venue, other), *venue.reported())
        assert venue.house.progress().served > 0
