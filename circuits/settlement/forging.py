"""Places of a batch written as a lying prover would, and signed as the lie would have them read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from circuits.settlement.inputs import settlement_values
from circuits.settlement.legs import ORDER
from circuits.settlement.liquidations import LIQUIDATION
from circuits.settlement.operations import OPERATION
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.records import Record
from circuits.settlement.sample import DOMAIN, Sample
from circuits.settlement.settlements import SETTLEMENT
from circuits.settlement.signing import PADDING_SECRET, order_row, signature_columns
from circuits.settlement.statement import HEADER
from circuits.settlement.trades import TRADE
from primitives import eddsa
from primitives.field import FR
from primitives.poseidon import poseidon
from rollup.packing import Field, packed
from rollup.presets import Preset
from rollup.trace import trace_batch
from rollup.types.orders import KIND_BITS, MessageKind
from rollup.units import (
    ACCOUNT_ID_BITS,
    CASH_BITS,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)

Values = dict[str, Any]
Columns = Mapping[str, Any]

ORDER_FIELDS: Final = {
    "account": ACCOUNT_ID_BITS,
    "series_id": SERIES_ID_BITS,
    "is_buy": 1,
    "limit_price_e2": PRICE_BITS,
    "size_e4": SIZE_BITS,
    "max_fee_ppm": RATE_BITS,
    "expiry_s": TIME_BITS,
    "slot": ORDER_SLOT_BITS,
    "nonce": NONCE_BITS,
}
OPERATION_FIELDS: Final = {
    "account": ACCOUNT_ID_BITS,
    "slot": ORDER_SLOT_BITS,
    "nonce": NONCE_BITS,
    "to": ACCOUNT_ID_BITS,
    "amount_e6": CASH_BITS,
}
KINDS: Final = {
    "is_cancel": MessageKind.CANCEL,
    "is_transfer": MessageKind.TRANSFER,
    "is_withdrawal": MessageKind.WITHDRAWAL,
}


def values_of(found: Sample, preset: Preset, **sections: Any) -> Values:
    """The sample's batch with other sections, traced, as inputs."""
    trace = trace_batch(found.state.copy(), found.table, replace(found.batch, **sections), preset)
    return settlement_values(trace, 1)


def with_trade(values: Values, changes: Columns, **orders: Columns) -> Values:
    """The first trade with other columns, signed anew. `orders` has changes to the maker's and the taker's."""
    columns = {**TRADE.read(values["trades"][0]), **changes}
    series_id, is_buy = columns["series_id"], columns["maker_is_buy"]
    for side, buys in (("maker", is_buy), ("taker", 1 - is_buy)):
        columns[side] = _order(columns[side], series_id, buys, orders.get(side, {}))
    return _with_first(values, "trades", TRADE, columns)


def with_liquidation(values: Values, changes: Columns, liquidator: Columns | None = None) -> Values:
    """The first liquidation with other columns, signed anew."""
    columns = {**LIQUIDATION.read(values["liquidations"][0]), **changes}
    order = _order(columns["liquidator"], columns["series_id"], columns["liquidator_is_buy"], liquidator or {})
    return _with_first(values, "liquidations", LIQUIDATION, {**columns, "liquidator": order})


def with_operation(values: Values, domain: int = DOMAIN.element, **changes: int) -> Values:
    """The first operation with other columns, signed anew, for a batch of a domain."""
    columns = {**OPERATION.read(values["operations"][0]), **changes}
    if not columns["nonce"]:
        columns["slot_before"] = 0
    kind = sum(columns[flag] * int(code) for flag, code in KINDS.items())
    message = ((domain << KIND_BITS) + kind) % FR, _packed(OPERATION_FIELDS, columns)
    signed = _signed(columns["account"], message)
    header = HEADER.write({**HEADER.read(values["header"][0]), "domain": domain})
    return _with_first({**values, "header": [header]}, "operations", OPERATION, {**columns, **signed})


def with_entry(values: Values, **changes: int) -> Values:
    """The first queue entry with other columns."""
    return _with_first(values, "queue", QUEUE_ENTRY, {**QUEUE_ENTRY.read(values["queue"][0]), **changes})


def with_settlement(values: Values, **changes: int) -> Values:
    """The first settlement with other columns."""
    return _with_first(values, "settlements", SETTLEMENT, {**SETTLEMENT.read(values["settlements"][0]), **changes})


def _with_first(values: Values, section: str, record: Record, columns: Columns) -> Values:
    """The first place of a section with other columns."""
    row = [value % FR for value in record.write(columns)]
    return {**values, section: [row, *values[section][1:]]}


def _order(row: Any, series_id: int, is_buy: int, changes: Columns) -> list[int]:
    columns = {**ORDER.read(row), **changes}
    if not columns["nonce"]:
        columns["slot_before"] = 0
    message = _packed(ORDER_FIELDS, {**columns, "series_id": series_id, "is_buy": is_buy})
    return order_row({**columns, **_signed(columns["account"], (DOMAIN.of(MessageKind.ORDER), message))})


def _packed(widths: Mapping[str, int], columns: Columns) -> int:
    return packed([Field(name, columns[name], bits) for name, bits in widths.items()]) % FR


def _signed(account: int, message: Sequence[int]) -> Columns:
    """By the account's key, as `sample` makes them; everybody's for account 0, in places that are not used."""
    secret = account.to_bytes(32, "big") if account else PADDING_SECRET
    return signature_columns(eddsa.public_key(secret), eddsa.sign(secret, poseidon(list(message))))
