"""Sums of fractions: that two multisets balance, whatever their order.

With X drawn after all keys and amounts were fixed, the sum of amount / (X - key) is zero only if, key by key, the
amounts add up to zero: the sum times all denominators is a polynomial in X of degree below the number of terms, and a
random X is a root of it with probability of at most terms / r (Schwartz and Zippel; as an argument for look-ups:
Haböck, "Multivariate lookups based on logarithmic derivatives", 2022). **The challenge must be drawn from a transcript
that absorbed every key and every amount.**
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private, subcircuit
from circuits.gadgets.bits import Ranged, pack
from circuits.gadgets.example import Example
from prover.bn254 import FR

KEY_BITS: Final = 240
DOMAIN_BITS: Final = 13
"""Together 253 bits: no key has an alias."""

RULE_BALANCE: Final = "OutOfBalance"
RULE_LOOKUP: Final = "NotInTable"


@dataclass(frozen=True, slots=True)
class Term:
    """amount / (X - key)."""

    amount: Wire
    key: Wire


@subcircuit
def fraction(c: Builder, amount: Wire, denominator: Wire) -> Wire:
    """amount / denominator. Cost: 1.

    Precondition: the denominator is not 0. Beyond: no witness, or any value if the amount is 0 too; with a challenge X
    a denominator X - key is 0 with probability 1 / r for each key.
    """
    quotient = c.witness(c.advice(amount) / denominator, "quotient")
    c.assume_not_zero(denominator, "a challenge meets a key with probability 1 / r")
    c.assert_product(quotient, denominator, amount)
    return quotient


def sum_of_fractions(c: Builder, terms: Sequence[Term], challenge: Wire) -> Wire:
    """The sum of amount / (X - key). Cost: one a term. Precondition: that of `fraction`, for each."""
    return c.sum([fraction(c, term.amount, challenge - term.key) for term in terms])


def assert_balanced(c: Builder, terms: Sequence[Term], challenge: Wire) -> None:
    """Asserts that for every key the amounts add up to 0. Cost: one a term, and 1.

    Precondition: `challenge` depends on all keys and amounts, and no key can be an amount's multiple of r by wrapping:
    amounts must be bounded, so that their sums are sums of integers. Beyond: books that balance at one X alone.
    """
    with c.rule(RULE_BALANCE):
        c.assert_zero(sum_of_fractions(c, terms, challenge))


def assert_look_up(
    c: Builder, values: Sequence[Wire], table: Sequence[Wire], multiplicities: Sequence[Wire], challenge: Wire
) -> None:
    """Asserts that each value is in the table. `multiplicities` say how often each entry is meant.

    Cost: one a value, one an entry, and 1. Precondition: `challenge` depends on values, table and multiplicities; fewer
    than r values. Beyond: as in `assert_balanced`.
    """
    if len(table) != len(multiplicities):
        raise CircuitDefinitionError(f"{len(table)} entries need as many multiplicities, not {len(multiplicities)}")
    one = c.constant(1)
    meant = sum_of_fractions(c, [Term(one, value) for value in values], challenge)
    there = sum_of_fractions(c, [Term(n, entry) for n, entry in zip(multiplicities, table, strict=True)], challenge)
    with c.rule(RULE_LOOKUP):
        c.assert_equal(meant, there)


def pack_key(c: Builder, parts: Sequence[Ranged], domain: int = 0) -> Wire:
    """One wire for several integers: no other parts of these widths give it, nor any parts under another domain. Free.

    The domain stands above bit 240, whatever the widths, so that kinds of keys with other widths stay apart too.
    Raises `CircuitDefinitionError` for parts of more than 240 bits in all, and for a domain of more than 13.
    """
    width = sum(part.bits for part in parts)
    if width > KEY_BITS or not 0 <= domain < 1 << DOMAIN_BITS:
        raise CircuitDefinitionError(
            f"{width} bits, domain {domain}: a key has {KEY_BITS} bits and a domain of {DOMAIN_BITS}"
        )
    return c.sum(part.wire for part in pack(c, parts)) + (domain << KEY_BITS)


def _define_books(c: Builder, amounts: Sequence[Wire], keys: Sequence[Wire], challenge: Wire) -> None:
    assert_balanced(c, [Term(amount, key) for amount, key in zip(amounts, keys, strict=True)], challenge)


def _define_look_up(
    c: Builder, values: Sequence[Wire], table: Sequence[Wire], multiplicities: Sequence[Wire], challenge: Wire
) -> None:
    assert_look_up(c, values, table, multiplicities, challenge)


def _books(random: Random) -> dict[str, Any]:
    keys = [random.randrange(1000) for _ in range(3)]
    amounts = [random.randrange(1, 1 << 40) for _ in range(3)]
    debits = list(zip(amounts, keys, strict=True))
    postings = [*debits, *((FR - amount, key) for amount, key in debits)]
    random.shuffle(postings)
    return {
        "amounts": [amount for amount, _ in postings],
        "keys": [key for _, key in postings],
        "challenge": random.randrange(1000, FR),
    }


def _cooked_books(random: Random) -> Iterator[tuple[str, InputValues]]:
    books = _books(random)
    yield RULE_BALANCE, {**books, "amounts": [(books["amounts"][0] + 1) % FR, *books["amounts"][1:]]}
    yield RULE_BALANCE, {**books, "keys": [books["keys"][0] + 1000, *books["keys"][1:]]}


def _look_up(random: Random) -> dict[str, Any]:
    table = random.sample(range(1000), 4)
    values = [random.choice(table) for _ in range(5)]
    return {
        "values": values,
        "table": table,
        "multiplicities": [values.count(entry) for entry in table],
        "challenge": random.randrange(1000, FR),
    }


def _refused_look_up(random: Random) -> Iterator[tuple[str, InputValues]]:
    inputs = _look_up(random)
    yield RULE_LOOKUP, {**inputs, "values": [1001, *inputs["values"][1:]]}
    yield RULE_LOOKUP, {**inputs, "multiplicities": [n + 1 for n in inputs["multiplicities"]]}


EXAMPLES: Final = (
    Example(
        "balance",
        Circuit("balance", _define_books, {"amounts": private(6), "keys": private(6), "challenge": private()}),
        _books,
        _cooked_books,
    ),
    Example(
        "look_up",
        Circuit(
            "look_up",
            _define_look_up,
            {"values": private(5), "table": private(4), "multiplicities": private(4), "challenge": private()},
        ),
        _look_up,
        _refused_look_up,
    ),
)
