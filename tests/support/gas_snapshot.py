"""The committed gas figures: `python -m tests.support.gas_snapshot` measures them again and writes them."""

from __future__ import annotations

import csv
from pathlib import Path

from rollup.presets import LARGE
from sequencer.rehearsal.gas_figures import BatchGas, batch_gas, figures
from tests.support.rehearsals import rehearsal
from tests.support.source_tree import ROOT

SNAPSHOT = ROOT / "tests/ratchets/gas.csv"
COLUMNS = ("transaction", "gas_beyond_calldata")


def measured() -> tuple[dict[str, int], BatchGas]:
    """Every figure at TINY, and a whole batch at LARGE."""
    with rehearsal() as venue:
        found = figures(venue)
    with rehearsal(preset=LARGE) as venue:
        large = batch_gas(venue, found["prove 1 batch"])
    gas = {name: one.beyond_calldata for name, one in found.items()}
    return {**gas, f"commit {LARGE.trades} trades (large)": large.commit.beyond_calldata}, large


def committed(path: Path = SNAPSHOT) -> dict[str, int]:
    with path.open(newline="") as file:
        return {row["transaction"]: int(row["gas_beyond_calldata"]) for row in csv.DictReader(file)}


def write(gas: dict[str, int], path: Path = SNAPSHOT) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(gas.items())


if __name__ == "__main__":
    write(measured()[0])
