"""Signatures of a group: all at once, and one by one where any is bad. The verdicts are the readable twin's."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from primitives import eddsa
from rollup.crypto import Claim
from sequencer.native_crypto import TOGETHER, NativeCrypto
from tests.support.kernels import fastest

SIZES = (1, TOGETHER - 1, TOGETHER, 3 * TOGETHER)


def claims(crypto: NativeCrypto, count: int) -> list[Claim]:
    """Good ones, of three accounts."""
    rng = Random(count)
    made = []
    for place in range(count):
        secret, message = bytes([place % 3 + 1]) * 32, rng.randrange(1 << 250)
        made.append(Claim(crypto.public_key(secret), message, crypto.sign(secret, message)))
    return made


@pytest.mark.parametrize("count", SIZES)
def test_j127_good_ones_are_good(count: int) -> None:
    crypto = NativeCrypto(fastest())
    some = claims(crypto, count)
    assert crypto.verify_many(some) == [True] * count
    assert all(eddsa.verify(one.key, one.signature, one.message) for one in some[:3])


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("place", [0, -1])
def test_j127_a_bad_one_among_good_ones_is_the_only_bad_one(count: int, place: int) -> None:
    crypto = NativeCrypto(fastest())
    some = claims(crypto, count)
    some[place] = replace(some[place], message=some[place].message ^ 1)
    expected = [True] * count
    expected[place] = False
    assert crypto.verify_many(some) == expected


def test_j127_two_bad_ones_that_cancel_out_are_both_bad() -> None:
    """A sum without random factors would accept them."""
    crypto = NativeCrypto(fastest())
    some = claims(crypto, TOGETHER)
    for place, shift in ((0, 1), (1, -1)):
        signature = some[place].signature
        some[place] = replace(some[place], signature=replace(signature, s=signature.s + shift))
    assert crypto.verify_many(some) == [False, False, *[True] * (TOGETHER - 2)]
