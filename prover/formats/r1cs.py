"""`.r1cs`: the relation as circom writes it.

::

    1 header        n8 u32 = 32 | r | wires u32 | outputs u32 | public inputs u32 | private inputs u32 | labels u64
                    | constraints u32
    2 constraints   per constraint A, B, C; each: entries u32, then per entry wire u32 and coefficient, canonical
    3 wire labels   u64 per wire
    4, 5            custom gates (PLONK only): refused here

circom writes the sections in the order 2, 1, 3, snarkjs's own writer in the order 1, 2, 3.

Source: iden3's r1csfile, `r1csfile.js` and `doc/r1cs_bin_format.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from prover.bn254 import FIELD_BYTES, FR, first_not_below
from prover.errors import (
    FormatError,
    InconsistentFile,
    InvalidRelation,
    SectionLength,
    UnsupportedFeature,
    ValueOutOfRange,
)
from prover.formats.atomic import Bytes
from prover.formats.binfile import BinaryFile, FileKind, Section, read_binary_file, write_binary_file
from prover.r1cs import R1CS, SparseMatrix

HEADER: Final = 1
CONSTRAINTS: Final = 2
WIRE_LABELS: Final = 3
CUSTOM_GATES_LIST: Final = 4
CUSTOM_GATES_USES: Final = 5
KIND: Final = FileKind(
    b"r1cs",
    1,
    {
        HEADER: "header",
        CONSTRAINTS: "constraints",
        WIRE_LABELS: "wire labels",
        CUSTOM_GATES_LIST: "custom gates",
        CUSTOM_GATES_USES: "custom gate uses",
    },
    frozenset({HEADER, CONSTRAINTS, WIRE_LABELS}),
)
CIRCOM_ORDER: Final = (CONSTRAINTS, HEADER, WIRE_LABELS)
SNARKJS_ORDER: Final = (HEADER, CONSTRAINTS, WIRE_LABELS)

ENTRY_WORDS: Final = 9
"""An entry is nine 32-bit words: the wire, then the coefficient."""

ROWS_PER_CHUNK: Final = 1 << 15


def read_r1cs(path: Path | str) -> R1CS:
    """The relation, its matrices copied out of the file. Raises a `FormatError`.

    2^18 constraints take about half a second: one Python step per row finds where rows begin, the rest is vectorised.
    """
    file = read_binary_file(path, KIND)
    _refuse_custom_gates(file)
    header = file[HEADER].reader()
    header.modulus(FR, "the field")
    n_wires, n_outputs, n_public_inputs, n_private_inputs = (header.u32() for _ in range(4))
    n_labels = header.integer(8)
    n_constraints = header.u32()
    header.end()
    file[WIRE_LABELS].require_length(8 * n_wires, f"a relation of {n_wires} wires")
    if 1 + n_outputs + n_public_inputs + n_private_inputs > n_wires:
        reason = f"{n_wires} wires cannot hold the constant 1, {n_outputs} outputs, {n_public_inputs} public and "
        raise InconsistentFile(file[HEADER].file, file[HEADER].name, f"{reason}{n_private_inputs} private inputs")
    labels = file[WIRE_LABELS].array("<u8").astype(np.uint64)
    if int(labels.max()) >= n_labels:
        reason = f"label {int(labels.max())}, but the header counts {n_labels}"
        raise ValueOutOfRange(file[WIRE_LABELS].file, file[WIRE_LABELS].name, reason)
    a, b, c = _read_matrices(file[CONSTRAINTS], n_constraints, n_wires)
    return R1CS(n_wires, n_outputs, n_public_inputs, n_private_inputs, a, b, c, labels, n_labels)


def write_r1cs(path: Path | str, relation: R1CS, section_order: tuple[int, ...] = CIRCOM_ORDER) -> None:
    """Write `.r1cs`, streamed by chunks of rows. Entries keep their order: a file read and written is the same."""
    header = b"".join(
        (
            FIELD_BYTES.to_bytes(4, "little"),
            relation.prime.to_bytes(FIELD_BYTES, "little"),
            relation.n_wires.to_bytes(4, "little"),
            relation.n_public_outputs.to_bytes(4, "little"),
            relation.n_public_inputs.to_bytes(4, "little"),
            relation.n_private_inputs.to_bytes(4, "little"),
            relation.n_labels.to_bytes(8, "little"),
            relation.n_constraints.to_bytes(4, "little"),
        )
    )
    entries = sum(matrix.n_entries for _, matrix in relation.matrices())
    constraint_bytes = 12 * relation.n_constraints + 4 * ENTRY_WORDS * entries
    labels = relation.wire_labels.astype("<u8")
    sections: dict[int, tuple[int, int, Iterable[Bytes]]] = {
        HEADER: (HEADER, len(header), [header]),
        CONSTRAINTS: (CONSTRAINTS, constraint_bytes, _constraint_chunks(relation)),
        WIRE_LABELS: (WIRE_LABELS, labels.nbytes, [labels]),
    }
    write_binary_file(path, KIND, [sections[section_id] for section_id in section_order])


def _refuse_custom_gates(file: BinaryFile) -> None:
    for section_id in (CUSTOM_GATES_LIST, CUSTOM_GATES_USES):
        # circom writes both sections with a count of zero when custom gates are allowed but not used
        if section_id in file and bytes(file[section_id].data) != bytes(4):
            reason = "custom gates are for PLONK; compile the circuit without them for Groth16"
            raise UnsupportedFeature(file[section_id].file, file[section_id].name, reason)


def _read_matrices(section: Section, n_constraints: int, n_wires: int) -> tuple[SparseMatrix, ...]:
    row_words = _row_layout(section, n_constraints)
    counts = (row_words[1:] - row_words[:-1] - 1) // ENTRY_WORDS
    entries_before = np.zeros((n_constraints + 1, 3), dtype=np.int64)
    np.cumsum(counts.reshape(-1, 3), axis=0, out=entries_before[1:])
    columns = [np.empty(n, dtype=np.uint32) for n in entries_before[-1]]
    coefficients = [np.empty((n, 4), dtype="<u8") for n in entries_before[-1]]
    words = section.array("<u4")
    for first in range(0, n_constraints, ROWS_PER_CHUNK):
        last = min(first + ROWS_PER_CHUNK, n_constraints)
        starts = row_words[3 * first : 3 * last]
        chunk = words[starts[0] : row_words[3 * last]]
        is_entry = np.ones(chunk.size, dtype=np.bool_)
        is_entry[starts - starts[0]] = False
        entries = chunk[is_entry].reshape(-1, ENTRY_WORDS)
        matrix_of_entry = np.repeat(np.arange(starts.size) % 3, counts[3 * first : 3 * last])
        for index in range(3):
            place = slice(entries_before[first, index], entries_before[last, index])
            chosen = entries[matrix_of_entry == index]
            columns[index][place] = chosen[:, 0]
            coefficients[index][place].view("<u4")[:] = chosen[:, 1:]
    return tuple(
        _matrix(section, "ABC"[index], entries_before[:, index], columns[index], coefficients[index], n_wires)
        for index in range(3)
    )


def _row_layout(section: Section, n_constraints: int) -> NDArray[np.int64]:
    """The word at which each of the 3 * n_constraints rows begins, and the one after the last.

    A row's place is known only when the row before it has been seen; this chain is the only part that cannot be
    vectorised, at about 0.1 µs a link.
    """
    if section.length < 12 * n_constraints:
        reason = f"has {section.length} bytes, too few for {n_constraints} constraints"
        raise SectionLength(section.file, section.name, reason)
    if section.length % 4:
        raise SectionLength(section.file, section.name, f"has {section.length} bytes, not a multiple of 4")
    words = section.data.cast("I")
    position = 0
    starts = [0]
    try:
        starts += [position := position + 1 + ENTRY_WORDS * words[position] for _ in range(3 * n_constraints)]
    except IndexError:
        reason = f"has {section.length} bytes and ends before the last of {n_constraints} constraints"
        raise SectionLength(section.file, section.name, reason) from None
    if position != len(words):
        reason = f"has {section.length} bytes, but {n_constraints} constraints need {4 * position}"
        raise SectionLength(section.file, section.name, reason)
    return np.array(starts, dtype=np.int64)


def _matrix(
    section: Section,
    name: str,
    entries_before: NDArray[np.int64],
    column: NDArray[np.uint32],
    coefficient: NDArray[np.uint64],
    n_wires: int,
) -> SparseMatrix:
    row_start = entries_before.astype(np.uint64)

    def refuse(kind: type[FormatError], entry: int, reason: str) -> FormatError:
        row = int(np.searchsorted(row_start, entry, side="right")) - 1
        return kind(section.file, section.name, f"constraint {row}, {name}: {reason}")

    if column.size and int(column.max()) >= n_wires:
        entry = int(np.argmax(column >= n_wires))
        raise refuse(ValueOutOfRange, entry, f"names wire {int(column[entry])} of {n_wires}")
    bad = first_not_below(coefficient, FR)
    if bad is not None:
        raise refuse(ValueOutOfRange, bad, f"the coefficient of wire {int(column[bad])} is not below r")
    try:
        return SparseMatrix(row_start, column, coefficient)
    except InvalidRelation as error:
        raise InconsistentFile(section.file, section.name, f"matrix {name}: {error}") from error


def _constraint_chunks(relation: R1CS) -> Iterator[NDArray[np.uint32]]:
    """Section 2 by chunks of rows: counts and entries of A, B and C laid out by their places in words."""
    for first in range(0, relation.n_constraints, ROWS_PER_CHUNK):
        last = min(first + ROWS_PER_CHUNK, relation.n_constraints)
        rows = last - first
        counts = np.empty((rows, 3), dtype=np.int64)
        for index, (_, matrix) in enumerate(relation.matrices()):
            counts[:, index] = matrix.row_start[first + 1 : last + 1] - matrix.row_start[first:last]
        sizes = 1 + ENTRY_WORDS * counts.reshape(-1)
        places = (np.cumsum(sizes) - sizes).reshape(rows, 3)
        words = np.empty(int(sizes.sum()), dtype="<u4")
        words[places.reshape(-1)] = counts.reshape(-1)
        for index, (_, matrix) in enumerate(relation.matrices()):
            start, end = int(matrix.row_start[first]), int(matrix.row_start[last])
            within = np.arange(end - start) - np.repeat(
                np.cumsum(counts[:, index]) - counts[:, index], counts[:, index]
            )
            entry_places = np.repeat(places[:, index] + 1, counts[:, index]) + ENTRY_WORDS * within
            words[entry_places] = matrix.column[start:end]
            coefficient = matrix.coefficient[start:end].astype("<u8", copy=False).view("<u4")
            words[entry_places[:, None] + np.arange(1, ENTRY_WORDS)] = coefficient
        yield words
