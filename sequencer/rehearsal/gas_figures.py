"""What everything costs on L1, measured on a local chain: the figures of a committed snapshot.

Gas is that beyond calldata (`GasUse.beyond_calldata`), which does not depend on what keys, proofs and hashes look like.
A proof costs the same at every preset; a commitment grows with the words of a batch, so that of LARGE is measured by
committing alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rollup.types.orders import Withdrawal
from rollup.types.transactions import Trade
from sequencer.l1.gas import GasUse
from sequencer.rehearsal.venue import CONTRACT_E4, RehearsalVenue

MANY: Final = 8
"""Batches proven in one transaction."""


@dataclass(frozen=True, slots=True)
class BatchGas:
    """Of one batch that is committed and proven in two transactions; `empty` is the commitment of one with nothing."""

    empty: GasUse
    commit: GasUse
    prove: GasUse
    trades: int

    @property
    def beyond_calldata(self) -> int:
        """Verification and bookkeeping."""
        return self.commit.beyond_calldata + self.prove.beyond_calldata

    @property
    def fixed(self) -> int:
        """What a batch costs without any trade, calldata included."""
        return self.empty.used + self.prove.used

    @property
    def variable_per_trade(self) -> float:
        """What another trade adds, calldata included."""
        return (self.commit.used - self.empty.used) / self.trades

    @property
    def per_trade(self) -> float:
        """All in."""
        return (self.commit.used + self.prove.used) / self.trades


def figures(venue: RehearsalVenue) -> dict[str, GasUse]:
    """Every transaction that there is, once or in a row: name -> gas."""
    found: dict[str, GasUse] = {}
    alice, bob = venue.new_trader(), venue.new_trader()
    sender = venue.sender(alice.ethereum)
    venue.settle_queue()
    venue.report()
    committed = venue.commit(trades=(venue.trade(alice, bob, 0, 500),))
    found["commit"] = committed.receipt.gas
    found["prove 1 batch"] = venue.operator.prove().gas
    committed = venue.operator.commit_and_prove(venue.batch(), *venue.reported())
    found["commit and prove"] = committed.receipt.gas
    for _ in range(MANY):
        venue.commit()
    found[f"prove {MANY} batches"] = venue.operator.prove().gas

    sender.send(venue.dollar.mint(alice.ethereum.address, 10**9))
    found["deposit"] = sender.send(venue.house.deposit(alice.account, 10**6)).gas
    found["request a withdrawal"] = sender.send(venue.house.request_withdrawal(alice.account, 10**6)).gas
    venue.commit()
    venue.operator.prove()
    payout = Withdrawal(bob.account, 1, 1, 10**6)
    venue.commit(operations=(venue.operation(bob, payout),))
    venue.operator.prove()
    first, second = venue.operator.execute()
    found["execute 1 payout"] = first.gas
    found["execute 1 payout more"] = second.gas
    found["collect"] = sender.send(venue.house.collect(alice.ethereum.address)).gas
    return found


def batch_gas(venue: RehearsalVenue, prove: GasUse) -> BatchGas:
    """A batch full of trades at the venue's preset, committed; `prove` is what the proof of any batch costs."""
    for _ in range(venue.preset.accounts // 2):
        venue.new_trader()
    while queue := venue.reader.update().open_entries(venue.preset.queue):
        venue.commit(queue=tuple(queue))
    venue.report()
    venue.commit(trades=_full(venue))
    venue.report()
    committed = venue.commit(trades=_full(venue))
    venue.report()
    empty = venue.commit()
    return BatchGas(empty.receipt.gas, committed.receipt.gas, prove, venue.preset.trades)


def _full(venue: RehearsalVenue) -> tuple[Trade, ...]:
    """As many trades as fit, each between neighbours."""
    count = len(venue.traders)
    return tuple(
        venue.trade(venue.traders[i % count], venue.traders[(i + 1) % count], i % 2, 500, CONTRACT_E4 // 100)
        for i in range(venue.preset.trades)
    )
