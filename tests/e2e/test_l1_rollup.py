"""A fresh chain: deployed, registered and deposited from Ethereum keys, three proven batches, a withdrawal paid."""

from __future__ import annotations

from sequencer.rehearsal.first_scene import WITHDRAWN_E6, play_on
from sequencer.rehearsal.venue import CONTRACT_E4, DEPOSIT_E6
from tests.support.rehearsals import rehearsal


def test_three_batches_and_a_withdrawal() -> None:
    with rehearsal() as venue:
        scene = play_on(venue)
        alice, bob = venue.traders
        progress = venue.house.progress()
        assert (progress.committed, progress.proven, progress.executed) == (3, 3, 3) == (scene.batches,) * 3
        assert scene.received_e6 == WITHDRAWN_E6
        assert venue.dollar.balance_of(bob.ethereum.address) == WITHDRAWN_E6
        assert venue.dollar.balance_of(venue.house.address) == 2 * DEPOSIT_E6 - WITHDRAWN_E6
        assert venue.house.owed_e6(bob.ethereum.address) == 0

        state = scene.recovered.state
        assert state.root == venue.operator.state.root == venue.operator.last.state_root
        for trader, size_e4 in ((alice, CONTRACT_E4), (bob, -CONTRACT_E4)):
            held = state.account(trader.account)
            assert held is not None
            assert held.positions[0].size_e4 == size_e4
        assert [step.transactions for step in scene.steps] == [6, *(1,) * 9, 0]
