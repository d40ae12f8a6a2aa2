"""A fresh chain: deployed, registered and deposited from Ethereum keys, three proven batches, a withdrawal paid."""

from __future__ import annotations

from rollup.types.orders import Withdrawal
from sequencer.l1.recovery import recover
from sequencer.rehearsal.venue import CONTRACT_E4, DEPOSIT_E6
from tests.support.rehearsals import rehearsal
from tests.support.settlement import crypto


def test_three_batches_and_a_withdrawal() -> None:
    with rehearsal() as venue:
        alice, bob = venue.new_trader(), venue.new_trader()
        assert venue.settle_queue() == 2
        for place in (0, 1):
            venue.report()
            venue.commit(trades=(venue.trade(alice, bob, place, 500 + 10 * place),))
            venue.operator.prove()
        venue.report()
        before = venue.dollar.balance_of(bob.ethereum.address)
        withdrawal = Withdrawal(bob.account, 1, 1, 1_000_000)
        venue.commit(operations=(venue.operation(bob, withdrawal),))
        venue.operator.prove()
        assert venue.house.progress().executed == 4
        venue.operator.execute()
        progress = venue.house.progress()
        assert (progress.committed, progress.proven, progress.executed) == (5, 5, 5)
        assert venue.house.owed_e6(bob.ethereum.address) == withdrawal.amount_e6
        venue.operator_sender.send(venue.house.collect(bob.ethereum.address))
        assert venue.dollar.balance_of(bob.ethereum.address) == before + withdrawal.amount_e6
        assert venue.dollar.balance_of(venue.house.address) == 2 * DEPOSIT_E6 - withdrawal.amount_e6

        recovered = recover(venue.reader.update(), venue.preset, crypto())
        assert recovered.state.root == venue.operator.state.root == venue.operator.last.state_root
        held = recovered.state.account(alice.account)
        assert held is not None
        assert held.positions[0].size_e4 == CONTRACT_E4
