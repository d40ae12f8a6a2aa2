"""EdDSA in the circuit gives the verdict of the native check, whatever is sent (B27, B39, B40, J126, J127)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pytest

from circuits.frontend import (
    Builder,
    Circuit,
    InputRefused,
    RuleViolated,
    Wire,
    compile_circuit,
    private,
    run_on_integers,
)
from circuits.frontend.compiled import CompiledCircuit
from circuits.gadgets.challenge_multiple import COMPARED_BITS, DIGITS, OFFSET, can_be_proved, challenge_multiple
from circuits.gadgets.eddsa import circuit_inputs, eddsa_verify
from circuits.gadgets.montgomery import MontgomeryPoint, add, montgomery_of
from circuits.gadgets.signature_inputs import signature_inputs
from circuits.gadgets.signature_windows import HALF_OF_BASE8, RADIX, window_digits, window_points, window_size
from primitives import babyjubjub
from primitives.babyjubjub import BASE8, COFACTOR, GENERATOR, IDENTITY, SUBGROUP_ORDER, Point, multiply
from primitives.eddsa import Signature, challenge, public_key, sign, verify
from prover.bn254 import FR, scalars_from_ints
from tests.support.kernels import fastest

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/circomlibjs.json").read_text())["signatures"]
SMALL = multiply(SUBGROUP_ORDER, GENERATOR)
"""A point of order 8."""


@cache
def compiled() -> CompiledCircuit:
    return compile_circuit(eddsa_verify)


def accepts(key: Point, signature: Signature, message: int) -> bool:
    """The verdict of edge and circuit, through the native witness."""
    try:
        inputs = signature_inputs(key, signature, message)
        compiled().witness(circuit_inputs(inputs), fastest())
    except (InputRefused, RuleViolated):
        return False
    return True


def signed(seed: int) -> tuple[Point, Signature, int]:
    rng = Random(seed)
    secret, message = rng.randbytes(32), rng.randrange(FR)
    return public_key(secret), sign(secret, message), message


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["message"][:8])
def test_j126_circomlibjs_signatures_are_accepted(vector: dict[str, object]) -> None:
    point = [tuple(int(str(x)) for x in pair) for pair in (vector["public_key"], vector["r"])]  # type: ignore[attr-defined]
    (ax, ay), (rx, ry) = point
    signature = Signature((rx, ry), int(str(vector["s"])))
    message = int(str(vector["message"]))
    assert accepts((ax, ay), signature, message)
    assert not accepts((ax, ay), signature, (message + 1) % FR)


FORGERIES: dict[str, Callable[[Point, Signature, int], tuple[Point, Signature, int]]] = {
    "S + l": lambda a, s, m: (a, replace(s, s=s.s + SUBGROUP_ORDER), m),
    "S = l": lambda a, s, m: (a, replace(s, s=SUBGROUP_ORDER), m),
    "S + 1": lambda a, s, m: (a, replace(s, s=(s.s + 1) % SUBGROUP_ORDER), m),
    "-S": lambda a, s, m: (a, replace(s, s=-s.s % SUBGROUP_ORDER), m),
    "other message": lambda a, s, m: (a, s, (m + 1) % FR),
    "message + r": lambda a, s, m: (a, s, m + FR),
    "-R": lambda a, s, m: (a, replace(s, r=babyjubjub.negate(s.r)), m),
    "R neutral": lambda a, s, m: (a, replace(s, r=IDENTITY), m),
    "R + torsion": lambda a, s, m: (a, replace(s, r=babyjubjub.add(s.r, SMALL)), m),
    "R off the curve": lambda a, s, m: (a, replace(s, r=(s.r[0], (s.r[1] + 1) % FR)), m),
    "R.x + r": lambda a, s, m: (a, replace(s, r=(s.r[0] + FR, s.r[1])), m),
    "-A": lambda a, s, m: (babyjubjub.negate(a), s, m),
    "A neutral": lambda a, s, m: (IDENTITY, s, m),
    "A of small order": lambda a, s, m: (SMALL, s, m),
    "A + torsion": lambda a, s, m: (babyjubjub.add(a, SMALL), s, m),
    "A off the curve": lambda a, s, m: ((a[0], (a[1] + 1) % FR), s, m),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_j126_the_verdict_is_the_native_one(name: str) -> None:
    forged = FORGERIES[name](*signed(1))
    assert not verify(*forged)
    assert not accepts(*forged)


def test_j126_a_key_of_small_order_needs_the_eighth() -> None:
    """Without the edge: points of small order have no eighth with coordinates, and a wrong eighth is another key's."""
    key, signature, message = signed(2)
    honest = circuit_inputs(signature_inputs(key, signature, message))
    for forged_key in (SMALL, multiply(2, SMALL), multiply(4, SMALL), babyjubjub.add(key, SMALL), IDENTITY):
        with pytest.raises(RuleViolated):
            run_on_integers(eddsa_verify, {**honest, "key": list(forged_key)})


def test_j126_the_verdict_is_the_native_one_twin() -> None:
    """S of full order but no edge: the windows of S + l are those of S, so the edge alone can tell them apart."""
    _, signature, _ = signed(1)
    assert window_points(signature.s + SUBGROUP_ORDER) == window_points(signature.s)


@pytest.mark.parametrize("part", range(5))
def test_j127_the_challenge_binds_r_a_and_the_message(part: int) -> None:
    """A witness with another R, A or message than was hashed by the signer has no way through."""
    key, signature, message = signed(3)
    other_key, other_signature, other_message = signed(4)
    honest = circuit_inputs(signature_inputs(key, signature, message))
    other = circuit_inputs(signature_inputs(other_key, other_signature, other_message))
    name = ("key", "eighth", "r", "windows", "message")[part]
    with pytest.raises(RuleViolated):
        run_on_integers(eddsa_verify, {**honest, name: other[name]})


def test_j127_the_challenge_binds_r_a_and_the_message_twin() -> None:
    """With a challenge that forgets R, anybody signs: R is chosen after h."""
    key, _, message = signed(5)
    h = challenge((0, 1), key, message)  # no R in it
    s = 12345
    r = babyjubjub.add(multiply(s, BASE8), babyjubjub.negate(multiply(COFACTOR * h, key)))
    assert multiply(s, BASE8) == babyjubjub.add(r, multiply(COFACTOR * h, key))
    assert not accepts(key, Signature(r, s), message)


def test_b27_windows_give_every_residue_once() -> None:
    rng = Random(6)
    for s in (0, 1, SUBGROUP_ORDER - 1, rng.randrange(SUBGROUP_ORDER)):
        digits = window_digits(s)
        assert all(digit % 2 and abs(digit) < window_size(i) for i, digit in enumerate(digits))
        assert sum(digit * RADIX**i for i, digit in enumerate(digits)) % SUBGROUP_ORDER == 2 * s % SUBGROUP_ORDER
    assert multiply(2, HALF_OF_BASE8) == BASE8


@pytest.mark.parametrize(
    "h",
    [1, 2, (1 << 253) - 1, FR // 2, FR - 1, FR - (1 << 200), FR - (1 << 250), 1 << 200],
    ids=lambda h: f"{h:#x}"[:12],
)
def test_b40_the_multiple_of_the_key_is_right(h: int) -> None:
    def define(c: Builder, h: Wire, w: tuple[Wire, Wire]) -> dict[str, Wire]:
        point = challenge_multiple(c, h, MontgomeryPoint(*w))
        return {"u": point.u, "v": point.v}

    key, _, _ = signed(7)
    circuit = Circuit("multiple", define, {"h": private(), "w": private(2)})
    if not can_be_proved(h):
        with pytest.raises(RuleViolated):
            run_on_integers(circuit, {"h": h, "w": list(montgomery_of(multiply(4, key)))})
        return
    outputs = run_on_integers(circuit, {"h": h, "w": list(montgomery_of(multiply(4, key)))}).outputs
    u, v = montgomery_of(multiply(8 * h % SUBGROUP_ORDER, key))
    assert outputs == {"u": u, "v": v}


def test_b40_an_alias_of_the_challenge_has_no_digits() -> None:
    """b + r and b - r have 254 bits for some h; the comparison of the leading bits leaves them out."""
    low = DIGITS - COMPARED_BITS
    for h in (0, 1 << 230, 1 << 251, FR - 1, FR - (1 << 230), FR - (1 << 240)):
        for alias in (h + OFFSET - FR, h + OFFSET + FR):
            if 0 <= alias < 1 << DIGITS:
                assert not OFFSET >> low < alias >> low < (OFFSET + FR) >> low


def test_b40_equal_points_are_told_apart_where_they_can_meet() -> None:
    """The incomplete addition has too many answers for p + p: the gadget asserts distinct points where it must."""

    def define(c: Builder, p: tuple[Wire, Wire], q: tuple[Wire, Wire]) -> dict[str, Wire]:
        total = add(c, MontgomeryPoint(*p), MontgomeryPoint(*q))
        return {"u": total.u, "v": total.v}

    point = list(montgomery_of(BASE8))
    circuit = Circuit("addition", define, {"p": private(2), "q": private(2)})
    honest = run_on_integers(circuit, {"p": point, "q": point}).witness
    forged = run_on_integers(circuit, {"p": point, "q": point}, lies={0: 99}, collect=True)
    assert forged.violations == []
    assert forged.witness != honest
    assert compile_circuit(circuit).relation.is_satisfied(scalars_from_ints(forged.witness))


def test_b39_each_signed_value_changes_the_challenge() -> None:
    key, signature, message = signed(8)
    honest = challenge(signature.r, key, message)
    changed = [
        challenge((signature.r[0] + 1, signature.r[1]), key, message),
        challenge((signature.r[0], signature.r[1] + 1), key, message),
        challenge(signature.r, (key[0] + 1, key[1]), message),
        challenge(signature.r, (key[0], key[1] + 1), message),
        challenge(signature.r, key, message + 1),
    ]
    assert len({honest, *changed}) == 6


def test_j126_random_signatures_and_damage_agree_with_the_kernels() -> None:
    """Random signatures and random damage: edge and circuit say what the native kernels say."""
    rng = Random(9)
    for seed in range(40):
        key, signature, message = signed(100 + seed)
        if rng.random() < 0.5:
            key, signature, message = FORGERIES[rng.choice(sorted(FORGERIES))](key, signature, message)
        if max(*key, *signature.r, signature.s, message) >= FR:
            continue
        native = fastest().eddsa_verify(
            scalars_from_ints(list(key)).reshape(1, 8),
            scalars_from_ints([*signature.r, signature.s]).reshape(1, 12),
            scalars_from_ints([message]),
        )
        assert np.array_equal(native, [accepts(key, signature, message)])
