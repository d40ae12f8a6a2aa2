"""The start of phase 2: equal to the set-up with known secrets, and to snarkjs in what it hashes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from prover import bn254
from prover.bn254 import FR, G2_GENERATOR
from prover.ceremony import phase2, powers_of_tau
from prover.ceremony.author import author
from prover.errors import InvalidPoint
from prover.formats.proving_key import ProvingKey
from prover.formats.ptau import LagrangePoints
from prover.groth16 import circuit_hash as circuit_hash_module
from prover.groth16 import prove, verify
from prover.groth16.development import development_secret
from prover.groth16.development_setup import development_setup
from prover.groth16.overread import subtract_from_no_point
from prover.groth16.setup import SetupRefused, set_up, with_public_rows
from prover.groth16.transpose import stack, transpose
from prover.kernels.errors import Cancelled
from prover.kernels.interface import Kernels
from prover.r1cs import R1CS, sparse_from_rows
from tests.support.ceremonies import development_powers, prepared_powers, rng
from tests.support.groth16 import toy_relation, toy_witness
from tests.support.kernels import fastest, flip_bit, g1_array, g1_multiple
from tests.support.points import G2_OUTSIDE_SUBGROUP

QUERIES = ("a_query", "b_g1_query", "b_g2_query", "ic", "coefficients", "alpha_g1", "beta_g1", "beta_g2")

WASM_DIFFERENCES = {
    7: "b431eb014fff72c9b9a643650276af22d990c99fbdaff839f6c53ec3c18bfb09"
    "c8fc4b577007201d6d54f0f230f49069848c740016b60692a4aeb1642c6e802d",
    123456789: "ce8f8c01e29ec02a7b533acf9df853c82f26f89812bc170e6287e26d0087890d"
    "29a1bab3ba281e4e06958bf61e561e0277fd4cc641b355aaceef94dd47fdab22",
}
"""wasmcurves' g1m_subAffine: what follows powers of tau of 2^15 in a prepared file, minus this multiple of (1, 2)."""


def test_equals_the_set_up_with_known_secrets(kernels: Kernels) -> None:
    """The same numbers by another way: nobody's secrets through Lagrange points, or published ones through scalars."""
    by_points = set_up(toy_relation(), development_powers(4), kernels)
    by_scalars = development_setup(toy_relation(), kernels)
    for name in QUERIES:
        assert np.array_equal(getattr(by_points, name), getattr(by_scalars, name)), name
    delta = bn254.scalars_from_ints([development_secret("delta")])
    for name in ("c_query", "h_query"):
        assert np.array_equal(getattr(by_points, name), kernels.scale_g1(getattr(by_scalars, name), delta)), name


def test_equals_the_twin_s(reference_kernels: Kernels) -> None:
    ours, twins = (set_up(toy_relation(), development_powers(4), kernels) for kernels in (fastest(), reference_kernels))
    assert ours.circuit_hash == twins.circuit_hash
    for name in (*QUERIES, "c_query", "h_query"):
        assert np.array_equal(getattr(ours, name), getattr(twins, name)), name


def test_more_powers_than_needed_make_the_same_circuit() -> None:
    """All but h, which with as few powers as possible lacks one that the quotient does not need."""
    small, large = (set_up(toy_relation(), development_powers(power), fastest()) for power in (3, 4))
    assert small.circuit_hash == large.circuit_hash
    for name in (*QUERIES, "c_query"):
        assert np.array_equal(getattr(small, name), getattr(large, name)), name
    for key in (small, large):
        contributed = phase2.contributed(key, rng(1), author(), fastest())
        result = prove(contributed, toy_witness(3), kernels=fastest())
        assert verify(contributed.verification_key(), result.public_signals, result.proof, fastest())


def test_relations_at_the_edges() -> None:
    """No constraints, no private wires, wires that no constraint uses, rows without entries."""
    nothing = sparse_from_rows([])
    key = set_up(R1CS(1, 0, 0, 0, nothing, nothing, nothing), development_powers(4), fastest())
    assert key.c_query.shape == (0, 8)
    assert key.ic.any()
    empty_row = sparse_from_rows([[]])
    key = set_up(R1CS(4, 0, 1, 1, empty_row, empty_row, empty_row), development_powers(4), fastest())
    assert not key.c_query.any()
    assert key.ic.any(axis=1).all()
    assert not key.b_g2_query.any()


def test_powers_that_do_not_serve_are_refused() -> None:
    with pytest.raises(SetupRefused, match="at least 2\\^3"):
        set_up(toy_relation(), development_powers(2), fastest())
    with pytest.raises(SetupRefused, match="prepare"):
        set_up(toy_relation(), replace(development_powers(4), lagrange=None), fastest())


@pytest.mark.parametrize("name", ["tau_g1", "tau_g2", "alpha_tau_g1", "beta_tau_g1"])
def test_points_that_are_none_are_refused_by_section(name: str) -> None:
    ptau = development_powers(4)
    assert ptau.lagrange is not None
    points = getattr(ptau.lagrange, name).copy()
    basis = LagrangePoints.level(points, toy_relation().domain_size.bit_length() - 1)
    basis[1] = flip_bit(basis[1], 7)
    damaged = replace(ptau, lagrange=replace(ptau.lagrange, **{name: points}))
    with pytest.raises(InvalidPoint, match="lagrange") as caught:
        set_up(toy_relation(), damaged, fastest(), ptau_name="my.ptau")
    assert caught.value.file == "my.ptau"
    assert "lagrange" in caught.value.section


def test_points_outside_the_subgroup_are_refused() -> None:
    ptau = development_powers(4)
    assert ptau.lagrange is not None
    points = ptau.lagrange.tau_g2.copy()
    LagrangePoints.level(points, 3)[2] = bn254.g2_from_ints(G2_OUTSIDE_SUBGROUP)
    with pytest.raises(InvalidPoint, match="subgroup"):
        set_up(toy_relation(), replace(ptau, lagrange=replace(ptau.lagrange, tau_g2=points)), fastest())


def test_powers_that_nobody_contributed_to_cannot_serve() -> None:
    """tau = 1 is a root of unity: every power is the same point."""
    ptau = powers_of_tau.without_contributions(4)
    ptau = replace(ptau, tau_g1=np.ascontiguousarray(ptau.tau_g1), lagrange=development_powers(4).lagrange)
    with pytest.raises(SetupRefused, match="root of unity"):
        set_up(toy_relation(), ptau, fastest())


def test_progress_and_cancelling() -> None:
    seen: set[str] = set()
    set_up(toy_relation(), prepared_powers(), fastest(), lambda phase, done, total: seen.add(phase))
    assert {"check points", "a query", "b query in G2", "circuit hash"} <= seen
    with pytest.raises(Cancelled):
        set_up(toy_relation(), prepared_powers(), fastest(), lambda phase, done, total: False)


def test_rows_for_the_public_wires() -> None:
    bound = with_public_rows(sparse_from_rows([[(1, 5)], []]), 2)
    assert [bound.row(row) for row in range(bound.n_rows)] == [[(1, 5)], [], [(0, 1)], [(1, 1)], [(2, 1)]]


def test_transposing() -> None:
    matrix = sparse_from_rows([[(0, 1), (2, 3)], [], [(2, 4)]])
    columns = transpose(matrix, 4)
    assert columns.start.tolist() == [0, 1, 1, 3, 3]
    assert columns.row.tolist() == [0, 0, 2]
    assert columns.coefficient[:, 0].tolist() == [1, 3, 4]
    assert columns.columns(2, 3).row.tolist() == [0, 2]
    stacked = stack([(matrix, 0), (matrix, 10)], 4)
    assert stacked.row.tolist() == [0, 10, 0, 2, 10, 12]


def test_differences_of_points() -> None:
    a, b = (g1_array([g1_multiple(scalar) for scalar in scalars]) for scalars in ((5, 9, 100), (3, 10, 1)))
    expected = g1_array([g1_multiple(scalar % FR) for scalar in (2, -1, 99)])
    assert np.array_equal(circuit_hash_module.subtract_g1(fastest(), a, b), expected)


@pytest.mark.parametrize("scalar", WASM_DIFFERENCES)
def test_what_snarkjs_hashes_past_the_end(scalar: int) -> None:
    following = (3).to_bytes(4, "little") + (128 << 15).to_bytes(8, "little")
    following += bn254.g2_from_ints(G2_GENERATOR).tobytes()[:52]
    point = bn254.g1_from_ints(g1_multiple(scalar))
    assert subtract_from_no_point(following, point).tobytes().hex() == WASM_DIFFERENCES[scalar]


def test_the_last_point_is_taken_from_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Above snarkjs's chunk size one point more is hashed; from a larger file it is a real one."""

    def count(power: int) -> list[int]:
        ptau = development_powers(power)
        following = bytes(range(64))
        return [len(p) for p in circuit_hash_module.quotient_points(fastest(), ptau.tau_g1, 8, following)]

    assert count(3) == count(4) == [7]
    monkeypatch.setattr(circuit_hash_module, "SNARKJS_CHUNK", 4)
    assert count(3) == [7, 1]
    assert count(4) == [8]


def key_is_whole(key: ProvingKey) -> bool:
    return bool(key.ic.any(axis=1).all())


def test_c43_every_public_input_is_bound() -> None:
    """`note` is public and in no constraint; its ic point must not be infinity."""
    assert key_is_whole(set_up(toy_relation(), prepared_powers(), fastest()))


def test_c43_every_public_input_is_bound_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prover.groth16.setup.with_public_rows", lambda a, n_public: a)
    assert not key_is_whole(set_up(toy_relation(), prepared_powers(), fastest()))
