"""The Solidity sources: `contracts/src` of a checkout, or the copy of it inside a wheel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sequencer.l1.errors import ContractsMissing, DuplicateSource

IN_A_WHEEL: Final = Path(__file__).resolve().parent / "solidity"
IN_A_CHECKOUT: Final = Path(__file__).resolve().parents[2] / "contracts" / "src"


def source_folder() -> Path:
    """The folder of the sources. Raises `ContractsMissing`."""
    for folder in (IN_A_WHEEL, IN_A_CHECKOUT):
        if folder.is_dir():
            return folder
    raise ContractsMissing((IN_A_WHEEL, IN_A_CHECKOUT))


def read_sources(folder: Path | None = None, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """All sources by their path relative to the folder, with forward slashes, sorted; `extra` ones among them.

    Raises `ContractsMissing`, and `DuplicateSource` when an extra source has the path of a file that is there.
    """
    root = folder or source_folder()
    sources = {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.sol")}
    if not sources:
        raise ContractsMissing((root,))
    for path, text in (extra or {}).items():
        if path in sources:
            raise DuplicateSource(path, (str(root), "the extra sources"))
        sources[path] = text
    return dict(sorted(sources.items()))
