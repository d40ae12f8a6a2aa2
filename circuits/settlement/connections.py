"""All arguments of a batch: what they are about is absorbed, their challenges are drawn, and they are asserted."""

from __future__ import annotations

from collections.abc import Sequence

from circuits.frontend import Builder, Wire
from circuits.gadgets.bits import Ranged
from circuits.gadgets.fractions import Term
from circuits.gadgets.transcript import Transcript
from circuits.settlement.accounts import TouchedAccount
from circuits.settlement.arguments import (
    RULE_EXAMINED,
    assert_books_balance,
    assert_keys_belong,
    assert_order_slots_chain,
    assert_series_known,
    assert_settled,
    assert_sum,
)
from circuits.settlement.keys import cash_key
from circuits.settlement.margin import Holdings, assert_values, sum_for_series
from circuits.settlement.sections import Sections, Touched
from circuits.settlement.series_rows import SeriesRow
from rollup.errors import WrongQueueResult
from rollup.units import ACCOUNT_ID_BITS, FEE_ACCOUNT


def argue(c: Builder, transcript: Transcript, sections: Sections, touched: Touched) -> None:
    """Absorbs all that the arguments are about, draws their challenges, and asserts them."""
    absorb(transcript, sections, touched)
    alpha, beta, gamma = (transcript.challenge(label) for label in ("alpha", "beta", "gamma"))
    holdings = _holdings(touched)
    sums = _sums(c, holdings, touched.rows, alpha)
    transcript.absorb("sums by series", sums)
    x = transcript.challenge("x")
    assert_books_balance(c, touched.accounts, [*_postings(c, sections), *touched.close_out.postings], x)
    assert_order_slots_chain(c, touched.accounts, sections.signed, (gamma, x))
    counts = [count.wire for count in touched.key_counts]
    assert_keys_belong(c, sections.signed, sections.queue, touched.accounts, counts, (gamma, x))
    assert_series_known(c, [*_series_claims(sections), touched.close_out.series_claim], touched.rows, x)
    assert_settled(c, touched.accounts, sections.settlements, x)
    _assert_examined(c, sections, touched, x)
    assert_values(c, holdings, touched.rows, sums, (alpha, beta, x))


def absorb(transcript: Transcript, sections: Sections, touched: Touched) -> None:
    """All that the arguments are about and the words do not fix."""
    signed = sections.signed
    transcript.absorb("leaves", [leaf for one in touched.accounts for leaf in (one.old_leaf, one.new_leaf)])
    transcript.absorb("rows", [row.leaf for row in touched.rows])
    transcript.absorb("signatures", [one.leg.signature for one in signed])
    transcript.absorb_ranged("states found", [one.leg.event.found for one in signed])
    transcript.absorb_ranged("series claimed", [part for fill in sections.fills for part in fill.series.parts])
    transcript.absorb_ranged("settled", [part for one in sections.settlements for part in one.absorbed])
    transcript.absorb_ranged("limits", [entry.limit for entry in sections.queue])
    transcript.absorb_ranged(
        "slots", [part for one in touched.accounts for slot in one.slots for part in (slot.series_id, slot.is_settled)]
    )
    transcript.absorb_ranged("accounts", [part for one in touched.accounts for part in _named(one)])
    transcript.absorb_ranged("key counts", touched.key_counts)
    transcript.absorb_ranged("row counts", [row.count for row in touched.rows])
    transcript.absorb_ranged("values", [part for one in touched.worth for part in one.absorbed])
    transcript.absorb_ranged("values before", [part for one in touched.examined for part in one.before.absorbed])
    transcript.absorb_ranged("close-out", touched.close_out.absorbed)
    transcript.absorb_ranged(
        "examined counts",
        [count for one in touched.examined for count in (one.liquidations, one.subsidies, one.limits)],
    )


def _named(account: TouchedAccount) -> tuple[Ranged, Ranged]:
    """Which account it is, since two may have equal leaves, and whether it is new."""
    return Ranged(account.account, ACCOUNT_ID_BITS), Ranged(account.is_registered, 1)


def _holdings(touched: Touched) -> list[Holdings]:
    """Rows of the margin product: all accounts after, examined ones before, and what a close-out would make of two."""
    after = [
        Holdings(
            account.cash_after.wire, tuple((slot.series_id.wire, slot.after) for slot in account.slots), one.values
        )
        for account, one in zip(touched.accounts, touched.worth, strict=True)
    ]
    before = [
        Holdings(
            account.cash_before.wire,
            tuple((slot.series_id.wire, slot.before) for slot in account.slots),
            one.before.values,
        )
        for account, one in zip(touched.accounts, touched.examined, strict=False)
    ]
    return [*after, *before, *touched.close_out.holdings]


def _sums(c: Builder, holdings: Sequence[Holdings], rows: Sequence[SeriesRow], alpha: Wire) -> list[Wire]:
    positions = [list(one.positions) for one in holdings]
    return [sum_for_series(c, row.series_id.wire, positions, alpha) for row in rows]


def _postings(c: Builder, sections: Sections) -> list[Term]:
    fees = Term(c.sum([fill.fees_e6 for fill in sections.fills]), c.wire(cash_key(FEE_ACCOUNT)))
    postings = [term for fill in sections.fills for term in fill.postings]
    postings += [term for signed in sections.operations for term in signed.postings]
    postings += [term for settled in sections.settlements for term in settled.postings]
    postings += [term for entry in sections.queue for term in entry.postings]
    return [*postings, fees]


def _series_claims(sections: Sections) -> list[Term]:
    fills = [Term(fill.used, fill.series.key) for fill in sections.fills]
    return [*fills, *(Term(one.used, one.series_key) for one in sections.settlements)]


def _assert_examined(c: Builder, sections: Sections, touched: Touched, x: Wire) -> None:
    """Liquidations, subsidies and forced withdrawals name accounts that were examined."""
    known = [(account, one) for account, one in zip(touched.accounts, touched.examined, strict=False)]
    named = [Term(one.fill.used, one.account.wire) for one in sections.liquidations]
    assert_sum(c, RULE_EXAMINED, [*named, *(Term(-one.liquidations.wire, a.account) for a, one in known)], x)
    paid = [Term(one.is_subsidised, one.account.wire) for one in sections.liquidations]
    assert_sum(c, RULE_EXAMINED, [*paid, *(Term(-one.subsidies.wire, a.account) for a, one in known)], x)
    asked = [Term(entry.is_forced_withdrawal, entry.limit_key) for entry in sections.queue]
    with c.rule(WrongQueueResult):
        assert_sum(c, RULE_EXAMINED, [*asked, *(Term(-one.limits.wire, one.limit_key) for _, one in known)], x)
