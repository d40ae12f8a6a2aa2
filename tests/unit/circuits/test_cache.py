"""Compiled circuits on disk: what comes back is what was kept, nothing damaged is believed, nothing stale is found."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from circuits.catalogue import examples
from circuits.frontend import Builder, Circuit, CompiledCircuit, Wire, compile_circuit, private, public
from circuits.frontend.cache import FORMAT, KEPT, load_or_compile
from circuits.frontend.compact import CompactCircuit
from circuits.frontend.compile import compile_compact
from circuits.frontend.identity import content_hash
from tests.support.kernels import fastest

DIGEST = slice(16, 48)


def never(_: Circuit) -> CompactCircuit:
    raise AssertionError("compiled, though it should have been on disk")


def powers(exponents: Sequence[int], name: str = "powers") -> Circuit:
    def define(c: Builder, x: Wire) -> Wire:
        total = c.constant(0)
        for exponent in exponents:
            power = x
            for _ in range(exponent - 1):
                with c.rule("Power"):
                    power = power * x
            total = total + 3 * power
        return total

    return Circuit(name, define, {"x": private()})


def arrays(compiled: CompiledCircuit) -> list[NDArray[Any]]:
    tape = compiled.tape
    matrices = [array for _, m in compiled.relation.matrices() for array in (m.row_start, m.column, m.coefficient)]
    tapes = [tape.entry_start, tape.entries, tape.calls, tape.program, tape.n_wires, tape.n_temporaries]
    return [*matrices, *tapes, tape.constants, compiled.rule_of_row, compiled.source_of_row]


def same(first: CompiledCircuit, second: CompiledCircuit) -> bool:
    pairs = zip(arrays(first), arrays(second), strict=True)
    texts = ("output_names", "outline", "rules", "sources")
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs) and all(
        getattr(first, name) == getattr(second, name) for name in texts
    )


@pytest.mark.parametrize("name", ["select_by_index", "merkle_root_2", "look_up"])
def test_what_is_loaded_is_what_was_compiled(name: str, tmp_path: Path) -> None:
    example = examples()[name]
    compiled = load_or_compile(example.circuit, tmp_path)
    loaded = load_or_compile(example.circuit, tmp_path, never)
    assert same(compiled, loaded)
    assert same(compile_circuit(example.circuit), loaded)
    inputs = example.inputs(Random(1))
    assert np.array_equal(loaded.witness(inputs, fastest()), compiled.witness(inputs, fastest()))


def test_an_entry_does_not_depend_on_what_was_compiled_before(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from circuits.catalogue import examples\n"
        "from circuits.frontend.cache import load_or_compile\n"
        "for name in sys.argv[2:]: load_or_compile(examples()[name].circuit, Path(sys.argv[1]))"
    )
    for folder, names in (("a", ["look_up", "division", "signed"]), ("b", ["signed", "division", "look_up"])):
        subprocess.run([sys.executable, "-c", program, str(tmp_path / folder), *names], check=True, timeout=60)
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in "ab")
    assert len(first) == 3
    assert first == second


# -- damage ------------------------------------------------------------------------------------------------------------


def entry(folder: Path) -> Path:
    (found,) = folder.iterdir()
    return found


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def test_a_damaged_entry_is_made_anew(tmp_path: Path) -> None:
    circuit = powers([2, 3])
    compiled = load_or_compile(circuit, tmp_path)
    whole = entry(tmp_path).read_bytes()
    damages = [b"", whole[:10], whole[:-1], whole + b"\0", bytes(len(whole))]
    damages += [flipped(whole, position) for position in range(0, len(whole), 97)]
    for damaged in damages:
        entry(tmp_path).write_bytes(damaged)
        assert same(load_or_compile(circuit, tmp_path), compiled)
        assert entry(tmp_path).read_bytes() == whole


def test_a_damaged_entry_is_made_anew_twin(tmp_path: Path) -> None:
    """With a digest made to fit, damage is believed: it is the digest that guards."""
    circuit = powers([2, 3])
    compiled = load_or_compile(circuit, tmp_path)
    whole = entry(tmp_path).read_bytes()
    damaged = flipped(whole, len(whole) - 4)
    entry(tmp_path).write_bytes(
        damaged[: DIGEST.start] + hashlib.sha256(damaged[DIGEST.stop :]).digest() + damaged[48:]
    )
    assert not same(load_or_compile(circuit, tmp_path, never), compiled)


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert load_or_compile(powers([2]), tmp_path / "file").n_constraints == 2


def test_a_name_leads_nowhere_else(tmp_path: Path) -> None:
    load_or_compile(powers([2], "../../out/side"), tmp_path / "cache")
    assert [path.parent for path in tmp_path.rglob("*.circuit")] == [tmp_path / "cache"]


def test_old_entries_are_removed(tmp_path: Path) -> None:
    load_or_compile(powers([2], "powers_other"), tmp_path)
    for exponent in range(2, 3 + KEPT):
        load_or_compile(powers([exponent]), tmp_path)
    assert len(list(tmp_path.iterdir())) == 1 + KEPT
    load_or_compile(powers([2 + KEPT]), tmp_path, never)
    load_or_compile(powers([2], "powers_other"), tmp_path, never)


# -- identity ----------------------------------------------------------------------------------------------------------


def digest(circuit: Circuit) -> str | None:
    return content_hash(circuit, FORMAT)


def with_default(factor: int) -> Circuit:
    def define(_: Builder, x: Wire, y: int = factor) -> Wire:
        return x * x * y

    return Circuit("powers", define, {"x": private()})


def test_what_a_factory_is_given_tells_its_circuits_apart() -> None:
    circuits = [
        powers([2, 3]),
        powers([3, 2]),
        powers((2, 3)),
        powers([2, 3], "other"),
        with_default(1),
        with_default(2),
        Circuit("powers", powers([2, 3]).define, {"x": public()}),
        Circuit("powers", lambda c, x: c.product(x, x), {"x": private()}),
        Circuit("powers", lambda c, x: c.product(x, x + 1), {"x": private()}),
    ]
    found = [digest(circuit) for circuit in circuits]
    assert None not in found
    assert len(set(found)) == len(found)
    assert digest(powers([2, 3])) == digest(powers([2, 3]))
    assert content_hash(powers([2]), FORMAT) != content_hash(powers([2]), FORMAT + 1)


def test_without_its_values_a_factory_makes_one_circuit_twin() -> None:
    """Sources and names alone say the same of both."""
    first, second = powers([2]), powers([3])
    assert (first.define.__qualname__, first.name) == (second.define.__qualname__, second.name)
    assert compile_compact(first).a.column.size != compile_compact(second).a.column.size


def test_what_has_no_identity_is_compiled_each_time(tmp_path: Path) -> None:
    secret = object()

    def define(_: Builder, x: Wire) -> Wire:
        return x * x * len(str(type(secret)))

    circuit = Circuit("odd", define, {"x": private()})
    assert digest(circuit) is None
    assert load_or_compile(circuit, tmp_path).n_constraints == 2
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], Path]:
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        importlib.invalidate_caches()
        return path

    return write


def test_a_change_in_an_imported_file_is_seen(written: Callable[[str, str], Path]) -> None:
    written("cachedpkg/__init__.py", "")
    deep = written("cachedpkg/deep.py", "FACTOR = 3\n")
    written("cachedpkg/middle.py", "from . import deep\ndef scale(x):\n    return x * deep.FACTOR\n")
    lazy = written("cachedlazy.py", "OFFSET = 1\n")
    main = written(
        "cachedmain.py",
        "from cachedpkg.middle import scale\nfrom circuits.frontend import Circuit, private\n"
        "def define(c, x):\n    import cachedlazy\n    return scale(x) * x + cachedlazy.OFFSET\n"
        "mine = Circuit('mine', define, {'x': private()})\n",
    )
    mine = importlib.import_module("cachedmain").mine
    found = [digest(mine)]
    for path in (deep, lazy, main):
        path.write_text(path.read_text() + "# changed\n")
        found.append(digest(mine))
    assert None not in found
    assert len(set(found)) == 4
