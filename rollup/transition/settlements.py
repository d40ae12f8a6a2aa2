"""Settlement: a position in a settled series becomes cash."""

from __future__ import annotations

from rollup.errors import NothingToSettle, SeriesNotSettled
from rollup.ledger import Holding
from rollup.transition.bench import Bench
from rollup.types.transactions import Settlement


def apply_settlement(bench: Bench, settlement: Settlement, where: str) -> None:
    """Books all that the slot held at the start of the batch, at the payoff.

    Broken rules: `UnknownAccount`, `UnknownSeries`, `SeriesNotSettled`, `NothingToSettle`.
    """
    account, row = bench.known(settlement.account, where), bench.row(settlement.series_id, where)
    if account is None or row is None:
        return
    bench.referee.require(row.is_settled, SeriesNotSettled, where, series_id=settlement.series_id)
    place = (settlement.account, settlement.position_slot)
    position = account.positions[settlement.position_slot]
    is_there = position.series_id == settlement.series_id and place not in bench.settled
    bench.referee.require(is_there, NothingToSettle, where, series_id=settlement.series_id)
    bench.settled.add(place)
    holding = Holding(settlement.position_slot, settlement.series_id)
    bench.ledger.exchange(settlement.account, holding, -position.size_e4, row.mark_e2)
