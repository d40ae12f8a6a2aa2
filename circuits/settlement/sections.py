"""What a batch is made of, once every place of every section has its own rules asserted."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.frontend import Wire
from circuits.gadgets.bits import Ranged
from circuits.settlement.accounts import TouchedAccount
from circuits.settlement.arguments import SignedTerm
from circuits.settlement.close_outs import CloseOut
from circuits.settlement.health import Examined, Worth
from circuits.settlement.liquidations import Liquidated
from circuits.settlement.operations import Operation
from circuits.settlement.queue import Entry
from circuits.settlement.series_rows import SeriesRow
from circuits.settlement.settlements import Settled
from circuits.settlement.trades import BatchTerms, Fill


@dataclass(frozen=True, slots=True)
class Header:
    """What the words say of the batch as a whole."""

    fields: tuple[Ranged, ...]
    terms: BatchTerms
    domain: Wire
    root_before: Wire
    root_after: Wire
    risk_root: Wire


@dataclass(frozen=True, slots=True)
class Sections:
    """All that a batch is made of, each place with its own rules asserted."""

    header: Header
    queue: list[Entry]
    trades: list[Fill]
    operations: list[Operation]
    liquidations: list[Liquidated]
    settlements: list[Settled]

    @property
    def fills(self) -> list[Fill]:
        """Trades, and what liquidations fill."""
        return [*self.trades, *(one.fill for one in self.liquidations)]

    @property
    def signed(self) -> list[SignedTerm]:
        """All signed legs."""
        fills = [SignedTerm(leg, fill.used) for fill in self.fills for leg in fill.legs]
        return [*fills, *(SignedTerm(one.leg, one.used) for one in self.operations)]


@dataclass(frozen=True, slots=True)
class Touched:
    """The state that a batch looks at: accounts, their health, and rows."""

    accounts: list[TouchedAccount]
    examined: list[Examined]
    worth: list[Worth]
    rows: list[SeriesRow]
    key_counts: list[Ranged]
    close_out: CloseOut
