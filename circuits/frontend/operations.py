"""The operations of the witness tape on integers; see `prover.tape.Operation` for what each means."""

from __future__ import annotations

from collections.abc import Sequence

from prover.bn254 import FR
from prover.tape import Operation


def evaluate(operation: Operation, values: Sequence[int], parameters: Sequence[int], table: Sequence[int]) -> list[int]:
    """The results of one operation on integers in [0, r)."""
    match operation:
        case Operation.LINEAR:
            return [sum(c * x for c, x in zip(parameters, values, strict=True)) % FR]
        case Operation.MULTIPLY:
            return [values[0] * values[1] % FR]
        case Operation.INVERSE:
            return [_inverse(values[0])]
        case Operation.DIVIDE:
            return [values[0] * _inverse(values[1]) % FR]
        case Operation.BITS:
            shift, n = parameters
            return [values[0] >> (shift + i) & 1 for i in range(n)]
        case Operation.EXTRACT:
            shift, n = parameters
            return [values[0] >> shift & ((1 << n) - 1)]
        case Operation.DIVIDE_INTEGERS:
            return list(divmod(values[0], values[1])) if values[1] else [0, values[0]]
        case Operation.IS_ZERO:
            return [int(values[0] == 0)]
        case Operation.LESS_THAN:
            return [int(values[0] < values[1])]
        case Operation.LOOKUP:
            return [table[values[0]] if values[0] < len(table) else 0]
        case Operation.SELECT:
            return [values[1] if values[0] else values[2]]


def _inverse(value: int) -> int:
    return pow(value, -1, FR) if value else 0
