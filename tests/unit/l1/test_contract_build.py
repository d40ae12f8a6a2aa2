"""Contracts come out of the compiler the same each time, sized, and named once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from prover.solidity.errors import CompilationFailed
from sequencer.l1 import contract_cache, contracts
from sequencer.l1.contract_build import MAX_RUNTIME_BYTES, ContractBuild
from sequencer.l1.contracts import build_contracts
from sequencer.l1.errors import ContractsMissing, ContractTooLarge, DuplicateSource, NotDeployable
from sequencer.l1.sources import IN_A_CHECKOUT, source_folder
from tests.support.l1 import SAMPLE, sample_builds

LIBRARY = "pragma solidity ^0.8.28; library Far { function f() public pure returns (uint256) { return 1; } }"
CALLER = 'pragma solidity ^0.8.28; import "./Far.sol"; contract Caller { function g() public pure { Far.f(); } }'


def folder_of(path: Path, **files: str) -> Path:
    for name, text in files.items():
        (path / f"{name}.sol").write_text(text)
    return path


def test_a_build_says_what_is_in_a_contract() -> None:
    build = sample_builds()["Sample"]
    assert build.is_deployable
    assert build.selector("owner").hex() == "8da5cb5b"
    assert build.errors["Denied(address,uint256)"] in build.runtime_code
    assert build.events["Stored(uint256,address,(uint256,bytes)[])"] in build.runtime_code
    assert {length for _, length in build.immutables} == {32}
    assert not sample_builds()["ISample"].is_deployable
    with pytest.raises(NotDeployable):
        sample_builds()["ISample"].runtime_digest()


def test_immutables_are_left_out_of_the_comparison() -> None:
    build = sample_builds()["Sample"]
    start, length = build.immutables[0]
    deployed = build.runtime_code[:start] + b"\xab" * length + build.runtime_code[start + length :]
    assert build.without_immutables(deployed) == build.runtime_code
    assert build.without_immutables(deployed[:-1] + b"\x01") != build.runtime_code


def test_bytecode_does_not_depend_on_where_it_is_made(tmp_path: Path) -> None:
    elsewhere = build_contracts(folder=folder_of(tmp_path, Sample=SAMPLE), cache=tmp_path)
    assert elsewhere == sample_builds()


def test_the_cache_is_used_and_a_damaged_entry_is_not_believed(tmp_path: Path) -> None:
    asked: list[Mapping[str, Any]] = []

    def make(request: Mapping[str, Any]) -> dict[str, Any]:
        asked.append(request)
        return {"contracts": {}, "n": len(asked)}

    def load(version: str = "1") -> dict[str, Any]:
        return contract_cache.load_or_make({"sources": {}}, version, make, tmp_path)

    assert [load(), load()] == [{"contracts": {}, "n": 1}] * 2
    (entry,) = tmp_path.glob("*.json")
    entry.write_bytes(entry.read_bytes().replace(b'"n": 1', b'"n": 7'))
    assert load()["n"] == 2
    assert load("2")["n"] == 3
    assert len(list(tmp_path.glob("*.json"))) == 2


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = contract_cache.load_or_make({}, "1", lambda _: {"contracts": {}}, tmp_path / "file" / "cache")
    assert answer == {"contracts": {}}


def test_old_entries_go(tmp_path: Path) -> None:
    for number in range(contract_cache.KEPT + 3):
        contract_cache.load_or_make({"n": number}, "1", lambda _: {}, tmp_path)
    assert len(list(tmp_path.glob("*.json"))) == contract_cache.KEPT


def test_what_cannot_be_built_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ContractsMissing):
        build_contracts(folder=tmp_path)
    folder_of(tmp_path, Sample=SAMPLE)
    with pytest.raises(DuplicateSource, match=r"Sample\.sol"):
        build_contracts({"Sample.sol": SAMPLE}, folder=tmp_path)
    with pytest.raises(DuplicateSource, match=r"other/Sample\.sol"):
        build_contracts({"other/Sample.sol": SAMPLE}, folder=tmp_path, cache=tmp_path)
    with pytest.raises(CompilationFailed, match="Expected"):
        build_contracts({"Bad.sol": "contract {"}, folder=tmp_path, cache=tmp_path)


def test_a_library_that_would_have_to_be_deployed_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompilationFailed, match="make its functions internal"):
        build_contracts(folder=folder_of(tmp_path, Far=LIBRARY, Caller=CALLER), cache=tmp_path)


def test_code_above_the_limit_of_eip170_is_refused() -> None:
    def answer(size: int) -> dict[str, Any]:
        code = {"object": "00" * size, "linkReferences": {}}
        evm = {"bytecode": code, "deployedBytecode": code, "methodIdentifiers": {}}
        return {"contracts": {"A.sol": {"A": {"abi": [], "evm": evm}}}}

    assert len(contracts.builds_of(answer(MAX_RUNTIME_BYTES))["A"].runtime_code) == MAX_RUNTIME_BYTES
    with pytest.raises(ContractTooLarge, match="1 more"):
        contracts.builds_of(answer(MAX_RUNTIME_BYTES + 1))


def test_the_project_finds_its_own_sources() -> None:
    assert source_folder() == IN_A_CHECKOUT


def test_the_settings_leave_no_metadata() -> None:
    build: ContractBuild = sample_builds()["Sample"]
    assert b"solc" not in build.runtime_code
    assert json.dumps(contracts.SETTINGS["metadata"]) == '{"bytecodeHash": "none", "appendCBOR": false}'
