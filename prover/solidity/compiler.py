"""Compiles Solidity with the compiler from npm (`solc`, WebAssembly) in Node, through its standard JSON interface.

About a second for a verifier, most of it loading the compiler.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from prover.solidity.errors import CompilationFailed
from prover.solidity.node import package_folder, run_script

_SCRIPT: Final = """
const solc = require("solc");
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk));
process.stdin.on("end", () => process.stdout.write(solc.compile(Buffer.concat(chunks).toString("utf8"))));
"""


@dataclass(frozen=True, slots=True)
class CompiledContract:
    """What the compiler makes of one contract."""

    name: str
    abi: list[dict[str, Any]]
    creation_code: bytes
    runtime_code: bytes
    selectors: Mapping[str, bytes]
    """`"verifyProof(uint256[2],…)"` to its four bytes."""
    warnings: tuple[str, ...]

    def selector(self, function: str) -> bytes:
        """The four bytes of the function of this name. Raises `KeyError` when there is none."""
        for signature, selector in self.selectors.items():
            if signature.split("(", 1)[0] == function:
                return selector
        raise KeyError(function)


def compile_solidity(
    source: str, *, contract_name: str = "Groth16Verifier", evm_version: str = "cancun", optimizer_runs: int = 1_000_000
) -> CompiledContract:
    """Compiles one source file and returns one of its contracts.

    Raises `NodeUnavailable` without Node or the package `solc`, and `CompilationFailed` with the compiler's
    messages when the source is refused or has no contract of that name.
    """
    return compile_many({contract_name: source}, evm_version=evm_version, optimizer_runs=optimizer_runs)[contract_name]


def compile_many(
    sources: Mapping[str, str], *, evm_version: str = "cancun", optimizer_runs: int = 1_000_000
) -> dict[str, CompiledContract]:
    """The same for several independent files in one start of the compiler.

    `sources` maps the name under which the result is returned to a source with one concrete contract, or several of
    which one has that name.
    """
    request = {
        "language": "Solidity",
        "sources": {f"{name}.sol": {"content": source} for name, source in sources.items()},
        "settings": {
            "evmVersion": evm_version,
            "optimizer": {"enabled": True, "runs": optimizer_runs},
            "metadata": {"bytecodeHash": "none", "appendCBOR": False},
            "outputSelection": {
                "*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "evm.methodIdentifiers"]}
            },
        },
    }
    answer = run_standard_json(request)
    return {name: _contract(name, answer, answer.get("errors", [])) for name in sources}


def _contract(name: str, answer: dict[str, Any], messages: list[dict[str, Any]]) -> CompiledContract:
    file_name = f"{name}.sol"
    contracts: dict[str, Any] = answer["contracts"].get(file_name, {})
    if name in contracts:
        contract_name = name
    elif len(contracts) == 1:
        contract_name = next(iter(contracts))
    else:
        raise CompilationFailed((f"{file_name} has no contract {name}; it has {', '.join(contracts) or 'none'}",))
    contract = contracts[contract_name]
    evm = contract["evm"]
    return CompiledContract(
        name=contract_name,
        abi=contract["abi"],
        creation_code=bytes.fromhex(evm["bytecode"]["object"]),
        runtime_code=bytes.fromhex(evm["deployedBytecode"]["object"]),
        selectors={signature: bytes.fromhex(text) for signature, text in evm["methodIdentifiers"].items()},
        warnings=tuple(
            m["formattedMessage"]
            for m in messages
            if m["severity"] == "warning" and m.get("sourceLocation", {}).get("file") == file_name
        ),
    )


def run_standard_json(request: Mapping[str, Any]) -> dict[str, Any]:
    """The compiler's answer to a request of its standard JSON interface.

    Raises `NodeUnavailable`, and `CompilationFailed` with the compiler's messages when there is an error among them.
    """
    package_folder("solc")
    answer: dict[str, Any] = json.loads(run_script(_SCRIPT, stdin=json.dumps(request).encode()))
    errors = tuple(m["formattedMessage"] for m in answer.get("errors", []) if m["severity"] == "error")
    if errors:
        raise CompilationFailed(errors)
    return answer


def compiler_version() -> str:
    """The version of the installed compiler, `"0.8.37"`, without starting it. Raises `NodeUnavailable`."""
    manifest = json.loads((package_folder("solc") / "package.json").read_text(encoding="utf-8"))
    return str(manifest["version"])
