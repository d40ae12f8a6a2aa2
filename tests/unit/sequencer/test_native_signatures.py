"""Signatures of a group: all at once, and one by one where any is bad. The verdicts are the readable twin's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from primitives import eddsa
from primitives.babyjubjub import Point
from primitives.poseidon import poseidon
from prover.bn254 import limbs_from_int
from rollup.crypto import Claim
from sequencer.known_keys import KnownKeys
from sequencer.native_crypto import TOGETHER, NativeCrypto
from tests.support.kernels import fastest

SIZES = (1, TOGETHER - 1, TOGETHER, 3 * TOGETHER)


def claims(crypto: NativeCrypto, count: int) -> list[Claim]:
    """Good ones, of three accounts."""
    rng = Random(count)
    made = []
    for place in range(count):
        secret, inputs = bytes([place % 3 + 1]) * 32, (rng.randrange(1 << 250), rng.randrange(1 << 250))
        made.append(Claim(crypto.public_key(secret), inputs, crypto.sign(secret, poseidon(inputs))))
    return made


def other(claim: Claim) -> Claim:
    """The same signature under another message."""
    return replace(claim, inputs=(claim.inputs[0] ^ 1, claim.inputs[1]))


@pytest.mark.parametrize("count", SIZES)
def test_j127_good_ones_are_good(count: int) -> None:
    crypto = NativeCrypto(fastest())
    some = claims(crypto, count)
    assert crypto.verify_many(some) == [True] * count
    assert all(eddsa.verify(one.key, one.signature, poseidon(one.inputs)) for one in some[:3])


@pytest.mark.parametrize("count", SIZES)
@pytest.mark.parametrize("place", [0, -1])
def test_j127_a_bad_one_among_good_ones_is_the_only_bad_one(count: int, place: int) -> None:
    crypto = NativeCrypto(fastest())
    some = claims(crypto, count)
    some[place] = other(some[place])
    expected = [True] * count
    expected[place] = False
    for _ in range(3):  # before its keys are known, and after
        assert crypto.verify_many(some) == expected


def test_j127_two_bad_ones_that_cancel_out_are_both_bad() -> None:
    """A sum without random factors would accept them."""
    crypto = NativeCrypto(fastest())
    some = claims(crypto, TOGETHER)
    for place, shift in ((0, 1), (1, -1)):
        signature = some[place].signature
        some[place] = replace(some[place], signature=replace(signature, s=signature.s + shift))
    assert crypto.verify_many(some) == [False, False, *[True] * (TOGETHER - 2)]


def limbs(key: Point) -> NDArray[np.uint64]:
    return np.concatenate([limbs_from_int(value) for value in key])


def some_keys(count: int) -> list[Point]:
    crypto = NativeCrypto(fastest())
    return [crypto.public_key(bytes([place + 1]) * 32) for place in range(count)]


def rows_of(known: KnownKeys, keys: list[Point]) -> list[int | None]:
    return [known.row(key) for key in keys]


def see(known: KnownKeys, keys: list[Point]) -> None:
    for key in keys:
        known.saw(key, limbs(key))


def test_a_key_is_known_when_it_is_seen_again_and_the_one_used_longest_ago_goes() -> None:
    known, (first, second, third) = KnownKeys(fastest(), most=2), some_keys(3)
    see(known, [first, second])
    assert rows_of(known, [first, second]) == [None, None]
    see(known, [first, second, first])
    assert rows_of(known, [second, first]) == [1, 0]
    see(known, [third, third])
    assert rows_of(known, [first, second, third]) == [0, None, 1]
    assert len(known) == 2


def test_what_is_no_key_is_never_known() -> None:
    known, off_the_curve = KnownKeys(fastest(), most=1), (1, 2)
    (good,) = some_keys(1)
    see(known, [good, good])
    see(known, [off_the_curve] * 4)
    assert rows_of(known, [off_the_curve, good]) == [None, 0]


def test_keys_that_come_round_in_turn_do_not_push_each_other_out() -> None:
    known, keys = KnownKeys(fastest(), most=3), some_keys(7)
    see(known, keys[:3] * 2)
    see(known, keys[3:] * 3)  # each is forgotten before it comes again
    assert rows_of(known, keys) == [0, 1, 2, None, None, None, None]


def test_many_threads_share_one_table() -> None:
    """Rows are given away while others verify: each verdict is right all the same."""
    crypto = NativeCrypto(fastest(), most_known=2)
    some = claims(crypto, 6)
    mixed = [some[0], other(some[1]), some[2]]
    turns = [0, 1, 2] * 100
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda turn: crypto.verify_many(mixed[turn:] + mixed[:turn]), turns))
    right = [True, False, True]
    assert found == [right[turn:] + right[:turn] for turn in turns]
