"""What a run was, in a small file beside its log: enough to make its record again when that is gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from sequencer.record.errors import RecordDamaged, RecordError
from sequencer.record.node_types import RunFacts

RUN_NAME: Final = "run.json"
TEXTS: Final = ("preset",)
NUMBERS: Final = ("chain_id", "started_ms", "maker_fee_ppm", "taker_fee_ppm", "report_age_s")


class NoRunFile(RecordError):
    """The folder does not say what was run in it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path, "there is no such file, and without it nobody knows by which preset and fees the log is read"
        )


def write_run_file(folder: Path, facts: RunFacts) -> None:
    """In the place of an older one, whole or not at all. Raises `OSError`."""
    from prover.formats.atomic import AtomicFile

    with AtomicFile(folder / RUN_NAME) as file:
        file.write(json.dumps(asdict(facts), indent=2).encode() + b"\n")


def read_run_file(folder: Path) -> RunFacts:
    """Raises `NoRunFile`, `RecordDamaged`."""
    path = folder / RUN_NAME
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise NoRunFile(path) from None
    except (OSError, ValueError) as error:
        raise RecordDamaged(path, str(error)) from error
    return facts_of(found, path)


def facts_of(found: Any, path: Path) -> RunFacts:
    """From what `asdict` made of them. Raises `RecordDamaged` for anything else."""
    try:
        facts = RunFacts(**{**found, "names": {int(number): name for number, name in found["names"].items()}})
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise RecordDamaged(path, f"its facts are not as they were written: {error}") from error
    is_sound = all(isinstance(getattr(facts, name), str) for name in TEXTS)
    is_sound = is_sound and all(type(getattr(facts, name)) is int for name in NUMBERS)
    if not is_sound or not isinstance(facts.contracts, Mapping):
        raise RecordDamaged(path, "its facts are not as they were written: some are of another kind")
    return facts
