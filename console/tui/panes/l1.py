"""L1 and the oracles: the queue, transactions, risk tables, spot prices, settlements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult

from console.tui.context import Context
from console.tui.figures import whole_hash
from console.tui.panes.pane import OpenBatch, OpenText
from console.tui.panes.sectioned import Section, SectionedPane
from console.tui.views.l1 import (
    SpotPath,
    price_columns,
    queue_columns,
    settlement_columns,
    spot_columns,
    table_columns,
)
from console.tui.views.names import account_name
from console.tui.views.transactions import transaction_columns, transaction_lines
from console.tui.widgets.bars import Key
from console.tui.widgets.virtual_table import VirtualTable
from sequencer.record.reader import RecordReader
from sequencer.record.types import (
    QueueRow,
    RunFacts,
    SettlementPriceRow,
    SettlementRow,
    SpotRow,
    TableInfo,
    TransactionRow,
)

MOST: Final = 2_000
"""Rows of each section: the newest."""
SPOTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class L1Answers:
    """All that the pane shows."""

    queue: tuple[QueueRow, ...]
    transactions: tuple[TransactionRow, ...]
    tables: tuple[TableInfo, ...]
    spots: tuple[SpotPath, ...]
    prices: tuple[SettlementPriceRow, ...]
    settlements: tuple[SettlementRow, ...]


class L1Pane(SectionedPane):
    """Six sections."""

    NAME = "L1"
    SECTIONS = ("Queue", "Transactions", "Tables", "Spots", "Prices", "Settled")
    KEYS: ClassVar[tuple[Key, ...]] = (
        *SectionedPane.KEYS,
        Key("⏎", "open", "the batch of an entry, or all of a transaction"),
        Key("y", "copy", "the transaction's hash, or the row"),
    )

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self._answers: L1Answers | None = None
        self._paths: dict[int, list[SpotRow]] = {}

    def compose(self) -> ComposeResult:
        """Sections and rows."""
        yield self.bar
        yield self.table

    async def load(self) -> None:
        """The newest of everything; of spots, what is new since they were read last."""
        self._answers = await self.context.run.ask(lambda reader: l1_answers(reader, self._paths))
        self._show()

    def repaint(self) -> None:
        """Colours."""
        self._show()

    def copied(self) -> tuple[str, str] | None:
        """The hash, or what a filter sees."""
        section, row = self.section, self.table.current
        if section is None or row is None:
            return None
        if section.name == "Transactions":
            return "transaction hash", whole_hash(row.hash)
        return section.name.lower(), section.words(row)

    def on_virtual_table_chosen(self, _: VirtualTable.Chosen) -> None:
        """Deeper, where there is something."""
        section, row = self.section, self.table.current
        if section is None or row is None:
            return
        if section.name == "Transactions":
            self.post_message(OpenText("L1 transaction", transaction_lines(row)))
        elif section.name in ("Queue", "Settled") and row.batch is not None:
            self.post_message(OpenBatch(row.batch))

    def on_resize(self) -> None:
        """Paths are as long as there is room."""
        self._show()

    def _show(self) -> None:
        if self._answers is not None:
            self.show_sections(self._made(self._answers))

    def _made(self, found: L1Answers) -> tuple[Section, ...]:
        palette, names = self.context.palette, self.context.names
        return (
            Section(
                "Queue",
                queue_columns(names, palette),
                found.queue,
                lambda row: row.index,
                lambda row: f"{row.index} {row.kind.replace('_', ' ')} {account_name(row.account)}",
                empty="L1's queue has had no entry yet",
            ),
            Section(
                "Transactions",
                transaction_columns(palette),
                found.transactions,
                lambda row: row.nonce,
                lambda row: f"{row.nonce} {row.kind} {row.state} {row.subject} {whole_hash(row.hash)}",
                empty="nothing was sent to L1 yet",
            ),
            Section(
                "Tables",
                table_columns(names.underlyings, palette),
                found.tables,
                lambda row: row.time_s,
                lambda row: f"{row.time_s} {row.series}",
                empty="the oracles have signed no table yet",
            ),
            Section(
                "Spots",
                spot_columns(self.size.width, palette),
                found.spots,
                lambda row: row.underlying,
                lambda row: row.name,
                empty="no spot price yet",
            ),
            Section(
                "Prices",
                price_columns(names.underlyings),
                found.prices,
                lambda row: (row.underlying, row.expiry_s),
                lambda row: f"{names.underlying(row.underlying)} {row.expiry_s} {row.price_e2}",
                empty="no expiry has a settlement price yet",
            ),
            Section(
                "Settled",
                settlement_columns(names, palette),
                found.settlements,
                lambda row: (row.batch, row.account, row.series_id),
                lambda row: f"{row.batch} {account_name(row.account)} {names.series(row.series_id)}",
                empty="no position was settled yet",
            ),
        )


def l1_answers(reader: RecordReader, paths: dict[int, list[SpotRow]]) -> L1Answers:
    """The newest of everything; `paths` are longer afterwards by what is new."""
    facts = reader.facts()
    for number in spot_underlyings(reader, facts):
        path = paths.setdefault(number, [])
        while new := reader.spots(number, since_ms=path[-1].time_ms + 1 if path else 0, limit=SPOTS):
            path += new
    return L1Answers(
        reader.queue(limit=MOST),
        reader.transactions(limit=MOST),
        reader.tables(limit=MOST),
        tuple(SpotPath(number, facts.names.get(number, f"U{number}"), tuple(path)) for number, path in paths.items()),
        reader.settlement_prices(),
        reader.settlements(limit=MOST),
    )


def spot_underlyings(reader: RecordReader, facts: RunFacts) -> list[int]:
    """Those with names, and those of the newest table."""
    newest = reader.tables(limit=1)
    return sorted({*facts.names, *(number for table in newest for number, _ in table.spots)})
