"""Transactions on L1."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from console.tui.figures import DASH, clock, count, date_and_clock, hash_text, whole_hash
from console.tui.themes import Palette
from console.tui.widgets.columns import Column
from sequencer.record.types import TransactionRow


def transaction_columns(palette: Palette) -> Sequence[Column[TransactionRow]]:
    """L1's transactions."""
    return (
        Column("nonce", 5, lambda row: count(row.nonce)),
        Column("sent UTC", 8, lambda row: clock(row.sent_ms), rank=2),
        Column("kind", 16, lambda row: row.kind, "left"),
        Column("batches", 9, _span, "left"),
        Column("state", 9, lambda row: _state(row, palette), "left"),
        Column("block", 8, lambda row: count(row.block_number), rank=1),
        Column("gas", 10, lambda row: count(row.gas_used)),
        Column("Gwei", 6, lambda row: _gwei(row.gas_price_wei), rank=4),
        Column("tries", 5, lambda row: count(row.attempts), rank=5),
        Column("hash", 15, lambda row: Text(hash_text(row.hash), palette.link), "left"),
    )


def transaction_lines(row: TransactionRow) -> str:
    """All of it."""
    fields = {
        "hash": whole_hash(row.hash),
        "kind": row.kind,
        "about": row.subject,
        "state": row.state,
        "nonce": count(row.nonce),
        "block": count(row.block_number),
        "gas": count(row.gas_used),
        "gas price": f"{count(row.gas_price_wei)} wei",
        "attempts": count(row.attempts),
        "sent": f"{date_and_clock(row.sent_ms)} UTC",
        "settled": f"{date_and_clock(row.settled_ms)} UTC",
        "answer": row.answer or DASH,
    }
    return "\n".join(f"{name:<10} {value}" for name, value in fields.items())


def _span(row: TransactionRow) -> str:
    if row.first_batch is None:
        return DASH
    return str(row.first_batch) if row.batches == 1 else f"{row.first_batch}–{row.last_batch}"


def _state(row: TransactionRow, palette: Palette) -> Text:
    colours = {"done": palette.good, "reverted": palette.bad, "cancelled": palette.caution}
    return Text(row.state, colours.get(row.state, palette.committed))


def _gwei(wei: int | None) -> str:
    return DASH if wei is None else f"{wei / 1e9:.2f}"
