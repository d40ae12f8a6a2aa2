"""Names, collisions, and files that are no longer what the generator makes.

`scripts/check_generated.py` sees to the bindings of the contracts themselves.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sequencer.l1.binding_generator import generate, module_name, stale_files, write_files
from sequencer.l1.binding_model import UnsupportedType, contract_model, python_name, snake_case, values_of
from sequencer.l1.errors import DuplicateSource, UnknownContract
from tests.support.l1 import sample_builds
from tests.support.source_tree import ROOT

NAMES = ("Child", "Sample")
PACKAGE = "tests.support.sample_bindings"
HERE = ROOT / "tests/support/sample_bindings"


def test_committed_bindings_are_fresh() -> None:
    assert stale_files(HERE, generate(sample_builds(), NAMES, PACKAGE)) == []


def test_committed_bindings_are_fresh_twin(tmp_path: Path) -> None:
    texts = generate(sample_builds(), NAMES, PACKAGE)
    write_files(tmp_path, texts)
    assert stale_files(tmp_path, texts) == []
    (tmp_path / "sample.py").write_text(texts["sample.py"].replace("2bbdbc26", "2bbdbc27"))
    (tmp_path / "left_over.py").write_text("")
    (tmp_path / "child.py").unlink()
    assert stale_files(tmp_path, texts) == ["child.py", "left_over.py", "sample.py"]
    write_files(tmp_path, texts)
    assert stale_files(tmp_path, texts) == []
    changed = {**sample_builds(), "Sample": replace(sample_builds()["Sample"], runtime_code=b"\x01")}
    assert stale_files(HERE, generate(changed, NAMES, PACKAGE)) == ["sample.py"]


def test_names_are_those_of_the_house() -> None:
    names = ["frozenAtS", "KEY_DIGEST", "amountE6", "THRESHOLD", "ownerOf", "given_", "requestCloseOut", "a"]
    assert [snake_case(name) for name in names] == [
        "frozen_at_s",
        "key_digest",
        "amount_e6",
        "threshold",
        "owner_of",
        "given",
        "request_close_out",
        "a",
    ]
    assert [python_name(name) for name in ("from", "hash", "chain", "args")] == ["from_", "hash_", "chain_", "args_"]
    assert [module_name(name) for name in ("ClearingHouse", "IERC20Permit", "IBatchVerifier")] == [
        "clearing_house",
        "ierc20_permit",
        "i_batch_verifier",
    ]


def test_two_things_of_one_name_are_refused() -> None:
    build = sample_builds()["Sample"]
    error = {"type": "error", "name": "Note", "inputs": []}
    clash = replace(build, abi=(*build.abi, error), errors={**build.errors, "Note()": b"1234"})
    with pytest.raises(DuplicateSource, match="Note"):
        contract_model(clash)
    twice = [{"name": "value", "type": "uint8"}, {"name": "Value", "type": "uint8"}]
    with pytest.raises(DuplicateSource, match="value"):
        values_of(twice)


def test_structs_of_one_name_must_be_one_struct() -> None:
    build = sample_builds()["Sample"]

    def changed(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: changed(value) for key, value in part.items()}
        if isinstance(part, list | tuple):
            return type(part)(map(changed, part))
        return "lightness" if part == "weight" else part

    other = replace(build, name="Other", abi=changed(build.abi))
    with pytest.raises(DuplicateSource, match="Note"):
        generate({"Sample": build, "Other": other}, ("Sample", "Other"), PACKAGE)


def test_what_has_no_binding_is_named() -> None:
    with pytest.raises(UnknownContract, match="there is no contract Nobody"):
        generate(sample_builds(), ("Nobody",), PACKAGE)
    with pytest.raises(UnsupportedType, match="fixed128x18"):
        values_of([{"name": "a", "type": "fixed128x18"}])
