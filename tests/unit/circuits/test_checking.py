"""The four depths: each says yes to what is right, and no when that depth alone is wrong."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import pytest

from circuits.checking import CheckFailed, CircuitChecker, Depth, MachineUnavailable, check, check_refused
from circuits.frontend import (
    Builder,
    Circuit,
    CompiledCircuit,
    InputRefused,
    RuleViolated,
    Wire,
    compile_circuit,
    private,
    public,
)
from circuits.gadgets.bits import assert_range
from tests.support.kernels import fastest
from tests.support.machine import needs_machine

CHECK = sys.modules["circuits.checking.check"]
HONEST = {"limit": 20, "size": 7}
OVER = {"limit": 20, "size": 21}
ZERO = {"limit": 9, "size": 0}


def circuit_with(*, ranged: bool = True, offset: int = 0) -> Circuit:
    """A size that is not 0 and not above a limit; with a row left out, or a hint that is off."""

    def define(c: Builder, limit: Wire, size: Wire) -> Wire:
        with c.rule("IsZero"):
            c.assert_product(size, c.witness(c.advice(size).inverse()), 1)
        c.witness(c.advice(size) + offset, "bound by nothing")
        bits = [c.witness(bit) for bit in c.advice(limit - size).bits(4)]
        with c.rule("OverLimit"):
            for bit in bits:
                c.assert_product(bit, bit - 1, 0)
            if ranged:
                c.assert_equal(c.linear((1 << i, bit) for i, bit in enumerate(bits)), limit - size)
        return size * size

    return Circuit("below", define, {"limit": public(), "size": private()})


def checker(compiled: CompiledCircuit | None = None) -> CircuitChecker:
    """Of the honest circuit, with something else in the place of what it is compiled to."""
    made = CircuitChecker(circuit_with(), fastest())
    made._compiled = compiled
    return made


# -- what is right -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [*list(Depth)[:-1], pytest.param(Depth.SOLIDITY, marks=needs_machine)])
def test_all_depths_agree(depth: Depth) -> None:
    steps = check(circuit_with(), HONEST, fastest(), depth)
    assert [step.depth for step in steps] == list(Depth)[: depth.value]
    assert all(step.seconds >= 0 for step in steps)


@pytest.mark.parametrize("depth", [Depth.ENGINE, Depth.CONSTRAINTS, Depth.PROOF])
def test_refusals_agree(depth: Depth) -> None:
    check_refused(circuit_with(), OVER, "OverLimit", fastest(), depth)
    check_refused(circuit_with(), ZERO, "IsZero", fastest(), depth)


def test_inputs_that_break_a_rule_go_no_further() -> None:
    with pytest.raises(RuleViolated) as broken:
        check(circuit_with(), OVER, fastest())
    assert broken.value.rule == "OverLimit"
    with pytest.raises(InputRefused):
        check(circuit_with(), {"limit": 20}, fastest())


def test_the_set_up_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = checker()
    made.check(HONEST, Depth.PROOF)
    monkeypatch.setattr(CHECK, "development_setup", None)
    made.check({"limit": 5, "size": 5}, Depth.PROOF)
    made.check_refused(OVER, "OverLimit")


# -- what is wrong in one depth ----------------------------------------------------------------------------------------


def test_a_tape_that_makes_another_witness_is_noticed() -> None:
    """The wire is bound by nothing, so both witnesses satisfy the relation."""
    compiled = compile_circuit(circuit_with(offset=1))
    checker(compiled).check(HONEST, Depth.ENGINE)
    with pytest.raises(CheckFailed, match="not the engine's") as failed:
        checker(compiled).check(HONEST)
    assert failed.value.depth == "constraints"
    with pytest.raises(CheckFailed, match="not the engine's"):
        checker(compiled).check_refused(OVER, "OverLimit")


def test_a_relation_that_lacks_a_row_is_noticed() -> None:
    """The engine names the rule, and nothing in the relation breaks."""
    compiled = compile_circuit(circuit_with(ranged=False))
    with pytest.raises(CheckFailed, match="satisfies the relation") as failed:
        checker(compiled).check_refused(OVER, "OverLimit")
    assert failed.value.depth == "constraints"


def test_a_row_under_another_rule_is_noticed() -> None:
    compiled = compile_circuit(circuit_with())
    renamed = replace(compiled, rules=tuple("Other" if rule == "OverLimit" else rule for rule in compiled.rules))
    with pytest.raises(CheckFailed, match="'Other', not OverLimit"):
        checker(renamed).check_refused(OVER, "OverLimit")
    with pytest.raises(CheckFailed, match="'OverLimit', not Other") as failed:
        checker(renamed).check_refused(OVER, "Other")
    assert failed.value.depth == "engine"
    with pytest.raises(CheckFailed, match="break nothing"):
        checker().check_refused(HONEST, "OverLimit")


@pytest.mark.parametrize(("answer", "reason"), [(False, "does not verify"), (True, "other public values")])
def test_a_verifier_that_always_says_the_same_is_noticed(
    answer: bool, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CHECK, "verify", lambda *_: answer)
    with pytest.raises(CheckFailed, match=reason) as failed:
        checker().check(HONEST, Depth.PROOF)
    assert failed.value.depth == "proof"


@pytest.mark.parametrize(("answer", "reason"), [(False, "refuses the proof"), (True, "other public values")])
def test_a_contract_that_always_says_the_same_is_noticed(
    answer: bool, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Contract:
        def __init__(self, _: Any) -> None:
            pass

        def verify(self, *_: Any) -> bool:
            return answer

    monkeypatch.setattr(CHECK, "VerifierContract", Contract)
    with pytest.raises(CheckFailed, match=reason) as failed:
        checker().check(HONEST)
    assert failed.value.depth == "solidity"


def test_a_prover_that_takes_every_witness_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CHECK, "prove", lambda *_, **__: None)
    with pytest.raises(CheckFailed, match="was proven") as failed:
        checker().check_refused(OVER, "OverLimit")
    assert failed.value.depth == "proof"


def test_without_a_machine_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrevm", None)
    checker().check(HONEST, Depth.PROOF)
    with pytest.raises(MachineUnavailable, match="pyrevm"):
        checker().check(HONEST)


def test_a_gadget_is_checked_and_refused() -> None:
    def define(c: Builder, x: Wire) -> None:
        assert_range(c, x, 8)

    check(Circuit("byte", define, {"x": private()}), {"x": 255}, fastest(), Depth.PROOF)
    check_refused(Circuit("byte", define, {"x": public()}), {"x": 256}, "OutOfRange", fastest())


def test_without_public_values_a_verifier_that_always_says_yes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def define(c: Builder, x: Wire) -> None:
        assert_range(c, x, 8)

    monkeypatch.setattr(CHECK, "verify", lambda *_: True)
    with pytest.raises(CheckFailed, match="damaged"):
        check(Circuit("hidden byte", define, {"x": private()}), {"x": 255}, fastest(), Depth.PROOF)
