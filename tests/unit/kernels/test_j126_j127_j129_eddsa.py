"""J126, J127, J129: signatures on BabyJubjub. What is malformed is refused, by every kernel and by the batch too."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from primitives import babyjubjub as bj
from primitives import blake512 as blake
from primitives import eddsa
from primitives.eddsa import Signature
from primitives.poseidon import poseidon
from prover.bn254 import FR, ints_from_scalars, limbs_from_int
from prover.kernels.errors import IndexOutOfRange, LengthError, NotReduced
from prover.kernels.interface import Kernels
from tests.support.kernels import FASTEST, NATIVE_HERE, kernels_named

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "circomlibjs.json").read_text())
SEED = bytes(range(32))
L = bj.SUBGROUP_ORDER

every_native = pytest.mark.parametrize("name", NATIVE_HERE or ["reference"])

Case = tuple[bj.Point, Signature, int]
"""Public key, signature, message."""

Verify = Callable[[Case], bool]


def rows(values: list[int]) -> NDArray[np.uint64]:
    return np.concatenate([limbs_from_int(value) for value in values])


def arrays(cases: list[Case]) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint64]]:
    return (
        np.array([rows(list(a)) for a, _, _ in cases], dtype=np.uint64).reshape(len(cases), 8),
        np.array([rows([*signature.r, signature.s]) for _, signature, _ in cases], dtype=np.uint64).reshape(
            len(cases), 12
        ),
        np.array([limbs_from_int(message) for _, _, message in cases], dtype=np.uint64).reshape(len(cases), 4),
    )


def verdicts(kernels: Kernels, cases: list[Case]) -> list[bool]:
    """One by one; those of keys that were made ready before are the same."""
    found = [bool(valid) for valid in kernels.eddsa_verify(*arrays(cases))]
    assert verdicts_of_known(kernels, cases) == found
    return found


def verdicts_of_known(kernels: Kernels, cases: list[Case]) -> list[bool]:
    """By known keys, in the reverse order of the cases; what is no key cannot be known, and signs nothing."""
    public_keys, signatures, messages = arrays(cases)
    known = np.zeros((len(cases), kernels.eddsa_key_words), dtype=np.uint64)
    keys = [at for at in range(len(cases)) if kernels.eddsa_know_key(public_keys[at], known[len(cases) - 1 - at])]
    key_of = np.array([len(cases) - 1 - at for at in keys], dtype=np.uint32)
    valid = kernels.eddsa_verify_known(known, key_of, signatures[keys], messages[keys])
    good = {at for at, is_valid in zip(keys, valid, strict=True) if is_valid}
    return [at in good for at in range(len(cases))]


def batch_accepts(kernels: Kernels, cases: list[Case], seed: bytes = SEED) -> bool:
    return kernels.eddsa_verify_batch(*arrays(cases), seed=seed)


def sign_with(kernels: Kernels, key: bytes, message: int) -> Signature:
    x, y, s = ints_from_scalars(kernels.eddsa_sign(key, limbs_from_int(message)).reshape(3, 4))
    return Signature((x, y), s)


def public_key_with(kernels: Kernels, key: bytes) -> bj.Point:
    x, y = ints_from_scalars(kernels.eddsa_public_key(key).reshape(2, 4))
    return x, y


def good_cases(n: int, seed: int = 1) -> list[Case]:
    kernels, rng, cases = kernels_named(FASTEST), random.Random(seed), []
    for _ in range(n):
        key, message = rng.randbytes(32), rng.randrange(FR)
        cases.append((public_key_with(kernels, key), sign_with(kernels, key, message), message))
    return cases


SMALL_ORDER = [bj.multiply(k, bj.multiply(L, bj.GENERATOR)) for k in range(8)]
"""The identity, then the points of order 8, 4, 8, 2, 8, 4, 8."""

KEY = bytes(range(32))
SECRET = eddsa.expand_private_key(KEY)[0]
PUBLIC = eddsa.public_key(KEY)
MESSAGE = 987654321


def signed_as(a: bj.Point, r: bj.Point, nonce: int) -> Case:
    """What a signer who chooses A and R freely can do: the best S for them."""
    return a, Signature(r, (nonce + eddsa.challenge(r, a, MESSAGE) * SECRET) % L), MESSAGE


def bad_cases() -> dict[str, Case]:
    good = eddsa.sign(KEY, MESSAGE)
    (ax, ay), (rx, ry) = PUBLIC, good.r
    nonce = 77
    nonce_point = bj.multiply(nonce, bj.BASE8)
    cases: dict[str, Case] = {
        "S + l": (PUBLIC, replace(good, s=good.s + L), MESSAGE),
        "S + 2l": (PUBLIC, replace(good, s=good.s + 2 * L), MESSAGE),
        "S = l": (PUBLIC, replace(good, s=L), MESSAGE),
        "S + r": (PUBLIC, replace(good, s=good.s + FR), MESSAGE),
        "A.x + r": ((ax + FR, ay), good, MESSAGE),
        "A.y + r": ((ax, ay + FR), good, MESSAGE),
        "R.x + r": (PUBLIC, replace(good, r=(rx + FR, ry)), MESSAGE),
        "R.y + r": (PUBLIC, replace(good, r=(rx, ry + FR)), MESSAGE),
        "message + r": (PUBLIC, good, MESSAGE + FR),
        "another message": (PUBLIC, good, MESSAGE + 1),
        "-A": (bj.negate(PUBLIC), good, MESSAGE),
        "-R": (PUBLIC, replace(good, r=bj.negate(good.r)), MESSAGE),
        "-S": (PUBLIC, replace(good, s=L - good.s), MESSAGE),
        "A off the curve": ((ax, ay + 1), good, MESSAGE),
        "R off the curve": (PUBLIC, replace(good, r=(rx + 1, ry)), MESSAGE),
        "A = (0, 0)": ((0, 0), good, MESSAGE),
        "R = (0, 0)": (PUBLIC, replace(good, r=(0, 0)), MESSAGE),
        "A and R swapped": (good.r, replace(good, r=PUBLIC), MESSAGE),
        "R the identity, equation true": signed_as(PUBLIC, bj.IDENTITY, 0),
    }
    for k, small in enumerate(SMALL_ORDER):
        cases[f"A of small order {k}, equation true"] = (small, Signature(nonce_point, nonce), MESSAGE)
        cases[f"R of small order {k}"] = signed_as(PUBLIC, small, 0)
        if k:
            cases[f"A with a small-order part {k}, equation true"] = signed_as(
                bj.add(PUBLIC, small), nonce_point, nonce
            )
            cases[f"R with a small-order part {k}, 8 times the equation true"] = signed_as(
                PUBLIC, bj.add(nonce_point, small), nonce
            )
    return cases


def accepted(verify: Verify) -> set[str]:
    """The names of the bad cases that `verify` lets through: the check of the tests below."""
    return {name for name, case in bad_cases().items() if verify(case)}


# -- what circomlibjs does ----------------------------------------------------------------------------


@every_native
def test_signatures_equal_circomlibjs(name: str) -> None:
    kernels, cases = kernels_named(name), []
    for vector in VECTORS["signatures"]:
        key, message = bytes.fromhex(vector["private_key"]), int(vector["message"])
        signature = sign_with(kernels, key, message)
        assert [str(value) for value in public_key_with(kernels, key)] == vector["public_key"]
        assert [str(value) for value in (*signature.r, signature.s)] == [*vector["r"], vector["s"]]
        cases.append((public_key_with(kernels, key), signature, message))
    assert verdicts(kernels, cases) == [True] * len(cases)
    assert batch_accepts(kernels, cases)


def test_the_twin_equals_circomlibjs() -> None:
    for vector in VECTORS["signatures"][:3]:
        key, message = bytes.fromhex(vector["private_key"]), int(vector["message"])
        signature = eddsa.sign(key, message)
        assert [str(value) for value in (*eddsa.public_key(key), *signature.r, signature.s)] == [
            *vector["public_key"],
            *vector["r"],
            vector["s"],
        ]
        assert eddsa.unpack(eddsa.pack(signature)) == signature


def test_blake512_equals_its_vectors() -> None:
    for vector in VECTORS["blake512"]:
        assert blake.blake512(bytes([vector["byte"]]) * vector["length"]).hex() == vector["digest"]
    # the submission's own example: one zero byte
    assert blake.blake512(b"\0").hex().startswith("97961587f6d970faba6d2478045de6d1fabd09b61ae50932054d52bc29d31be4")


@every_native
def test_signing_equals_the_twin(name: str) -> None:
    rng = random.Random(name)
    for message in (0, 1, FR - 1, rng.randrange(FR)):
        key = rng.randbytes(32)
        assert sign_with(kernels_named(name), key, message) == eddsa.sign(key, message)


# -- J126 ----------------------------------------------------------------------------


def test_j126_the_twin_refuses_what_is_malformed() -> None:
    assert eddsa.verify(PUBLIC, eddsa.sign(KEY, MESSAGE), MESSAGE)
    assert accepted(lambda case: eddsa.verify(*case)) == set()


@every_native
def test_j126_kernels_refuse_what_is_malformed_one_by_one_and_in_batches(name: str) -> None:
    kernels, good = kernels_named(name), good_cases(5)
    assert verdicts(kernels, good) == [True] * 5
    assert batch_accepts(kernels, good)
    bad = bad_cases()
    mixed = [*good, *bad.values()]
    assert verdicts(kernels, mixed) == [True] * 5 + [False] * len(bad)
    assert accepted(lambda case: batch_accepts(kernels, [case])) == set()
    assert accepted(lambda case: batch_accepts(kernels, [*good, case, *good])) == set()


@every_native
def test_j126_known_keys_are_keys_and_are_there(name: str) -> None:
    """What is no key leaves the row as it was; a row that is not there is an error, before anything is verified."""
    kernels, cases = kernels_named(name), good_cases(2)
    public_keys, signatures, messages = arrays(cases)
    known = np.full((2, kernels.eddsa_key_words), 7, dtype=np.uint64)
    for bad in (bj.IDENTITY, (PUBLIC[0], PUBLIC[1] + 1), bj.add(PUBLIC, SMALL_ORDER[1]), (PUBLIC[0] + FR, PUBLIC[1])):
        assert not kernels.eddsa_know_key(rows(list(bad)), known[0])
    assert (known == 7).all()
    for at in range(2):
        assert kernels.eddsa_know_key(public_keys[at], known[at])
    own = np.array([0, 1], dtype=np.uint32)
    assert kernels.eddsa_verify_known(known, own, signatures, messages).tolist() == [True, True]
    assert kernels.eddsa_verify_known(known, own[::-1].copy(), signatures, messages).tolist() == [False, False]
    with pytest.raises(IndexOutOfRange):
        kernels.eddsa_verify_known(known, own + np.uint32(1), signatures, messages)
    with pytest.raises(LengthError):
        kernels.eddsa_verify_known(known, own[:1], signatures, messages)
    with pytest.raises(LengthError):
        kernels.eddsa_know_key(public_keys[0], known[0, 1:].copy())


@every_native
def test_j126_small_order_parts_do_not_cancel_in_a_batch(name: str) -> None:
    """Two R's, each with the point of order 2 added: their sum is right, each is wrong, and no seed may hide it."""
    kernels = kernels_named(name)
    pair = [signed_as(PUBLIC, bj.add(bj.multiply(k, bj.BASE8), SMALL_ORDER[4]), k) for k in (5, 6)]
    assert verdicts(kernels, pair) == [False, False]
    for seed in range(32):
        assert not batch_accepts(kernels, pair, bytes([seed]) * 32)


@every_native
@pytest.mark.parametrize("n", [0, 1, 2, 3, 7, 64, 520])
def test_batches_of_every_size(name: str, n: int) -> None:
    for threads in (1, 2, 3):
        kernels, cases = kernels_named(name, threads), good_cases(n)
        assert batch_accepts(kernels, cases)
        for at in {0, n // 2, n - 1} if n else ():
            a, signature, message = cases[at]
            planted = [*cases[:at], (a, replace(signature, s=(signature.s + 1) % L), message), *cases[at + 1 :]]
            assert not batch_accepts(kernels, planted)
            assert verdicts(kernels, planted) == [i != at for i in range(n)]


@every_native
def test_j126_random_mutations_agree_with_the_twin(name: str) -> None:
    """Bits flipped anywhere: kernel, batch and twin give one verdict."""
    kernels, rng, cases = kernels_named(name), random.Random(126), []
    for a, signature, message in good_cases(12, seed=2):
        values = [*a, *signature.r, signature.s, message]
        values[rng.randrange(6)] ^= 1 << rng.randrange(256)
        cases.append(((values[0], values[1]), Signature((values[2], values[3]), values[4]), values[5]))
    expected = [eddsa.verify(*case) for case in cases]
    assert verdicts(kernels, cases) == expected
    assert [batch_accepts(kernels, [case]) for case in cases] == expected


def _loose_verify(case: Case, *, s_range: bool = True, a_subgroup: bool = True, r_identity: bool = True) -> bool:
    """`eddsa.verify` with one of its checks left out, as found in the wild; circomlibjs leaves out the last two."""
    a, signature, message = case
    if not (message < FR and bj.is_on_curve(a) and bj.is_on_curve(signature.r)) or (s_range and signature.s >= L):
        return False
    if (a_subgroup and (a == bj.IDENTITY or not bj.is_in_subgroup(a))) or (r_identity and signature.r == bj.IDENTITY):
        return False
    right = bj.add(signature.r, bj.multiply(8 * eddsa.challenge(signature.r, a, message), a))
    return bj.multiply(signature.s, bj.BASE8) == right


@pytest.mark.parametrize(
    ("left_out", "let_through"),
    [
        ("s_range", {"S + l", "S + 2l"}),
        ("a_subgroup", {f"A with a small-order part {k}, equation true" for k in range(1, 8)}),
        ("r_identity", {"R the identity, equation true"}),
    ],
)
def test_j126_twin(left_out: str, let_through: set[str]) -> None:
    assert accepted(_loose_verify) == set()
    found = accepted(lambda case: _loose_verify(case, **{left_out: False}))
    assert let_through <= found


def test_j126_twin_of_the_batch() -> None:
    """A combination that skips the subgroup test of R takes a pair of wrong signatures for half of the seeds."""
    pair = [signed_as(PUBLIC, bj.add(bj.multiply(k, bj.BASE8), SMALL_ORDER[4]), k) for k in (5, 6)]

    def combination_vanishes(coefficients: tuple[int, int]) -> bool:
        total = bj.IDENTITY
        for z, (a, signature, message) in zip(coefficients, pair, strict=True):
            h = eddsa.challenge(signature.r, a, message)
            right = bj.add(signature.r, bj.multiply(8 * h, a))
            difference = bj.add(bj.multiply(signature.s, bj.BASE8), bj.negate(right))
            total = bj.add(total, bj.multiply(z, difference))
        return total == bj.IDENTITY

    assert combination_vanishes((4, 10))
    assert combination_vanishes((3, 7))
    assert not combination_vanishes((3, 8))


# -- J127 ----------------------------------------------------------------------------


def changed_statements() -> dict[str, Case]:
    """One true signature with each thing that its hash must bind exchanged for another that is well formed."""
    signature, other = eddsa.sign(KEY, MESSAGE), bytes(32)
    return {
        "R": (PUBLIC, replace(signature, r=eddsa.sign(other, MESSAGE).r), MESSAGE),
        "A": (eddsa.public_key(other), signature, MESSAGE),
        "message": (PUBLIC, signature, MESSAGE ^ 1),
    }


def unbound(challenge: Callable[[bj.Point, bj.Point, int], int]) -> set[str]:
    """The parts of a statement that this challenge does not depend on."""
    signature = eddsa.sign(KEY, MESSAGE)
    found = challenge(signature.r, PUBLIC, MESSAGE)
    return {part for part, (a, s, message) in changed_statements().items() if challenge(s.r, a, message) == found}


@every_native
def test_j127_the_challenge_binds_r_a_and_the_message(name: str) -> None:
    """A domain (chain, contract, kind of order) is bound through the message, which is a hash over it."""
    assert verdicts(kernels_named(name), list(changed_statements().values())) == [False] * 3
    assert unbound(eddsa.challenge) == set()


def test_j127_twin() -> None:
    assert unbound(lambda r, _, m: poseidon([*r, m])) == {"A"}
    assert unbound(lambda _, a, m: poseidon([*a, m])) == {"R"}
    assert unbound(lambda r, a, _: poseidon([*r, *a])) == {"message"}


# -- J129 ----------------------------------------------------------------------------


def recovered_secret(first: tuple[Signature, int], second: tuple[Signature, int]) -> int | None:
    """s from two signatures of one key that share a nonce: S1 - S2 = (h1 - h2) s."""
    (s1, m1), (s2, m2) = first, second
    if s1.r != s2.r:
        return None
    difference = eddsa.challenge(s1.r, PUBLIC, m1) - eddsa.challenge(s2.r, PUBLIC, m2)
    return (s1.s - s2.s) * pow(difference, -1, L) % L


@every_native
def test_j129_nonces_are_deterministic_and_never_shared(name: str) -> None:
    kernels, messages = kernels_named(name), list(range(200))
    signatures = [sign_with(kernels, KEY, message) for message in messages]
    assert signatures == [sign_with(kernels, KEY, message) for message in messages]
    assert len({signature.r for signature in signatures}) == len(messages)
    others = {sign_with(kernels, bytes([k]) * 32, 0).r for k in range(50)}
    assert len(others) == 50
    assert recovered_secret((signatures[0], 0), (signatures[1], 1)) is None


def test_j129_twin() -> None:
    """A signer with one nonce for two messages gives its secret away, and the check above sees the shared R."""
    nonce_point = bj.multiply(9, bj.BASE8)

    def careless(message: int) -> Signature:
        return Signature(nonce_point, (9 + eddsa.challenge(nonce_point, PUBLIC, message) * SECRET) % L)

    assert all(eddsa.verify(PUBLIC, careless(message), message) for message in (1, 2))
    assert recovered_secret((careless(1), 1), (careless(2), 2)) == SECRET % L


@every_native
def test_signing_refuses_messages_above_the_modulus_and_keys_of_other_lengths(name: str) -> None:
    kernels = kernels_named(name)
    for message in (FR, FR + 1, (1 << 256) - 1):
        with pytest.raises(NotReduced):
            kernels.eddsa_sign(KEY, limbs_from_int(message))
        with pytest.raises(ValueError, match="not in"):
            eddsa.sign(KEY, message)
    for key in (b"", KEY[:31], KEY + b"\0"):
        with pytest.raises(LengthError):
            kernels.eddsa_sign(key, limbs_from_int(1))
        with pytest.raises(ValueError, match="32 bytes"):
            eddsa.sign(key, 1)
