"""Leaving a frozen rollup with what L1 knows, for oneself or for anybody: claims, payments, refunds.

Every step first looks whether the contract would take it, and refuses by the contract's own error before anything is
proven or paid for. All steps may be repeated: what was done is left out when accounts are chosen, and refused by name
when they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prover.solidity.calldata import proof_words
from rollup.errors import UnknownSeries
from rollup.exits import exit_amount
from rollup.recover import decode_queue_entry
from rollup.types.transactions import Deposit, Registration
from sequencer.exit_prover import ExitProver
from sequencer.l1.address import NO_ADDRESS
from sequencer.l1.bindings import clearing_house as contract
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.errors import BadArgument
from sequencer.l1.history import History
from sequencer.l1.receipts import Receipt
from sequencer.l1.records import batch_hash
from sequencer.l1.recovery import Recovered
from sequencer.l1.sending import Sender

CHUNK: Final = 64
"""Exits claimed in one transaction: about 7.5 million gas, less than half of what one may take by EIP-7825."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Claimed:
    """Exits that L1 has: account -> amount_e6, and the transaction that claimed them."""

    amounts_e6: dict[int, int]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class Leavers:
    """Who can claim, and who cannot, each account in one place.

    `unmarked` hold a series without a row in the last table; `worthless` have no equity; `unowned` belong to nobody.
    """

    able: tuple[int, ...]
    claimed: tuple[int, ...]
    worthless: tuple[int, ...]
    unowned: tuple[int, ...]
    unmarked: tuple[int, ...]


def leavers(house: ClearingHouse, recovered: Recovered) -> Leavers:
    """All accounts of the last proven state. Two questions to the chain for each that has equity."""
    found: dict[str, list[int]] = {"able": [], "claimed": [], "worthless": [], "unowned": [], "unmarked": []}
    for account, amount_e6 in equities(recovered):
        if amount_e6 is None:
            kind = "unmarked"
        elif amount_e6 == 0:
            kind = "worthless"
        elif house.owner_of(account) == NO_ADDRESS:
            kind = "unowned"
        else:
            kind = "claimed" if house.has_claimed(account) else "able"
        found[kind].append(account)
    return Leavers(**{kind: tuple(accounts) for kind, accounts in found.items()})


def equities(recovered: Recovered) -> Iterator[tuple[int, int | None]]:
    """Every account with what it could claim, in `_e6`; None for one that the last table does not mark."""
    for account_id, account in recovered.state.accounts():
        try:
            yield account_id, exit_amount(account, recovered.table.row if recovered.table else lambda _: None)
        except UnknownSeries:
            yield account_id, None


def claim_exits(
    sender: Sender,
    house: ClearingHouse,
    recovered: Recovered,
    prover: ExitProver,
    accounts: Sequence[int],
    chunk: int = CHUNK,
    progress: Progress | None = None,
) -> list[Claimed]:
    """Proves exits and claims them, `chunk` in a transaction. After an error earlier chunks are claimed.

    Nothing is proven before all accounts are found able. Raises `BadArgument`, `NotFrozen`, `UnknownBatch` for another
    state than the last proven one, `UnknownAccount`, `AlreadyClaimed`, what proving raises, and what the contract says.
    """
    if chunk < 1:
        raise BadArgument("chunk", chunk, "at least 1")
    _require_distinct(accounts)
    require_frozen(house)
    require_last_proven(house, recovered)
    for account in accounts:
        if house.owner_of(account) == NO_ADDRESS:
            raise contract.UnknownAccount(account)
        if house.has_claimed(account):
            raise contract.AlreadyClaimed(account)
    claimed = []
    for start in range(0, len(accounts), chunk):
        proven = []
        for account in accounts[start : start + chunk]:
            proven.append(prover.prove_exit(recovered.trace_exit(account)))
            if progress is not None:
                progress(start + len(proven), len(accounts))
        amounts_e6 = {one.claim.account_id: one.claim.amount_e6 for one in proven}
        proofs = [proof_words(one.proof) for one in proven]
        call = house.claim_exits(recovered.last, list(amounts_e6), list(amounts_e6.values()), proofs)
        claimed.append(Claimed(amounts_e6, sender.send(call)))
    return claimed


def execute_batches(sender: Sender, house: ClearingHouse, history: History) -> list[Receipt]:
    """Has proven batches pay out that nobody had executed: claims are paid only then. Anybody may."""
    waiting = history.batches[house.progress().executed : history.proven]
    return [sender.send(house.execute_batch(one.batch, [payout.word for payout in one.payouts])) for one in waiting]


def payable(house: ClearingHouse) -> list[int]:
    """Accounts whose claims were not paid yet. One question to the chain for each account that there is."""
    return [account for account in range(house.account_count()) if house.claim_e6(account)]


def pay_exits(
    sender: Sender, house: ClearingHouse, accounts: Sequence[int], progress: Progress | None = None
) -> list[Receipt]:
    """Has claims paid to what is owed to their owners: all in the same proportion, in any order.

    Nothing is sent before all are found payable. Raises `BadArgument`, `NotFrozen`, `ClaimPeriodOpen`,
    `BatchesNotExecuted`, `NothingClaimed`, and what the contract says.
    """
    _require_distinct(accounts)
    require_frozen(house)
    for account in accounts:
        sender.chain.read(house.pay_exit(account), "pending", sender.address)
    receipts = []
    for done, account in enumerate(accounts):
        receipts.append(sender.send(house.pay_exit(account)))
        if progress is not None:
            progress(done + 1, len(accounts))
    return receipts


def collect(sender: Sender, house: ClearingHouse, owners: Iterable[str]) -> dict[str, int]:
    """Pays out what is owed, in `_e6` by owner. Owners to whom nothing is owed are left out."""
    paid_e6 = {}
    for owner in dict.fromkeys(owners):
        amount_e6 = house.owed_e6(owner)
        if amount_e6:
            sender.send(house.collect(owner))
            paid_e6[owner] = amount_e6
    return paid_e6


def queued_deposits(history: History) -> list[int]:
    """Places in the queue of deposits that no proven batch served. Raises `MalformedWords`."""
    found = []
    for entry in history.queue[history.served :]:
        match decode_queue_entry(entry.words):
            case Registration(amount_e6=amount_e6) | Deposit(amount_e6=amount_e6) if amount_e6:
                found.append(entry.index)
    return found


def refunds(sender: Sender, house: ClearingHouse, history: History) -> dict[int, Receipt]:
    """Owes all queued deposits to those who paid them, by place in the queue; those refunded before are left out.

    Raises `NotFrozen`, and what the contract says.
    """
    require_frozen(house)
    receipts = {}
    for index in queued_deposits(history):
        try:
            receipts[index] = sender.send(house.refund(index))
        except contract.NothingToRefund:
            continue
    return receipts


def payers(house: ClearingHouse, receipts: Iterable[Receipt]) -> list[str]:
    """To whom refunds are owed."""
    return [event.payer for receipt in receipts for event in receipt.events(contract.Refunded, house.address)]


def require_frozen(house: ClearingHouse) -> int:
    """Since when the rollup is frozen, in seconds. Raises `NotFrozen`."""
    frozen_at_s = house.frozen_at_s()
    if frozen_at_s == 0:
        raise contract.NotFrozen
    return frozen_at_s


def require_claims_over(sender: Sender, house: ClearingHouse) -> None:
    """By a trial on the next block. Raises `NotFrozen` and `ClaimPeriodOpen`."""
    try:
        sender.chain.read(house.pay_exit(0), "pending", sender.address)
    except (contract.BatchesNotExecuted, contract.NothingClaimed):
        return


def require_last_proven(house: ClearingHouse, recovered: Recovered) -> None:
    """Raises `UnknownBatch` when L1's last proven batch is another one."""
    proven = house.progress().proven
    if recovered.last.number != proven or batch_hash(recovered.last) != house.batch_hash(proven):
        raise contract.UnknownBatch(recovered.last.number)


def _require_distinct(accounts: Sequence[int]) -> None:
    if len(set(accounts)) != len(accounts):
        raise BadArgument("accounts", list(accounts), "different from one another")
