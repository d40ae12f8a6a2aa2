"""From accounts, as the node shows them, to answers."""

from __future__ import annotations

from collections.abc import Iterable

from rollup.risk.report import MarginReport
from sequencer.api.port import AccountSnapshot
from sequencer.api.projection import Projection
from sequencer.api.types import answers as a


def positions(known: Projection, held: Iterable[tuple[int, int]]) -> list[a.Position]:
    """Of an account, at the marks of the newest table."""
    found = []
    for series_id, size_e4 in held:
        row = known.market.rows.get(series_id)
        found.append(
            a.Position(
                instrument_name=known.market.names.name(series_id),
                size_e4=size_e4,
                mark_price_e2=None if row is None else row.mark_e2,
                value_e6=None if row is None else str(size_e4 * row.mark_e2),
            )
        )
    return found


def margins(snapshot: AccountSnapshot) -> a.Margins:
    """Health, in the rollup's own integers."""
    report = MarginReport(snapshot.values_e6)
    return a.Margins(
        equity_e6=str(report.equity_e6),
        initial_requirement_e6=str(report.initial_requirement_e6),
        maintenance_requirement_e6=str(report.maintenance_requirement_e6),
        passes_initial=report.passes_initial,
        passes_maintenance=report.passes_maintenance,
        worst_column=report.worst_column,
        values_e6=[str(value) for value in report.values_e6],
        sequence=snapshot.sequence,
    )


def summary(known: Projection, snapshot: AccountSnapshot) -> a.AccountSummary:
    """An account at one glance."""
    report = MarginReport(snapshot.values_e6)
    return a.AccountSummary(
        account=snapshot.account,
        key_x=str(snapshot.key[0]),
        key_y=str(snapshot.key[1]),
        cash_e6=str(snapshot.cash_e6),
        equity_e6=str(report.equity_e6),
        free_e6=str(snapshot.free_e6),
        initial_requirement_e6=str(report.initial_requirement_e6),
        maintenance_requirement_e6=str(report.maintenance_requirement_e6),
        is_liquidated=snapshot.is_liquidated,
        open_orders=len(known.orders.open_of(snapshot.account)),
        positions=len(snapshot.positions),
        nonces=list(snapshot.nonces),
        sequence=snapshot.sequence,
    )
