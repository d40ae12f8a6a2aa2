"""After a freeze: exits are claimed from logs alone, several at once, paid when the claim period is over, refused by
the contract's own names when it is too early, too late or a second time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sequencer.l1 import exits
from sequencer.l1.bindings import clearing_house as contract
from sequencer.l1.errors import BadArgument
from sequencer.l1.recovery import Recovered, recover
from sequencer.rehearsal.venue import DEPOSIT_E6, RehearsalVenue
from tests.support.chain import needs_anvil
from tests.support.rehearsals import rehearsal
from tests.support.settlement import crypto

pytestmark = needs_anvil

WITHDRAWN_E6 = 1_000_000
LATE_DEPOSIT_E6 = 7_000_000


@pytest.fixture(scope="module")
def venue() -> Iterator[RehearsalVenue]:
    """Two accounts with open options, a batch whose payout nobody executed, and a deposit that nobody serves."""
    from rollup.types.orders import Withdrawal

    with rehearsal() as venue:
        alice, bob = venue.new_trader(), venue.new_trader()
        venue.settle_queue()
        venue.report()
        withdrawal = venue.operation(bob, Withdrawal(bob.account, 1, 1, WITHDRAWN_E6))
        venue.commit(trades=(venue.trade(alice, bob, 0, 500),), operations=(withdrawal,))
        venue.operator.prove()
        venue.sender(bob.ethereum).send(venue.dollar.mint(bob.ethereum.address, LATE_DEPOSIT_E6))
        venue.sender(bob.ethereum).send(venue.house.deposit(bob.account, LATE_DEPOSIT_E6))
        yield venue


def recovered_of(venue: RehearsalVenue) -> Recovered:
    return recover(venue.reader.update(), venue.preset, crypto())


def test_everything_in_order(venue: RehearsalVenue) -> None:
    house, sender, prover = venue.house, venue.operator_sender, venue.workshop.exits
    alice, bob = (trader.account for trader in venue.traders)
    recovered = recovered_of(venue)
    with pytest.raises(contract.NotFrozen):
        exits.claim_exits(sender, house, recovered, prover, [alice])
    with pytest.raises(contract.NotFrozen):
        exits.pay_exits(sender, house, [alice])
    with pytest.raises(contract.NotFrozen):
        exits.refunds(sender, house, venue.reader.history)

    venue.wait(house.queue_deadline_s() + 1)
    sender.send(house.freeze())
    recovered = recovered_of(venue)
    who = exits.leavers(house, recovered)
    assert who.able == (0, alice, bob), "the fees belong to the operator here"
    assert who.unowned + who.worthless == (1,)
    unmarked = exits.leavers(house, replace(recovered, table=None))
    assert (unmarked.able, unmarked.unmarked) == ((0,), (alice, bob)), "their series have no row in an empty table"

    with pytest.raises(BadArgument):
        exits.claim_exits(sender, house, recovered, prover, [alice, alice])
    with pytest.raises(BadArgument):
        exits.claim_exits(sender, house, recovered, prover, [alice], chunk=0)
    with pytest.raises(contract.UnknownAccount):
        exits.claim_exits(sender, house, recovered, prover, [alice, 1])
    with pytest.raises(contract.UnknownBatch):
        exits.claim_exits(sender, house, before_the_last(venue, recovered), prover, [alice])
    seen: list[tuple[int, int]] = []
    (claimed,) = exits.claim_exits(
        sender, house, recovered, prover, [alice, bob], progress=lambda done, of: seen.append((done, of))
    )
    assert seen == [(1, 2), (2, 2)]
    with pytest.raises(contract.AlreadyClaimed):
        exits.claim_exits(sender, house, recovered, prover, [bob])
    assert exits.leavers(house, recovered).claimed == (alice, bob)
    assert claimed.amounts_e6 == {account: house.claim_e6(account) for account in (alice, bob)}

    with pytest.raises(contract.ClaimPeriodOpen):
        exits.pay_exits(sender, house, [alice])
    venue.wait(house.claim_period_s() + 1)
    with pytest.raises(contract.BatchesNotExecuted):
        exits.pay_exits(sender, house, [alice])
    assert len(exits.execute_batches(sender, house, venue.reader.update())) == 1
    assert exits.execute_batches(sender, house, venue.reader.update()) == []

    assert exits.payable(house) == [alice, bob]
    assert len(exits.pay_exits(sender, house, [bob, alice])) == 2
    with pytest.raises(contract.NothingClaimed):
        exits.pay_exits(sender, house, [alice])

    history = venue.reader.update()
    assert list(exits.refunds(sender, house, history)) == exits.queued_deposits(history)
    assert exits.refunds(sender, house, history) == {}

    owners = [trader.ethereum.address for trader in venue.traders]
    paid = exits.collect(sender, house, owners)
    assert paid[owners[0]] == claimed.amounts_e6[alice]
    assert paid[owners[1]] == claimed.amounts_e6[bob] + WITHDRAWN_E6 + LATE_DEPOSIT_E6
    assert sum(paid.values()) <= 2 * DEPOSIT_E6 + LATE_DEPOSIT_E6
    assert exits.collect(sender, house, owners) == {}


def before_the_last(venue: RehearsalVenue, recovered: Recovered) -> Recovered:
    """The state of one batch earlier."""
    history = venue.reader.history
    return replace(recovered, last=history.batches[recovered.last.number - 2].batch)
