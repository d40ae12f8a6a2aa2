"""Types of the contract ABI, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def signature(entry: Mapping[str, Any]) -> str:
    """The canonical signature of a function, an error or an event: `"deposit(uint256,uint256)"`."""
    return f"{entry['name']}({','.join(canonical_type(part) for part in entry['inputs'])})"


def canonical_type(part: Mapping[str, Any]) -> str:
    """The type of a parameter with structs written out: `"(uint256,bytes)[]"`."""
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(canonical_type(inner) for inner in part['components'])}){kind.removeprefix('tuple')}"
