"""circom: compiling a circuit and calculating its witness, in Node.

The compiler is circom2 from npm (WebAssembly) with circomlib, at full optimisation (`--O2`). It sees only folders below
the one that it runs in, so that sources and circomlib are copied beside each other.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.peers.process import run_measured
from console.peers.workspace import content_key, made_once, package_versions, workspace
from prover.solidity.node import node_environment, node_program, package_folder

CIRCUITS_FOLDER: Final = Path(__file__).parent / "circuits"
MAIN_NAME: Final = "main"


@dataclass(frozen=True, slots=True)
class CompiledCircuit:
    """What circom made of a circuit."""

    folder: Path

    @property
    def r1cs(self) -> Path:
        """The relation."""
        return self.folder / f"{MAIN_NAME}.r1cs"

    @property
    def wasm(self) -> Path:
        """The witness calculator."""
        return self.folder / f"{MAIN_NAME}_js" / f"{MAIN_NAME}.wasm"


def compile_circuit(source: str) -> CompiledCircuit:
    """Compiles a main component that may include circomlib and our own circuits. Made once per content.

    About 0.5 s per thousand constraints. Raises `PeerFailed` with the compiler's output, and `NodeUnavailable`.
    """
    own = sorted(CIRCUITS_FOLDER.glob("*.circom"))
    versions = package_versions(["circom2", "circomlib"])
    key = content_key("circom", source, versions, *(path.name + path.read_text() for path in own))

    def make(folder: Path) -> None:
        (folder / f"{MAIN_NAME}.circom").write_text(source)
        for path in own:
            shutil.copy(path, folder)
        shutil.copytree(package_folder("circomlib") / "circuits", folder / "circomlib")
        compiler = package_folder("circom2") / "cli.js"
        flags = ["--r1cs", "--wasm", "--O2", "-l", "circomlib", "-o", "."]
        run_measured([node_program(), str(compiler), f"{MAIN_NAME}.circom", *flags], cwd=folder)
        shutil.rmtree(folder / "circomlib")

    return CompiledCircuit(made_once(workspace() / f"circom-{key}", make))


def calculate_witness(circuit: CompiledCircuit, inputs: Mapping[str, Any]) -> Path:
    """The `.wtns` file of a circuit for these inputs (integers as decimal strings, arrays as lists). Made once.

    Raises `PeerFailed` when the inputs do not satisfy the circuit.
    """
    text = json.dumps(inputs, sort_keys=True)
    key = content_key("witness", circuit.folder.name, text)

    def make(folder: Path) -> None:
        (folder / "input.json").write_text(text)
        script = circuit.wasm.parent / "generate_witness.js"
        command = [node_program(), str(script), str(circuit.wasm), str(folder / "input.json")]
        run_measured([*command, str(folder / "witness.wtns")], environment=node_environment())

    return made_once(workspace() / f"witness-{key}", make) / "witness.wtns"
