"""The tests in Solidity, and first of all that a failure of one of them would be seen."""

from __future__ import annotations

import re
import subprocess
import tomllib

import pytest

from sequencer.l1.contracts import SETTINGS, build_contracts
from tests.support.forge import CANARY, CONTRACTS, artifact, needs_forge, run_forge
from tests.support.source_tree import ROOT

pytestmark = needs_forge
SOLC = CONTRACTS / "tools" / "solc.cjs"


def test_a_failing_test_is_seen() -> None:
    """One of each kind: a single case, a condition on any value, an invariant."""
    run = run_forge("--match-path", CANARY, "--no-match-path", "none")
    assert run.exit_code == 1
    assert {one.name for one in run.tests if not one.passed} == {
        "test_canary",
        "test_canary_is_a_condition_on_any_value",
        "invariant_canary",
    }
    assert {one.reason for one in run.tests} == {"Canary()"}


def test_all_tests_in_solidity_pass() -> None:
    run = run_forge()
    assert run.failures == []
    assert run.exit_code == 0
    assert {one.contract for one in run.tests} == declared_test_contracts()


def test_forge_and_we_compile_the_same() -> None:
    """What the tests in Solidity saw is what is deployed."""
    run_forge("--match-contract", "TestDollarTest")
    for name, build in build_contracts().items():
        if build.is_deployable and not build.source_path.startswith("libraries/"):
            compiled = artifact(build.source_path, name)
            assert bytes.fromhex(compiled["bytecode"]["object"][2:]) == build.creation_code, name


def test_settings_of_forge_are_ours() -> None:
    profile = tomllib.loads((CONTRACTS / "foundry.toml").read_text())["profile"]["default"]
    assert (profile["evm_version"], profile["optimizer"], profile["optimizer_runs"]) == (
        SETTINGS["evmVersion"],
        SETTINGS["optimizer"]["enabled"],
        SETTINGS["optimizer"]["runs"],
    )
    assert (profile["bytecode_hash"], profile["cbor_metadata"]) == (
        SETTINGS["metadata"]["bytecodeHash"],
        SETTINGS["metadata"]["appendCBOR"],
    )
    assert "via_ir" not in profile
    assert "viaIR" not in SETTINGS


def test_the_compiler_for_forge_refuses_what_it_does_not_know() -> None:
    def answer(*arguments: str) -> tuple[int, str]:
        done = subprocess.run([SOLC, *arguments], capture_output=True, text=True, check=False, input="{}")
        return done.returncode, done.stdout

    code, version = answer("--version")
    assert code == 0
    assert re.search(r"Version: 0\.8\.37\+commit\.[0-9a-f]{8}\.Linux", version)
    assert answer("--bin")[0] == 2
    assert answer("--standard-json")[1].startswith('{"errors"')


def declared_test_contracts() -> set[str]:
    """Contracts of `*.t.sol` outside of the canary that have tests, also inherited ones."""
    found = set()
    for path in (ROOT / "contracts/test").rglob("*.t.sol"):
        if "canary" not in path.parts:
            found |= set(re.findall(r"^contract (\w+Test)\b", path.read_text(), re.MULTILINE))
    return found


def test_a_test_contract_that_is_not_run_is_seen_twin() -> None:
    run = run_forge("--match-contract", "TestDollarTest")
    assert {one.contract for one in run.tests} == {"TestDollarTest"}
    assert declared_test_contracts() > {"TestDollarTest"}
    with pytest.raises(RuntimeError, match="forge ran no tests"):
        run_forge("--no-such-option")
