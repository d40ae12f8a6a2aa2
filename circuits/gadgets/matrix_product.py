"""V = P * T for matrices of wires, by random linear combinations instead of one product per entry.

Freivalds, "Probabilistic machines can use less running time" (1977): with u = (1, alpha, alpha^2 …) and w = (1, beta,
…) drawn after P, T and V were fixed, u V w = (u P) (T w) for a wrong V with probability of at most (rows + columns) /
r. **Both challenges must come from a transcript that absorbed all three matrices**, or digests that bind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from circuits.frontend import Builder, Circuit, CircuitDefinitionError, InputValues, Wire, private
from circuits.gadgets.example import Example
from circuits.gadgets.fractions import fraction
from prover.bn254 import FR

RULE_PRODUCT: Final = "WrongProduct"

Matrix = Sequence[Sequence[Wire]]


@dataclass(frozen=True, slots=True)
class Position:
    """A non-zero entry of the left matrix: how much, and in which of its columns, by the column's key."""

    amount: Wire
    column: Wire


def powers(c: Builder, base: Wire, n: int) -> list[Wire]:
    """1, base, … base^(n - 1). Cost: n - 2."""
    found = [c.constant(1)]
    while len(found) < n:
        found.append(c.product(found[-1], base))
    return found


def combination(c: Builder, weights: Sequence[Wire], values: Sequence[Wire]) -> Wire:
    """The sum of weight * value. Cost: one a pair, none where the weight is constant."""
    return c.sum([c.product(weight, value) for weight, value in zip(weights, values, strict=True)])


def weighted_entries(c: Builder, rows: Sequence[Wire], columns: Sequence[Wire], matrix: Matrix) -> Wire:
    """u V w. Cost: one a row and one an entry, but for the first row and the first column."""
    return combination(c, rows, [combination(c, columns, row) for row in matrix])


def assert_matrix_product(c: Builder, left: Matrix, right: Matrix, product: Matrix, alpha: Wire, beta: Wire) -> None:
    """Asserts left * right = product, shapes (n, k), (k, m), (n, m).

    Cost: (n + m - 4) for powers, (n - 1) k for u P, k (m - 1) for T w, k for their product, n m - 1 for u V w, and 1.
    Precondition on the challenges: the module's. Beyond: a product that is right at one pair of challenges.
    """
    if not (len(left) == len(product) and len(right) == len(left[0]) and len(right[0]) == len(product[0])):
        raise CircuitDefinitionError("the shapes of a matrix product are (n, k), (k, m) and (n, m)")
    u, w = powers(c, alpha, len(left)), powers(c, beta, len(product[0]))
    columns = [combination(c, u, [row[i] for row in left]) for i in range(len(right))]
    with c.rule(RULE_PRODUCT):
        right_side = combination(c, columns, [combination(c, w, row) for row in right])
        c.assert_equal(weighted_entries(c, u, w, product), right_side)


def assert_sparse_matrix_product(
    c: Builder,
    left: Sequence[Sequence[Position]],
    keys: Sequence[Wire],
    right: Matrix,
    product: Matrix,
    column_sums: Sequence[Wire],
    challenges: tuple[Wire, Wire, Wire],
) -> None:
    """The same for a left matrix given by a few positions in each row, whose columns are named by distinct `keys`.

    `column_sums` are n_i = sum over rows a of alpha^a left[a][i], the prover's, and bound by the sum of fractions sum
    of alpha^a amount / (X - column) = sum of n_i / (X - key_i). Challenges are alpha and beta, drawn after left,
    keys, right and product, and X, drawn after column_sums too. Cost: two a position, m + 1 a key, one an entry of
    the product and the powers. Beyond: as in `assert_matrix_product`; a position whose column is no key has no
    witness.
    """
    alpha, beta, x = challenges
    u, w = powers(c, alpha, len(left)), powers(c, beta, len(product[0]))
    with c.rule(RULE_PRODUCT):
        held = [
            fraction(c, c.product(weight, position.amount), x - position.column)
            for weight, row in zip(u, left, strict=True)
            for position in row
        ]
        listed = [fraction(c, total, x - key) for total, key in zip(column_sums, keys, strict=True)]
        c.assert_equal(c.sum(held), c.sum(listed))
        right_side = combination(c, column_sums, [combination(c, w, row) for row in right])
        c.assert_equal(weighted_entries(c, u, w, product), right_side)


_ROWS, _INNER, _COLUMNS = 2, 3, 2


def _define_dense(c: Builder, left: Any, right: Any, product: Any, alpha: Wire, beta: Wire) -> None:
    assert_matrix_product(c, left, right, product, alpha, beta)


def _define_sparse(
    c: Builder, amounts: Any, columns: Any, keys: Any, right: Any, product: Any, sums: Any, challenges: Any
) -> None:
    left = [
        [Position(amount, column) for amount, column in zip(*row, strict=True)]
        for row in zip(amounts, columns, strict=True)
    ]
    alpha, beta, x = challenges
    assert_sparse_matrix_product(c, left, keys, right, product, sums, (alpha, beta, x))


def _integers(random: Random, rows: int, columns: int) -> list[list[int]]:
    return [[random.randrange(FR) for _ in range(columns)] for _ in range(rows)]


def _multiply(left: list[list[int]], right: list[list[int]]) -> list[list[int]]:
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) % FR for column in zip(*right, strict=True)]
        for row in left
    ]


def _dense(random: Random) -> dict[str, Any]:
    left, right = _integers(random, _ROWS, _INNER), _integers(random, _INNER, _COLUMNS)
    product = _multiply(left, right)
    alpha, beta = (random.randrange(1, FR) for _ in range(2))
    return {"left": left, "right": right, "product": product, "alpha": alpha, "beta": beta}


def _sparse(random: Random) -> dict[str, Any]:
    keys = random.sample(range(1000), _INNER)
    columns = [[keys[row], keys[row + 1]] for row in range(_ROWS)]
    amounts = _integers(random, _ROWS, 2)
    left = [
        [sum(x for x, column in zip(row, named, strict=True) if column == key) for key in keys]
        for row, named in zip(amounts, columns, strict=True)
    ]
    right = _integers(random, _INNER, _COLUMNS)
    alpha, beta, x = (random.randrange(1000, FR) for _ in range(3))
    sums = [sum(pow(alpha, a, FR) * row[i] for a, row in enumerate(left)) % FR for i in range(_INNER)]
    return {
        "amounts": amounts,
        "columns": columns,
        "keys": keys,
        "right": right,
        "product": _multiply(left, right),
        "sums": sums,
        "challenges": [alpha, beta, x],
    }


def _refused_dense(random: Random) -> Iterator[tuple[str, InputValues]]:
    for name in ("left", "right", "product"):
        inputs = _dense(random)
        inputs[name][1][1] = (inputs[name][1][1] + 1) % FR
        yield RULE_PRODUCT, inputs


def _refused_sparse(random: Random) -> Iterator[tuple[str, InputValues]]:
    for name in ("amounts", "right", "product"):
        inputs = _sparse(random)
        inputs[name][1][1] = (inputs[name][1][1] + 1) % FR
        yield RULE_PRODUCT, inputs
    inputs = _sparse(random)
    inputs["sums"][0] = (inputs["sums"][0] + 1) % FR
    yield RULE_PRODUCT, inputs


EXAMPLES: Final = (
    Example(
        "matrix_product",
        Circuit(
            "matrix_product",
            _define_dense,
            {
                "left": private(_ROWS, _INNER),
                "right": private(_INNER, _COLUMNS),
                "product": private(_ROWS, _COLUMNS),
                "alpha": private(),
                "beta": private(),
            },
        ),
        _dense,
        _refused_dense,
    ),
    Example(
        "sparse_matrix_product",
        Circuit(
            "sparse_matrix_product",
            _define_sparse,
            {
                "amounts": private(_ROWS, 2),
                "columns": private(_ROWS, 2),
                "keys": private(_INNER),
                "right": private(_INNER, _COLUMNS),
                "product": private(_ROWS, _COLUMNS),
                "sums": private(_INNER),
                "challenges": private(3),
            },
        ),
        _sparse,
        _refused_sparse,
    ),
)
