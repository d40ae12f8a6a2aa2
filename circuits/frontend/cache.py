"""Compiled circuits on disk, by the hash of everything that they were made from.

The key is a hash over the sources of `circuits` and of the circuit's own module, the published constants' sources, the
circuit's name and inputs, and the version of this format. A circuit that a factory makes must therefore carry its
parameters in its name; two of one name and module with other parameters would be one circuit to the cache.

An entry is a NumPy archive without pickles, and the SHA-256 of its bytes; one that is damaged is made anew.
"""

from __future__ import annotations

import hashlib
import inspect
import io
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from circuits.frontend.circuit import Circuit
from circuits.frontend.compile import compile_circuit
from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.labels import HOUSE
from circuits.frontend.outline import Outline, OutlineCall, OutlineTemplate
from prover.r1cs import R1CS, SparseMatrix
from prover.tape import Tape

FORMAT: Final = 1
FOLDER_VARIABLE: Final = "ZKCLEAR_CIRCUITS"
"""Names another folder than `.zkclear/circuits` under the current directory."""

_SOURCES: Final = (
    "circuits/**/*.py",
    "prover/reference/poseidon.py",
    "prover/reference/babyjubjub.py",
    "prover/tape.py",
)
_TAPE: Final = ("entry_start", "entries", "calls", "program", "n_wires", "n_temporaries", "constants")
_DIGEST_BYTES: Final = 32


def cache_folder() -> Path:
    """Where compiled circuits are kept."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd() / ".zkclear" / "circuits")


def load_or_compile(
    circuit: Circuit, folder: Path | None = None, compiler: Callable[[Circuit], CompiledCircuit] = compile_circuit
) -> CompiledCircuit:
    """The compiled circuit, from disk if it is there and whole. Raises `CircuitDefinitionError`."""
    path = (folder or cache_folder()) / f"{circuit.name}-{content_hash(circuit)[:24]}.circuit"
    loaded = _read(path, circuit)
    if loaded is not None:
        return loaded
    compiled = compiler(circuit)
    _write(path, compiled)
    return compiled


def content_hash(circuit: Circuit) -> str:
    """SHA-256 in hexadecimal over all that a compiled circuit depends on."""
    hasher = hashlib.sha256(f"{FORMAT} {circuit.name} {circuit.ordered_inputs()!r}".encode())
    for path in sorted({path for pattern in _SOURCES for path in HOUSE.glob(pattern)}):
        hasher.update(_hashed(path.relative_to(HOUSE).as_posix().encode(), path.read_bytes()))
    own = inspect.getsourcefile(circuit.define)
    if own is not None:
        hasher.update(_hashed(circuit.define.__qualname__.encode(), Path(own).read_bytes()))
    return hasher.hexdigest()


def _hashed(name: bytes, content: bytes) -> bytes:
    return hashlib.sha256(name).digest() + hashlib.sha256(content).digest()


def _write(path: Path, compiled: CompiledCircuit) -> None:
    """To a temporary file first: a reader sees the whole entry or none."""
    relation = compiled.relation
    arrays: dict[str, Any] = {f"tape_{name}": getattr(compiled.tape, name) for name in _TAPE}
    for name, matrix in relation.matrices():
        arrays |= {
            f"{name}_row_start": matrix.row_start,
            f"{name}_column": matrix.column,
            f"{name}_coefficient": matrix.coefficient,
        }
    arrays |= {"rule_of_row": compiled.rule_of_row, "source_of_row": compiled.source_of_row}
    described = {
        "n_wires": relation.n_wires,
        "n_public_outputs": relation.n_public_outputs,
        "n_public_inputs": relation.n_public_inputs,
        "n_private_inputs": relation.n_private_inputs,
        "output_names": compiled.output_names,
        "rules": compiled.rules,
        "sources": compiled.sources,
        "outline": [asdict(template) for template in compiled.outline.templates],
    }
    arrays["described"] = np.frombuffer(json.dumps(described).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    content = buffer.getvalue()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _read(path: Path, circuit: Circuit) -> CompiledCircuit | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    digest, content = data[:_DIGEST_BYTES], data[_DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != digest:
        return None
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        arrays = dict(stored)
    described = json.loads(arrays["described"].tobytes())
    a, b, c = (
        SparseMatrix(arrays[f"{name}_row_start"], arrays[f"{name}_column"], arrays[f"{name}_coefficient"])
        for name in "ABC"
    )
    counts = {name: described[name] for name in ("n_wires", "n_public_outputs", "n_public_inputs", "n_private_inputs")}
    return CompiledCircuit(
        circuit=circuit,
        relation=R1CS(a=a, b=b, c=c, **counts),
        tape=Tape(**{name: arrays[f"tape_{name}"] for name in _TAPE}),
        output_names=tuple(described["output_names"]),
        outline=Outline(tuple(map(_template, described["outline"]))),
        rules=tuple(described["rules"]),
        rule_of_row=arrays["rule_of_row"],
        sources=tuple(described["sources"]),
        source_of_row=arrays["source_of_row"],
    )


def _template(stored: dict[str, Any]) -> OutlineTemplate:
    return OutlineTemplate(
        name=stored["name"],
        n_rows=stored["n_rows"],
        n_wires=stored["n_wires"],
        calls=tuple(OutlineCall(**call) for call in stored["calls"]),
        own_rows=tuple(stored["own_rows"]),
        rules=tuple(stored["rules"]),
        call_rules=tuple(stored["call_rules"]),
        hinted=tuple(stored["hinted"]),
        names={int(wire): name for wire, name in stored["names"].items()},
    )
