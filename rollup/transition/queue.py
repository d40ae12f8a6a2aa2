"""What L1 put into the queue: it cannot be refused, so that everything here is done or proved to be impossible."""

from __future__ import annotations

from rollup.errors import AlreadyRegistered, OwnCounterparty
from rollup.ledger import CASH, Holding
from rollup.margin import Values, account_values, meets_initial, require_rows, withdrawable_e6
from rollup.transition.bench import Bench
from rollup.types.accounts import Account
from rollup.types.transactions import Deposit, ForcedCloseOut, ForcedWithdrawal, QueueEntry, Registration
from rollup.units import CASH_BITS, INSURANCE_ACCOUNT, POSITION_BITS


def apply_queue_entry(bench: Bench, entry: QueueEntry, where: str) -> None:
    """Posts an entry, and notes whether it was served. Broken rules: `UnknownAccount`, `AlreadyRegistered`."""
    served = True
    if isinstance(entry, Registration):
        asked = [one.account for one in bench.batch.queue if isinstance(one, Registration)]
        is_new = bench.state.account(entry.account) is None and asked.count(entry.account) == 1
        bench.referee.require(is_new, AlreadyRegistered, where, account=entry.account)
        bench.ledger.post(entry.account, CASH, entry.amount_e6)
    elif isinstance(entry, Deposit):
        bench.known(entry.account, where)
        bench.ledger.post(entry.account, CASH, entry.amount_e6)
    elif isinstance(entry, ForcedWithdrawal):
        served = _forced_withdrawal(bench, entry, where)
    else:
        served = _forced_close_out(bench, entry, where)
    bench.served.append(served)


def _forced_withdrawal(bench: Bench, entry: ForcedWithdrawal, where: str) -> bool:
    account = bench.known(entry.account, where)
    bench.examined.add(entry.account)
    possible = _has_rows(bench, account, where)
    if possible:
        possible = entry.amount_e6 <= withdrawable_e6(account, account_values(account, bench.table.row))
    bench.ledger.post(entry.account, CASH, -entry.amount_e6 if possible else 0)
    return possible


def _forced_close_out(bench: Bench, entry: ForcedCloseOut, where: str) -> bool:
    """The insurance fund takes the position at its mark, in the slot of the same number."""
    account, insurance = bench.known(entry.account, where), bench.known(INSURANCE_ACCOUNT, where)
    bench.referee.require(entry.account != INSURANCE_ACCOUNT, OwnCounterparty, where, account=entry.account)
    bench.examined |= {entry.account, INSURANCE_ACCOUNT}
    possible = all(_has_rows(bench, one, where) for one in (account, insurance))
    if account is None or insurance is None:
        return False
    possible = possible and can_close_out(bench, entry, account, insurance)
    size_e4 = account.positions[entry.position_slot].size_e4 if possible else 0
    row = bench.table.row(entry.series_id)
    price_e2 = row.mark_e2 if row is not None else 0
    for account_id, sign in ((entry.account, -1), (INSURANCE_ACCOUNT, 1)):
        bench.ledger.exchange(account_id, Holding(entry.position_slot, entry.series_id), sign * size_e4, price_e2)
    return possible


def can_close_out(bench: Bench, entry: ForcedCloseOut, account: Account, insurance: Account) -> bool:
    """Whether the state before the batch lets the insurance fund take a position over.

    The series is live, the slot holds it, the fund's slot of that number is free for it, and both accounts have cash
    and initial margin afterwards.
    """
    row = bench.table.row(entry.series_id)
    held, theirs = account.positions[entry.position_slot], insurance.positions[entry.position_slot]
    if row is None or row.is_settled or bench.batch.time_s >= row.series.expiry_s:
        return False
    if held.series_id != entry.series_id:
        return False
    if theirs.series_id not in (0, entry.series_id) or not _fits(theirs.size_e4 + held.size_e4):
        return False
    gains = tuple(held.size_e4 * (value - row.mark_e2) for value in row.values_e2)
    paid_e6 = held.size_e4 * row.mark_e2
    return all(
        0 <= one.cash_e6 - sign * paid_e6 < 1 << CASH_BITS
        and meets_initial(_shifted(account_values(one, bench.table.row), gains, sign))
        for one, sign in ((account, -1), (insurance, 1))
    )


def _has_rows(bench: Bench, account: Account | None, where: str) -> bool:
    return account is None or require_rows(account, bench.table.row, bench.referee, where)


def _shifted(values: Values, gains: Values, sign: int) -> Values:
    return tuple(value + sign * gain for value, gain in zip(values, gains, strict=True))


def _fits(size_e4: int) -> bool:
    return -(1 << POSITION_BITS) <= size_e4 < 1 << POSITION_BITS
