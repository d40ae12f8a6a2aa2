"""The circom circuits that we measure and test with, and valid inputs for them.

==================  ===========  ============================================================================
name                constraints  what
==================  ===========  ============================================================================
poseidon            240          preimage of a Poseidon hash
eddsa               4,207        EdDSA-Poseidon signature
merkle              4,840        path of depth 20 in a Poseidon tree
mixture-14          16,204       a withdrawal from an account tree: signature, paths, ranges, and some hashes
mixture-16          65,302       4 of them, one after the other
mixture-18          261,945      17 of them
mixture-20          1,047,780    mixture-18 four times side by side: circom itself would take half an hour
==================  ===========  ============================================================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from console.peers.circom import CIRCUITS_FOLDER, calculate_witness, compile_circuit
from console.peers.tiling import tile_relation, tile_witness
from console.peers.workspace import content_key, made_once, package_versions, workspace
from prover.formats.r1cs import read_r1cs, write_r1cs
from prover.formats.wtns import read_wtns, write_wtns
from prover.solidity.node import run_script

MERKLE_DEPTH: Final = 20


@dataclass(frozen=True, slots=True)
class MixtureSize:
    """How often each part of `mixture.circom` occurs."""

    withdrawals: int
    hashes: int
    squarings: int


MIXTURES: Final[Mapping[int, MixtureSize]] = {
    14: MixtureSize(1, 5, 47),
    16: MixtureSize(4, 22, 194),
    18: MixtureSize(17, 31, 236),
}
"""By the base-2 logarithm of the domain."""

TILED: Final[Mapping[str, tuple[str, int]]] = {"mixture-20": ("mixture-18", 4)}
"""Circuits that are another one several times."""


@dataclass(frozen=True, slots=True)
class Built:
    """A circuit with a witness."""

    name: str
    r1cs: Path
    wtns: Path


def names() -> list[str]:
    """All circuits, smallest first."""
    return ["poseidon", "eddsa", "merkle", *(f"mixture-{log2_size}" for log2_size in MIXTURES), *TILED]


def build(name: str) -> Built:
    """Compiles the circuit and calculates a witness, each made once.

    Raises `KeyError` for a name that is not in `names()`, `NodeUnavailable`, and `PeerFailed`.
    """
    if name in TILED:
        part, copies = TILED[name]
        return _build_tiled(name, build(part), copies)
    source, request = _source_and_request(name)
    circuit = compile_circuit(source)
    return Built(name, circuit.r1cs, calculate_witness(circuit, make_inputs(request)))


def _build_tiled(name: str, part: Built, copies: int) -> Built:
    """`copies` of a built circuit in one relation."""

    def make(folder: Path) -> None:
        write_r1cs(folder / "main.r1cs", tile_relation(read_r1cs(part.r1cs), copies))
        witness = tile_witness(read_wtns(part.wtns), read_r1cs(part.r1cs).n_public, copies)
        write_wtns(folder / "witness.wtns", witness)

    key = content_key("tiled", part.r1cs.parent.name, part.wtns.parent.name, str(copies))
    folder = made_once(workspace() / f"tiled-{key}", make)
    return Built(name, folder / "main.r1cs", folder / "witness.wtns")


def make_inputs(request: Mapping[str, Any]) -> dict[str, Any]:
    """Valid inputs, from circomlibjs (which signs and hashes independently of us). Made once."""
    script = (CIRCUITS_FOLDER / "inputs.js").read_text()
    text = json.dumps(request, sort_keys=True)
    key = content_key("inputs", script, text, package_versions(["circomlibjs"]))

    def make(folder: Path) -> None:
        (folder / "inputs.json").write_bytes(run_script(script, stdin=text.encode()))

    result: dict[str, Any] = json.loads((made_once(workspace() / f"inputs-{key}", make) / "inputs.json").read_text())
    return result


def _source_and_request(name: str) -> tuple[str, dict[str, Any]]:
    files = {"poseidon": "poseidon_preimage", "eddsa": "eddsa_signature", "merkle": "merkle_membership"}
    if name in files:
        source = (CIRCUITS_FOLDER / f"{files[name]}.circom").read_text()
        return source, {"circuit": name, "depth": MERKLE_DEPTH}
    size = MIXTURES[int(name.removeprefix("mixture-"))] if name.startswith("mixture-") else None
    if size is None:
        raise KeyError(name)
    parameters = f"{size.withdrawals}, {MERKLE_DEPTH}, {size.hashes}, {size.squarings}"
    main = f"component main {{ public [root] }} = Mixture({parameters});"
    source = f'pragma circom 2.1.6;\n\ninclude "mixture.circom";\n\n{main}\n'
    return source, {"circuit": "mixture", "depth": MERKLE_DEPTH, "withdrawals": size.withdrawals}
