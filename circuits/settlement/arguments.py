"""What ties the sections of a batch together: sums of fractions at one challenge X.

| argument | says | is about | absorbed as |
|---|---|---|---|
| books | accounts change by postings alone | postings; cash and positions | words; leaves, slots |
| order slots | a slot moves from fill to fill | fills; states of slots | words, states found; leaves |
| keys | whoever signs is the account's key | legs; accounts, how often | signatures; leaves, key counts |
| registrations | L1 alone makes accounts | entries; accounts that are new | words; leaves, accounts |
| series | claims on a series are in its row | claims; rows, how often | series claimed; rows, row counts |
| settlements | what is settled is what was held | settlements; slots | words, settled; leaves, slots |
| examined | whom these are about is examined | entries, liquidations; accounts | words, limits; leaves, counts |
| margin | V is cash, positions times values | V; positions; values; sums | values; leaves, slots; rows; sums |

Which account a leaf is of is absorbed too: the roots bind leaves to places, but of accounts with equal leaves a prover
could still choose one when the challenges are known.

The words go in first: their hash is the batch's public digest, and everything drawn later depends on it. The
rest follows in one order (`connections.absorb`); alpha, beta and gamma are drawn after it, X after the sums too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.fractions import Term, sum_of_fractions
from circuits.settlement.accounts import TouchedAccount
from circuits.settlement.keys import cash_key, holding_key, order_slot_place, settled_key
from circuits.settlement.legs import Leg
from circuits.settlement.queue import Entry
from circuits.settlement.series_rows import SeriesRow
from circuits.settlement.settlements import Settled

RULE_BOOKS: Final = "BooksDoNotBalance"
RULE_ORDER_SLOTS: Final = "OrderSlotsDoNotChain"
RULE_KEYS: Final = "KeyNotOfAccount"
RULE_REGISTRATIONS: Final = "NotRegistered"
RULE_SERIES: Final = "SeriesNotInTable"
RULE_SETTLEMENTS: Final = "SettlementNotOfPosition"
RULE_EXAMINED: Final = "NotExamined"


@dataclass(frozen=True, slots=True)
class SignedTerm:
    """A leg, and whether its place is used."""

    leg: Leg
    used: Wire


def assert_sum(c: Builder, rule: str, terms: Sequence[Term], challenge: Wire, others: Sequence[Wire] = ()) -> None:
    """Asserts that fractions, and sums of others, add up to 0. Cost: one a term, and 1."""
    total = c.sum([sum_of_fractions(c, terms, challenge), *others])
    with c.rule(rule):
        c.assert_zero(total)


@subcircuit
def account_books(c: Builder, account: TouchedAccount, challenge: Wire) -> Wire:
    """Minus what an account gained, under its keys. Cost: 17."""
    terms = [Term(account.cash_before.wire - account.cash_after.wire, c.wire(cash_key(account.account)))]
    for i, slot in enumerate(account.slots):
        terms.append(Term(slot.before - slot.after, holding_key(account.account, c.constant(i), slot.series_id.wire)))
    return sum_of_fractions(c, terms, challenge)


@subcircuit
def account_order_slots(c: Builder, account: TouchedAccount, challenges: tuple[Wire, Wire]) -> Wire:
    """The states of an account's order slots before, minus those after. Cost: 32."""
    gamma, x = challenges
    one = c.constant(1)
    terms = []
    for i, (before, after) in enumerate(zip(account.orders_before, account.orders_after, strict=True)):
        place = order_slot_place(account.account, c.constant(i))
        terms.append(Term(one, place + c.product(gamma, before)))
        terms.append(Term(-one, place + c.product(gamma, after)))
    return sum_of_fractions(c, terms, x)


@subcircuit
def account_settled(c: Builder, account: TouchedAccount, challenge: Wire) -> Wire:
    """The positions of an account that are settled. Cost: 16."""
    terms = []
    for i, slot in enumerate(account.slots):
        holding = holding_key(account.account, c.constant(i), slot.series_id.wire)
        terms.append(Term(slot.is_settled.wire, settled_key(holding, slot.before)))
    return sum_of_fractions(c, terms, challenge)


def assert_books_balance(
    c: Builder, accounts: Sequence[TouchedAccount], postings: Sequence[Term], challenge: Wire
) -> None:
    """Asserts that every account gained what was posted to it."""
    assert_sum(c, RULE_BOOKS, postings, challenge, [account_books(c, account, challenge) for account in accounts])


def assert_order_slots_chain(
    c: Builder, accounts: Sequence[TouchedAccount], signed: Sequence[SignedTerm], challenges: tuple[Wire, Wire]
) -> None:
    """Asserts that order slots go from their states before, fill by fill, to their states after.

    A fill takes away the state that it found and puts the larger one that it left, so that no circle of fills can hold
    itself up. States are not ranged: place + gamma state is a key that no other place shares, whatever the states.
    """
    gamma, x = challenges
    terms = []
    for one in signed:
        place, event = order_slot_place(one.leg.account.wire, one.leg.slot.wire), one.leg.event
        terms.append(Term(-one.used, place + c.product(gamma, event.before)))
        terms.append(Term(one.used, place + c.product(gamma, event.after)))
    others = [account_order_slots(c, account, challenges) for account in accounts]
    assert_sum(c, RULE_ORDER_SLOTS, terms, x, others)


@subcircuit
def fingerprint(c: Builder, account: Wire, x: Wire, y: Wire, gamma: Wire) -> Wire:
    """account + x gamma + y gamma^2. Cost: 2."""
    return account + c.product(gamma, x + c.product(gamma, y))


def assert_keys_belong(
    c: Builder,
    signed: Sequence[SignedTerm],
    entries: Sequence[Entry],
    accounts: Sequence[TouchedAccount],
    counts: Sequence[Wire],
    challenges: tuple[Wire, Wire],
) -> None:
    """Asserts that each leg is signed by its account's key, and that new accounts have the keys that L1 says."""
    gamma, x = challenges
    prints = [fingerprint(c, one.account, one.key[0], one.key[1], gamma) for one in accounts]
    theirs = [fingerprint(c, one.leg.account.wire, one.leg.key.x, one.leg.key.y, gamma) for one in signed]
    terms = [Term(one.used, key) for one, key in zip(signed, theirs, strict=True)]
    known = [Term(-count, key) for count, key in zip(counts, prints, strict=True)]
    assert_sum(c, RULE_KEYS, [*terms, *known], x)
    asked = [
        Term(entry.is_registration, fingerprint(c, entry.account.wire, entry.key[0], entry.key[1], gamma))
        for entry in entries
    ]
    new = [Term(-account.is_registered, key) for account, key in zip(accounts, prints, strict=True)]
    assert_sum(c, RULE_REGISTRATIONS, [*asked, *new], x)


def assert_series_known(c: Builder, claims: Sequence[Term], rows: Sequence[SeriesRow], challenge: Wire) -> None:
    """Asserts that what fills and settlements say of their series is in rows of the table."""
    there = [Term(-row.count.wire, row.key) for row in rows]
    assert_sum(c, RULE_SERIES, [*claims, *there], challenge)


def assert_settled(c: Builder, accounts: Sequence[TouchedAccount], settled: Sequence[Settled], challenge: Wire) -> None:
    """Asserts that settlements and settled slots are the same."""
    terms = [Term(-one.used, one.position_key) for one in settled]
    assert_sum(c, RULE_SETTLEMENTS, terms, challenge, [account_settled(c, one, challenge) for one in accounts])
