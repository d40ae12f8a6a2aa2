"""Writes a template's calls out: the rows of an instance are its template's, with keys and arguments substituted.

All instances of one template are written at once with numpy. Rows of a callee that see none of its inputs, which is
nearly all of them, are copied with their keys shifted; in the others each input is replaced by the linear combination
that the caller passed, and equal keys are added up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.coefficients import COEFFICIENTS, RULES, SOURCES, UNIT
from circuits.frontend.linear import ONE_KEY
from circuits.frontend.template import Call, FlatTemplate, Row, SparseRows, Template
from prover.bn254 import FR

Ints = NDArray[np.int64]
KEY_OFFSET = 1 << 31
"""Keys fit into 32 bits with a sign: the root's outputs are below 0."""


class _Entries:
    """Entries of rows under construction, as blocks of (row, key, coefficient)."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Ints, Ints, NDArray[np.int32]]] = []

    def add(self, row: Ints, key: Ints, coefficient: NDArray[np.int32]) -> None:
        self.blocks.append((row, key, coefficient))


def flatten(template: Template) -> FlatTemplate:
    """The template with all calls written out; computed once. Costs about 50 ns per entry of the result."""
    if template.flat is None:
        groups = _groups(template.calls)
        for callee, _ in groups:
            flatten(callee)
        a, b, c = (_flatten_matrix(template, groups, which) for which in range(3))
        template.flat = FlatTemplate(a, b, c, _rules(template, groups), _sources(template, groups))
    return template.flat


def _groups(calls: Sequence[Call]) -> list[tuple[Template, list[Call]]]:
    groups: dict[int, tuple[Template, list[Call]]] = {}
    for call in calls:
        groups.setdefault(id(call.template), (call.template, []))[1].append(call)
    return list(groups.values())


def _flatten_matrix(template: Template, groups: list[tuple[Template, list[Call]]], which: int) -> SparseRows:
    ready = _Entries()
    _add_own_rows(ready, template.rows, which)
    touched = _Entries()
    for callee, calls in groups:
        matrix = _matrix(flatten(callee), which)
        if matrix.key.size:
            _add_calls(ready, touched, template, callee, calls, matrix)
    for row, key, coefficient in _merged(touched):
        ready.add(row, key, coefficient)
    return _assembled(ready, template.n_rows)


def _matrix(flat: FlatTemplate, which: int) -> SparseRows:
    return (flat.a, flat.b, flat.c)[which]


def _add_own_rows(entries: _Entries, rows: Sequence[Row], which: int) -> None:
    number, row_of, keys, coefficients = COEFFICIENTS.number, [], [], []
    for row in rows:
        terms = (row.a, row.b, row.c)[which]
        for key in sorted(terms):
            row_of.append(row.index)
            keys.append(key)
            coefficients.append(number(terms[key]))
    entries.add(np.array(row_of, np.int64), np.array(keys, np.int64), np.array(coefficients, np.int32))


def _add_calls(
    ready: _Entries, touched: _Entries, template: Template, callee: Template, calls: list[Call], matrix: SparseRows
) -> None:
    row_of_entry = np.repeat(np.arange(callee.n_rows, dtype=np.int64), np.diff(matrix.row_start))
    is_input = (matrix.key >= 1) & (matrix.key <= callee.n_inputs)
    sees_input = np.zeros(callee.n_rows, dtype=bool)
    sees_input[row_of_entry[is_input]] = True
    in_touched_row = sees_input[row_of_entry]
    first_row = np.array([call.first_row for call in calls], np.int64)
    shift = np.array([template.n_inputs + call.first_wire - callee.n_inputs for call in calls], np.int64)

    def shifted(chosen: NDArray[np.bool_]) -> tuple[Ints, Ints, NDArray[np.int32]]:
        key = matrix.key[chosen].astype(np.int64)
        keys = np.where(key == ONE_KEY, 0, key + shift[:, None])
        rows = row_of_entry[chosen] + first_row[:, None]
        return rows.ravel(), keys.ravel(), np.tile(matrix.coefficient[chosen], len(calls))

    ready.add(*shifted(~in_touched_row))
    touched.add(*shifted(in_touched_row & ~is_input))
    touched.add(*_substituted(calls, matrix, row_of_entry, is_input, first_row))


def _substituted(
    calls: list[Call], matrix: SparseRows, row_of_entry: Ints, is_input: NDArray[np.bool_], first_row: Ints
) -> tuple[Ints, Ints, NDArray[np.int32]]:
    """The entries of inputs, each replaced by the terms of the argument."""
    number = COEFFICIENTS.number
    arguments = [argument for call in calls for argument in call.arguments]
    length = np.array([len(argument) for argument in arguments], np.int64)
    start = np.cumsum(length) - length
    keys = np.array([key for argument in arguments for key in argument], np.int64)
    coefficients = np.array([number(value) for argument in arguments for value in argument.values()], np.int32)

    n_inputs = len(calls[0].arguments)
    argument_of_entry = (
        matrix.key[is_input].astype(np.int64) - 1 + np.arange(len(calls), dtype=np.int64)[:, None] * n_inputs
    ).ravel()
    copies = length[argument_of_entry]
    within = np.arange(int(copies.sum()), dtype=np.int64) - np.repeat(np.cumsum(copies) - copies, copies)
    term = np.repeat(start[argument_of_entry], copies) + within
    rows = np.repeat((row_of_entry[is_input] + first_row[:, None]).ravel(), copies)
    factors = np.repeat(np.tile(matrix.coefficient[is_input], len(calls)), copies)
    return rows, keys[term], COEFFICIENTS.products(coefficients[term], factors)


def _merged(touched: _Entries) -> list[tuple[Ints, Ints, NDArray[np.int32]]]:
    """Sorted by row and key, equal keys added up, what vanished left out."""
    if not touched.blocks:
        return []
    row = np.concatenate([block[0] for block in touched.blocks])
    key = np.concatenate([block[1] for block in touched.blocks])
    coefficient = np.concatenate([block[2] for block in touched.blocks])
    order = np.argsort(row << 32 | (key + KEY_OFFSET), kind="stable")
    row, key, coefficient = row[order], key[order], coefficient[order]
    same = np.zeros(row.size, dtype=bool)
    same[1:] = (row[1:] == row[:-1]) & (key[1:] == key[:-1])
    if same.any():
        keep = ~same
        for first in np.flatnonzero(keep[:-1] & same[1:]).tolist():
            end = first + 1
            while end < same.size and same[end]:
                end += 1
            total = sum(COEFFICIENTS.value(number) for number in coefficient[first:end].tolist()) % FR
            if total:
                coefficient[first] = COEFFICIENTS.number(total)
            else:
                keep[first] = False
        row, key, coefficient = row[keep], key[keep], coefficient[keep]
    return [(row, key, coefficient)]


def _assembled(entries: _Entries, n_rows: int) -> SparseRows:
    """Blocks, each sorted inside its rows, and no row in two blocks, to compressed rows."""
    counts = np.zeros(n_rows, np.int64)
    for row, _, _ in entries.blocks:
        counts += np.bincount(row, minlength=n_rows)
    row_start = np.zeros(n_rows + 1, np.int64)
    np.cumsum(counts, out=row_start[1:])
    key = np.empty(int(row_start[-1]), np.int32)
    coefficient = np.full(int(row_start[-1]), UNIT, np.int32)
    for row, keys, coefficients in entries.blocks:
        if row.size == 0:
            continue
        first_of_run = np.ones(row.size, dtype=bool)
        first_of_run[1:] = row[1:] != row[:-1]
        run_start = np.flatnonzero(first_of_run)
        within = np.arange(row.size) - np.repeat(run_start, np.diff(np.append(run_start, row.size)))
        to = row_start[row] + within
        key[to] = keys
        coefficient[to] = coefficients
    return SparseRows(row_start, key, coefficient)


def _rules(template: Template, groups: list[tuple[Template, list[Call]]]) -> NDArray[np.int32]:
    rules = np.empty(template.n_rows, np.int32)
    for row in template.rows:
        rules[row.index] = RULES.number(row.rule)
    for callee, calls in groups:
        inside = flatten(callee).rule
        for call in calls:
            mine = np.where(inside == 0, np.int32(RULES.number(call.rule)), inside)
            rules[call.first_row : call.first_row + callee.n_rows] = mine
    return rules


def _sources(template: Template, groups: list[tuple[Template, list[Call]]]) -> NDArray[np.int32]:
    sources = np.empty(template.n_rows, np.int32)
    for row in template.rows:
        sources[row.index] = SOURCES.number(row.source)
    for callee, calls in groups:
        inside = flatten(callee).source
        for call in calls:
            sources[call.first_row : call.first_row + callee.n_rows] = inside
    return sources
