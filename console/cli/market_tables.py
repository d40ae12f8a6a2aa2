"""What a market looks like to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from console.amounts import moment, price, size

if TYPE_CHECKING:
    from console.cli.output import Output

MILLISECONDS: Final = 1_000


def instruments(output: Output, found: Sequence[dict[str, Any]]) -> None:
    """A row each."""
    rows = [
        (
            one["instrument_name"],
            one["kind"],
            price(one["strike_e2"]),
            moment(one["expiry_s"]),
            price(one["mark_price_e2"]),
            "settled" if one["is_settled"] else "",
        )
        for one in found
    ]
    columns = ("instrument", "kind", "strike", "expiry, UTC", "mark", "")
    output.result({"instruments": list(found)}, [f"{len(found)} instruments"])
    _table(output, columns, rows, ("instrument", "kind", ""))


def book(output: Output, found: dict[str, Any]) -> None:
    """Asks above bids, the best in the middle."""
    rows = [("ask", price(at_e2), size(size_e4), str(orders)) for at_e2, size_e4, orders in reversed(found["asks"])]
    rows += [("bid", price(at_e2), size(size_e4), str(orders)) for at_e2, size_e4, orders in found["bids"]]
    name = found["instrument_name"]
    heading = f"{name} after entry {found['change_id']:,} of the log" if rows else f"nobody quotes {name}"
    output.result(found, [heading])
    _table(output, ("", "price", "contracts", "orders"), rows, ("",))


def trades(output: Output, instrument: str, found: dict[str, Any]) -> None:
    """Newest first."""
    rows = [
        (
            one["trade_id"],
            moment(one["time_ms"] // MILLISECONDS),
            one["direction"],
            price(one["price_e2"]),
            size(one["size_e4"]),
            one["kind"],
            one["finality"],
            str(one["batch"] or "-"),
        )
        for one in found["trades"]
    ]
    columns = ("trade", "time, UTC", "taker", "price", "contracts", "kind", "finality", "batch")
    output.result(found, [f"{instrument}, newest first" if rows else f"{instrument} has not traded yet"])
    _table(output, columns, rows, ("trade", "taker", "kind", "finality"))


def greeks(output: Output, found: Sequence[dict[str, Any]]) -> None:
    """As the node has them: vega for a volatility of 1 more, theta for a year."""
    rows = [
        (
            one["instrument_name"],
            price(one["mark_price_e2"]),
            price(one["best_bid_price_e2"]),
            price(one["best_ask_price_e2"]),
            *_greeks(one["greeks"]),
        )
        for one in found
    ]
    columns = ("instrument", "mark", "bid", "ask", "volatility", "delta", "gamma", "vega", "theta a year")
    output.result({"tickers": list(found)}, [f"{len(found)} instruments"])
    _table(output, columns, rows, ("instrument",))


def _table(output: Output, columns: Sequence[str], rows: Sequence[Sequence[str]], left: Sequence[str]) -> None:
    if rows:
        output.table("", columns=columns, rows=rows, left=left)


def _greeks(given: dict[str, float] | None) -> tuple[str, ...]:
    if given is None:
        return ("-",) * 5
    return (
        f"{given['implied_volatility']:.2%}",
        f"{given['delta']:.4f}",
        f"{given['gamma']:.3g}",
        f"{given['vega']:.2f}",
        f"{given['theta']:.2f}",
    )
