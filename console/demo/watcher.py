"""Reads the record of a demo while it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from console.demo.chronicle import Chronicle
from console.demo.look import Look
from rollup.types.series import OptionKind
from sequencer.markets.names import name_of
from sequencer.markets.records import Instrument
from sequencer.record.errors import RecordError
from sequencer.record.reader import RecordReader
from sequencer.record.types import RunFacts, TableRow

MOST: Final = 40


class Watcher:
    """Looks at the node in a folder, as soon as it has a record there. For one thread."""

    def __init__(self, folder: Path, chronicle: Chronicle) -> None:
        self._folder, self._chronicle = folder, chronicle
        self._reader: RecordReader | None = None
        self._names: dict[int, str] = {}

    def look(self) -> Look:
        """What is to be seen now: some milliseconds. Without a record, what the demo itself says."""
        try:
            return self._look()
        except RecordError:
            # It is being made, or not whole yet: the next look sees more.
            return self._own()

    def close(self) -> None:
        """Lets go of the record."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _own(self) -> Look:
        chronicle = self._chronicle
        return Look(
            chronicle.second,
            chronicle.now,
            notes=chronicle.notes,
            promises=chronicle.promises,
            roles=dict(chronicle.roles),
        )

    def _look(self) -> Look:
        if self._reader is None:
            self._reader = RecordReader.of(self._folder)
        record, own = self._reader, self._own()
        facts = record.facts()
        if not facts.preset:
            return own  # the node has not said yet what it is
        table = record.table()
        self._names |= names_of(table, facts)
        underlying, subject = next(iter(facts.names.items()), (0, ""))
        return Look(
            own.second,
            own.act,
            subject,
            trades_of(facts.preset),
            record.state(),
            record.counts(),
            record.batches(limit=MOST),
            record.proofs(limit=MOST),
            record.workers(),
            record.transactions(limit=MOST),
            record.trades(limit=2 * MOST),
            record.accounts(limit=MOST),
            table,
            record.books(),
            record.spots(underlying),
            own.notes,
            own.promises,
            dict(self._names),
            own.roles,
        )


def names_of(table: tuple[TableRow, ...], facts: RunFacts) -> dict[int, str]:
    """Names of instruments by series id, as the API has them."""
    return {
        row.series_id: name_of(
            Instrument(
                facts.names.get(row.underlying, f"U{row.underlying}"),
                row.expiry_s,
                row.strike_e2,
                OptionKind.CALL if row.is_call else OptionKind.PUT,
            )
        )
        for row in table
    }


def trades_of(preset: str) -> int:
    """How many trades a batch has room for."""
    from rollup.presets import PRESETS

    return PRESETS[preset].trades if preset in PRESETS else 1
