"""V as a matrix product, for all accounts and scenarios at once: PROTOCOL's third idea.

With alpha^a for each row of accounts and beta^s for each column, the sum of alpha^a beta^s (V[a, s] - cash[a]) over a
and s is the sum of n_i t_i over series, where t_i = sum of beta^s value[i, s] and n_i = sum of alpha^a position[a, i].
That the n_i are these sums is a sum of fractions: that of alpha^a size / (X - series) over slots is that of
n_i / (X - i).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.fractions import Term, fraction, sum_of_fractions
from circuits.gadgets.matrix_product import inner_product, polynomial
from circuits.settlement.series_rows import SeriesRow

RULE_MARGIN: Final = "ValuesNotOfPositions"
RULE_POSITIONS: Final = "PositionsNotInTable"


@dataclass(frozen=True, slots=True)
class Holdings:
    """One row of the product: cash, positions as (series, size), and the claimed V."""

    cash: Wire
    positions: tuple[tuple[Wire, Wire], ...]
    values: tuple[Wire, ...]


def assert_values(
    c: Builder,
    holdings: Sequence[Holdings],
    rows: Sequence[SeriesRow],
    sums: Sequence[Wire],
    challenges: tuple[Wire, Wire, Wire],
) -> None:
    """Asserts that every V is cash plus positions times values. `sums` are the n_i, `challenges` alpha, beta, X.

    Cost: 18 a position slot and column of a holding and 3, 19 a series. Rules: `ValuesNotOfPositions`,
    `PositionsNotInTable`.
    """
    alpha, beta, x = challenges
    ones = polynomial(c, [c.constant(1)] * len(holdings[0].values), beta)
    totals = polynomial(c, [combined(c, list(one.values), beta) for one in holdings], alpha)
    cash = polynomial(c, [one.cash for one in holdings], alpha)
    prices = [combined(c, list(row.values), beta) for row in rows]
    with c.rule(RULE_MARGIN):
        c.assert_equal(totals - c.product(ones, cash), inner_product(c, list(sums), prices))
    held = polynomial(c, [positions_at(c, one.positions, x) for one in holdings], alpha)
    there = sum_of_fractions(c, [Term(n, row.series_id.wire) for n, row in zip(sums, rows, strict=True)], x)
    with c.rule(RULE_POSITIONS):
        c.assert_equal(held, there)
        for n, row in zip(sums, rows, strict=True):
            c.assert_product(1 - row.exists, n, 0)


@subcircuit
def combined(c: Builder, values: Sequence[Wire], beta: Wire) -> Wire:
    """The sum of beta^s value_s. Cost: 16."""
    return polynomial(c, values, beta)


@subcircuit
def positions_at(c: Builder, positions: Sequence[tuple[Wire, Wire]], x: Wire) -> Wire:
    """The sum of size / (X - series). Cost: 16."""
    return c.sum([fraction(c, size, x - series) for series, size in positions])


@subcircuit
def sum_for_series(c: Builder, series_id: Wire, holdings: Sequence[Sequence[tuple[Wire, Wire]]], alpha: Wire) -> Wire:
    """What the prover knows of n_i: the sum over a of alpha^a position[a, i]. Asserts nothing. Cost: 0.

    `holdings` are positions as (series, size), row by row.
    """
    total = c.advice(0)
    for positions in reversed(holdings):
        total = total * alpha
        for series, size in positions:
            total = total + (c.advice(series) - series_id).is_zero() * size
    return c.witness(total, "sum")
