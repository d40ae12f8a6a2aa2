"""Parts of the screen: each is a table of so many rows at most, made of one look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.table import Table
from rich.text import Text

from console.demo.bars import bar, spark
from console.demo.look import Look
from console.demo.proving import progress_of
from sequencer.record.types import AccountRow, BatchRow, BatchStatus, BookRow, TransactionRow

E6: Final = 1_000_000
E4: Final = 10_000
E2: Final = 100
SPARK: Final = 12
GAP: Final = 2
YEAR_DIGITS: Final = 2
STATUS_STYLES: Final = {
    BatchStatus.SEALED: "yellow",
    BatchStatus.PROVED: "cyan",
    BatchStatus.COMMITTED: "cyan",
    BatchStatus.PROVEN: "blue",
    BatchStatus.EXECUTED: "green",
}
NOTE_STYLES: Final = {"act": "bold cyan", "announcement": "bold red"}


def head(look: Look, width: int) -> Table:
    """One line: what is played, the price, how far batches are. The curve of prices gets the room that is left."""
    line = Table.grid(padding=(0, GAP))
    state = look.state
    far = "" if state is None else f"{state.sealed} sealed · {state.proved} proved · {state.executed} done"
    prices = [spot.price_e2 for spot in look.spots]
    price = Text(f"{prices[-1] / E2:,.0f}" if prices else "no price yet", "bold" if prices else "")
    parts = [Text(f"{look.second:4.0f} s", "bold"), Text(look.act, "bold cyan"), Text(look.subject, "bold"), price]
    taken = sum(part.cell_len for part in parts) + GAP * len(parts) + len(far)
    if prices and (room := min(SPARK, width - taken - 1)) > 0:
        price.append(f" {spark(prices, room)}", "red" if prices[-1] < prices[0] else "green")
    line.add_row(*parts, Text(far))
    for column in line.columns:
        column.no_wrap, column.overflow = True, "ellipsis"
    return line


def books(look: Look, rows: int) -> Table:
    """Best bid and ask of each series."""
    table = _table(("instrument", "left"), "bid", "size", "ask", "size", "mark", "vol")
    shown = {row.series_id: row for row in look.table}
    by_series: dict[int, BookRow] = {book.series_id: book for book in look.books}
    for row in sorted(shown.values(), key=lambda one: (one.is_settled, one.expiry_s, one.strike_e2))[:rows]:
        book = by_series.get(row.series_id)
        bid = book.bids[0] if book is not None and book.bids and not row.is_settled else None
        ask = book.asks[0] if book is not None and book.asks and not row.is_settled else None
        table.add_row(
            label(look, row.series_id),
            Text("" if bid is None else f"{bid.price_e2 / E2:,.0f}", "green"),
            "" if bid is None else f"{bid.size_e4 / E4:g}",
            Text("" if ask is None else f"{ask.price_e2 / E2:,.0f}", "red"),
            "" if ask is None else f"{ask.size_e4 / E4:g}",
            f"{row.mark_e2 / E2:,.0f}",
            "settled" if row.is_settled else "" if row.implied_volatility is None else f"{row.implied_volatility:.0%}",
        )
    return table


def trades(look: Look, rows: int) -> Table:
    """The newest fills."""
    table = _table(("trade", "left"), "price", "size", ("who", "left"), "batch")
    for trade in look.trades[:rows]:
        side = "buys" if trade.taker_buys else "sells"
        who = Text(f"{trade.taker} {side}, {trade.maker}")
        if trade.liquidated is not None:
            who = Text(f"{trade.liquidated} LIQUIDATED", "bold red")
        table.add_row(
            label(look, trade.series_id),
            f"{trade.price_e2 / E2:,.0f}",
            f"{trade.size_e4 / E4:g}",
            who,
            "…" if trade.batch is None else str(trade.batch),
        )
    return table


def label(look: Look, series_id: int) -> str:
    """A series in short: `28NOV 21:19 100000 P` for BTC-28NOV26T211928-100000-P."""
    name = look.names.get(series_id)
    if name is None:
        return f"series {series_id}"
    _, date, strike, kind, *more = name.split("-")
    day, _, time = date.partition("T")
    when = f" {time[:2]}:{time[2:4]}" if time else ""
    return " ".join((f"{day[:-YEAR_DIGITS]}{when}", strike, kind, *more))


def batches(look: Look, rows: int) -> Table:
    """The batch that fills, and the newest that were sealed."""
    table = _table("batch", ("status", "left"), "trades", ("also", "left"), "proof", "gas", "gas/trade")
    share = min(1.0, look.filling / look.trades_a_batch)
    table.add_row("next", Text(bar(share, 9), "yellow"), f"{look.filling}/{look.trades_a_batch}", "", "", "", "")
    for batch in look.batches[: max(0, rows - 1)]:
        gas, each = batch.gas, batch.gas_per_trade
        table.add_row(
            str(batch.number),
            Text(batch.status.value, STATUS_STYLES[batch.status]),
            str(batch.counts.trades),
            also(batch),
            "" if batch.proving_s is None else f"{batch.proving_s:.2f} s",
            "" if gas is None else f"{gas:,}",
            "" if each is None else f"{each:,.0f}",
        )
    return table


def also(batch: BatchRow) -> str:
    """What is in a batch beside trades, in short: `2 liq 6 set`."""
    counts = batch.counts
    parts = (
        (counts.liquidations, "liq"),
        (counts.settlements, "set"),
        (counts.operations, "ops"),
        (counts.queue, "in"),
    )
    return " ".join(f"{count} {what}" for count, what in parts if count)


def proving(look: Look, rows: int) -> Table:
    """Each worker: its phase, and how far it is by what earlier proofs took."""
    table = _table(("prover", "left"), ("does", "left"), ("progress", "left"), "so far", "usual")
    for worker in look.workers[:rows]:
        done = progress_of(worker, look.proofs)
        does = worker.state if worker.number is None else f"batch {worker.number}: {worker.phase or worker.state}"
        usual = "" if done.usual_s is None else f"{done.usual_s:.2f} s"
        spent = f"{done.spent_s:.1f} s" if worker.number is not None else ""
        table.add_row(worker.name, does, Text(bar(done.share, 20), "magenta"), spent, usual)
    return table


def transactions(look: Look, rows: int) -> Table:
    """The newest transactions on L1."""
    table = _table(("L1 transaction", "left"), "gas", "block", ("state", "left"))
    for one in look.transactions[:rows]:
        table.add_row(
            what(one),
            "" if one.gas_used is None else f"{one.gas_used:,}",
            "" if one.block_number is None else str(one.block_number),
            Text(one.state, "green" if one.state == "done" else "yellow"),
        )
    return table


def what(transaction: TransactionRow) -> str:
    """Kind and batches, or the kind alone: `commit and prove 7`."""
    if transaction.first_batch is None:
        return transaction.kind
    return f"{transaction.kind} {transaction.subject}"


def accounts(look: Look, rows: int) -> Table:
    """Those nearest to liquidation first: what they own, what they must keep, and how much of it is used."""
    table = _table("account", ("is", "left"), "equity", "must keep", ("used", "left"), "positions")
    for row in sorted((one for one in look.accounts if one.account in look.roles), key=_nearness)[:rows]:
        used = _used(row)
        style = "red" if not row.passes_maintenance else "yellow" if not row.passes_initial else "green"
        role = look.roles[row.account]
        table.add_row(
            str(row.account),
            Text(f"{role}, liquidated", "red") if row.is_liquidated else role,
            f"{row.equity_e6 / E6:,.0f}",
            f"{row.maintenance_requirement_e6 / E6:,.0f}",
            Text(f"{bar(used, 8)} {used:.0%}", style),
            str(len(row.positions)),
        )
    return table


def notes(look: Look, rows: int) -> Table:
    """The newest lines, oldest first."""
    return _listing(
        (Text(f"{note.second:.1f}", "dim"), Text(note.text, NOTE_STYLES.get(note.kind, "")))
        for note in look.notes[-rows:]
    )


def promises(look: Look, rows: int) -> Table:
    """What was seen to happen."""
    return _listing(
        (Text("✔", "green") if one.is_kept else Text("✘", "red"), Text(one.name)) for one in look.promises[-rows:]
    )


def _nearness(row: AccountRow) -> float:
    distance = row.distance
    return float("inf") if distance is None else distance


def _used(row: AccountRow) -> float:
    """Maintenance requirement as a share of equity; all of it where there is none."""
    required_e6 = row.maintenance_requirement_e6
    if required_e6 <= 0:
        return 0.0
    return required_e6 / row.equity_e6 if row.equity_e6 > 0 else 1.0


def _listing(lines: Iterable[tuple[Text, Text]]) -> Table:
    """Two columns: the first has all the width that it needs, and the other is cut off where the line ends."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="ellipsis")
    for first, text in lines:
        text.no_wrap = True  # of the text and not of its column: a column that may wrap is the one that is narrowed
        table.add_row(first, text)
    return table


def _table(*columns: str | tuple[str, str]) -> Table:
    """Without lines; a column with a side is that one, the others are numbers."""
    table = Table(box=None, header_style="bold", padding=(0, 1, 0, 0), expand=True)
    for column in columns:
        name, justify = (column, "right") if isinstance(column, str) else column
        is_text = justify == "left"
        table.add_column(
            name,
            justify="left" if is_text else "right",
            no_wrap=True,
            overflow="ellipsis",
            ratio=2 if is_text else None,
        )
    return table


def lines_of(tables: Sequence[Table]) -> int:
    """How many lines they take: a row each, and one for the heads of their columns."""
    return sum(table.row_count + (1 if table.show_header and table.header_style else 0) for table in tables)
