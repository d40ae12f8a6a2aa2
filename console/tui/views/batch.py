"""One batch: what its words say, what they post, whom they touch, what was refused, and its transactions on L1."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from console.tui.figures import (
    DASH,
    clock,
    contracts,
    count,
    date_and_clock,
    exact_dollars,
    hash_text,
    hexadecimal,
)
from console.tui.refusals import Refused
from console.tui.themes import Palette
from console.tui.views.names import Names, account_name
from console.tui.views.status import stage_lines, stages_in_a_line, status_text
from console.tui.views.words import meaning_of, word_says
from console.tui.widgets.columns import Column
from sequencer.record.types import (
    BatchDetail,
    PostingRow,
    WordMeaning,
)


def batch_head(detail: BatchDetail, now_ms: int | None, width: int, palette: Palette, *, is_low: bool) -> Text:
    """Facts in three lines, and one for each phase; on a screen with few lines, one for all phases."""
    row = detail.row
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(f"Batch {row.number} ", palette.strong)
    text.append_text(status_text(row, palette))
    text.append("  final" if row.is_final else "", palette.good)
    text.append("  mock proof" if row.is_mock else "", palette.bad)
    text.append(f"  {date_and_clock(row.times.sealed_ms)} UTC", palette.faint)
    if width >= 100:
        text.append(f"  batch time {row.time_s}  table of {row.table_time_s}", palette.faint)
    text.append("\nroot ", palette.faint)
    keep, short = (8, 5) if width < 100 else (14, 8) if width < 140 else (20, 12)
    text.append(hash_text(row.root_before, keep), palette.link)
    text.append(" → ", palette.faint)
    text.append(hash_text(row.root_after, keep), palette.link)
    text.append("  digest ", palette.faint)
    text.append(DASH if detail.digest is None else hash_text(detail.digest, short), palette.link)
    text.append("\n")
    for name, value in (
        ("trades", count(row.counts.trades)),
        ("words", f"{row.counts.words} of {len(detail.words)}"),
        ("gas", count(row.gas)),
        ("gas/trade", DASH if row.gas_per_trade is None else count(round(row.gas_per_trade))),
        ("risk root", hash_text(row.risk_root, 5)),
    ):
        text.append(f"{name} ", palette.faint)
        text.append(f"{value}  ")
    text.append("\n")
    if is_low:
        text.append_text(stages_in_a_line(row.times, palette))
    else:
        text.append_text(stage_lines(row.times, now_ms, min(width, 90), palette))
    return text


def word_columns(names: Names, palette: Palette) -> Sequence[Column[WordMeaning]]:
    """A word on a line: where it stands, what it says, and itself."""
    return (
        Column("word", 4, lambda row: str(row.index)),
        Column("section", 14, lambda row: row.section, "left"),
        Column("says", 56, lambda row: word_says(row, names), "left", grow=1),
        Column("hex", 15, lambda row: Text(hash_text(row.word), palette.faint), "left", rank=1),
    )


def word_lines(word: WordMeaning, names: Names) -> str:
    """All of it, for a window of its own."""
    lines = [f"word {word.index}  {word.section}", hexadecimal(word.word), ""]
    width = max((len(name) for name, _ in word.fields), default=0)
    lines += [f"{name:<{width}}  {value:>28,}  {meaning_of(name, value, names)}" for name, value in word.fields]
    return "\n".join(lines)


def posting_columns(names: Names, palette: Palette) -> Sequence[Column[PostingRow]]:
    """Double entry: who gets or gives what."""
    return (
        Column("account", 12, lambda row: account_name(row.account), "left"),
        Column("asset", 27, lambda row: "cash" if row.series_id is None else names.series(row.series_id), "left"),
        Column("slot", 4, lambda row: DASH if row.position_slot is None else str(row.position_slot), rank=1),
        Column("amount (USDC or contracts)", 28, lambda row: _amount(row, palette), grow=1),
    )


def posting_sums(postings: Sequence[PostingRow], palette: Palette) -> Text:
    """What all postings come to: of positions nothing but for settlements, of cash what L1 brought, less what left."""
    cash_e6 = sum(one.amount for one in postings if one.series_id is None)
    sizes: dict[int, int] = {}
    for one in postings:
        if one.series_id is not None:
            sizes[one.series_id] = sizes.get(one.series_id, 0) + one.amount
    uneven = sum(1 for size in sizes.values() if size)
    text = Text(" sum of cash ", palette.faint)
    text.append(exact_dollars(cash_e6, signed=True), palette.strong)
    text.append(" (in from L1, less what leaves)   series whose sum is not 0: ", palette.faint)
    text.append(str(uneven), palette.strong)
    return text


def refused_columns(palette: Palette) -> Sequence[Column[Refused]]:
    """Which rule refused what."""
    return (
        Column("UTC", 8, lambda row: clock(row.time_ms), rank=1),
        Column("what", 14, lambda row: row.what, "left"),
        Column("account", 9, lambda row: ", ".join(map(str, row.accounts)) or DASH, "left"),
        Column("rule", 20, lambda row: Text(row.rule, palette.bad), "left"),
        Column("where", 8, lambda row: "cutting" if row.at_cutting else "door", "left", rank=2),
        Column("reason", 16, lambda row: row.reason, "left", grow=1),
    )


def _amount(row: PostingRow, palette: Palette) -> Text:
    colour = palette.good if row.amount > 0 else palette.bad
    said = exact_dollars(row.amount, signed=True) if row.series_id is None else contracts(row.amount, signed=True)
    return Text(said, colour)
