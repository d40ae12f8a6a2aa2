"""Batches from transactions to verified proofs, and the commands that show them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random

import pytest
from typer.testing import CliRunner

from circuits.checking import CircuitChecker, Depth
from circuits.frontend.errors import RuleViolated
from circuits.settlement.costs import section_costs
from circuits.settlement.inputs import settlement_values
from circuits.settlement.sample import sample
from circuits.settlement.statement import settlement_circuit
from console.cli.main import app
from prover.groth16.development_setup import development_setup
from prover.groth16.verify import verify
from rollup.errors import BadSignature
from rollup.presets import DEMO, TINY
from rollup.referee import Referee
from rollup.trace import trace_batch
from sequencer.settlement_prover import SettlementProver
from tests.support.kernels import fastest
from tests.support.machine import needs_machine
from tests.support.settlement import compiled_settlement, venue_of
from tests.support.settlement_mutations import signature


@cache
def tiny_prover() -> SettlementProver:
    return SettlementProver(TINY, development_setup(compiled_settlement(TINY).relation, fastest()), fastest())


@pytest.mark.parametrize("close_out", [False, True])
def test_a_batch_is_proven(close_out: bool) -> None:
    found = sample(venue_of(Random(3)), close_out=close_out)
    before = found.state.root
    proven = tiny_prover().prove_batch(found.state, found.table, found.batch, point=99)
    assert before != found.state.root == proven.trace.applied.roots.after
    assert list(proven.seconds) == ["transition and trace", "inputs", "witness", "proof", "verification"]
    for i in range(3):
        wrong = [value + (i == place) for place, value in enumerate(proven.public_signals)]
        assert not verify(tiny_prover().verification_key, wrong, proven.proof, fastest())


def test_a_bad_batch_changes_nothing() -> None:
    venue = venue_of(Random(3))
    found = signature(venue, sample(venue), Random(1))
    before = found.state.root
    with pytest.raises(BadSignature):
        tiny_prover().prove_batch(found.state, found.table, found.batch, point=99)
    assert found.state.root == before


@needs_machine
def test_all_four_depths_agree() -> None:
    found = sample(venue_of(Random(4)))
    values = settlement_values(trace_batch(found.state, found.table, found.batch, TINY), 17)
    steps = CircuitChecker(settlement_circuit(TINY), fastest()).check(values, Depth.SOLIDITY)
    assert [step.depth for step in steps] == list(Depth)


def test_sections_add_up() -> None:
    compiled = compiled_settlement(DEMO)
    sections = section_costs(compiled, DEMO)
    assert sum(one.constraints for one in sections) == compiled.n_constraints
    assert {one.section: one.places for one in sections}["trades"] == DEMO.trades
    with pytest.raises(ValueError, match="not the circuit of preset tiny"):
        section_costs(compiled, TINY)


def test_commands_print_costs_and_times() -> None:
    runner = CliRunner()
    cost = json.loads(runner.invoke(app, ["batch", "cost", "tiny", "--json"]).stdout)
    assert cost["constraints"] == compiled_settlement(TINY).n_constraints
    bench = json.loads(runner.invoke(app, ["batch", "bench", "tiny", "--repeats", "1", "--json"]).stdout)
    assert bench["all_s"] == pytest.approx(sum(bench["seconds"].values()))
    assert runner.invoke(app, ["batch", "cost", "huge"]).exit_code == 2


def test_a_key_carries_its_preset_in_its_name(tmp_path: Path) -> None:
    runner = CliRunner()
    written = json.loads(runner.invoke(app, ["batch", "setup", "tiny", "--to", str(tmp_path), "--json"]).stdout)
    assert written["zkey"] == str(tmp_path / "settlement_tiny.zkey")
    command = ["batch", "bench", "tiny", "--key", written["zkey"], "--repeats", "1"]
    assert runner.invoke(app, command).exit_code == 0
    wrong = runner.invoke(app, ["batch", "bench", "demo", "--key", written["zkey"], "--repeats", "1"])
    assert wrong.exit_code == 2


def test_a_prover_that_fails_says_which_rule_was_broken() -> None:
    """The relation is not kept: it is asked when a proof does not verify."""
    venue = venue_of(Random(3))
    found = signature(venue, sample(venue), Random(1))
    trace = trace_batch(found.state, found.table, found.batch, TINY, Referee())
    with pytest.raises(RuleViolated, match="InvalidSignature"):
        tiny_prover().prove_trace(trace, 99)
