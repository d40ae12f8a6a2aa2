"""C45: development keys carry a mark, and secrets are wiped and never shown.

C46: there is nothing in a file beyond what is needed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from prover.bn254 import ints_from_scalars
from prover.ceremony import phase2, powers_of_tau, single_party
from prover.ceremony.author import author
from prover.ceremony.secret import Secret
from prover.errors import SectionLength, SectionUnknown
from prover.formats.binfile import Section
from prover.formats.ptau import LAGRANGE, TAU_G1, read_ptau, write_ptau
from prover.formats.zkey import H, read_zkey, write_zkey
from prover.groth16 import development, keys
from prover.groth16.setup import set_up
from tests.support.binary import put_together, section_of, take_apart, with_section
from tests.support.ceremonies import BEACON, circuit_ceremony, development_powers, prepared_powers, rng
from tests.support.groth16 import toy_relation
from tests.support.kernels import fastest

# -- C45: the mark -----------------------------------------------------------------------------------------------------


def development_findings() -> set[str]:
    """What production says of a key from development powers that three others contributed to afterwards."""
    key = set_up(toy_relation(), development_powers(4), fastest())
    for number in range(3):
        key = phase2.contributed(key, rng(number), author(), fastest())
    key = phase2.contributed(key, BEACON.rng(), author("", BEACON), fastest())
    return {finding.code for finding in keys.lint_verification_key(key.verification_key(), production=True)}


def test_c45_development_powers_mark_every_key_made_from_them() -> None:
    assert development_findings() == {"development-key"}
    real = circuit_ceremony().final.verification_key()
    assert not keys.lint_verification_key(real, production=True)


def test_c45_development_powers_mark_every_key_made_from_them_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(development, "DEVELOPMENT_ORIGINS", frozenset())
    assert development_findings() == set()


def test_c45_development_powers_say_so_by_name() -> None:
    assert "development" in development_powers(4).contributions[0].author.name
    assert "single party" in prepared_powers().contributions[0].author.name


# -- C45: toxic waste -------------------------------------------------------------------------------------------------


def ceremonies(tmp_path: Path) -> dict[str, Callable[[], object]]:
    """Everything that holds secrets."""
    powers_of_tau.new(tmp_path / "0.ptau", 1)
    single_party.make(tmp_path / "1.ptau", 4, fastest())
    write_zkey(tmp_path / "0.zkey", set_up(toy_relation(), read_ptau(tmp_path / "1.ptau"), fastest()))
    return {
        "single party": lambda: single_party.make(tmp_path / "a", 1, fastest()),
        "single party and beacon": lambda: single_party.make(tmp_path / "b", 1, fastest(), beacon=BEACON),
        "first contribution": lambda: powers_of_tau.contribute(tmp_path / "0.ptau", tmp_path / "c", fastest()),
        "later contribution": lambda: powers_of_tau.contribute(tmp_path / "1.ptau", tmp_path / "d", fastest()),
        "phase 2": lambda: phase2.contribute(tmp_path / "0.zkey", tmp_path / "e", fastest()),
    }


def secrets_left(work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many secrets a ceremony drew or computed, and how many of them it left in memory."""
    made: list[Secret] = []
    original = Secret.__init__

    def remember(self: Secret, scalar: NDArray[np.uint64]) -> None:
        original(self, scalar)
        made.append(self)

    with monkeypatch.context() as patch:
        patch.setattr(Secret, "__init__", remember)
        work()
    return len(made), sum(bool(secret.scalar.any()) for secret in made)


def test_c45_secrets_are_wiped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, work in ceremonies(tmp_path).items():
        made, left = secrets_left(work, monkeypatch)
        assert made >= 2, name
        assert left == 0, name


def test_c45_secrets_are_wiped_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Secret, "wipe", lambda self: None)
    for name, work in ceremonies(tmp_path).items():
        assert secrets_left(work, monkeypatch)[1] > 0, name


def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> tuple[list[int], str]:
    """The secrets of every kind of ceremony, and all that was printed, logged, reported or written meanwhile."""
    secrets: list[int] = []
    reported: list[str] = []
    original = Secret.__init__

    def remember(self: Secret, scalar: NDArray[np.uint64]) -> None:
        original(self, scalar)
        secrets.extend(ints_from_scalars(scalar))
        reported.append(f"{self} {self!r}")

    works = ceremonies(tmp_path)
    logging.getLogger().setLevel(logging.DEBUG)
    with monkeypatch.context() as patch:
        patch.setattr(Secret, "__init__", remember)
        for work in works.values():
            work()
    output = capfd.readouterr()
    return secrets, output.out + output.err + "".join(reported)


def is_shown(secrets: list[int], text: str) -> bool:
    return any(form in text for secret in secrets for form in (str(secret), f"{secret:x}"))


def test_c45_secrets_are_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    secrets, text = shown(tmp_path, monkeypatch, capfd)
    assert len(secrets) >= 12
    assert not is_shown(secrets, text)
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        for secret in secrets:
            assert secret.to_bytes(32, "little") not in data
            assert secret.to_bytes(32, "big") not in data


def test_c45_secrets_are_never_shown_twin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Secret, "__repr__", lambda self: f"Secret({ints_from_scalars(self.scalar)})")
    assert is_shown(*shown(tmp_path, monkeypatch, capfd))


# -- C46: nothing more than needed ------------------------------------------------------------------------------------


def with_one_point_more(path: Path, section_id: int) -> bytes:
    return with_section(path, section_id, section_of(path, section_id) + section_of(path, section_id)[:64])


def with_section_more(path: Path, section_id: int) -> bytes:
    magic, version, sections = take_apart(path.read_bytes())
    return put_together(magic, version, [*sections, (section_id, bytes(64))])


def files(tmp_path: Path) -> tuple[Path, Path]:
    write_ptau(tmp_path / "a.ptau", prepared_powers())
    write_zkey(tmp_path / "a.zkey", circuit_ceremony().final)
    return tmp_path / "a.ptau", tmp_path / "a.zkey"


def test_c46_files_hold_no_elements_beyond_those_needed(tmp_path: Path) -> None:
    ptau, zkey = files(tmp_path)
    n = 1 << prepared_powers().power
    lengths = {number: len(content) for number, content in take_apart(ptau.read_bytes())[2]}
    assert lengths[TAU_G1] == (2 * n - 1) * 64
    assert [lengths[number] for number in (3, 4, 5, 6)] == [n * 128, n * 64, n * 64, 128]
    assert [lengths[number] for number in LAGRANGE] == [(4 * n - 1) * 64, (2 * n - 1) * 128, *[(2 * n - 1) * 64] * 2]
    assert set(lengths) == {*range(1, 8), *LAGRANGE}
    assert {number for number, _ in take_apart(zkey.read_bytes())[2]} == set(range(1, 11))
    damaged = tmp_path / "damaged"
    for path, section_id, read in ((ptau, TAU_G1, read_ptau), (zkey, H, read_zkey)):
        damaged.write_bytes(with_one_point_more(path, section_id))
        with pytest.raises(SectionLength):
            read(damaged)
        damaged.write_bytes(with_section_more(path, 11))
        with pytest.raises(SectionUnknown):
            read(damaged)


def test_c46_files_hold_no_elements_beyond_those_needed_twin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the check of lengths off, the file with one power too many is taken."""
    ptau, zkey = files(tmp_path)
    monkeypatch.setattr(Section, "require_length", lambda self, expected, why: None)
    damaged = tmp_path / "damaged"
    damaged.write_bytes(with_one_point_more(ptau, TAU_G1))
    assert read_ptau(damaged).power == prepared_powers().power
    damaged.write_bytes(with_one_point_more(zkey, H))
    assert read_zkey(damaged).n_wires == circuit_ceremony().final.n_wires


def test_c46_a_set_up_reveals_no_powers_of_tau() -> None:
    """No point of the key is a power of tau or its multiple by alpha or beta, but the header's alpha and beta."""
    ptau, key = prepared_powers(), circuit_ceremony().initial
    powers = {point.tobytes() for name in ("tau_g1", "alpha_tau_g1", "beta_tau_g1") for point in getattr(ptau, name)}
    for name in ("ic", "a_query", "b_g1_query", "c_query", "h_query"):
        assert not powers & {point.tobytes() for point in getattr(key, name)}, name
    assert {key.alpha_g1.tobytes(), key.beta_g1.tobytes()} <= powers


def test_c46_a_set_up_reveals_no_powers_of_tau_twin() -> None:
    ptau = prepared_powers()
    leaky = replace(circuit_ceremony().initial, h_query=np.array(ptau.tau_g1[:8]))
    powers = {point.tobytes() for point in ptau.tau_g1}
    assert powers & {point.tobytes() for point in leaky.h_query}
