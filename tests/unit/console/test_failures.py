"""Which exit code and sentence an exception becomes, and that no command pays for errors that were not raised."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from console.cli.failures import A_NO, BAD_INPUT, INTERRUPTIONS, REFUSED, Errors, explain, is_one_of
from rollup.errors import UnknownAccount
from sequencer.l1.errors import ChainDown
from sequencer.markets.errors import BadSetting

TABLES = {"a no": A_NO, "refused": REFUSED, "bad input": BAD_INPUT, "interruptions": INTERRUPTIONS}
NAMED = [(module, name) for table in TABLES.values() for module, names in table.items() for name in names]


@pytest.mark.parametrize(("module", "name"), NAMED)
def test_every_name_is_that_of_an_exception(module: str, name: str) -> None:
    assert issubclass(getattr(import_module(module), name), Exception)


def test_codes() -> None:
    assert explain(UnknownAccount("account 7"), 2)[0] == 1
    assert explain(ChainDown("http://localhost:1"), 2)[0] == 2
    assert explain(BadSetting("x", 1, "2"), 2)[0] == 2
    assert explain(MemoryError(), 2)[0] == 3
    assert explain(OSError(28, "No space left on device", "/x"), 2) == (2, "/x: No space left on device")
    code, said = explain(RuntimeError("planted"), 2)
    assert code == 3
    assert "fault of zkclear (RuntimeError: planted)" in said


def test_codes_twin() -> None:
    """Without its row an error is a fault of the program, and the table is what decides."""
    others: Errors = {module: names for module, names in A_NO.items() if module != "rollup.errors"}
    assert is_one_of(UnknownAccount("account 7"), A_NO)
    assert not is_one_of(UnknownAccount("account 7"), others)


def test_a_failure_imports_nothing() -> None:
    script = (
        "import sys, console.cli.failures as f; f.explain(FileNotFoundError(2, 'No such file', 'x'), 2);"
        "print([name for name in sys.modules if name.startswith(('sequencer', 'prover', 'rollup', 'circuits'))])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
