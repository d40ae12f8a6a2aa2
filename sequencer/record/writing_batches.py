"""Batches on their way into the record: their rows, details, and what they did to accounts, trades and the queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from rollup.ledger import Posting
from rollup.transition.transition import Touched
from rollup.types.accounts import Account
from rollup.types.batches import Batch
from rollup.types.orders import Operation, Transfer
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, Liquidation, Registration
from sequencer.record.encoding import packed_values, squeezed, text_of, word_bytes, words_bytes
from sequencer.record.sheet import Sheet, Table
from sequencer.venue import CutBatch, Dropped

BATCHES: Final = Table("batches", 17, replaces=True)
DETAILS: Final = Table("details", 3, replaces=True)
OPERATIONS: Final = Table("operations", 9)
SETTLEMENTS: Final = Table("settlements", 7)
ACCOUNTS: Final = Table("accounts", 9, replaces=True)
HISTORY: Final = Table("history", 9, replaces=True)
DROPPED: Final = Table("dropped", 10)

# A liquidation has no number: the oldest one of its message that looks the same and has no batch yet.
LINK_LIQUIDATION: Final = """UPDATE trades SET batch = ?, penalty_e6 = ?, subsidy_e6 = ? WHERE id = (
    SELECT id FROM trades WHERE message = ? AND liquidated = ? AND series_id = ? AND price_e2 = ? AND size_e4 = ?
    AND batch IS NULL AND is_dropped = 0 ORDER BY id LIMIT 1)"""
DROP_LIQUIDATION: Final = """UPDATE trades SET is_dropped = 1 WHERE id = (
    SELECT id FROM trades WHERE message = ? AND liquidated = ? AND series_id = ? AND price_e2 = ? AND size_e4 = ?
    AND batch IS NULL AND is_dropped = 0 ORDER BY id LIMIT 1)"""


def write_batch(sheet: Sheet, cut: CutBatch, sequence: int, time_ms: int) -> None:
    """A batch that was sealed. Some hundred microseconds, most of them in zlib and SQLite."""
    applied, batch = cut.applied, cut.batch
    outcome, roots = applied.outcome, applied.roots
    sheet.add(
        BATCHES,
        (
            cut.number,
            cut.time_s,
            cut.report_time_s,
            sequence,
            time_ms,
            word_bytes(roots.before),
            word_bytes(roots.after),
            word_bytes(roots.risk),
            len(batch.trades),
            len(batch.operations),
            len(batch.liquidations),
            len(batch.settlements),
            len(batch.queue),
            sum(isinstance(entry, Registration) for entry in batch.queue),
            sum(isinstance(entry, Deposit) for entry in batch.queue),
            len(outcome.touched),
            sum(word != 0 for word in applied.words),
        ),
    )
    body = {
        "postings": [_posting(one) for one in outcome.postings],
        "touched": [_touched(one) for one in outcome.touched],
        "fills": [(one.account, one.slot, one.nonce, one.amount_e4) for one in outcome.fills],
    }
    sheet.add(DETAILS, (cut.number, words_bytes(applied.words), squeezed(body)))
    for one in outcome.touched:
        _write_account(sheet, one, cut.number, time_ms)
    _write_contents(sheet, cut, batch)
    for first, last in runs(cut.origins.trade_numbers):
        sheet.execute("UPDATE trades SET batch = ? WHERE number BETWEEN ? AND ?", (cut.number, first, last))
    for liquidation, message in zip(batch.liquidations, cut.origins.liquidation_messages, strict=True):
        amounts = (liquidation.penalty_e6, liquidation.subsidy_e6)
        sheet.execute(LINK_LIQUIDATION, (cut.number, *amounts, message, *_likeness(liquidation)))
    for place, (entry, is_served) in enumerate(zip(batch.queue, outcome.served, strict=True), cut.origins.queue_start):
        served = is_served if isinstance(entry, ForcedWithdrawal | ForcedCloseOut) else True
        sheet.execute("UPDATE queue SET batch = ?, is_served = ? WHERE place = ?", (cut.number, int(served), place))


def write_dropped(sheet: Sheet, dropped: Dropped, batch: int, time_ms: int) -> None:
    """What the rollup refused when batches from `batch` on were cut."""
    rule = type(dropped.error).__name__
    counts = (len(dropped.trades), len(dropped.operations), len(dropped.liquidations))
    accounts = text_of(list(dropped.accounts))
    sheet.add(DROPPED, (None, time_ms, dropped.message, batch, rule, str(dropped.error), accounts, *counts))
    for first, last in runs(dropped.trade_numbers):
        sheet.execute("UPDATE trades SET is_dropped = 1 WHERE number BETWEEN ? AND ?", (first, last))
    for liquidation in dropped.liquidations:
        sheet.execute(DROP_LIQUIDATION, (dropped.message, *_likeness(liquidation)))


def runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of numbers that follow each other."""
    first = last = None
    for number in numbers:
        if first is None or last is None:
            first = last = number
        elif number == last + 1:
            last = number
        else:
            yield first, last
            first = last = number
    if first is not None and last is not None:
        yield first, last


def operation_amounts(operation: Operation) -> tuple[int, int | None]:
    """What it moves, and to whom."""
    return operation.amount_e6, operation.to if isinstance(operation, Transfer) else None


def _write_contents(sheet: Sheet, cut: CutBatch, batch: Batch) -> None:
    for signed in batch.operations:
        one = signed.operation
        place = (one.account, one.slot, one.nonce)
        kind = one.kind.name.lower()
        sheet.add(OPERATIONS, (None, cut.number, kind, *place, *operation_amounts(one), cut.time_s))
    held = {one.account_id: one.before for one in cut.applied.outcome.touched}
    for settlement in batch.settlements:
        account, row = held.get(settlement.account), cut.table.row(settlement.series_id)
        size_e4 = 0 if account is None else account.positions[settlement.position_slot].size_e4
        payoff_e2 = 0 if row is None else row.mark_e2
        booked = (size_e4, payoff_e2, size_e4 * payoff_e2)
        sheet.add(SETTLEMENTS, (None, cut.number, settlement.account, settlement.series_id, *booked))


def _write_account(sheet: Sheet, one: Touched, number: int, time_ms: int) -> None:
    after = one.after
    held = text_of([(position.series_id, position.size_e4) for position in after.positions if position.size_e4])
    nonces = text_of([order.nonce for order in after.orders])
    flags = (int(one.is_liquidated), int(one.is_subsidised))
    account = one.account_id
    sheet.add(ACCOUNTS, (account, number, time_ms, words_bytes(after.key), after.cash_e6, held, nonces, *flags))
    values = packed_values(one.values_after)
    sheet.add(HISTORY, (account, number, time_ms, after.cash_e6, held, nonces, values, *flags))


def _likeness(liquidation: Liquidation) -> tuple[int, int, int, int]:
    series_id = liquidation.liquidator.order.series_id
    return liquidation.account, series_id, liquidation.price_e2, liquidation.size_e4


def _posting(posting: Posting) -> tuple[int, ...]:
    if posting.asset is None:
        return posting.account, posting.amount
    return posting.account, posting.amount, posting.asset.series_id, posting.asset.position_slot


def _touched(one: Touched) -> list[Any]:
    """Account, flags, before, after. V after it is in the account's history."""
    flags = one.is_examined + 2 * one.is_liquidated + 4 * one.is_subsidised
    before = None if one.before is None else [*_state(one.before), one.values_before]
    return [one.account_id, flags, before, _state(one.after)]


def _state(account: Account) -> list[Any]:
    held = [
        (slot, position.series_id, position.size_e4)
        for slot, position in enumerate(account.positions)
        if position.size_e4
    ]
    return [account.cash_e6, held, [order.nonce for order in account.orders]]
