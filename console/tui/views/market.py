"""Series with their quotes, one book as a ladder, and trades."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from console.tui.figures import (
    DASH,
    bar,
    clock,
    contracts,
    count,
    date_and_clock,
    duration,
    exact_dollars,
    percent,
    price,
)
from console.tui.themes import Palette
from console.tui.views.names import Names
from console.tui.widgets.columns import Column
from sequencer.record.types import BookRow, LevelRow, TableRow, TradeRow


@dataclass(frozen=True, slots=True)
class Quote:
    """A series, its book, and how it is called."""

    row: TableRow
    name: str
    book: BookRow | None

    @property
    def bid(self) -> LevelRow | None:
        """The best."""
        return self.book.bids[0] if self.book is not None and self.book.bids else None

    @property
    def ask(self) -> LevelRow | None:
        """The best."""
        return self.book.asks[0] if self.book is not None and self.book.asks else None


def quotes(names: Names, books: Mapping[int, BookRow]) -> list[Quote]:
    """All series of the table: by underlying, expiry and strike, calls first; settled ones at the end."""
    rows = sorted(
        names.rows.values(),
        key=lambda row: (row.is_settled, row.underlying, row.expiry_s, row.strike_e2, not row.is_call, row.series_id),
    )
    return [Quote(row, names.series(row.series_id), books.get(row.series_id)) for row in rows]


def quote_words(quote: Quote) -> str:
    """What a filter looks into."""
    return f"{quote.name} {quote.row.series_id} {'call' if quote.row.is_call else 'put'}"


def quote_columns(palette: Palette) -> Sequence[Column[Quote]]:
    """Prices in USD a contract, sizes in contracts."""
    return (
        Column("series", 27, lambda one: one.name, "left", grow=1),
        Column("bid size", 8, lambda one: _size(one.bid), rank=2),
        Column("bid USD", 10, lambda one: Text(_price(one.bid), palette.good)),
        Column("ask USD", 10, lambda one: Text(_price(one.ask), palette.bad)),
        Column("ask size", 8, lambda one: _size(one.ask), rank=2),
        Column("mark USD", 10, lambda one: price(one.row.mark_e2)),
        Column("vol", 7, lambda one: _volatility(one.row), rank=2),
        Column("delta", 7, lambda one: _greek(one.row.delta), rank=1),
        Column("gamma", 9, lambda one: _greek(one.row.gamma, 6), rank=4),
        Column("vega/1%", 9, lambda one: _greek(one.row.vega, 2, 0.01), rank=4),
        Column("theta/day", 9, lambda one: _greek(one.row.theta, 2, 1 / 365), rank=4),
        Column("id", 6, lambda one: Text(str(one.row.series_id), palette.faint), rank=3),
        Column("state", 7, lambda one: Text("settled" if one.row.is_settled else "", palette.caution), "left", rank=3),
    )


def ladder(quote: Quote | None, now_ms: int | None, width: int, height: int, palette: Palette) -> Text:
    """Asks above bids, best in the middle, each with its size as a bar."""
    if quote is None:
        return Text("No series under the cursor.", palette.faint)
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(quote.name, palette.strong)
    book = quote.book
    if book is None or not (book.bids or book.asks):
        text.append("\nno orders in this book", palette.faint)
        return text
    if now_ms is not None:
        text.append(f"  {duration(max(0, now_ms - book.time_ms))} ago", palette.faint)
    text.append(f"\n{'orders':>6}{'size':>11}{'price USD':>12}\n", palette.faint)
    each = max(1, (height - 3) // 2)
    asks, bids = book.asks[:each], book.bids[:each]
    largest = max(level.size_e4 for level in (*asks, *bids))
    for level in reversed(asks):
        text.append_text(_level(level, largest, width, palette.bad))
    text.append(_spread(quote) + "\n", palette.faint)
    for level in bids:
        text.append_text(_level(level, largest, width, palette.good))
    hidden = len(book.asks) - len(asks) + len(book.bids) - len(bids)
    if hidden:
        text.append(f"and {hidden} more prices", palette.faint)
    return text


def trade_columns(names: Names, palette: Palette) -> Sequence[Column[TradeRow]]:
    """Newest first; what the taker did is the colour and the sign of the size."""
    return (
        Column("UTC", 8, lambda row: clock(row.time_ms), "left"),
        Column("series", 27, lambda row: names.series(row.series_id), "left", rank=1),
        Column("price USD", 10, lambda row: price(row.price_e2)),
        Column("size", 9, lambda row: _traded(row, palette)),
        Column("maker", 6, lambda row: count(row.maker), rank=3),
        Column("taker", 6, lambda row: count(row.taker), rank=3),
        Column("batch", 6, lambda row: Text("dropped", palette.bad) if row.is_dropped else count(row.batch), rank=2),
        Column("", 3, lambda row: Text("liq" if row.liquidated is not None else "", palette.bad), "left", rank=2),
    )


def trade_lines(row: TradeRow, names: Names) -> str:
    """All of it."""
    fields = {
        "fill": count(row.id),
        "time": f"{date_and_clock(row.time_ms)} UTC",
        "series": f"{names.series(row.series_id)} (id {row.series_id})",
        "price": f"{price(row.price_e2)} USD",
        "size": f"{contracts(row.size_e4)} contracts",
        "premium": f"{exact_dollars(row.price_e2 * row.size_e4)} USDC",
        "maker": str(row.maker),
        "taker": f"{row.taker} {'buys' if row.taker_buys else 'sells'}",
        "batch": "dropped when it was cut" if row.is_dropped else count(row.batch),
    }
    if row.liquidated is not None:
        fields["liquidated"] = f"account {row.liquidated}"
        fields["penalty"] = f"{exact_dollars(row.penalty_e6)} USDC"
        fields["subsidy"] = f"{exact_dollars(row.subsidy_e6)} USDC"
    return "\n".join(f"{name:<11} {value}" for name, value in fields.items())


def _level(level: LevelRow, largest: int, width: int, colour: str) -> Text:
    text = Text(f"{level.orders:>6}{contracts(level.size_e4):>11}")
    text.append(f"{price(level.price_e2):>12} ", colour)
    text.append(bar(level.size_e4 / largest, max(4, min(24, width - 32))).rstrip() + "\n", colour)
    return text


def _spread(quote: Quote) -> str:
    if quote.bid is None or quote.ask is None:
        return f"{'':>17}{'one side':>12}"
    return f"{'spread':>17}{price(quote.ask.price_e2 - quote.bid.price_e2):>12}"


def _traded(row: TradeRow, palette: Palette) -> Text:
    return Text(
        contracts(row.size_e4 if row.taker_buys else -row.size_e4, signed=True),
        palette.good if row.taker_buys else palette.bad,
    )


def _price(level: LevelRow | None) -> str:
    return DASH if level is None else price(level.price_e2)


def _size(level: LevelRow | None) -> str:
    return DASH if level is None else contracts(level.size_e4)


def _volatility(row: TableRow) -> str:
    return DASH if row.implied_volatility is None else percent(row.implied_volatility)


def _greek(value: float | None, places: int = 3, times: float = 1.0) -> str:
    return DASH if value is None else f"{value * times:,.{places}f}"
