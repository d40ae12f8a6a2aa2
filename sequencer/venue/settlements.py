"""Positions in settled series become cash: account by account, gains before losses, as far as the cash reaches."""

from __future__ import annotations

from collections.abc import Iterable

from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.transactions import Settlement
from sequencer.venue.outcomes import Unsettled
from sequencer.venue.pieces import Piece


def settlements_of(
    state: State, table: RiskTable, accounts: Iterable[int], message: int
) -> tuple[list[Piece], list[Unsettled]]:
    """One piece for each settlement, in an order in which no account's cash falls below zero on the way.

    What an account cannot pay for stays, and is reported: nobody else waits for it.
    """
    pieces: list[Piece] = []
    unsettled: list[Unsettled] = []
    if not any(row.is_settled for row in table.rows()):
        return pieces, unsettled
    for account_id in accounts:
        account = state.account(account_id)
        if account is None:
            continue
        due = []
        for slot, position in enumerate(account.positions):
            row = table.row(position.series_id) if position.size_e4 else None
            if row is not None and row.is_settled:
                due.append((-position.size_e4 * row.mark_e2, slot, position.series_id))
        cash_e6 = account.cash_e6
        for cost_e6, slot, series_id in sorted(due):
            if cost_e6 > cash_e6:
                unsettled.append(Unsettled(account_id, series_id, cost_e6 - cash_e6))
                continue
            cash_e6 -= cost_e6
            pieces.append(Piece(message, settlements=(Settlement(account_id, slot, series_id),)))
    return pieces, unsettled
