"""Wrong chain, wrong contract, wrong key, stale table, frozen rollup: the contract refuses each, the client refuses it
before it sends, and the command says so, all by one name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from console.cli.main import app
from prover.formats.zkey import write_zkey
from rollup.trace import Trace, trace_batch
from rollup.types.orders import Domain
from sequencer.development_keys import exit_key, settlement_key
from sequencer.l1 import preflight
from sequencer.l1.binding import Call
from sequencer.l1.bindings.clearing_house import Frozen, StaleReport, WrongChain, WrongContract, WrongKey
from sequencer.l1.operator import commitment_of
from sequencer.l1.reverts import ContractReverted
from sequencer.rehearsal.venue import RehearsalVenue
from tests.support.chain import needs_anvil
from tests.support.rehearsals import rehearsal

pytestmark = needs_anvil
OTHER = "0x" + "56" * 20
NO_PROOF = (0,) * 8
Refused = Callable[[], object]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZKCLEAR_KEYS", str(folder))
        environment.setenv("ZKCLEAR_L1", str(folder / "no-chain"))
        yield folder


@pytest.fixture(scope="module")
def standing() -> Iterator[RehearsalVenue]:
    with rehearsal() as venue:
        yield venue


@pytest.fixture
def venue(standing: RehearsalVenue) -> Iterator[RehearsalVenue]:
    """As it was before the test: the chain goes back to a snapshot."""
    snapshot = standing.rollup.running.rpc("evm_snapshot")
    yield standing
    assert standing.rollup.running.rpc("evm_revert", snapshot)


def traced(venue: RehearsalVenue, **changes: Any) -> Trace:
    """A batch that could be committed now, but for the changes."""
    assert venue.table is not None
    return trace_batch(venue.operator.state.copy(), venue.table, venue.batch(**changes), venue.preset)


def committing(venue: RehearsalVenue, **changes: Any) -> Call[None]:
    given = commitment_of(traced(venue), venue.report_time_s)
    return venue.house.commit_batch(venue.operator.last, replace(given, **changes))


def ask(venue: RehearsalVenue, call: Call[None]) -> ContractReverted:
    """What the contract itself says, asked raw."""
    with pytest.raises(ContractReverted) as refused:
        venue.chain.read(call, "pending", venue.operator_sender.address)
    return refused.value


def command(venue: RehearsalVenue, keys: Path, *options: object, **changed: Any) -> str:
    """What `zkclear l1 preflight` refuses by; people see that name, and no traceback."""
    path = keys / "deployment.json"
    replace(venue.deployment, **changed).save(path)
    arguments = ["l1", "preflight", "--rpc", venue.rollup.running.url, "--deployment", str(path), *map(str, options)]
    for_people, for_programs = (CliRunner().invoke(app, [*arguments, *more]) for more in ((), ("--json",)))
    assert for_people.exit_code == for_programs.exit_code == 1
    assert "Traceback" not in for_people.output
    name = str(json.loads(for_programs.stdout)["error"]["type"])
    assert for_people.stderr.startswith(f"error: {name}: ")
    return name


def sent_nothing(venue: RehearsalVenue, refused: Refused, kind: type[ContractReverted]) -> ContractReverted:
    """That a client refuses, and that the chain has seen no transaction of it."""
    before = venue.chain.block_number()
    with pytest.raises(kind) as found:
        refused()
    assert venue.chain.block_number() == before
    return found.value


def test_all_is_well(venue: RehearsalVenue, keys: Path) -> None:
    path = keys / "deployment.json"
    venue.deployment.save(path)
    ran = CliRunner().invoke(app, ["l1", "preflight", "--rpc", venue.rollup.running.url, "--deployment", str(path)])
    assert (ran.exit_code, ran.stdout.split(":")[0]) == (0, "ready")
    venue.chain.read(committing(venue), "pending", venue.operator_sender.address)


def test_wrong_chain(venue: RehearsalVenue, keys: Path) -> None:
    domain = Domain(1, venue.deployment.domain.contract)
    raw = ask(venue, committing(venue, domain=domain.element))
    assert raw.arguments == {"expected": 31_337, "given": 1}
    assert isinstance(raw, WrongChain)
    sent_nothing(venue, lambda: venue.commit(domain=domain), WrongChain)
    sent_nothing(venue, lambda: preflight.require_domain(venue.house, domain.element), WrongChain)
    assert command(venue, keys, chain_id=1) == "WrongChain"


def test_wrong_contract(venue: RehearsalVenue, keys: Path) -> None:
    domain = Domain(venue.chain.chain_id, int(OTHER, 16))
    raw = ask(venue, committing(venue, domain=domain.element))
    assert raw.arguments == {"expected": venue.house.address, "given": OTHER}
    assert isinstance(raw, WrongContract)
    sent_nothing(venue, lambda: venue.commit(domain=domain), WrongContract)
    sent_nothing(venue, lambda: preflight.require_domain(venue.house, domain.element), WrongContract)
    assert command(venue, keys, clearing_house=venue.deployment.dollar) == "WrongContract"
    assert command(venue, keys, oracle=venue.deployment.dollar) == "WrongContract"


def test_wrong_key(venue: RehearsalVenue, keys: Path) -> None:
    other = venue.workshop.exits.verification_key.digest()
    committed = venue.commit()
    raw = ask(venue, venue.house.prove_batches([committed.batch], [NO_PROOF], other))
    assert raw.arguments == {"expected": venue.operator.key_digest, "given": other}
    assert isinstance(raw, WrongKey)
    sent_nothing(venue, lambda: preflight.require_batch_key(venue.house, other), WrongKey)
    sent_nothing(
        venue,
        lambda: venue.operator_sender.send(venue.house.prove_batches([committed.batch], [NO_PROOF], other)),
        WrongKey,
    )
    venue.operator.revert_to(0)
    path = keys / "other.zkey"
    write_zkey(path, exit_key(venue.preset, venue.workshop.kernels))
    assert command(venue, keys, "--batch-key", path) == "WrongKey"


def test_stale_table(venue: RehearsalVenue, keys: Path) -> None:
    venue.wait(venue.house.report_age_s() + 1)
    raw = ask(venue, committing(venue))
    assert isinstance(raw, StaleReport)
    assert raw.time_s == venue.report_time_s < raw.oldest_s
    sent_nothing(venue, venue.commit, StaleReport)
    time_s = venue.now_s()
    early = sent_nothing(
        venue, lambda: preflight.require_fresh_table(venue.house, time_s, venue.report_time_s, 0), StaleReport
    )
    assert early.arguments == {"time_s": venue.report_time_s, "oldest_s": time_s - venue.house.report_age_s()}
    assert command(venue, keys) == "StaleReport"


def test_frozen_rollup(venue: RehearsalVenue, keys: Path) -> None:
    call = committing(venue)
    venue.wait(venue.house.queue_deadline_s() + 1)
    venue.operator_sender.send(venue.house.freeze())
    assert isinstance(ask(venue, call), Frozen)
    sent_nothing(venue, lambda: venue.operator_sender.send(call), Frozen)
    sent_nothing(venue, lambda: preflight.require_open(venue.house), Frozen)
    assert command(venue, keys) == "Frozen"


def test_keys_are_made_in_the_folder_that_is_named(venue: RehearsalVenue, keys: Path) -> None:
    digest = settlement_key(venue.preset, venue.workshop.kernels).verification_key().digest()
    assert digest == venue.operator.key_digest
    preflight.require_ready(venue.chain, venue.deployment, digest)
