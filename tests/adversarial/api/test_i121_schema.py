"""The description is kept: whatever is sent, nothing but the documented statuses and answers come back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import hypothesis
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck
from schemathesis import GenerationMode, checks

from sequencer.api.methods.table import METHODS
from sequencer.api.openapi import description
from tests.support.api_node import NAME, OTHER_NAME, Stand

CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
FEW, MANY = 4, 60
PARTS = 4


def document() -> dict[str, Any]:
    """The description, with names of instruments and accounts that exist, so that requests get further."""
    found: dict[str, Any] = json.loads(description())

    def narrow(node: Any) -> None:
        if isinstance(node, dict):
            for name, values in (("instrument_name", [NAME, OTHER_NAME]), ("account", [2])):
                if name in node.get("properties", {}) and "jsonrpc" not in node["properties"]:
                    node["properties"][name] = {"enum": values}
            if node.get("name") == "instrument_name" and node.get("in") == "query":
                node["schema"] = {"enum": [NAME, OTHER_NAME]}
            for inner in node.values():
                narrow(inner)
        elif isinstance(node, list):
            for inner in node:
                narrow(inner)

    for path in found["paths"].values():
        narrow(path)
    for name in [
        name
        for name in found["components"]["schemas"]
        if name.startswith(("Placed", "Edited", "Debugged", "Withdrawal"))
    ]:
        narrow(found["components"]["schemas"][name])
    return found


def fuzz(stand: Stand, examples: int, paths: Sequence[str]) -> Counter[int]:
    """Statuses that came back of these paths. Raises what a check finds wrong."""
    schema = schemathesis.openapi.from_dict(document())
    headers, statuses = stand.token(2), Counter[int]()
    with requests.Session() as session:
        for operation in (schema[path][method] for path in paths for method in schema[path]):
            modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

            @hypothesis.given(case=modes[0] | modes[1])
            @hypothesis.settings(
                max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck)
            )
            def one(case: schemathesis.Case[Any]) -> None:
                response = case.call(base_url=stand.api.url, headers=headers, session=session)
                statuses[response.status_code] += 1
                case.validate_response(response, checks=CHECKS)

            one()
    return statuses


PATHS = sorted(document()["paths"])


@pytest.mark.parametrize("part", range(PARTS))
def test_i121_nothing_but_what_is_documented(stand: Stand, part: int) -> None:
    statuses = fuzz(stand, FEW, PATHS[part::PARTS])
    assert not [status for status in statuses if status >= 500]
    assert len(statuses) >= 3, "all answers alike reach nothing"


@pytest.mark.deep
def test_i121_nothing_but_what_is_documented_for_long(stand: Stand) -> None:
    statuses = fuzz(stand, MANY, PATHS)
    assert not [status for status in statuses if status >= 500]
    assert {200, 400, 404, 422} <= set(statuses)


def test_i121_nothing_but_what_is_documented_twin(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """A method with a fault."""

    def fault(*_: Any) -> None:
        raise KeyError("a fault")

    monkeypatch.setattr("sequencer.api.methods.market.count_of", fault)
    with pytest.raises(BaseExceptionGroup):
        fuzz(stand, 20, ["/api/v2/public/get_batches"])


def test_i121_every_method_is_described() -> None:
    paths = json.loads(description())["paths"]
    assert {f"/api/v2/{name}" for name in METHODS} == {path for path in paths if path.count("/") == 4}
