"""The multiple of a key in a signature: no alias of the challenge, and no addition's exception, gets through (B40)."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from random import Random

import pytest

from circuits.frontend import Builder, Circuit, Execution, Wire, private
from circuits.frontend import run_on_integers as run
from circuits.gadgets.challenge_multiple import DIGITS, OFFSET, can_be_proved, challenge_multiple
from circuits.gadgets.montgomery import MontgomeryPoint, montgomery_of
from primitives.babyjubjub import BASE8, SUBGROUP_ORDER, multiply
from prover.bn254 import FR

L = SUBGROUP_ORDER
ladder = importlib.import_module("circuits.gadgets.challenge_multiple")

KEY = multiply(1234567, BASE8)


def multiple_for(h: int, lies: dict[int, int] | None = None) -> Execution:
    def define(c: Builder, h: Wire, w: Sequence[Wire]) -> dict[str, Wire]:
        point = challenge_multiple(c, h, MontgomeryPoint(*w))
        return {"u": point.u, "v": point.v}

    circuit = Circuit("multiple", define, {"h": private(), "w": private(2)})
    return run(circuit, {"h": h, "w": montgomery_of(multiply(4, KEY))}, lies=lies, collect=True)


def is_right(h: int, execution: Execution) -> bool:
    return tuple(execution.outputs.values()) == montgomery_of(multiply(8 * h % L, KEY))


ALIASED = [h for h in (1 << 200, 1 << 251, FR - (1 << 200), FR - (1 << 249)) if can_be_proved(h)]


def alias(h: int) -> int:
    """The other number below 2^254 that is h + OFFSET modulo r."""
    b = h + OFFSET
    return b + FR if b + FR < 1 << DIGITS else b - FR


def lies_for(digits_of: int) -> dict[int, int]:
    """The square of the ordinate is the first wire of the gadget, its digits follow, the highest first."""
    _, v = montgomery_of(multiply(4, KEY))
    bits = [digits_of >> i & 1 for i in reversed(range(DIGITS))]
    return {1 + place: v if bit else FR - v for place, bit in enumerate(bits)}


@pytest.mark.parametrize("h", ALIASED, ids=lambda h: f"{h:#x}"[:12])
def test_b40_the_digits_of_an_alias_are_refused(h: int) -> None:
    assert 0 <= alias(h) < 1 << DIGITS
    honest = multiple_for(h, lies_for(h + OFFSET))
    assert honest.violations == []
    assert is_right(h, honest)
    assert multiple_for(h, lies_for(alias(h))).violations


@pytest.mark.parametrize("h", ALIASED, ids=lambda h: f"{h:#x}"[:12])
def test_b40_the_digits_of_an_alias_are_refused_twin(monkeypatch: pytest.MonkeyPatch, h: int) -> None:
    """Without the comparison they pass, and give the multiple of another challenge."""
    monkeypatch.setattr(ladder, "_assert_canonical", lambda *_: None)
    forged = multiple_for(h, lies_for(alias(h)))
    assert forged.violations == []
    assert not is_right(h, forged)


def meeting(step: int, m: int) -> int:
    """The challenge for which the accumulator before a step is m times the key's point, and all later digits are 1."""
    rest = DIGITS - step
    return ((m << rest) + (1 << rest) - 1 - 23 * L) // 2


MEETINGS = [
    (step, c * L + 1)
    for step in range(248, DIGITS)
    for c in range(2, 44, 2)
    if 1 << step + 1 < c * L < 1 << step + 2 and meeting(step, c * L + 1) < FR
]
"""Steps and multiples that are 1 modulo l: the accumulator is then the point that is to be added."""


def slope_of(step: int, execution: Execution) -> int:
    """The wire of a step's first slope: the ladder's steps have five wires each and are the last."""
    return len(execution.witness) - execution.first_block_wire - 5 * (DIGITS - step)


def test_b40_an_accumulator_that_meets_the_key_has_no_witness() -> None:
    """Whatever the slope is where it is free: an earlier step has no witness, since it adds opposite points."""
    assert {step for step, _ in MEETINGS} == {250, 251, 252, 253}
    for step, m in MEETINGS:
        h = meeting(step, m)
        honest = multiple_for(h)
        assert can_be_proved(h)
        assert honest.violations
        assert multiple_for(h, {slope_of(step, honest): 99}).violations


def test_b40_an_accumulator_that_meets_the_key_has_no_witness_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """If it begins at 1 instead of 3 times the key, it meets it at once: the slope is free, a wrong multiple passes."""
    monkeypatch.setattr(ladder, "add", lambda _, __, w: w)
    h = 3 * FR // 4
    forged = multiple_for(h, {slope_of(0, multiple_for(h)): 99})
    assert h + OFFSET >> DIGITS - 1 == 1  # the first digit is +1
    assert forged.violations == []
    assert not is_right(h, forged)


def test_b40_ordinary_challenges_are_multiplied_right() -> None:
    rng = Random(5)
    for h in (1 << 180, 1 << 250, L + 1, 8 * L - (1 << 180), FR // 2, *(rng.randrange(FR) for _ in range(6))):
        assert can_be_proved(h)
        execution = multiple_for(h)
        assert execution.violations == []
        assert is_right(h, execution)


def test_b40_challenges_near_a_bound_are_refused_by_both() -> None:
    for h in (0, 1, 1 << 170, FR - (1 << 170), FR - 1):
        assert not can_be_proved(h)
        assert multiple_for(h).violations
