"""What oracles hand out: for the venue's log, and for L1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rollup.types.series import SeriesRow
from sequencer.l1.binding import Call
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.bindings.structs import Observation, Spot
from sequencer.l1.reports import Report
from sequencer.messages import NewTable
from sequencer.oracles.settlements import SettledExpiry


@dataclass(frozen=True, slots=True)
class SignedTable:
    """A report with its rows in the order of ids, prices by underlying, and signatures by ascending signer.

    `settlements` are the expiries that were settled since the table before: L1 wants each once.
    """

    report: Report
    rows: tuple[SeriesRow, ...]
    spots: Mapping[int, int]
    signatures: tuple[bytes, ...]
    settlements: tuple[SettledExpiry, ...] = ()

    @property
    def time_s(self) -> int:
        """Of the report."""
        return self.report.time_s

    def message(self) -> NewTable:
        """For the venue."""
        return NewTable(self.report.time_s, self.rows, tuple(self.report.spot_pairs))

    def report_call(self, oracle: Oracle) -> Call[None]:
        """For L1."""
        spots = [Spot(underlying, price_e2) for underlying, price_e2 in self.report.spot_pairs]
        return oracle.report(self.report.time_s, self.report.risk_root, spots, self.report.rows, self.signatures)

    def settle_calls(self, oracle: Oracle) -> list[Call[None]]:
        """For L1, one for each expiry."""
        return [
            oracle.settle(one.underlying, one.expiry_s, [Observation(*pair) for pair in one.observations])
            for one in self.settlements
        ]
