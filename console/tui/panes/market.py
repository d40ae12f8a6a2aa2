"""Series and their quotes, the book of one, and trades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static

from console.tui.context import Context
from console.tui.panes.pane import OpenText, Pane, Reload, matches
from console.tui.views.market import (
    Quote,
    ladder,
    quote_columns,
    quote_words,
    quotes,
    trade_columns,
    trade_lines,
)
from console.tui.widgets.bars import Key
from console.tui.widgets.rows import PagedRows
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.reader import RecordReader
from sequencer.record.types import BookRow, TradeRow

MOST_OF_A_SERIES: Final = 1_000


class MarketPane(Pane):
    """Tab goes from series to trades and back. Trades are of all series, or of the one under the cursor."""

    NAME = "Market"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("tab", "trades", "from series to trades, and back"),
        Key("t", "of this series", "trades of the series under the cursor, or of all"),
        Key("⏎", "all of it", "everything about a trade"),
        Key("y", "copy", "the name of the series"),
    )
    BINDINGS: ClassVar = [("t", "one_series", "Trades of this series")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.series: VirtualTable[Quote] = VirtualTable(named="series")
        self.trades: VirtualTable[TradeRow] = VirtualTable(named="trades", newest="top", empty="no trade yet")
        self.only_series: int | None = None
        self._books: dict[int, BookRow] = {}
        self._ladder = Static(id="ladder")

    def compose(self) -> ComposeResult:
        """Series above, book and trades below."""
        yield self.series
        with Horizontal(id="market-lower"):
            yield self._ladder
            yield self.trades

    async def load(self) -> None:
        """Books as they were last recorded; trades page by page."""
        books = await self.context.run.ask(lambda reader: reader.books())
        self._books = {book.series_id: book for book in books}
        self._show_series()
        await self._load_trades()
        self._show_ladder()

    def repaint(self) -> None:
        """The age of the book."""
        self.series.use_columns(quote_columns(self.context.palette))
        self.trades.use_columns(trade_columns(self.context.names, self.context.palette))
        self._show_ladder()

    @property
    def can_filter(self) -> bool:
        """Series by name."""
        return True

    async def filter_by(self, text: str) -> None:
        """Series; trades stay."""
        self.filter_text = text
        self._show_series()

    def copied(self) -> tuple[str, str] | None:
        """The series."""
        one = self.series.current
        return None if one is None else ("series", one.name)

    def focus_rows(self) -> None:
        """Series."""
        self.series.focus()

    def action_one_series(self) -> None:
        """Trades of one series, or of all."""
        one = self.series.current
        self.only_series = None if self.only_series is not None or one is None else one.row.series_id
        self.trades.start_over(trade_columns(self.context.names, self.context.palette))
        self.post_message(Reload())

    def on_virtual_table_moved(self, event: VirtualTable.Moved) -> None:
        """The book of the series under the cursor."""
        if event.table is self.series:
            self._show_ladder()

    def on_virtual_table_chosen(self, event: VirtualTable.Chosen) -> None:
        """All of a trade; Enter on a series goes to its trades."""
        if event.table is self.series:
            self.trades.focus()
        elif (row := self.trades.current) is not None:
            self.post_message(OpenText(f"fill {row.id}", trade_lines(row, self.context.names)))

    def on_resize(self) -> None:
        """As many prices as there is room for."""
        self.call_after_refresh(self._show_ladder)

    def _show_series(self) -> None:
        found = quotes(self.context.names, self._books)
        if self.filter_text:
            found = [one for one in found if matches(quote_words(one), self.filter_text)]
        self.series.use_columns(quote_columns(self.context.palette))
        empty = f"no series is called “{self.filter_text}”" if self.filter_text else "the oracles have no table yet"
        self.series.show_listed(found, lambda one: one.row.series_id, empty=empty)

    async def _load_trades(self) -> None:
        reader = self.context.run.reader
        self.trades.use_columns(trade_columns(self.context.names, self.context.palette))
        only = self.only_series
        if only is not None:
            of_one = await self.context.run.ask(lambda asked: asked.trades(limit=MOST_OF_A_SERIES, series_id=only))
            empty = f"no trade in {self.context.names.series(only)} yet"
            self.trades.show_listed(of_one, lambda row: row.id, empty=empty)
            return
        newest = reader.trades(limit=1)
        last = newest[0].id if newest else 0
        rows: PagedRows[TradeRow] = PagedRows(1, last, self._fetch, lambda row: row.id)
        self.trades.show(rows, empty="no trade yet")

    def _fetch(self, low: int, high: int) -> Sequence[TradeRow]:
        return self.read(lambda reader: trades_between(reader, low, high))

    def _show_ladder(self) -> None:
        size, now_ms = self._ladder.size, self.context.running_ms
        if size.width:
            said = ladder(self.series.current, now_ms, size.width, size.height, self.context.palette)
            self._ladder.update(said, layout=False)


def trades_between(reader: RecordReader, low: int, high: int) -> Sequence[TradeRow]:
    """Fills with low <= id <= high."""
    return [row for row in reader.trades(before=high + 1, limit=high - low + 1) if row.id >= low]
