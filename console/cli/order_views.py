"""What `zkclear order list`, `show` and `cancel` do, and what an order looks like to people."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.amounts import cash, price, size
from console.cli import account_views
from console.cli.account_trader import Trader
from console.cli.market_node import node_at
from console.cli.order_making import BadOrder
from rollup.types.orders import Cancel

if TYPE_CHECKING:
    from console.cli.output import Output
    from console.settings import Settings


@dataclass(frozen=True, slots=True)
class Which:
    """What is to be cancelled: an order, or all, or those of an instrument."""

    order_id: str | None
    is_all: bool
    instrument: str | None
    is_signed: bool

    def __post_init__(self) -> None:
        """Raises `BadOrder`."""
        if (self.order_id is None) != self.is_all:
            raise BadOrder("name an order, or say --all")
        if self.instrument is not None and not self.is_all:
            raise BadOrder("--instrument is for --all")
        if self.is_signed and self.is_all:
            raise BadOrder("a signed cancel is for one order: name it")


def order(output: Output, found: dict[str, Any]) -> None:
    """An order and its trades."""
    it = found["order"]
    what = f"{it['direction']} {size(it['size_e4'])} {it['instrument_name']} at {price(it['limit_price_e2'])}"
    output.result(found, [f"order {it['order_id']}: {what}, {_state(it)}"])
    if found["trades"]:
        rows = [
            (
                one["trade_id"],
                price(one["price_e2"]),
                size(one["size_e4"]),
                cash(one["fee_e6"]),
                "maker" if one["is_maker"] else "taker",
                one["finality"],
                str(one["batch"] or "-"),
            )
            for one in found["trades"]
        ]
        columns = ("trade", "price", "contracts", "fee", "as", "finality", "batch")
        output.table("trades", columns=columns, rows=rows, left=("trade", "as", "finality"))


def open_orders(output: Output, settings: Settings, password_file: Path | None, instrument: str | None) -> None:
    """All, or those of one instrument."""
    with node_at(settings.url) as node:
        trader = Trader.log_in(settings, node, password_file)
        found = node.call("private/get_open_orders", instrument_name=instrument)
    heading = f"account {trader.signer.account} has {len(found) or 'no'} open order{'s' * (len(found) != 1)}"
    output.result({"account": trader.signer.account, "orders": found}, [heading])
    account_views.open_orders(output, found)


def show(output: Output, settings: Settings, password_file: Path | None, order_id: str) -> None:
    """One of them."""
    with node_at(settings.url) as node:
        Trader.log_in(settings, node, password_file)
        found = node.call("private/get_order_state", order_id=order_id)
    order(output, found)


def cancel(output: Output, settings: Settings, password_file: Path | None, which: Which) -> None:
    """One, or all."""
    with node_at(settings.url) as node:
        trader = Trader.log_in(settings, node, password_file)
        if which.order_id is None:
            found = node.call("private/cancel_all", instrument_name=which.instrument)
            lines = [f"{found['cancelled']} taken out of the books"]
        elif which.is_signed:
            found = trader.operate("private/cancel", _cancel_of(which.order_id))
            lines = [f"order {which.order_id} is void for everybody: {found['operation']['finality']}"]
        else:
            found = node.call("private/cancel", order_id=which.order_id)
            lines = [f"order {which.order_id} is out of the book"]
    output.result(found, lines)


def _cancel_of(order_id: str) -> Cancel:
    parts = order_id.split("-")
    if len(parts) != len(("account", "slot", "nonce")) or not all(part.isdecimal() for part in parts):
        raise BadOrder(f"{order_id!r} is no order: an order is called account-slot-nonce, such as 4-0-1")
    return Cancel(*map(int, parts))


def _state(it: dict[str, Any]) -> str:
    filled = f"{size(it['filled_e4'])} filled"
    average = f" for {cash(it['paid_e6'])}" if it["filled_e4"] else ""
    why = f" ({it['removed_for']})" if it["removed_for"] else ""
    return f"{it['state']}{why}, {filled}{average}"
