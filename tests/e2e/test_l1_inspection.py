"""A deployment is compared with its sources; one thing is changed at a time, and the right checks fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from rollup.presets import DEMO
from sequencer.l1.bindings.oracle import Oracle
from sequencer.l1.deploying import sorted_addresses
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.expected_keys import expected_keys
from sequencer.l1.inspection import Check, Expectation, Inspection, facts_of, inspect_deployment
from sequencer.l1.rosette import Colour, rosette
from sequencer.rehearsal.venue import RehearsalVenue
from tests.support.chain import needs_anvil
from tests.support.rehearsals import rehearsal
from tests.support.settlement import crypto

pytestmark = needs_anvil
DELEGATECALL = b"\xf4"


@pytest.fixture(scope="module")
def venue() -> Iterator[RehearsalVenue]:
    with rehearsal() as venue:
        yield venue


@pytest.fixture(scope="module")
def expected(venue: RehearsalVenue) -> Expectation:
    keys = expected_keys(venue.preset, venue.workshop.kernels)
    return Expectation.of(venue.preset, keys.batch_key, keys.exit_key, crypto(), venue.workshop.kernels)


def failing(inspection: Inspection) -> set[str]:
    return {check.name for check in inspection.checks if not check.holds}


def test_what_was_deployed_is_what_the_sources_say(venue: RehearsalVenue, expected: Expectation) -> None:
    inspection = inspect_deployment(venue.chain, venue.deployment, expected)
    assert failing(inspection) == set()
    assert inspection.holds
    assert len(inspection.checks) >= 20
    facts = facts_of(venue.chain, venue.deployment, inspection, recovered_root_matches=True)
    assert (facts.oracle_signers, facts.oracle_threshold) == (3, 2)
    colours = {one.name: one.colour for one in rosette(facts)}
    assert colours.pop("state validation") is Colour.RED, "everybody can forge under a development key"
    assert set(colours.values()) == {Colour.GREEN}


def test_another_exit_key_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    from circuits.exit.statement import exit_circuit
    from circuits.frontend.cache import load_or_compile
    from prover.groth16.development_setup import development_setup

    relation = load_or_compile(exit_circuit(DEMO)).relation
    other = development_setup(relation, venue.workshop.kernels).verification_key()
    changed = Expectation.of(venue.preset, expected.batch_key, other, crypto(), venue.workshop.kernels)
    inspection = inspect_deployment(venue.chain, venue.deployment, changed)
    assert failing(inspection) == {"code: exit verifier", "key: of exits, in its verifier"}
    facts = facts_of(venue.chain, venue.deployment, inspection, recovered_root_matches=None)
    assert not facts.keys_match


def test_other_sizes_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    found = failing(inspect_deployment(venue.chain, venue.deployment, replace(expected, preset=DEMO)))
    assert found
    assert all(name.startswith("size: ") for name in found)


def test_another_genesis_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    changed = replace(expected, genesis_root=expected.genesis_root + 1)
    found = failing(inspect_deployment(venue.chain, venue.deployment, changed))
    assert found == {"genesis: hash of the empty rollup"}


@contextmanager
def with_code(venue: RehearsalVenue, address: str, change: Callable[[bytes], bytes]) -> Iterator[None]:
    before = venue.chain.code(address)
    venue.rollup.running.rpc("anvil_setCode", address, "0x" + change(before).hex())
    try:
        yield
    finally:
        venue.rollup.running.rpc("anvil_setCode", address, "0x" + before.hex())


@pytest.mark.parametrize("contract", ["clearing_house", "oracle", "batch_verifier", "exit_verifier"])
def test_other_code_twin(venue: RehearsalVenue, expected: Expectation, contract: str) -> None:
    with with_code(venue, getattr(venue.deployment, contract), lambda code: code + b"\0"):
        found = failing(inspect_deployment(venue.chain, venue.deployment, expected))
    assert found == {f"code: {contract.replace('_', ' ')}"}


def test_delegation_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    with with_code(venue, venue.deployment.oracle, lambda code: code + DELEGATECALL):
        inspection = inspect_deployment(venue.chain, venue.deployment, expected)
    assert failing(inspection) == {"code: oracle", "no delegation: oracle"}
    facts = facts_of(venue.chain, venue.deployment, inspection, recovered_root_matches=None)
    assert facts.is_upgradeable
    assert rosette(facts)[3].colour is Colour.RED


def test_another_oracle_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    signers = sorted_addresses(venue.oracle.signers()[:1])
    call = Oracle.deployment(expected.builds["Oracle"], signers, 1, 60)
    other = venue.operator_sender.deploy(call).contract.address
    found = failing(inspect_deployment(venue.chain, replace(venue.deployment, oracle=other), expected))
    assert found == {"link: oracle"}


def test_an_impostor_with_the_same_code_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    """Its storage began otherwise: no creation by the sources' code, and no genesis."""
    impostor = "0x" + "12" * 20
    code = venue.chain.code(venue.deployment.clearing_house)
    venue.rollup.running.rpc("anvil_setCode", impostor, "0x" + code.hex())
    deployment = replace(venue.deployment, clearing_house=impostor)
    found = failing(inspect_deployment(venue.chain, deployment, expected))
    assert found == {"creation: clearing house", "genesis: hash of the empty rollup"}


def test_nothing_there_twin(venue: RehearsalVenue, expected: Expectation) -> None:
    deployment = RollupDeployment(
        venue.deployment.chain_id + 1, venue.preset.name, *("0x" + "34" * 20,) * 5, first_block=0, is_development=True
    )
    inspection = inspect_deployment(venue.chain, deployment, expected)
    kept = {check for check in inspection.checks if check.holds}
    assert all(check.name.startswith("no delegation") for check in kept)
    assert Check("chain", "31338", "31337") in inspection.checks
