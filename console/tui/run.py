"""A run that is looked at: its record, read by two readers, since one of them may be busy with something long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, TypeVar

from console.tui.views.frame import Summary
from sequencer.record.connection import record_path
from sequencer.record.reader import RecordReader
from sequencer.record.types import TableInfo, TableRow

T = TypeVar("T")

MOST_ALARMS: Final = 100


class Run:
    """The record of the node in a folder. Raises what opening it raises: `NoRecord`, `NotARecord`, `RecordTooNew`.

    `reader` is for the thread that opened it, and for what takes microseconds; `ask` is for everything else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reader = RecordReader(record_path(folder))
        self._asked = RecordReader(record_path(folder))
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")

    async def ask(self, question: Callable[[RecordReader], T]) -> T:
        """Puts a question in a thread of its own, one after the other. Raises what the question raises."""
        return await asyncio.wrap_future(self._thread.submit(question, self._asked))

    def close(self) -> None:
        """Waits for the question that is being answered."""
        self._thread.shutdown(wait=True, cancel_futures=True)
        self.reader.close()
        self._asked.close()


def summary_of(reader: RecordReader) -> Summary:
    """What the frame says."""
    alarms = len(reader.log(limit=MOST_ALARMS, levels=("alarm",)))
    return Summary(reader.facts(), reader.counts(), reader.state(), alarms)


def series_before(reader: RecordReader, time_s: int) -> tuple[TableRow, ...]:
    """All series of the last table before a time, with those that expired then; empty without such a table."""
    found = reader.tables(before=time_s, limit=1)
    return reader.table(found[0].time_s) if found else ()


def newest_table(reader: RecordReader) -> TableInfo | None:
    """When the prices of now were signed."""
    return next(iter(reader.tables(limit=1)), None)
