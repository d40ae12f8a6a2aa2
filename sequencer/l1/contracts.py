"""Compiles all contracts, with verifiers rendered for the keys at hand, in one start of the compiler.

What comes out depends on the sources and on nothing else: no metadata hash, fixed settings, a pinned compiler. It is
kept on disk by the hash of all of these, so that the second time takes no compiler and a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from prover.solidity.compiler import compiler_version, run_standard_json
from sequencer.l1 import contract_cache
from sequencer.l1.contract_build import MAX_RUNTIME_BYTES, ContractBuild, build_from
from sequencer.l1.errors import ContractTooLarge, DuplicateSource
from sequencer.l1.sources import read_sources

EVM_VERSION: Final = "cancun"
OPTIMIZER_RUNS: Final = 10_000
"""How often the optimizer thinks that each instruction runs: more makes calls cheaper and code longer."""

SETTINGS: Final[Mapping[str, Any]] = {
    "evmVersion": EVM_VERSION,
    "optimizer": {"enabled": True, "runs": OPTIMIZER_RUNS},
    "metadata": {"bytecodeHash": "none", "appendCBOR": False},
    "outputSelection": {
        "*": {
            "*": [
                "abi",
                "evm.bytecode.object",
                "evm.bytecode.linkReferences",
                "evm.deployedBytecode.object",
                "evm.deployedBytecode.immutableReferences",
                "evm.deployedBytecode.linkReferences",
                "evm.methodIdentifiers",
                "userdoc",
            ]
        }
    },
}
"""The only place where the compiler's settings are written; `contracts/foundry.toml` repeats them for forge."""


def build_contracts(
    extra: Mapping[str, str] | None = None, *, folder: Path | None = None, cache: Path | None = None
) -> dict[str, ContractBuild]:
    """All contracts, interfaces and libraries by name; `extra` are more source files, path to text.

    Takes some seconds, or milliseconds from the cache. Raises `ContractsMissing`, `DuplicateSource` (also for two
    contracts of one name), `ContractTooLarge` by EIP-170, `NodeUnavailable`, and `CompilationFailed` with the
    compiler's messages.
    """
    sources = read_sources(folder, extra)
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources.items()},
        "settings": dict(SETTINGS),
    }
    return builds_of(contract_cache.load_or_make(request, compiler_version(), run_standard_json, cache))


def builds_of(answer: Mapping[str, Any]) -> dict[str, ContractBuild]:
    """From the compiler's answer. Raises `DuplicateSource`, `ContractTooLarge` and `CompilationFailed`."""
    builds: dict[str, ContractBuild] = {}
    for path, contracts in answer.get("contracts", {}).items():
        warnings = _warnings(answer, path)
        for name, output in contracts.items():
            if name in builds:
                raise DuplicateSource(name, (builds[name].source_path, path))
            build = build_from(name, path, output, warnings)
            if len(build.runtime_code) > MAX_RUNTIME_BYTES:
                raise ContractTooLarge(name, len(build.runtime_code), MAX_RUNTIME_BYTES)
            builds[name] = build
    return builds


def _warnings(answer: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """What the compiler has to say about a file."""
    return tuple(
        message["formattedMessage"]
        for message in answer.get("errors", [])
        if message["severity"] == "warning" and message.get("sourceLocation", {}).get("file") == path
    )
