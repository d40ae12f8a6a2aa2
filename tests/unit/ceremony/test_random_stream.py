"""ChaCha, what is drawn from it, and the beacon."""

from __future__ import annotations

import hashlib
import struct

import pytest

from prover.bn254 import FQ, FR, g1_is_on_curve, g2_is_in_subgroup
from prover.ceremony.beacon import Beacon
from prover.ceremony.chacha import ChaCha
from prover.ceremony.hash_to_curve import G2_COFACTOR, field_element, g1_point, g2_point, hash_to_g2
from prover.kernels.errors import Cancelled

KEYSTREAM_OF_ZERO_KEY = (
    "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a37"
)
"""RFC 7539 (errata) and the original ChaCha20 test vectors: key, nonce and counter zero."""

SEED = (1, 2, 3, 4, 5, 6, 7, 0xFFFFFFFF)
FFJAVASCRIPT_WORDS = [2843426090, 702634182, 6643110733138888381, True]
FFJAVASCRIPT_FR = 4296001514413417982983826185057464810109415027270961358007608528900174115514
FFJAVASCRIPT_G1 = (
    4873281802527349546488531490799118579129353843426641226731119700389542879792,
    3450103152390408081390357070445961147030611775027376620064302008040310101787,
)
FFJAVASCRIPT_G2 = (
    (
        20330195432802663607069999186860282515672605974694218294496635140932482551717,
        18929101265152121835716393832141366321899292869056685103299184861521364352412,
    ),
    (
        7675005357223563579003251006085538324563969932235751414187826734569279091694,
        16236397896141405883506909808172656294087748380415713167104137422737473394825,
    ),
)
"""What ffjavascript draws, in this order, from a ChaCha of SEED."""


def test_the_stream_is_chacha20() -> None:
    rng = ChaCha([0] * 8)
    words = [rng.next_u32() for _ in range(12)]
    assert struct.pack("<12I", *words).hex() == KEYSTREAM_OF_ZERO_KEY


def test_draws_equal_ffjavascript_s() -> None:
    rng = ChaCha(SEED)
    assert [rng.next_u32(), rng.next_u32(), rng.next_u64(), rng.next_bool()] == FFJAVASCRIPT_WORDS
    assert field_element(rng, FR) == FFJAVASCRIPT_FR
    assert g1_point(rng) == FFJAVASCRIPT_G1
    assert g2_point(rng) == FFJAVASCRIPT_G2


def test_blocks_go_on_past_the_first() -> None:
    rng = ChaCha(SEED)
    words = [rng.next_u32() for _ in range(40)]
    assert len(set(words)) == 40
    again = ChaCha(SEED)
    assert [again.next_u64() for _ in range(20)] == [words[i] << 32 | words[i + 1] for i in range(0, 40, 2)]


def test_points_are_of_their_groups() -> None:
    for number in range(4):
        rng = ChaCha([number] * 8)
        assert g1_is_on_curve(g1_point(rng))
    assert g2_is_in_subgroup(hash_to_g2(hashlib.blake2b(b"a").digest()))
    assert hash_to_g2(hashlib.blake2b(b"a").digest()) != hash_to_g2(hashlib.blake2b(b"b").digest())
    assert G2_COFACTOR == 2 * FQ - FR


@pytest.mark.parametrize("seed", [[0] * 7, [0] * 9, [0] * 7 + [1 << 32], [0] * 7 + [-1]])
def test_a_seed_that_is_none_is_refused(seed: list[int]) -> None:
    with pytest.raises(ValueError, match="seed"):
        ChaCha(seed)
    with pytest.raises(ValueError, match="too short"):
        ChaCha.from_digest(bytes(31))


def test_beacon_is_a_hash_chain() -> None:
    digest = b"\x01\x02"
    for _ in range(1 << 10):
        digest = hashlib.sha256(digest).digest()
    assert Beacon.from_hex("0x0102", 10).seed() == digest
    assert Beacon.from_hex("0102", 10) == Beacon(b"\x01\x02", 10)


def test_beacon_reports_and_can_be_stopped() -> None:
    seen: list[tuple[int, int]] = []
    Beacon(b"\x01", 10).seed(lambda done, total: seen.append((done, total)))
    assert seen == [(1024, 1024)]
    with pytest.raises(Cancelled):
        Beacon(b"\x01", 10).seed(lambda done, total: False)


@pytest.mark.parametrize(
    ("text", "exponent"), [("", 10), ("0", 10), ("0g", 10), ("01", 9), ("01", 64), ("00" * 256, 10)]
)
def test_a_beacon_that_is_none_is_refused(text: str, exponent: int) -> None:
    with pytest.raises(ValueError, match="beacon"):
        Beacon.from_hex(text, exponent)
