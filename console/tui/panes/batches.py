"""All batches, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from console.tui.context import Context
from console.tui.figures import whole_hash
from console.tui.panes.pane import OpenBatch, OpenProof, Pane, matches
from console.tui.views.batches import batch_columns, batch_preview, batch_words
from console.tui.widgets.bars import Key
from console.tui.widgets.rows import PagedRows, Work
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.reader import RecordReader
from sequencer.record.types import BatchRow

SEARCHED: Final = 1_000
"""Batches that a filter reads at a time."""


class BatchesPane(Pane):
    """A page of the record is read when it comes onto the screen, so that any number of batches opens at once."""

    NAME = "Batches"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("⏎", "open", "the batch: words, postings, accounts, what was refused"),
        Key("p", "proof", "the proof of the batch"),
        Key("y", "copy root", "the state root after the batch"),
    )
    BINDINGS: ClassVar = [("p", "proof", "Proof")]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.table: VirtualTable[BatchRow] = VirtualTable(
            newest="top", empty="no batch is sealed yet: trades wait for the first", named="batches"
        )
        self.work = Work()
        self._preview = Static(id="batch-preview")
        self._lines = -1

    def compose(self) -> ComposeResult:
        """The table, and where there is room the batch under the cursor beside it."""
        with Horizontal():
            yield self.table
            with VerticalScroll(classes="beside", can_focus=False):
                yield self._preview

    async def load(self) -> None:
        """New rows at the top; the cursor stays on its batch."""
        self.table.use_columns(batch_columns(self.context.palette))
        if self.filter_text:
            found = await self.context.run.ask(lambda reader: found_batches(reader, self.filter_text))
            self.table.show_listed(found, lambda row: row.number, empty=f"no batch has “{self.filter_text}”")
            return
        state = self.context.run.reader.state()
        first = state.first_batch if state.sealed else 1
        rows: PagedRows[BatchRow] = PagedRows(first, state.sealed, self._fetch, lambda row: row.number, work=self.work)
        self.table.show(rows, empty="no batch is sealed yet: trades wait for the first")

    def repaint(self) -> None:
        """The preview has times in it that go on."""
        self.table.use_columns(batch_columns(self.context.palette))
        self._show_preview()

    @property
    def can_filter(self) -> bool:
        """By number, status, root and time."""
        return True

    def copied(self) -> tuple[str, str] | None:
        """The root of the state."""
        row = self.table.current
        return None if row is None else (f"state root after batch {row.number}", whole_hash(row.root_after))

    def focus_rows(self) -> None:
        """The table."""
        self.table.focus()

    def action_proof(self) -> None:
        """Goes to the proof."""
        if (row := self.table.current) is not None:
            self.post_message(OpenProof(row.number))

    def on_virtual_table_moved(self, _: VirtualTable.Moved) -> None:
        """Shows the batch under the cursor."""
        self._show_preview()

    def on_virtual_table_chosen(self, _: VirtualTable.Chosen) -> None:
        """Opens it."""
        if (row := self.table.current) is not None:
            self.post_message(OpenBatch(row.number))

    def on_resize(self) -> None:
        """The preview's bars are as long as there is room."""
        self._show_preview()

    def _show_preview(self) -> None:
        if self._preview.size.width:
            width = self._preview.size.width
            said = batch_preview(self.table.current, self.context.running_ms, width, self.context.palette)
            self._preview.update(said, layout=said.plain.count("\n") != self._lines)
            self._lines = said.plain.count("\n")

    def _fetch(self, low: int, high: int) -> Sequence[BatchRow]:
        return self.read(lambda reader: reader.batches(before=high + 1, limit=high - low + 1))


def found_batches(reader: RecordReader, wanted: str) -> list[BatchRow]:
    """All that a filter finds, newest first: reads every batch."""
    found: list[BatchRow] = []
    before: int | None = None
    while page := reader.batches(before=before, limit=SEARCHED):
        found += [row for row in page if matches(batch_words(row), wanted)]
        before = page[-1].number
    return found
