"""Development keys on disk: made from published secrets when they are first needed, worth nothing to anybody else.

The file's name has the preset and the hash of the circuit's relation, so that no other circuit can use it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from circuits.exit.statement import exit_circuit
from circuits.frontend import Circuit
from circuits.frontend.cache import load_or_compile
from circuits.settlement.statement import settlement_circuit
from prover.formats.proving_key import ProvingKey
from prover.formats.zkey import read_zkey, write_zkey
from prover.groth16.development_setup import development_setup
from prover.kernels.interface import Kernels
from rollup.presets import Preset

FOLDER_VARIABLE: Final = "ZKCLEAR_KEYS"
"""Names another folder than `.zkclear/keys` under the current directory."""


def key_folder() -> Path:
    """Where development keys are kept."""
    return Path(os.environ.get(FOLDER_VARIABLE) or Path.cwd() / ".zkclear" / "keys")


def settlement_key(preset: Preset, kernels: Kernels, folder: Path | None = None) -> ProvingKey:
    """The key for batches. The first time takes seconds at DEMO, and half a minute at LARGE."""
    return _load_or_make(settlement_circuit(preset), kernels, folder or key_folder())


def settlement_key_file(preset: Preset, kernels: Kernels, folder: Path | None = None) -> Path:
    """Where the key for batches is, made if it was not there: for provers in other processes."""
    return _file(settlement_circuit(preset), kernels, folder or key_folder())


def exit_key(preset: Preset, kernels: Kernels, folder: Path | None = None) -> ProvingKey:
    """The key for exits."""
    return _load_or_make(exit_circuit(preset), kernels, folder or key_folder())


def _load_or_make(circuit: Circuit, kernels: Kernels, folder: Path) -> ProvingKey:
    return read_zkey(_file(circuit, kernels, folder))


def _file(circuit: Circuit, kernels: Kernels, folder: Path) -> Path:
    relation = load_or_compile(circuit).relation
    path = folder / f"{circuit.name}-{relation.digest().hex()[:24]}.development.zkey"
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_zkey(path, development_setup(relation, kernels))
    return path
