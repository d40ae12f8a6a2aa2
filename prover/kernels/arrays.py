"""Shape, type and layout of the arrays that cross the seam: checked once here, for every implementation of `Kernels`.

A memory map of a .zkey is taken as it is: it may be read-only and need not be aligned to eight bytes (sections of those
files begin at multiples of four).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import TWO_ADICITY
from prover.kernels.errors import LayoutError, LengthError, NotOne
from prover.tape import Tape

FIELD_LIMBS = 4
G1_LIMBS = 8
G2_LIMBS = 16
ZKEY_COEFFICIENT_BYTES = 44
BLAKE2B_BLOCK_BYTES = 128
POSEIDON_MAX_WIDTH = 17
POSEIDON_FULL_ROUNDS = 8
TAPE_ARRAYS = ("entry_start", "entries", "calls", "program", "n_wires", "n_temporaries", "constants")
"""In the order of the native `zk_tape`."""


def check_layout(name: str, array: object, dtype: type[np.generic]) -> None:
    """Raises `LayoutError` unless `array` is a C-contiguous numpy array of `dtype` in little-endian byte order."""
    if not isinstance(array, np.ndarray):
        raise LayoutError(f"{name} is a {type(array).__name__}, not a numpy array")
    wanted = np.dtype(dtype).newbyteorder("<")
    if array.dtype != wanted:
        raise LayoutError(f"{name} has dtype {array.dtype}, not little-endian {np.dtype(dtype).name}")
    if not array.flags.c_contiguous:
        raise LayoutError(f"{name} is not C-contiguous: pass numpy.ascontiguousarray(...)")


def check_rows(name: str, array: NDArray[Any], limbs: int, rows: int | None = None) -> int:
    """The number of rows of a uint64 array of shape (rows, limbs). Raises `LayoutError` or `LengthError`."""
    check_layout(name, array, np.uint64)
    if array.ndim != 2 or array.shape[1] != limbs:
        raise LengthError(f"{name} has shape {array.shape}, not (n, {limbs})")
    if rows is not None and array.shape[0] != rows:
        raise LengthError(f"{name} has {array.shape[0]} rows where {rows} are needed")
    return int(array.shape[0])


def check_one(name: str, array: NDArray[Any], limbs: int) -> None:
    """One element or point: a uint64 array of shape (limbs,)."""
    check_layout(name, array, np.uint64)
    if array.shape != (limbs,):
        raise LengthError(f"{name} has shape {array.shape}, not ({limbs},)")


def check_indices(name: str, array: NDArray[Any], rows: int) -> None:
    """One index for each of `rows`: a uint32 array of shape (rows,)."""
    check_layout(name, array, np.uint32)
    if array.shape != (rows,):
        raise LengthError(f"{name} has shape {array.shape}, not ({rows},)")


def check_writeable(name: str, array: NDArray[Any]) -> None:
    """Raises `LayoutError` when an array to be changed in place cannot be."""
    if not array.flags.writeable:
        raise LayoutError(f"{name} is changed in place and must not be read-only: pass a copy")


def check_power_of_two(name: str, n: int, smallest_log2: int = 0, largest_log2: int = TWO_ADICITY) -> int:
    """log2 of `n`. Raises `LengthError` unless n = 2^k with smallest_log2 <= k <= largest_log2."""
    log2 = n.bit_length() - 1
    if n <= 0 or n != 1 << log2 or not smallest_log2 <= log2 <= largest_log2:
        raise LengthError(f"{name} has {n} rows, not a power of two in 2^{smallest_log2}..2^{largest_log2}")
    return log2


def check_sparse(
    row_start: NDArray[np.uint64], index: NDArray[np.uint32], coefficient: NDArray[np.uint64]
) -> tuple[int, int]:
    """(rows, non-zeros) of a compressed-row matrix: shapes (rows + 1,), (nnz,), (nnz, 4), row starts rising from 0."""
    check_layout("row_start", row_start, np.uint64)
    check_layout("index", index, np.uint32)
    if row_start.ndim != 1 or row_start.shape[0] == 0 or index.ndim != 1:
        raise LengthError(f"row_start has shape {row_start.shape} and index {index.shape}, not (rows + 1,) and (nnz,)")
    entries = check_rows("coefficients", coefficient, FIELD_LIMBS, index.shape[0])
    if int(row_start[0]) != 0 or int(row_start[-1]) != entries or bool(np.any(row_start[1:] < row_start[:-1])):
        raise LengthError(f"row_start does not rise from 0 to the number of entries, {entries}")
    return row_start.shape[0] - 1, entries


def check_zkey_records(records: NDArray[np.uint8]) -> int:
    """How many 44-byte records there are: shape (44 * n,) or (n, 44)."""
    check_layout("records", records, np.uint8)
    flat = records.ndim == 1 and records.shape[0] % ZKEY_COEFFICIENT_BYTES == 0
    rows = records.ndim == 2 and records.shape[1] == ZKEY_COEFFICIENT_BYTES
    if not (flat or rows):
        raise LengthError(f"records has shape {records.shape}, neither (44 * n,) nor (n, 44)")
    return records.size // ZKEY_COEFFICIENT_BYTES


def check_poseidon(inputs: NDArray[np.uint64]) -> tuple[int, int]:
    """(n, arity) of an array of shape (n, arity, 4) with arity 1..16."""
    check_layout("inputs", inputs, np.uint64)
    if inputs.ndim != 3 or inputs.shape[2] != FIELD_LIMBS or not 1 <= inputs.shape[1] <= POSEIDON_MAX_WIDTH - 1:
        raise LengthError(f"inputs has shape {inputs.shape}, not (n, arity, 4) with arity 1..{POSEIDON_MAX_WIDTH - 1}")
    return int(inputs.shape[0]), int(inputs.shape[1])


def check_poseidon_width(t: int) -> None:
    """Raises `LengthError` unless 2 <= t <= 17."""
    if not 2 <= t <= POSEIDON_MAX_WIDTH:
        raise LengthError(f"Poseidon of width {t} is not defined here: 2..{POSEIDON_MAX_WIDTH}")


def check_blake2b(state: NDArray[np.uint64], blocks: NDArray[np.uint8], counter: int) -> int:
    """How many blocks there are: state (8,) and writeable, blocks (128 * n,), counter in 64 bits."""
    check_one("state", state, 8)
    check_writeable("state", state)
    check_layout("blocks", blocks, np.uint8)
    if blocks.ndim != 1 or blocks.shape[0] % BLAKE2B_BLOCK_BYTES != 0:
        raise LengthError(f"blocks has shape {blocks.shape}, not ({BLAKE2B_BLOCK_BYTES} * n,)")
    if not 0 <= counter < 1 << 64:
        raise LengthError(f"a counter of {counter} bytes does not fit into 64 bits")
    return int(blocks.shape[0]) // BLAKE2B_BLOCK_BYTES


def check_signatures(
    public_keys: NDArray[np.uint64], signatures: NDArray[np.uint64], messages: NDArray[np.uint64]
) -> int:
    """How many signatures there are: shapes (n, 8), (n, 12), (n, 4)."""
    n = check_rows("public_keys", public_keys, 8)
    check_rows("signatures", signatures, 12, n)
    check_rows("messages", messages, FIELD_LIMBS, n)
    return n


def check_tape(tape: Tape, witness: NDArray[np.uint64]) -> tuple[NDArray[Any], ...]:
    """`TAPE_ARRAYS` of a tape, of the types and shapes that `prover.tape` says; what is in them is not looked at.

    The witness has to be writeable, as long as the root's block of wires, and to begin with the constant 1.
    Raises `LayoutError`, `LengthError` or `NotOne`.
    """
    parts: tuple[NDArray[Any], ...] = tuple(getattr(tape, name) for name in TAPE_ARRAYS)
    for name, part in zip(TAPE_ARRAYS, parts, strict=True):
        columns = {"entries": 3, "calls": 3, "constants": FIELD_LIMBS}.get(name)
        check_layout(name, part, np.uint64 if name == "constants" else np.uint32)
        if part.shape[1:] != (() if columns is None else (columns,)) or part.ndim == 0:
            raise LengthError(f"{name} has shape {part.shape}, not {'(n,)' if columns is None else f'(n, {columns})'}")
    entry_start, *_, n_wires, n_temporaries, _ = parts
    if not len(n_wires) == len(n_temporaries) == len(entry_start) - 1 or len(n_wires) == 0:
        sizes = f"{len(n_wires)}, {len(n_temporaries)} and {len(entry_start)}"
        raise LengthError(f"n_wires, n_temporaries and entry_start have {sizes} rows, not n, n and n + 1 with n > 0")
    if check_rows("witness", witness, FIELD_LIMBS, int(n_wires[-1])) == 0 or witness[0].tolist() != [1, 0, 0, 0]:
        raise NotOne("a witness begins with the constant 1", 0)
    check_writeable("witness", witness)
    return parts


def check_bytes(name: str, value: object, length: int = 32) -> None:
    """Raises `LayoutError` unless `value` is bytes, `LengthError` unless there are `length` of them."""
    if not isinstance(value, bytes):
        raise LayoutError(f"{name} is a {type(value).__name__}, not bytes")
    if len(value) != length:
        raise LengthError(f"{name} has {len(value)} bytes, not {length}")
