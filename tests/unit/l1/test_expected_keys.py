"""A ceremony's key is taken only for the relation and the powers of tau that it comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.errors import KeyRefused
from prover.formats.ptau import write_ptau
from prover.formats.zkey import write_zkey
from prover.groth16.development_setup import development_setup
from rollup.presets import DEMO, TINY
from sequencer.l1.expected_keys import refuse_key_of_another_preset, verified_key
from tests.support.ceremonies import circuit_ceremony, prepared_powers
from tests.support.kernels import fastest


@pytest.fixture
def powers(tmp_path: Path) -> Path:
    write_ptau(tmp_path / "powers.ptau", prepared_powers())
    return tmp_path / "powers.ptau"


def test_the_key_of_a_ceremony(tmp_path: Path, powers: Path) -> None:
    ceremony = circuit_ceremony()
    write_zkey(tmp_path / "final.zkey", ceremony.final)
    key = verified_key(tmp_path / "final.zkey", ceremony.relation, powers, fastest())
    assert key == ceremony.final.verification_key()


def test_other_keys_twin(tmp_path: Path, powers: Path) -> None:
    ceremony = circuit_ceremony()
    for key in (ceremony.initial, ceremony.contributed, development_setup(ceremony.relation, fastest())):
        write_zkey(tmp_path / "other.zkey", key)
        with pytest.raises(KeyRefused):
            verified_key(tmp_path / "other.zkey", ceremony.relation, powers, fastest())


def test_the_key_of_another_preset() -> None:
    from circuits.exit.statement import exit_circuit
    from circuits.frontend.cache import load_or_compile

    key = development_setup(load_or_compile(exit_circuit(TINY)).relation, fastest())
    refuse_key_of_another_preset(key, exit_circuit(TINY), "the key")
    with pytest.raises(KeyRefused, match="the key is for 4 public inputs"):
        refuse_key_of_another_preset(key, exit_circuit(DEMO), "the key")
