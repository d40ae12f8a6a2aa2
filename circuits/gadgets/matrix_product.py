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


def polynomial(c: Builder, coefficients: Sequence[Wire], x: Wire) -> Wire:
    """The sum of coefficient_i x^i, by Horner's rule, which needs no powers. Cost: one a coefficient but the last."""
    total = c.constant(0)
    for coefficient in reversed(coefficients):
        total = c.product(total, x) + coefficient
    return total


def weighted_entries(c: Builder, matrix: Matrix, alpha: Wire, beta: Wire) -> Wire:
    """u V w. Cost: one an entry, less one."""
    return polynomial(c, [polynomial(c, row, beta) for row in matrix], alpha)


def inner_product(c: Builder, left: Sequence[Wire], right: Sequence[Wire]) -> Wire:
    """The sum of left_i * right_i. Cost: one a pair."""
    return c.sum([c.product(x, y) for x, y in zip(left, right, strict=True)])


def assert_matrix_product(c: Builder, left: Matrix, right: Matrix, product: Matrix, alpha: Wire, beta: Wire) -> None:
    """Asserts left * right = product, shapes (n, k), (k, m), (n, m).

    Cost: (n - 1) k for u P, k (m - 1) for T w, k for their product, n m - 1 for u V w, and 1. Precondition on the
    challenges: the module's. Beyond: a product that is right at one pair of challenges. Raises
    `CircuitDefinitionError` for shapes that do not fit.
    """
    _check_shapes(len(left), [len(row) for row in left], right, product)
    columns = [polynomial(c, [row[i] for row in left], alpha) for i in range(len(right))]
    with c.rule(RULE_PRODUCT):
        right_side = inner_product(c, columns, [polynomial(c, row, beta) for row in right])
        c.assert_equal(weighted_entries(c, product, alpha, beta), right_side)


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
    keys, right and product, and X, drawn after column_sums too. alpha^a multiplies a row's sum, not each fraction.

    Cost: one a position, m + 1 a key, n - 1, n m - 1 for u V w, and 2. Beyond: as in `assert_matrix_product`; with a
    key twice, the prover divides an amount among the two. A position whose column is no key has no witness, unless
    its amount is 0. Raises `CircuitDefinitionError` for shapes that do not fit.
    """
    if not len(keys) == len(column_sums) == len(right):
        raise CircuitDefinitionError(f"{len(right)} rows on the right have as many keys and sums of columns")
    _check_shapes(len(left), [len(right)], right, product)
    alpha, beta, x = challenges
    with c.rule(RULE_PRODUCT):
        held = [
            c.sum([fraction(c, position.amount, x - position.column) for position in positions]) for positions in left
        ]
        listed = [fraction(c, total, x - key) for total, key in zip(column_sums, keys, strict=True)]
        c.assert_equal(polynomial(c, held, alpha), c.sum(listed))
        right_side = inner_product(c, column_sums, [polynomial(c, row, beta) for row in right])
        c.assert_equal(weighted_entries(c, product, alpha, beta), right_side)


def _check_shapes(n: int, widths: Sequence[int], right: Matrix, product: Matrix) -> None:
    """Left has n rows of these widths; all shapes are (n, k), (k, m), (n, m), and nothing is empty."""
    columns = {len(row) for row in (*right, *product)}
    if not (n == len(product) > 0 and set(widths) == {len(right)} and len(columns) == 1 and min(columns) > 0):
        raise CircuitDefinitionError("the shapes of a matrix product are (n, k), (k, m) and (n, m)")


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
