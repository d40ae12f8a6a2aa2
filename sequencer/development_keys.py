"""Development keys on disk: made from published secrets when they are first needed, worth nothing to anybody else.

The file's name has the preset and the hash of the circuit's relation, so that no other circuit can use it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
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
    return read_zkey(settlement_key_file(preset, kernels, folder))


def settlement_key_file(preset: Preset, kernels: Kernels, folder: Path | None = None) -> Path:
    """Where the key for batches is, made if it was not there: for provers in other processes."""
    return _file(settlement_circuit, preset, kernels, folder or key_folder())


def exit_key(preset: Preset, kernels: Kernels, folder: Path | None = None) -> ProvingKey:
    """The key for exits."""
    return read_zkey(_file(exit_circuit, preset, kernels, folder or key_folder()))


def _file(make: Callable[[Preset], Circuit], preset: Preset, kernels: Kernels, folder: Path) -> Path:
    path = folder / _name(make, preset)
    if not path.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        write_zkey(path, development_setup(load_or_compile(make(preset)).relation, kernels))
    return path


@cache
def _name(make: Callable[[Preset], Circuit], preset: Preset) -> str:
    """Of a key's file. Hashing a relation takes a second at DEMO, and a circuit does not change while this runs."""
    circuit = make(preset)
    return f"{circuit.name}-{load_or_compile(circuit).relation.digest().hex()[:24]}.development.zkey"
