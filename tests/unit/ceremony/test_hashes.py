"""The hash that can stop and go on, the encodings of points, and the challenges made of them."""

from __future__ import annotations

import hashlib
import random

import numpy as np
import pytest

from prover import bn254
from prover.bn254 import G1_GENERATOR, G2_GENERATOR
from prover.ceremony import phase1_contribution, powers_of_tau, transcript
from prover.ceremony.accumulator import Accumulator
from prover.ceremony.response_hash import STATE_BYTES, ResponseHash
from prover.formats import point_encoding
from prover.kernels.errors import LayoutError, LengthError
from prover.kernels.interface import Kernels
from tests.support.ceremonies import POWER, prepared_powers
from tests.support.kernels import fastest, g1_array, g1_multiple, g2_array, g2_multiple

SIZES = (0, 1, 63, 64, 127, 128, 129, 255, 256, 257, 1000, 4096)


def test_absorbing_equals_the_twin(kernels: Kernels, reference_kernels: Kernels) -> None:
    blocks = np.frombuffer(random.Random(1).randbytes(128 * 5), dtype=np.uint8)
    states = []
    for implementation in (kernels, reference_kernels):
        state = np.arange(8, dtype=np.uint64)
        implementation.blake2b_absorb(state, blocks[:128], (1 << 64) - 256)
        implementation.blake2b_absorb(state, blocks[128:], 1 << 40)
        states.append(state.tolist())
    assert states[0] == states[1]


def test_absorbing_refuses_what_does_not_fit(kernels: Kernels, reference_kernels: Kernels) -> None:
    for implementation in (kernels, reference_kernels):
        with pytest.raises(LengthError):
            implementation.blake2b_absorb(np.zeros(8, dtype=np.uint64), np.zeros(127, dtype=np.uint8), 0)
        with pytest.raises(LengthError):
            implementation.blake2b_absorb(np.zeros(7, dtype=np.uint64), np.zeros(128, dtype=np.uint8), 0)
        with pytest.raises(LengthError):
            implementation.blake2b_absorb(np.zeros(8, dtype=np.uint64), np.zeros(128, dtype=np.uint8), -1)
        with pytest.raises(LayoutError):
            implementation.blake2b_absorb(np.zeros(8, dtype=np.int64), np.zeros(128, dtype=np.uint8), 0)


def test_the_hash_is_blake2b_and_can_go_on() -> None:
    rng = random.Random(2)
    for _ in range(30):
        pieces = [rng.randbytes(rng.choice(SIZES)) for _ in range(rng.randrange(1, 6))]
        hasher = ResponseHash(fastest())
        for piece in pieces:
            hasher.update(piece)
            hasher = ResponseHash.from_state(fastest(), hasher.export())
        assert hasher.digest() == hashlib.blake2b(b"".join(pieces)).digest()
        assert hasher.digest() == hasher.digest()


def test_a_state_that_is_none_is_refused() -> None:
    good = ResponseHash(fastest()).export()
    assert len(good) == STATE_BYTES
    for bad in (good[:-1], good[:-16] + b"\xff" + good[-15:], good[:-24] + b"\x01" + good[-23:], good[:-1] + b"\x01"):
        with pytest.raises(ValueError, match="hash"):
            ResponseHash.from_state(fastest(), bad)


def test_encodings_of_vectors_equal_those_of_points() -> None:
    scalars = (1, 2, 3, 5, 1 << 200)
    g1 = g1_array([None, *map(g1_multiple, scalars)])
    g2 = g2_array([None, *map(g2_multiple, scalars)])
    for row, point in zip(
        point_encoding.uncompressed_g1(fastest(), g1), [None, *map(g1_multiple, scalars)], strict=True
    ):
        assert row.tobytes() == transcript.uncompressed_g1(point)
    for row, twist in zip(
        point_encoding.uncompressed_g2(fastest(), g2), [None, *map(g2_multiple, scalars)], strict=True
    ):
        assert row.tobytes() == transcript.uncompressed_g2(twist)


@pytest.mark.parametrize("scalar", [1, 2, 3, 5, 1 << 200])
def test_compression_keeps_x_and_the_sign_of_y(scalar: int) -> None:
    point, twist = g1_multiple(scalar), g2_multiple(scalar)
    assert point is not None
    assert twist is not None
    for sign in (1, -1):
        y, twist_y = sign * point[1] % bn254.FQ, tuple(sign * part % bn254.FQ for part in twist[1])
        encoded = point_encoding.compressed_g1(fastest(), g1_array([(point[0], y)]))[0].tobytes()
        greatest = y > bn254.FQ // 2
        assert int.from_bytes(encoded, "big") == point[0] | greatest << 255
        encoded = point_encoding.compressed_g2(fastest(), g2_array([(twist[0], (twist_y[0], twist_y[1]))]))[0].tobytes()
        greatest = (twist_y[1] or twist_y[0]) > bn254.FQ // 2
        assert int.from_bytes(encoded, "big") == twist[0][1] << 256 | twist[0][0] | greatest << 511
    assert point_encoding.compressed_g1(fastest(), g1_array([None]))[0].tobytes() == b"\x40" + bytes(31)
    assert point_encoding.compressed_g2(fastest(), g2_array([None]))[0].tobytes() == b"\x40" + bytes(63)


def test_the_first_challenge_is_the_hash_of_generators() -> None:
    points = powers_of_tau.without_contributions(POWER)
    challenge = phase1_contribution.challenge_after(fastest(), transcript.BLANK_HASH, points)
    assert challenge == transcript.first_challenge(POWER)
    plain = hashlib.blake2b(transcript.BLANK_HASH)
    n = 1 << POWER
    g1, g2 = transcript.uncompressed_g1(G1_GENERATOR), transcript.uncompressed_g2(G2_GENERATOR)
    plain.update(g1 * (2 * n - 1) + g2 * n + g1 * 2 * n + g2)
    assert challenge == plain.digest()


def test_the_response_ends_the_hash_that_the_file_keeps() -> None:
    ptau = prepared_powers()
    first, last = ptau.contributions
    keys = (last.tau_key, last.alpha_key, last.beta_key)
    points = Accumulator(ptau.tau_g1, ptau.tau_g2, ptau.alpha_tau_g1, ptau.beta_tau_g1, ptau.beta_g2)
    assert phase1_contribution.record(fastest(), first.next_challenge, points, keys, last.author) == last
    response = phase1_contribution.response(fastest(), last)
    assert phase1_contribution.challenge_after(fastest(), response, ptau) == last.next_challenge
    assert len(phase1_contribution.encode_keys(keys)) == 6 * 64 + 3 * 128
