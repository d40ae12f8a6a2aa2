"""Forged batches, each refused by one rule alone: a circuit that had lost that rule would accept it.

That the broken rows are those of one rule is the planted bug in short: without them the witness satisfies all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest

from circuits.settlement import arguments as settlement_arguments
from circuits.settlement.close_outs import CLOSE_OUT
from circuits.settlement.edges import column_values, edge_values
from circuits.settlement.health import EXAMINATION
from circuits.settlement.inputs import settlement_values
from circuits.settlement.margin import RULE_MARGIN, RULE_POSITIONS
from circuits.settlement.refused import refused_values
from circuits.settlement.refused_arguments import refused_arguments
from circuits.settlement.refused_places import refused_places
from circuits.settlement.refused_states import refused_states
from circuits.settlement.sample import DOMAIN, FIRST_TRADER, NOW_S, sample
from circuits.settlement.statement import HEADER
from circuits.settlement.trades import TRADE
from prover.bn254 import FR
from rollup.errors import BelowInitialMargin, SeriesNotLive
from rollup.presets import TINY
from rollup.referee import Referee
from rollup.risk_table import RiskTable
from rollup.trace import trace_batch
from rollup.types.transactions import Deposit, ForcedWithdrawal
from rollup.units import COLUMNS, FEE_ACCOUNT
from tests.support.settlement import POINT, compiled_settlement, one_thread, venue_of
from tests.support.settlement_mutations import with_account, with_batch

Values = dict[str, Any]
REFUSED, STATES, ARGUMENTS, PLACES, EDGES = 21, 15, 16, 28, 14


ABOUT_NOBODY = ("RootsDoNotChain", "NotRegistered")
"""A leaf that is no account's is in no tree either, nor did L1 ask for it."""


def broken(values: Values) -> list[str]:
    """The rule of each broken row."""
    compiled = compiled_settlement(TINY)
    witness = compiled.unchecked_witness(values, one_thread())
    return [compiled.rule(int(row)) for row in compiled.relation.unsatisfied_rows(witness, one_thread())]


def expired_series(_: pytest.MonkeyPatch) -> tuple[str, Values]:
    """F86: a trade of a series that has expired, said to expire later: it could be bought knowing its payoff."""
    found = with_batch(sample(venue_of(Random(3))), queue=(), operations=(), liquidations=(), settlements=())
    traded = found.batch.trades[0].maker.order.series_id
    rows = [
        replace(row, series=replace(row.series, expiry_s=NOW_S)) if row.series.series_id == traded else row
        for row in map(found.table.row, range(1, 1 + TINY.series))
        if row is not None
    ]
    found = replace(found, table=RiskTable(rows, TINY.series_depth))
    referee = Referee()
    values = settlement_values(trace_batch(found.state, found.table, found.batch, TINY, referee), POINT)
    assert {one.rule() for one in referee.broken} == {SeriesNotLive.rule()}
    trades = []
    for row in values["trades"]:
        columns = dict(TRADE.read(row))
        if columns["series_id"] == traded:
            columns["series_expiry_s"] = NOW_S + 1
        trades.append(TRADE.write(columns))
    return "SeriesNotInTable", {**values, "trades": trades}


def claimed_worth(_: pytest.MonkeyPatch) -> tuple[str, Values]:
    """F89: accounts that trades leave below initial margin are said to be worth 0 where they are worth less."""
    for cash_e6 in range(0, 2 * 10**8, 4 * 10**6):
        found = with_batch(sample(venue_of(Random(3))), queue=(), operations=(), liquidations=(), settlements=())
        for account_id in (FIRST_TRADER + 1, FIRST_TRADER + 2):
            found = with_account(found, account_id, cash_e6=cash_e6)
        referee = Referee()
        values = settlement_values(trace_batch(found.state, found.table, found.batch, TINY, referee), POINT)
        if {one.rule() for one in referee.broken} == {BelowInitialMargin.rule()}:
            values["values"] = [[0 if value >= 1 << 63 else value for value in row] for row in values["values"]]
            return "ValuesNotOfPositions", values
    raise AssertionError("no trade leaves an account below initial margin")


def refused_withdrawal(patch: pytest.MonkeyPatch) -> tuple[str, Values]:
    """An operator who says that a sound account may not withdraw: no forced withdrawal would ever be served."""
    found = with_batch(sample(venue_of(Random(3))), trades=(), operations=(), liquidations=(), settlements=())
    found = with_batch(found, queue=(ForcedWithdrawal(FIRST_TRADER + 1, 5),))
    for module in ("rollup.transition.queue", "circuits.settlement.traced"):
        patch.setattr(f"{module}.withdrawable_e6", lambda *_: 0)
    values = settlement_values(trace_batch(found.state, found.table, found.batch, TINY), POINT)
    return "NotExamined", values


def account_twice(_: pytest.MonkeyPatch) -> tuple[str, Values]:
    """B31: an account in two places, of which each could be shown to a rule that the other breaks."""
    found = sample(venue_of(Random(3)))
    asked = (ForcedWithdrawal(FIRST_TRADER + 1, (1 << 63) - 1), Deposit(FEE_ACCOUNT, 7))
    found = with_batch(found, queue=asked, trades=(), operations=(), liquidations=(), settlements=())
    values = settlement_values(trace_batch(found.state, found.table, found.batch, TINY), POINT)
    first, _, *others = values["accounts"]
    assert first[0] == 1
    answer = CLOSE_OUT.read(values["close_out"][0])
    again = EXAMINATION.write({**EXAMINATION.read(values["examinations"][0]), "limits": 0})
    return "AccountTwice", {
        **values,
        "accounts": [first, first, *others],
        "examinations": [values["examinations"][0], again],
        "close_out": [CLOSE_OUT.write({**answer, "account_values": answer["insurance_values"]})],
    }


FORGERIES: dict[str, Callable[[pytest.MonkeyPatch], tuple[str, Values]]] = {
    "expired_series": expired_series,
    "claimed_worth": claimed_worth,
    "refused_withdrawal": refused_withdrawal,
    "account_twice": account_twice,
}


@pytest.mark.parametrize("name", FORGERIES)
def test_b14_one_rule_alone_refuses_a_forged_batch(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rule, values = FORGERIES[name](monkeypatch)
    assert set(broken(values)) == {rule}


@cache
def refused() -> list[tuple[str, Values]]:
    return list(refused_values(TINY, Random(3)))


@pytest.mark.parametrize("i", range(REFUSED))
def test_b24_b26_signed_lies_are_refused(i: int) -> None:
    """Flags that are none, nonces of 0, words of unused places: each breaks one row of its own rule."""
    rule, values = refused()[i]
    rules = broken(values)
    if HEADER.read(values["header"][0])["domain"] != DOMAIN.element:
        rules = [one for one in rules if one != "InvalidSignature"]  # all others signed for the sample's domain
    assert rules[0] == rule
    assert rules.count(rule) <= 2


def test_b24_b26_all_signed_lies_are_tried() -> None:
    assert len(refused()) == REFUSED
    assert all(0 <= value < FR for _, values in refused() for row in values["trades"] for value in row)


@cache
def states() -> list[tuple[str, Values]]:
    return list(refused_states(TINY, Random(3)))


@pytest.mark.parametrize("i", range(STATES))
def test_b14_b36_states_that_are_not_are_refused(i: int) -> None:
    """Flags that are none, rows of another table, prices of no series, accounts not examined."""
    rule, values = states()[i]
    rules = broken(values)
    assert rule in rules
    assert set(rules) <= {rule, *ABOUT_NOBODY}


def test_b14_b36_all_states_are_tried() -> None:
    assert len(states()) == STATES


@cache
def arguments() -> list[tuple[str, Values]]:
    return list(refused_arguments(TINY, Random(3)))


@pytest.mark.parametrize("i", range(ARGUMENTS))
def test_b14_b16_one_row_alone_refuses_what_an_argument_is_about(i: int) -> None:
    """Books, order slots, keys, registrations, series, settlements, margin: all else follows the lie."""
    rule, values = arguments()[i]
    assert broken(values) == [rule]


def test_b14_b16_each_argument_is_attacked() -> None:
    assert len(arguments()) == ARGUMENTS
    said = {rule for rule, _ in [*arguments(), *states()]}
    named = {value for name, value in vars(settlement_arguments).items() if name.startswith("RULE_")}
    assert named | {RULE_MARGIN, RULE_POSITIONS} <= said


@cache
def places() -> list[tuple[str, Values]]:
    return list(refused_places(TINY, Random(3)))


OF_UNUSED = ("BooksDoNotBalance", "NotExamined")
"""What else breaks where an unused place moves cash: an amount, a subsidy."""


@pytest.mark.parametrize("i", range(PLACES))
def test_b25_every_part_of_every_word_of_an_unused_place_is_refused(i: int) -> None:
    rule, values = places()[i]
    rules = broken(values)
    assert rule in rules
    assert rules.count(rule) <= 2
    assert set(rules) <= {rule, *OF_UNUSED}


def test_b25_all_places_are_tried() -> None:
    assert len(places()) == PLACES


@pytest.mark.parametrize("i", range(EDGES))
def test_b14_edges_are_honest(i: int) -> None:
    assert broken(edges()[i]) == []


@cache
def edges() -> list[Values]:
    return list(edge_values(TINY, Random(3)))


@cache
def columns() -> list[Values]:
    return list(column_values(TINY, Random(3)))


@pytest.mark.parametrize("i", range(2 * COLUMNS))
def test_b14_close_outs_that_one_column_forbids_are_honest(i: int) -> None:
    values = columns()[i]
    assert broken(values) == []
    answer = CLOSE_OUT.read(values["close_out"][0])
    would_be = [*answer["account_values"], *answer["insurance_values"]]
    below = [place for place, value in enumerate(would_be) if value > FR // 2]
    assert below == [i // 2 + i % 2 * COLUMNS]


def test_b14_every_column_forbids_one() -> None:
    assert len(columns()) == 2 * COLUMNS
