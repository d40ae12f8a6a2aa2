"""Commands about L1 as a person and as a program meet them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from circuits.frontend import cache as circuit_cache
from console.cli.main import app
from sequencer.l1 import contract_cache
from sequencer.l1.signing_keys import KEY_VARIABLE

RUNNER = CliRunner()


@contextmanager
def own_folder(folder: Path) -> Iterator[None]:
    """Development keys and the local chain's files are there; what is compiled is where it always is."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("ZKCLEAR_KEYS", str(folder / "keys"))
        environment.setenv("ZKCLEAR_L1", str(folder / "chain"))
        environment.setenv("ZKCLEAR_CIRCUITS", str(circuit_cache.cache_folder()))
        environment.setenv("ZKCLEAR_CONTRACTS", str(contract_cache.cache_folder()))
        environment.delenv(KEY_VARIABLE, raising=False)
        yield


def zkclear(*arguments: object) -> Result:
    result = RUNNER.invoke(app, [str(argument) for argument in arguments])
    assert "Traceback" not in result.output
    return result


def succeed(*arguments: object) -> str:
    """What a command says to people."""
    result = zkclear(*arguments)
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def said(*arguments: object, exit_code: int = 0) -> dict[str, Any]:
    """What a command says to programs."""
    result = zkclear(*arguments, "--json")
    assert result.exit_code == exit_code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def refused(*arguments: object, exit_code: int = 1) -> str:
    """The name of the refusal; people read it too."""
    for_people = zkclear(*arguments)
    assert for_people.exit_code == exit_code, for_people.output
    name = str(said(*arguments, exit_code=exit_code)["error"]["type"])
    if exit_code == 1:
        assert name in for_people.stderr or "refused" in for_people.stderr
    return name
