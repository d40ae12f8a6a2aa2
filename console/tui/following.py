"""Looks at the record, and keeps what all panes share up to date."""

from __future__ import annotations

from functools import partial
from typing import Final

from console.tui.context import Context
from console.tui.run import newest_table, series_before, summary_of
from console.tui.views.names import Names
from sequencer.record.types import TableRow

LOOK_EVERY_S: Final = 0.3
TICK_S: Final = 1.0
"""After so long whatever shows an age is drawn again."""


class Follower:
    """Never looks twice at once: a slow disk makes looks rarer, not more."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._is_looking = False
        self._older: dict[int, TableRow] = {}
        self._known: set[int] = set()

    async def look(self, *, always: bool = False) -> bool:
        """Whether anything is new, and then what all panes share is too. Raises `RecordError`."""
        if self._is_looking:
            return False
        self._is_looking = True
        try:
            is_new = await self._context.run.ask(lambda reader: reader.changed())
            if not (is_new or always):
                return False
            if is_new and self._context.summary is not None:
                self._context.seen_ms = self._context.now_ms()
            self._context.summary = await self._context.run.ask(summary_of)
            await self._look_at_tables()
            return True
        finally:
            self._is_looking = False

    async def _look_at_tables(self) -> None:
        """The newest table if it is another; of those before, the last that had what was settled since."""
        context = self._context
        newest = await context.run.ask(newest_table)
        expiries = {one.expiry_s for one in await context.run.ask(lambda reader: reader.settlement_prices())}
        for expiry_s in expiries - self._known:
            rows = await context.run.ask(partial(series_before, time_s=expiry_s))
            self._older |= {row.series_id: row for row in rows}
        is_same = newest is not None and newest.time_s == context.table_time_s and expiries <= self._known
        self._known |= expiries
        facts = context.summary.facts if context.summary is not None else None
        if is_same and facts is not None and facts.names == context.names.underlyings:
            return
        rows = await context.run.ask(lambda reader: reader.table())
        context.table_time_s = 0 if newest is None else newest.time_s
        context.names = Names(
            {row.series_id: row for row in rows}, facts.names if facts is not None else {}, dict(self._older)
        )
