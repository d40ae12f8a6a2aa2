"""What the record says of a node, in the lines of `zkclear node status`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from console.cli.l1_options import duration

if TYPE_CHECKING:
    from sequencer.record.reader import RecordReader

CENTS: Final = 100


def recorded(folder: Path, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What only the record knows; nothing where there is none."""
    from sequencer.record.errors import RecordError
    from sequencer.record.reader import RecordReader

    with suppress(RecordError), RecordReader.of(folder) as reader:
        data.update({"batches": {}, "provers": [], "l1": None, "prices": None})
        yield from _batches(reader, data)
        yield from _provers(reader, data)
        yield from _l1(reader, data)
        yield from _prices(reader, data)


def _batches(reader: RecordReader, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    state, counts = reader.state(), reader.counts()
    reached = {name: int(getattr(state, name)) for name in ("sealed", "proved", "committed", "proven", "executed")} | {
        "final": state.final_executed
    }
    data["batches"] = reached
    data["trades"], data["liquidations"] = counts.trades, counts.liquidations
    yield "batches", ", ".join(f"{count:,} {name}" for name, count in reached.items())
    refused = sum(counts.refused.values())
    yield "trades", f"{counts.trades:,}, {counts.liquidations:,} liquidations, {refused:,} orders refused"


def _provers(reader: RecordReader, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for one in reader.workers():
        data["provers"].append(
            {"name": one.name, "state": one.state, "batch": one.number, "proofs": one.proofs, "failures": one.failures}
        )
        at = f" batch {one.number}, {one.phase}" if one.number is not None else ""
        yield "prover", f"{one.name}: {one.state}{at}, {one.proofs:,} proofs made, {one.failures} tries failed"


def _l1(reader: RecordReader, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for last in reader.transactions(limit=1):
        data["l1"] = {"nonce": last.nonce, "kind": last.kind, "subject": last.subject, "state": last.state}
        gas = "" if last.gas_used is None else f", {last.gas_used:,} gas"
        yield "L1", f"the last transaction: {last.kind} {last.subject}, {last.state}{gas}"


def _prices(reader: RecordReader, data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    names = reader.facts().names
    for table in reader.tables(limit=1):
        age_s = max(0, int(time.time()) - table.time_s)
        prices = {names.get(number, str(number)): price_e2 / CENTS for number, price_e2 in table.spots}
        data["prices"] = {"spots": prices, "age_s": age_s, "series": table.series}
        shown = ", ".join(f"{name} {price:,.2f}" for name, price in prices.items())
        yield "prices", f"{shown}; the table of {table.series} series is {duration(age_s)} old"
