"""Compiled circuits on disk, by the hash of everything that they were made from (`circuits.frontend.identity`).

An entry holds arrays and JSON, nothing that runs, under the SHA-256 of its bytes: one that is damaged is made anew,
never believed. The hash guards against accidents, not against whoever may write to the folder.

::

    magic (16 bytes)  SHA-256 of what follows (32)  length of the head (8, little-endian)  head: JSON  arrays, each at
                                                                                           a multiple of 8 bytes
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from circuits.frontend.circuit import Circuit
from circuits.frontend.compact import CompactCircuit, CompactMatrix
from circuits.frontend.compile import compile_compact
from circuits.frontend.compiled import CompiledCircuit
from circuits.frontend.identity import content_hash
from circuits.frontend.outline import Outline, OutlineCall, OutlineTemplate
from circuits.frontend.witness_maker import WitnessMaker
from prover.formats.atomic import AtomicFile, Bytes, as_bytes
from prover.tape import Tape

FORMAT: Final = 2
FOLDER_VARIABLE: Final = "ZKCLEAR_CIRCUITS"
"""Names another folder than `.zkclear/circuits` under the current directory."""

KEPT: Final = 4
"""Entries kept per circuit name; older ones are removed when another is written."""

_MAGIC: Final = b"zkclear circuit\0"
_ARRAYS_OF_TAPE: Final = ("entry_start", "entries", "calls", "program", "n_wires", "n_temporaries", "constants")
_ARRAYS_OF_MATRIX: Final = ("row_start", "column", "coefficient")
_DIGEST_BYTES: Final = 32
_ALIGNMENT: Final = 8


def cache_folder() -> Path:
    """Where compiled circuits are kept."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd() / ".zkclear" / "circuits")


def load_or_compile(
    circuit: Circuit,
    folder: Path | None = None,
    compiler: Callable[[Circuit], CompactCircuit] = compile_compact,
    *,
    anew: bool = False,
) -> CompiledCircuit:
    """The compiled circuit, from disk if it is there and whole, unless it is wanted `anew`.

    Raises `CircuitDefinitionError`.

    A circuit that has no identity is compiled each time; where the folder cannot be written, nothing is kept.
    """
    return _stored_or_made(circuit, folder, compiler, anew=anew).expanded()


def load_witness_maker(circuit: Circuit, folder: Path | None = None) -> WitnessMaker:
    """What makes a circuit's witnesses, without its relation. Raises `CircuitDefinitionError`."""
    return _stored_or_made(circuit, folder, compile_compact, anew=False).maker


def _stored_or_made(
    circuit: Circuit, folder: Path | None, compiler: Callable[[Circuit], CompactCircuit], *, anew: bool
) -> CompactCircuit:
    digest = content_hash(circuit, FORMAT)
    if digest is None:
        return compiler(circuit)
    name = file_name(circuit.name)
    path = (folder or cache_folder()) / f"{name}-{digest[:24]}.circuit"
    stored = None if anew else _read(path, circuit)
    if stored is None:
        stored = compiler(circuit)
        with suppress(OSError):
            _write(path, stored)
            _remove_old(path.parent, name)
    return stored


def file_name(circuit_name: str) -> str:
    """A circuit's name as part of a file's: what could lead out of a folder is left out."""
    return re.sub(r"[^A-Za-z0-9_=-]+", "_", circuit_name)


def _write(path: Path, circuit: CompactCircuit) -> None:
    arrays = dict(_arrays(circuit))
    layout = [(name, array.dtype.str, array.shape) for name, array in arrays.items()]
    head = json.dumps({"arrays": layout, **_described(circuit)}).encode()
    hasher = hashlib.sha256()
    path.parent.mkdir(parents=True, exist_ok=True)
    with AtomicFile(path) as file:
        file.write(_MAGIC + bytes(_DIGEST_BYTES))
        parts: list[Bytes] = [len(head).to_bytes(8, "little"), head, *arrays.values()]
        for view in map(as_bytes, parts):
            for piece in (view, bytes(-len(view) % _ALIGNMENT)):
                hasher.update(piece)
                file.write(piece)
        file.write_at(len(_MAGIC), hasher.digest())


def _read(path: Path, circuit: Circuit) -> CompactCircuit | None:
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError:
        return None
    begin = len(_MAGIC) + _DIGEST_BYTES
    if data[: len(_MAGIC)].tobytes() != _MAGIC:
        return None
    if hashlib.sha256(data[begin:].data).digest() != data[len(_MAGIC) : begin].tobytes():
        return None
    length = int.from_bytes(data[begin : begin + 8].tobytes(), "little")
    head = json.loads(data[begin + 8 : begin + 8 + length].tobytes())
    arrays: dict[str, NDArray[Any]] = {}
    position = begin + 8 + length
    for name, dtype, shape in head["arrays"]:
        position += -position % _ALIGNMENT
        n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        arrays[name] = data[position : position + n_bytes].view(dtype).reshape(shape)
        position += n_bytes
    return _circuit(circuit, head, arrays)


def _arrays(circuit: CompactCircuit) -> Iterator[tuple[str, NDArray[Any]]]:
    for matrix in "abc":
        for name in _ARRAYS_OF_MATRIX:
            yield f"{matrix}.{name}", getattr(getattr(circuit, matrix), name)
    for name in _ARRAYS_OF_TAPE:
        yield f"tape.{name}", getattr(circuit.tape, name)
    for name in ("table", "rule_of_row", "source_of_row"):
        yield name, getattr(circuit, name)


def _described(circuit: CompactCircuit) -> dict[str, Any]:
    names = {name: getattr(circuit, name) for name in ("n_wires", "output_names", "rules", "sources")}
    return {**names, "outline": [asdict(template) for template in circuit.outline.templates]}


def _circuit(circuit: Circuit, head: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> CompactCircuit:
    a, b, c = (CompactMatrix(**{name: arrays[f"{matrix}.{name}"] for name in _ARRAYS_OF_MATRIX}) for matrix in "abc")
    return CompactCircuit(
        circuit=circuit,
        n_wires=head["n_wires"],
        a=a,
        b=b,
        c=c,
        table=arrays["table"],
        tape=Tape(**{name: arrays[f"tape.{name}"] for name in _ARRAYS_OF_TAPE}),
        output_names=tuple(head["output_names"]),
        outline=Outline(tuple(map(_template, head["outline"]))),
        rules=tuple(head["rules"]),
        rule_of_row=arrays["rule_of_row"],
        sources=tuple(head["sources"]),
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


def _remove_old(folder: Path, name: str) -> None:
    """Removes all but the newest entries of a name: their sources have changed since."""
    entries = (path for path in folder.glob(f"{name}-*.circuit") if len(path.stem) == len(name) + 25)
    for path in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT:]:
        path.unlink(missing_ok=True)
