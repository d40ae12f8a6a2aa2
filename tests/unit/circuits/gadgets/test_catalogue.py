"""Every gadget of the catalogue: engine, relation and tape agree, and what is refused is refused by the rule's name."""

from __future__ import annotations

import random
from functools import cache
from random import Random

import numpy as np
import pytest

from circuits.catalogue import examples
from circuits.checking import CheckFailed, CircuitChecker, Depth
from circuits.frontend import Builder, Circuit, Wire, private, run_on_integers
from circuits.gadgets.example import Example
from prover.bn254 import FR, scalars_from_ints
from prover.kernels.interface import Kernels
from tests.support.kernels import fastest
from tests.support.machine import needs_machine

EXAMPLES = examples()
SMALL = [name for name in EXAMPLES if name not in ("poseidon_16", "transcript", "merkle_update_2", "eddsa_verify")]


@cache
def checker(name: str) -> CircuitChecker:
    return CircuitChecker(EXAMPLES[name].circuit, fastest())


@pytest.mark.parametrize("name", EXAMPLES)
def test_engine_relation_and_tape_agree(name: str) -> None:
    for seed in range(3 if name == "eddsa_verify" else 6):
        checker(name).check(EXAMPLES[name].inputs(Random(seed)), Depth.CONSTRAINTS)


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_breaks_a_rule_is_refused_by_its_name(name: str) -> None:
    for rule, inputs in EXAMPLES[name].refused(Random(7)):
        checker(name).check_refused(inputs, rule)


@needs_machine
@pytest.mark.parametrize("name", ["compare_8", "division", "merkle_root_2"])
def test_the_proof_and_the_contract_agree(name: str) -> None:
    assert [step.depth for step in checker(name).check(EXAMPLES[name].inputs(Random(3)))] == list(Depth)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_backend_makes_the_same_witness(name: str, kernels: Kernels) -> None:
    inputs = EXAMPLES[name].inputs(Random(11))
    compiled = checker(name).compiled
    expected = scalars_from_ints(run_on_integers(EXAMPLES[name].circuit, inputs).witness)
    assert np.array_equal(compiled.witness(inputs, kernels), expected)


@pytest.mark.parametrize("name", SMALL)
def test_the_readable_tape_makes_the_same_witness(name: str, reference_kernels: Kernels) -> None:
    inputs = EXAMPLES[name].inputs(Random(12))
    compiled = checker(name).compiled
    expected = scalars_from_ints(run_on_integers(EXAMPLES[name].circuit, inputs).witness)
    assert np.array_equal(compiled.unchecked_witness(inputs, reference_kernels), expected)


def test_every_example_is_listed_once() -> None:
    assert len({example.circuit.name for example in EXAMPLES.values()}) == len(EXAMPLES)
    assert all(name == example.circuit.name for name, example in EXAMPLES.items())


def _planted() -> Example:
    """A range check whose top bit was forgotten."""

    def define(c: Builder, x: Wire) -> None:
        bits = [c.witness(bit) for bit in c.advice(x).bits(8)]
        with c.rule("OutOfRange"):
            for bit in bits[:7]:
                c.assert_product(bit, bit - 1, 0)
            c.assert_equal(c.linear((1 << i, bit) for i, bit in enumerate(bits)) + 0 * bits[7], x - (bits[7] - bits[7]))

    return Example("planted", Circuit("planted", define, {"x": private()}), lambda _: {"x": 200})


def test_a_wrong_rule_name_is_noticed_twin() -> None:
    planted = CircuitChecker(_planted().circuit, fastest())
    planted.check({"x": 200}, Depth.CONSTRAINTS)
    with pytest.raises(CheckFailed, match="not NotBoolean"):
        planted.check_refused({"x": 256}, "NotBoolean")
    with pytest.raises(CheckFailed, match="break nothing"):
        planted.check_refused({"x": 200}, "OutOfRange")


def test_division_agrees_with_integers() -> None:
    rng = random.Random(5)
    for _ in range(50):
        a, b = rng.randrange(1 << 16), rng.choice((1, 2, 100, rng.randrange(1, 1 << 16)))
        outputs = run_on_integers(EXAMPLES["division"].circuit, {"a": a, "b": b}).outputs
        assert outputs == {"quotient": a // b, "remainder": a % b, "down": a // 100, "up": -(-a // 100)}


def test_b22_signed_integers_agree_with_python() -> None:
    rng = random.Random(6)
    edges = (-(1 << 16), -1, 0, 1, (1 << 16) - 1)
    pairs = [(a, b) for a in edges for b in edges] + [
        (rng.randrange(-999, 999), rng.randrange(-999, 999)) for _ in range(30)
    ]
    for a, b in pairs:
        outputs = run_on_integers(EXAMPLES["signed"].circuit, {"a": a % FR, "b": b % FR}).outputs
        expected = {
            "product": a * b,
            "negative": int(a < 0),
            "absolute": abs(a),
            "positive": max(b, 0),
            "smaller": min(a, b),
            "larger": max(a, b),
        }
        assert outputs == {name: value % FR for name, value in expected.items()}


def test_b18_order_agrees_with_python() -> None:
    rng = random.Random(8)
    for _ in range(60):
        a, b = (rng.choice((0, 1, 254, 255, rng.randrange(256))) for _ in range(2))
        outputs = run_on_integers(EXAMPLES["compare_8"].circuit, {"a": a, "b": b}).outputs
        assert outputs == {"less": int(a < b), "at_most": int(a <= b)}
