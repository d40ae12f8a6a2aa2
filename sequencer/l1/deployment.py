"""What a rollup on L1 is: its contracts, and everything that was fixed when they were deployed; kept in a file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from prover.formats.atomic import AtomicFile
from rollup.presets import PRESETS, Preset
from rollup.types.orders import Domain
from rollup.types.words import WORDS_PER_LIQUIDATION, settlement_words
from sequencer.l1.address import is_address
from sequencer.l1.bindings.structs import Sizes, Terms
from sequencer.l1.errors import L1Error

FORMAT: Final = 1
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400

STANDARD_TERMS: Final = Terms(
    operator_silence_s=DAY_S,
    proof_deadline_s=DAY_S,
    queue_deadline_s=7 * DAY_S,
    claim_period_s=14 * DAY_S,
    batch_age_s=HOUR_S,
    report_age_s=10 * MINUTE_S,
    report_grace_s=MINUTE_S,
)
"""What users of a real rollup need: days to react, minutes for prices."""

STANDARD_REPORT_DELAY_S: Final = 5 * MINUTE_S


class BadDeploymentFile(L1Error):
    """A file that does not describe a deployment."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path} does not describe a deployment: {what}; `zkclear l1 deploy` writes one")
        self.path = path
        self.what = what


@dataclass(frozen=True, slots=True)
class RollupDeployment:
    """A rollup's contracts on a chain. Addresses are text with a checksum."""

    chain_id: int
    preset_name: str
    clearing_house: str
    oracle: str
    dollar: str
    batch_verifier: str
    exit_verifier: str
    first_block: int
    is_development: bool
    """Whether proving keys are of the development set-up."""

    @property
    def preset(self) -> Preset:
        """Sizes of its batches."""
        return PRESETS[self.preset_name]

    @property
    def domain(self) -> Domain:
        """For which its traders sign."""
        return Domain(self.chain_id, int(self.clearing_house, 16))

    def save(self, path: Path) -> None:
        """Writes the file, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with AtomicFile(path) as file:
            file.write(json.dumps({"format": FORMAT, **asdict(self)}, indent=2).encode() + b"\n")

    @classmethod
    def load(cls, path: Path) -> RollupDeployment:
        """Reads it again. Raises `BadDeploymentFile`, also when it is not there."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BadDeploymentFile(path, error.strerror or "it cannot be read") from error
        except ValueError as error:
            raise BadDeploymentFile(path, "it is no JSON") from error
        return cls(**_checked(path, data))


def sizes_of(preset: Preset) -> Sizes:
    """What the clearing house needs to know of a preset."""
    return Sizes(
        queue_entries=preset.queue,
        trade_words=preset.trades,
        operation_words=preset.operations,
        liquidation_words=WORDS_PER_LIQUIDATION * preset.liquidations,
        settlement_words=settlement_words(preset),
        accounts=preset.max_accounts,
    )


_TYPES: Final = {
    "chain_id": int,
    "preset_name": str,
    "clearing_house": str,
    "oracle": str,
    "dollar": str,
    "batch_verifier": str,
    "exit_verifier": str,
    "first_block": int,
    "is_development": bool,
}
_ADDRESSES: Final = ("clearing_house", "oracle", "dollar", "batch_verifier", "exit_verifier")


def _checked(path: Path, data: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise BadDeploymentFile(path, f"its format is not {FORMAT}")
    if data.keys() != _TYPES.keys():
        raise BadDeploymentFile(path, f"its fields are not {', '.join(_TYPES)}")
    for name, kind in _TYPES.items():
        if type(data[name]) is not kind:
            raise BadDeploymentFile(path, f"{name} is no {kind.__name__}")
    for name in _ADDRESSES:
        if not is_address(data[name]):
            raise BadDeploymentFile(path, f"{name} is no address")
    if data["preset_name"] not in PRESETS:
        raise BadDeploymentFile(path, f"there is no preset {data['preset_name']}")
    return data
