"""What `zkclear account show` and `margin` print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.amounts import cash, price, size
from console.cli.account_trader import Trader
from console.cli.market_node import node_at

if TYPE_CHECKING:
    from console.cli.output import Output
    from console.settings import Settings


def show(output: Output, settings: Settings, password_file: Path | None) -> None:
    """Summary, positions and open orders."""
    with node_at(settings.url) as node:
        trader = Trader.log_in(settings, node, password_file)
        summary = trader.summary()
        positions = node.call("private/get_positions")["positions"]
        orders = node.call("private/get_open_orders")
    found = {"address": trader.owner, **summary, "held": positions, "orders": orders}
    output.result(found, _summary_lines(trader.owner, summary))
    _positions(output, positions)
    open_orders(output, orders)


def margin(output: Output, settings: Settings, password_file: Path | None) -> None:
    """Equity by scenario."""
    with node_at(settings.url) as node:
        trader = Trader.log_in(settings, node, password_file)
        found = node.call("private/get_margins")
    equity_e6 = int(found["equity_e6"])
    values_e6 = [int(one) for one in found["values_e6"]]
    lines = [f"account {trader.signer.account}: equity {cash(equity_e6)} at the mark"]
    for name in ("initial", "maintenance"):
        needed_e6 = int(found[f"{name}_requirement_e6"])
        verdict = "kept" if found[f"passes_{name}"] else "BROKEN"
        lines.append(f"{name + ' margin':<18}  {cash(needed_e6):>18}  {verdict}, room {cash(equity_e6 - needed_e6)}")
    output.result({"account": trader.signer.account, **found}, lines)
    rows = [
        (
            "mark" if column == 0 else f"scenario {column}",
            cash(value_e6),
            cash(value_e6 - equity_e6),
            "worst" if column == found["worst_column"] else "",
        )
        for column, value_e6 in enumerate(values_e6)
    ]
    output.table("equity by scenario", columns=("", "equity", "change", " "), rows=rows, left=("", " "))


def open_orders(output: Output, orders: list[dict[str, Any]]) -> None:
    """A row each; nothing for none."""
    if orders:
        rows = [
            (
                one["order_id"],
                one["instrument_name"],
                one["direction"],
                price(one["limit_price_e2"]),
                size(one["size_e4"]),
                size(one["filled_e4"]),
                one["time_in_force"],
            )
            for one in orders
        ]
        columns = ("order", "instrument", "side", "limit", "contracts", "filled", "good")
        output.table("open orders", columns=columns, rows=rows, left=("order", "instrument", "side", "good"))


def _summary_lines(address: str, summary: dict[str, Any]) -> list[str]:
    lines = [f"account {summary['account']} of {address}"]
    lines += ["in liquidation: deposit"] if summary["is_liquidated"] else []
    amounts = (
        ("cash", "cash_e6"),
        ("equity", "equity_e6"),
        ("free", "free_e6"),
        ("initial margin", "initial_requirement_e6"),
        ("maintenance margin", "maintenance_requirement_e6"),
    )
    return lines + [f"{name:<18}  {cash(summary[key]):>20}" for name, key in amounts]


def _positions(output: Output, positions: list[dict[str, Any]]) -> None:
    if positions:
        rows = [
            (one["instrument_name"], size(one["size_e4"]), price(one["mark_price_e2"]), cash(one["value_e6"]))
            for one in positions
        ]
        columns = ("instrument", "contracts", "mark", "value")
        output.table("positions", columns=columns, rows=rows, left=("instrument",))
