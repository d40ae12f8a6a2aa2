"""The ways to make powers of tau agree with each other, and all of them verify."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from prover.bn254 import FR, G1_GENERATOR
from prover.ceremony import lagrange, phase1_verification, powers_of_tau, single_party
from prover.ceremony.author import author
from prover.ceremony.refusal import PowersOfTauRefused
from prover.formats.ptau import LagrangePoints, PowersOfTau, read_ptau, write_ptau
from prover.groth16.development import development_secret
from prover.kernels.errors import Cancelled
from prover.kernels.interface import Kernels
from tests.support.ceremonies import BEACON, POWER, chain_of_powers, development_powers, prepared_powers, rng
from tests.support.kernels import fastest, g1_array, g1_multiple, g2_array, g2_multiple


def same_points(a: PowersOfTau, b: PowersOfTau) -> bool:
    return all(np.array_equal(points, b.vectors()[number]) for number, points in a.vectors().items())


def test_one_go_equals_the_ceremony_step_by_step(kernels: Kernels) -> None:
    ptau = powers_of_tau.without_contributions(2)
    ptau = powers_of_tau.contributed(ptau, rng(1), author(single_party.SINGLE_PARTY_NAME), kernels)
    ptau = powers_of_tau.contributed(ptau, BEACON.rng(), author("", BEACON), kernels)
    ptau = replace(ptau, lagrange=lagrange.from_points(ptau, kernels))
    at_once = single_party.made(2, rng(1), kernels, beacon=BEACON)
    assert at_once.contributions == ptau.contributions
    assert same_points(at_once, ptau)


def test_backends_and_twin_make_the_same_file(reference_kernels: Kernels) -> None:
    ours, twins = (single_party.made(2, rng(3), kernels) for kernels in (fastest(), reference_kernels))
    assert ours.contributions == twins.contributions
    assert same_points(ours, twins)


def test_points_are_powers_of_the_secrets() -> None:
    ptau = development_powers()
    tau, alpha, beta = (development_secret(name) for name in ("tau", "alpha", "beta"))
    powers = [pow(tau, i, FR) for i in range(7)]
    assert np.array_equal(ptau.tau_g1, g1_array([g1_multiple(power) for power in powers]))
    assert np.array_equal(ptau.tau_g2, g2_array([g2_multiple(power) for power in powers[:4]]))
    assert np.array_equal(ptau.alpha_tau_g1, g1_array([g1_multiple(alpha * power % FR) for power in powers[:4]]))
    assert np.array_equal(ptau.beta_tau_g1, g1_array([g1_multiple(beta * power % FR) for power in powers[:4]]))
    assert np.array_equal(ptau.beta_g2, g2_array([g2_multiple(beta)])[0])


def test_lagrange_points_add_up_to_the_generator() -> None:
    """The Lagrange polynomials of a domain add up to 1."""
    prepared = prepared_powers().lagrange
    assert prepared is not None
    for level in range(POWER + 1):
        basis = LagrangePoints.level(prepared.tau_g1, level)
        ones = np.zeros((len(basis), 4), dtype=np.uint64)
        ones[:, 0] = 1
        assert np.array_equal(fastest().msm_g1(basis, ones), g1_array([G1_GENERATOR])[0])


def test_files_of_every_stage_verify(tmp_path: Path) -> None:
    stages = [tmp_path / f"{number}.ptau" for number in range(5)]
    powers_of_tau.new(stages[0], POWER)
    first = powers_of_tau.contribute(stages[0], stages[1], fastest(), name="first")
    second = powers_of_tau.contribute(stages[1], stages[2], fastest(), name="second", entropy="typed")
    last = powers_of_tau.apply_beacon(stages[2], stages[3], BEACON, fastest())
    powers_of_tau.prepare(stages[3], stages[4], fastest())
    for path in stages[3:]:
        verified = phase1_verification.verify(read_ptau(path), fastest(), require_beacon=True)
        assert [found.response for found in verified.contributions] == [first, second, last]
        assert verified.is_prepared == (path == stages[4])
    single_party.make(stages[0], POWER, fastest())
    assert phase1_verification.verify(read_ptau(stages[0]), fastest()).is_prepared


def test_secrets_are_fresh_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        single_party.make(tmp_path / name, 1, fastest())
    assert not np.array_equal(read_ptau(tmp_path / "a").tau_g1[1], read_ptau(tmp_path / "b").tau_g1[1])


def test_the_development_file_is_the_same_each_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        single_party.make_development(tmp_path / name, 2, fastest())
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    verified = phase1_verification.verify(read_ptau(tmp_path / "a"), fastest())
    assert verified.contributions[0].author.name == single_party.DEVELOPMENT_NAME


@pytest.mark.parametrize("power", [0, 29, -1])
def test_impossible_powers_are_refused(tmp_path: Path, power: int) -> None:
    with pytest.raises(ValueError, match="2\\^28"):
        powers_of_tau.new(tmp_path / "a.ptau", power)
    with pytest.raises(ValueError, match="2\\^28"):
        single_party.make(tmp_path / "a.ptau", power, fastest())
    assert not [*tmp_path.iterdir()]


def test_a_file_cut_from_a_larger_ceremony_takes_no_contribution(tmp_path: Path) -> None:
    whole, n = chain_of_powers(), 1 << (POWER - 1)
    cut = replace(
        whole,
        power=POWER - 1,
        tau_g1=whole.tau_g1[: 2 * n - 1],
        tau_g2=whole.tau_g2[:n],
        alpha_tau_g1=whole.alpha_tau_g1[:n],
        beta_tau_g1=whole.beta_tau_g1[:n],
    )
    write_ptau(tmp_path / "cut.ptau", cut)
    assert phase1_verification.verify(read_ptau(tmp_path / "cut.ptau"), fastest()).power == POWER - 1
    with pytest.raises(PowersOfTauRefused, match="cut from"):
        powers_of_tau.contribute(tmp_path / "cut.ptau", tmp_path / "new.ptau", fastest())
    assert not (tmp_path / "new.ptau").exists()
    powers_of_tau.prepare(tmp_path / "cut.ptau", tmp_path / "prepared.ptau", fastest())
    assert phase1_verification.verify(read_ptau(tmp_path / "prepared.ptau"), fastest()).is_prepared


def test_progress_names_phases_and_can_stop(tmp_path: Path) -> None:
    seen: dict[str, tuple[int, int]] = {}

    def watch(phase: str, done: int, total: int) -> None:
        seen[phase] = (done, total)

    single_party.make(tmp_path / "a.ptau", POWER, fastest(), progress=watch)
    assert {"tau in G1", "response hash", "lagrange tau in G2"} <= seen.keys()
    assert all(done == total for done, total in seen.values())
    seen.clear()
    powers_of_tau.prepare(tmp_path / "a.ptau", tmp_path / "c.ptau", fastest(), watch)
    assert {phase for phase, (done, total) in seen.items() if done == total} == {
        f"lagrange {name}" for name in ("tau in G1", "tau in G2", "alpha tau in G1", "beta tau in G1")
    }
    assert (tmp_path / "c.ptau").read_bytes() == (tmp_path / "a.ptau").read_bytes()
    with pytest.raises(Cancelled):
        single_party.make(tmp_path / "b.ptau", POWER, fastest(), progress=lambda phase, done, total: False)
    assert not (tmp_path / "b.ptau").exists()
