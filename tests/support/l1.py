"""A small contract with everything that a binding must cope with, compiled once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sequencer.l1.contract_build import ContractBuild
from sequencer.l1.contracts import build_contracts

SAMPLE_PATH = Path(__file__).with_name("Sample.sol")
SAMPLE = SAMPLE_PATH.read_text(encoding="utf-8")


@cache
def sample_builds() -> dict[str, ContractBuild]:
    """By name: `Sample`, `ISample`, `Child`."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "Sample.sol").write_text(SAMPLE, encoding="utf-8")
        return build_contracts(folder=Path(folder), cache=Path(folder))
