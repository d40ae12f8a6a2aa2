"""Real files are read and written back to the same bytes, mapped and not copied."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from prover.bn254 import FR, MONTGOMERY_R, ints_from_scalars, scalars_from_ints
from prover.formats import r1cs as r1cs_format
from prover.formats.json_files import (
    proof_to_json,
    public_to_json,
    read_proof,
    read_public,
    read_verification_key,
    write_proof,
    write_public,
    write_verification_key,
)
from prover.formats.proving_key import pack_coefficients
from prover.formats.ptau import LagrangePoints, read_ptau, write_ptau
from prover.formats.ptau import check_points as check_ptau_points
from prover.formats.r1cs import CIRCOM_ORDER, SNARKJS_ORDER, read_r1cs, write_r1cs
from prover.formats.wtns import read_wtns, write_wtns
from prover.formats.zkey import check_points as check_zkey_points
from prover.formats.zkey import read_zkey, write_zkey
from prover.r1cs import R1CS, SparseMatrix, sparse_from_rows
from tests.support.binary import naive_r1cs_rows, section_of, take_apart
from tests.support.kernels import fastest
from tests.support.snarkjs_files import INPUTS, PTAU_FILES, R1CS_FILES, WTNS_FILES, ZKEY_FILES, snarkjs_files

KINDS: list[tuple[tuple[str, ...], Callable[[Path], Any], Callable[[Path, Any], None]]] = [
    (R1CS_FILES, read_r1cs, write_r1cs),
    (WTNS_FILES, read_wtns, write_wtns),
    (ZKEY_FILES, read_zkey, write_zkey),
    (PTAU_FILES, read_ptau, write_ptau),
]
FILES = [(name, read, write) for names, read, write in KINDS for name in names]


@pytest.mark.parametrize(("name", "read", "write"), FILES, ids=[name for name, *_ in FILES])
def test_binary_file_comes_back_byte_for_byte(
    name: str, read: Callable[[Path], Any], write: Callable[[Path, Any], None], tmp_path: Path
) -> None:
    original = snarkjs_files() / name
    write(tmp_path / name, read(original))
    assert (tmp_path / name).read_bytes() == original.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("circuit", INPUTS)
def test_json_comes_back_byte_for_byte(circuit: str, tmp_path: Path) -> None:
    files, out = snarkjs_files(), tmp_path / "out.json"
    write_proof(out, read_proof(files / f"{circuit}.proof.json"))
    assert out.read_bytes() == (files / f"{circuit}.proof.json").read_bytes()
    write_public(out, read_public(files / f"{circuit}.public.json"))
    assert out.read_bytes() == (files / f"{circuit}.public.json").read_bytes()
    write_verification_key(out, read_verification_key(files / f"{circuit}.verification_key.json"), fastest())
    assert out.read_bytes() == (files / f"{circuit}.verification_key.json").read_bytes()


@pytest.mark.parametrize("circuit", INPUTS)
def test_files_of_one_circuit_agree(circuit: str) -> None:
    files = snarkjs_files()
    relation, witness = read_r1cs(files / f"{circuit}.r1cs"), read_wtns(files / f"{circuit}.wtns")
    key = read_zkey(files / f"{circuit}.zkey")
    assert relation.is_satisfied(witness)
    assert relation.is_satisfied(witness, fastest())
    assert (key.n_wires, key.n_public, key.domain_size) == (relation.n_wires, relation.n_public, relation.domain_size)
    assert key.verification_key() == read_verification_key(files / f"{circuit}.verification_key.json")
    public = read_public(files / f"{circuit}.public.json")
    assert tuple(ints_from_scalars(witness[1 : relation.n_public + 1])) == public
    assert [found.author.is_beacon for found in key.contributions] == [False, True]
    assert key.contributions[1].author.name == "the end"


def test_key_coefficients_are_the_relations() -> None:
    relation, key = read_r1cs(snarkjs_files() / "small.r1cs"), read_zkey(snarkjs_files() / "small.new.zkey")
    entries = []
    for row in range(relation.n_constraints):
        entries += [(0, row, wire, value) for wire, value in relation.a.row(row)]
        entries += [(1, row, wire, value) for wire, value in relation.b.row(row)]
    entries += [(0, relation.n_constraints + wire, wire, 1) for wire in range(relation.n_public + 1)]
    matrix, rows, wires_named = (np.array(column, dtype=np.int64) for column in list(zip(*entries, strict=True))[:3])
    values = scalars_from_ints([value * MONTGOMERY_R**2 % FR for *_, value in entries])
    assert np.array_equal(pack_coefficients(matrix, rows, wires_named, values), key.coefficients)


def test_every_point_of_real_files_passes() -> None:
    check_zkey_points(snarkjs_files() / "small.zkey", fastest())
    check_ptau_points(snarkjs_files() / "prepared.ptau", fastest())


def test_lagrange_levels_begin_where_the_last_ended() -> None:
    powers = read_ptau(snarkjs_files() / "prepared.ptau")
    assert powers.lagrange is not None
    levels = [LagrangePoints.level(powers.lagrange.tau_g1, level) for level in range(powers.power + 2)]
    assert [len(level) for level in levels] == [1 << level for level in range(powers.power + 2)]
    assert np.array_equal(np.concatenate(levels), powers.lagrange.tau_g1)
    assert np.array_equal(levels[0], powers.tau_g1[:1])  # the basis of one point is the constant 1
    assert powers.contributions[0].author.name == "first, with an é"


# -- vectorised against readable -------------------------------------------------------------------------------------

wires = st.integers(0, 8)
coefficients = st.sampled_from([0, 1, FR - 1, 1 << 64, (1 << 253) + 5])
combinations = st.dictionaries(wires, coefficients, max_size=4).map(lambda row: list(row.items()))
systems = st.lists(st.tuples(combinations, combinations, combinations), max_size=9)


@settings(max_examples=60, deadline=None)
@given(systems, st.sampled_from([1, 2, 4, 1 << 15]), st.sampled_from([CIRCOM_ORDER, SNARKJS_ORDER]))
def test_vectorised_rows_equal_the_readable_twin(
    tmp_path_factory: pytest.TempPathFactory, system: list[Any], chunk: int, order: tuple[int, ...]
) -> None:
    path = tmp_path_factory.mktemp("r1cs") / "system.r1cs"
    a, b, c = (sparse_from_rows([row[index] for row in system]) for index in range(3))
    relation = R1CS(9, 1, 1, 1, a, b, c)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(r1cs_format, "ROWS_PER_CHUNK", chunk)
        write_r1cs(path, relation, order)
        found = read_r1cs(path)
    assert naive_r1cs_rows(section_of(path, r1cs_format.CONSTRAINTS), len(system)) == [list(row) for row in system]
    assert [number for number, _ in take_apart(path.read_bytes())[2]] == list(order)
    for (_, matrix), (_, expected) in zip(found.matrices(), relation.matrices(), strict=True):
        assert [matrix.row(i) for i in range(len(system))] == [expected.row(i) for i in range(len(system))]
    assert found.digest() == relation.digest()


# -- mapped, not copied ----------------------------------------------------------------------------------------------


def is_mapped(array: NDArray[Any]) -> bool:
    base: object = array
    while isinstance(base, np.ndarray):
        base = base.base
    return type(base).__name__ == "memoryview" and type(base.obj).__name__ == "mmap"  # type: ignore[attr-defined]


def test_long_vectors_are_maps_of_the_file() -> None:
    key = read_zkey(snarkjs_files() / "small.zkey")
    vectors: list[NDArray[Any]] = [key.ic, key.a_query, key.b_g1_query, key.b_g2_query, key.c_query, key.h_query]
    powers = read_ptau(snarkjs_files() / "prepared.ptau")
    vectors += [key.coefficients, read_wtns(snarkjs_files() / "small.wtns"), *powers.vectors().values()]
    assert all(is_mapped(vector) and not vector.flags.writeable for vector in vectors)


def test_long_vectors_are_maps_of_the_file_twin() -> None:
    assert not is_mapped(read_zkey(snarkjs_files() / "small.zkey").a_query.copy())


def test_a_file_is_not_touched_by_a_failing_write(tmp_path: Path) -> None:
    target = tmp_path / "small.r1cs"
    target.write_bytes(b"before")
    relation = read_r1cs(snarkjs_files() / "small.r1cs")
    broken = SparseMatrix.__new__(SparseMatrix)
    object.__setattr__(broken, "row_start", relation.a.row_start)
    object.__setattr__(broken, "column", relation.a.column)
    object.__setattr__(broken, "coefficient", relation.a.coefficient[:-1])
    object.__setattr__(relation, "a", broken)
    with pytest.raises(ValueError, match="shape"):
        write_r1cs(target, relation)
    assert target.read_bytes() == b"before"
    assert [path.name for path in tmp_path.iterdir()] == ["small.r1cs"]


def test_text_of_infinity_is_snarkjss() -> None:
    proof = read_proof(snarkjs_files() / "small.proof.json")
    text = proof_to_json(type(proof)(None, None, proof.c))
    assert '"pi_a": [\n  "0",\n  "1",\n  "0"\n ]' in text
    assert public_to_json([0, FR - 1]) == f'[\n "0",\n "{FR - 1}"\n]'
    with pytest.raises(ValueError, match="public input 1"):
        public_to_json([0, FR])
