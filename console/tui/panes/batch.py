"""One batch: its words, postings, accounts, what was refused, trades, and L1's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.widgets import Static

from console.tui.context import Context
from console.tui.figures import whole_hash
from console.tui.panes.pane import OpenAccount, OpenProof, OpenText, Reload
from console.tui.panes.sectioned import Section, SectionedPane
from console.tui.refusals import Refused, batch_and_refusals
from console.tui.views.batch import (
    batch_head,
    posting_columns,
    posting_sums,
    refused_columns,
    word_columns,
    word_lines,
)
from console.tui.views.market import trade_columns, trade_lines
from console.tui.views.names import Names, account_name
from console.tui.views.touched import touched_columns, touched_lines
from console.tui.views.transactions import transaction_columns, transaction_lines
from console.tui.views.words import word_says
from console.tui.widgets.bars import Key
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.errors import NoSuchRow
from sequencer.record.types import BatchDetail

LOW: Final = 30
"""Below this height phases share a line."""


class BatchPane(SectionedPane):
    """`number` is the batch that was asked for, None for whatever is newest."""

    NAME = "Batch"
    SECTIONS = ("Words", "Postings", "Accounts", "Refused", "Trades", "L1")
    KEYS: ClassVar[tuple[Key, ...]] = (
        *SectionedPane.KEYS,
        Key("n b", "next, before", "the next batch, the one before"),
        Key("p", "proof", "its proof"),
        Key("u", "unused words", "words of places that are not used, too"),
        Key("y", "copy", "the word, the posting's account, or the transaction's hash"),
    )
    BINDINGS: ClassVar = [
        ("p", "proof", "Proof"),
        ("n", "turn(1)", "Next"),
        ("b", "turn(-1)", "Before"),
        ("u", "unused", "Unused words"),
    ]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.detail: BatchDetail | None = None
        self._refused: Sequence[Refused] = ()
        self._shows_unused = False
        self._shown: int | None = None
        self._head = Static(id="batch-head")
        self._sums = Static(id="batch-sums")

    def compose(self) -> ComposeResult:
        """Facts, sections, rows."""
        yield self._head
        yield self.bar
        yield self.table
        yield self._sums

    async def load(self) -> None:
        """All of the batch: some milliseconds."""
        number = self.number
        try:
            found = await self.context.run.ask(lambda reader: batch_and_refusals(reader, number))
        except NoSuchRow as error:
            self.detail = None
            self.show_sections(())
            self._head.update(error.why)
            return
        self.detail, self._refused = found if found is not None else (None, ())
        self._show()

    def repaint(self) -> None:
        """Times go on."""
        self._show()

    def copied(self) -> tuple[str, str] | None:
        """What is under the cursor."""
        section, row = self.section, self.table.current
        if section is None or row is None:
            return None
        if section.name == "Words":
            return f"word {row.index}", whole_hash(row.word)
        if section.name == "L1":
            return "transaction hash", whole_hash(row.hash)
        return section.name.lower(), section.words(row)

    def action_proof(self) -> None:
        """Goes to its proof."""
        if self.detail is not None:
            self.post_message(OpenProof(self.detail.row.number))

    def action_turn(self, by: int) -> None:
        """The batch after or before."""
        if self.detail is None or self.context.summary is None:
            return
        state = self.context.summary.state
        self.number = min(max(self.detail.row.number + by, state.first_batch), state.sealed)
        self.post_message(Reload())

    def action_unused(self) -> None:
        """Places that are not used, or not."""
        self._shows_unused = not self._shows_unused
        self._show()

    def on_virtual_table_chosen(self, _: VirtualTable.Chosen) -> None:
        """An account of a posting, or all of what a row says."""
        section, row = self.section, self.table.current
        if section is None or row is None:
            return
        if section.name == "Postings":
            self.post_message(OpenAccount(row.account))
        elif section.lines is not None:
            self.post_message(OpenText(f"{section.name} of batch {self._shown}", section.lines(row)))

    def section_changed(self) -> None:
        """Sums belong to postings alone."""
        self._show_sums()

    def _show(self) -> None:
        detail, context = self.detail, self.context
        if detail is None:
            self._head.update("no batch is sealed yet: trades wait for the first")
            self.show_sections(())
            return
        width = self.size.width - 2
        self._head.update(batch_head(detail, context.running_ms, width, context.palette, is_low=self.size.height < LOW))
        is_other = self._shown != detail.row.number
        self._shown = detail.row.number
        self.show_sections(self._made(detail, context.names), anew=is_other)
        self._show_sums()

    def _show_sums(self) -> None:
        is_shown = self.section is not None and self.section.name == "Postings" and self.detail is not None
        self._sums.display = is_shown
        if is_shown and self.detail is not None:
            self._sums.update(posting_sums(self.detail.postings, self.context.palette))

    def _made(self, detail: BatchDetail, names: Names) -> tuple[Section, ...]:
        palette = self.context.palette
        words = [one for one in detail.words if self._shows_unused or one.word]
        postings = list(enumerate(detail.postings))
        return (
            Section(
                "Words",
                word_columns(names, palette),
                words,
                lambda row: row.index,
                lambda row: f"{row.index} {row.section} {word_says(row, names)} {whole_hash(row.word)}",
                lambda row: word_lines(row, names),
            ),
            Section(
                "Postings",
                posting_columns(names, palette),
                [posting for _, posting in postings],
                id,
                lambda row: f"{account_name(row.account)} {names.series(row.series_id)} {row.amount}",
                empty="it posts nothing",
            ),
            Section(
                "Accounts",
                touched_columns(palette),
                detail.touched,
                lambda row: row.account,
                lambda row: account_name(row.account),
                lambda row: touched_lines(row, names, palette).plain,
                empty="it touches no account",
            ),
            Section(
                "Refused",
                refused_columns(palette),
                self._refused,
                lambda row: row.key,
                lambda row: f"{row.rule} {row.what} {row.reason} {row.accounts}",
                lambda row: f"{row.rule}\n\n{row.what} of account {row.accounts}\n\n{row.reason}",
                empty="nothing was refused while it was open, nor when it was cut",
            ),
            Section(
                "Trades",
                trade_columns(names, palette),
                detail.trades,
                lambda row: row.id,
                lambda row: f"{names.series(row.series_id)} {row.maker} {row.taker}",
                lambda row: trade_lines(row, names),
                empty="it has no trades",
            ),
            Section(
                "L1",
                transaction_columns(palette),
                detail.transactions,
                lambda row: row.nonce,
                lambda row: f"{row.kind} {row.state} {whole_hash(row.hash)}",
                transaction_lines,
                empty="L1 has heard nothing of it yet",
            ),
        )
