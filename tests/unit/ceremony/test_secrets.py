"""Toxic waste is wiped and never shown."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from prover import bn254
from prover.bn254 import FR
from prover.ceremony.author import author, beacon_of
from prover.ceremony.beacon import Beacon
from prover.ceremony.secret import Secret, secret_rng
from prover.formats.contributions import Author
from tests.support.kernels import fastest


def test_a_secret_is_neither_shown_nor_copied() -> None:
    secret = Secret.from_int(123456789)
    assert "123456789" not in f"{secret} {secret!r}"
    for duplicate in (copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="neither copied nor pickled"):
            duplicate(secret)


def test_a_secret_is_wiped_after_its_block() -> None:
    with Secret.from_int(5) as secret:
        scalar = secret.scalar
        assert scalar.any()
    assert not scalar.any()


def test_arithmetic_of_secrets() -> None:
    a, b = Secret.from_int(7), Secret.from_int(FR - 3)
    assert bn254.ints_from_scalars(a.times(b, fastest()).scalar) == [-21 % FR]
    assert bn254.ints_from_scalars(a.inverse(fastest()).scalar) == [pow(7, -1, FR)]


def test_zero_is_no_secret() -> None:
    with pytest.raises(ValueError, match="zero"):
        Secret(np.zeros((1, 4), dtype=np.uint64))


def test_entropy_is_added_to_the_system_s() -> None:
    def system(n: int) -> bytes:
        return bytes(n)

    plain = secret_rng(b"", system).next_u64()
    assert secret_rng("abc", system).next_u64() == secret_rng(b"abc", system).next_u64() != plain
    assert secret_rng().next_u64() != secret_rng().next_u64()
    with pytest.raises(OSError, match="random"):
        secret_rng(b"abc", lambda n: bytes(n - 1))


def test_names_that_snarkjs_would_cut_are_refused() -> None:
    assert author("é" * 64).name == "é" * 64
    with pytest.raises(ValueError, match="64"):
        author("é" * 65)
    with pytest.raises(ValueError, match="64"):
        author("😀" * 33)


def test_a_beacon_survives_its_record() -> None:
    beacon = Beacon(b"\x01\x02", 12)
    assert beacon_of(author("x", beacon)) == beacon
    assert beacon_of(author("x")) is None
    with pytest.raises(ValueError, match="beacon"):
        beacon_of(Author("x", b"\x01", 9))
