"""What the compiler makes of one contract, and what can be told from it without a chain."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from prover.solidity.errors import CompilationFailed
from sequencer.l1.abi import signature
from sequencer.l1.errors import NotDeployable

MAX_RUNTIME_BYTES: Final = 24_576
"""EIP-170."""

SELECTOR_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class ContractBuild:
    """One contract, interface or library, compiled.

    `runtime_code` has zeros where immutables are put at construction: `immutables`, as (start, length).
    Selectors, errors and events go by their canonical signature, `"deposit(uint256,uint256)"`.
    """

    name: str
    source_path: str
    abi: tuple[dict[str, Any], ...]
    creation_code: bytes
    runtime_code: bytes
    selectors: Mapping[str, bytes]
    errors: Mapping[str, bytes]
    events: Mapping[str, bytes]
    immutables: tuple[tuple[int, int], ...]
    notices: Mapping[str, str]
    """What the source says for people of each of them, by signature, and of the contract itself, by its name."""

    warnings: tuple[str, ...]

    @property
    def is_deployable(self) -> bool:
        """Whether there is code: interfaces and abstract contracts have none."""
        return bool(self.creation_code)

    def selector(self, function: str) -> bytes:
        """The four bytes of the function of this name. Raises `KeyError` when there is none, or more than one."""
        found = [selector for text, selector in self.selectors.items() if text.split("(", 1)[0] == function]
        if len(found) != 1:
            raise KeyError(function)
        return found[0]

    def runtime_digest(self) -> str:
        """SHA-256 of the runtime code without immutables, in hexadecimal. Raises `NotDeployable`."""
        if not self.is_deployable:
            raise NotDeployable(self.name)
        return hashlib.sha256(self.runtime_code).hexdigest()

    def without_immutables(self, deployed: bytes) -> bytes:
        """Code from a chain with zeros for the immutables: equal to `runtime_code` if it is this contract's."""
        code = bytearray(deployed)
        for start, length in self.immutables:
            if start + length <= len(code):
                code[start : start + length] = bytes(length)
        return bytes(code)


def build_from(name: str, source_path: str, output: Mapping[str, Any], warnings: tuple[str, ...]) -> ContractBuild:
    """From the compiler's output for one contract. Raises `CompilationFailed` when a library is not linked in."""
    evm = output["evm"]
    references = evm["deployedBytecode"].get("immutableReferences", {})
    abi = tuple(output["abi"])
    return ContractBuild(
        name=name,
        source_path=source_path,
        abi=abi,
        creation_code=_code(name, evm["bytecode"]),
        runtime_code=_code(name, evm["deployedBytecode"]),
        selectors={text: bytes.fromhex(selector) for text, selector in evm["methodIdentifiers"].items()},
        errors=_hashed(abi, "error", SELECTOR_BYTES),
        events=_hashed(abi, "event", None),
        immutables=tuple(sorted((place["start"], place["length"]) for group in references.values() for place in group)),
        notices=_notices(name, output.get("userdoc", {})),
        warnings=warnings,
    )


def _code(name: str, output: Mapping[str, Any]) -> bytes:
    try:
        return bytes.fromhex(output["object"])
    except ValueError as error:
        libraries = ", ".join(library for group in output["linkReferences"].values() for library in group)
        message = f"{name} calls a deployed library ({libraries}): make its functions internal"
        raise CompilationFailed((message,)) from error


def _notices(name: str, documentation: Mapping[str, Any]) -> dict[str, str]:
    """The compiler has errors in lists: several contracts may have one of the same signature."""
    notices = {name: documentation["notice"]} if "notice" in documentation else {}
    for kind in ("methods", "events", "errors"):
        for text, entry in documentation.get(kind, {}).items():
            found = entry[0] if isinstance(entry, list) else entry
            if "notice" in found:
                notices[text] = found["notice"]
    return notices


def _hashed(abi: tuple[dict[str, Any], ...], kind: str, length: int | None) -> dict[str, bytes]:
    """Signatures of one kind to their hashes, whole or the first bytes."""
    from eth_hash.auto import keccak

    texts = (signature(entry) for entry in abi if entry["type"] == kind)
    return {text: bytes(keccak(text.encode()))[:length] for text in texts}
