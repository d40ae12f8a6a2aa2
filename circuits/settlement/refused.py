"""Inputs of provers who lie with signatures of their own: each breaks one rule, and little else.

A search that changes inputs cannot sign. Here messages are signed as a lie would have them read: with flags that are
none, nonces that are 0, and for places that are not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any, Final

from circuits.settlement.inputs import settlement_values
from circuits.settlement.legs import ORDER
from circuits.settlement.liquidations import LIQUIDATION
from circuits.settlement.operations import OPERATION
from circuits.settlement.queue import QUEUE_ENTRY
from circuits.settlement.records import Record
from circuits.settlement.sample import DOMAIN, FIRST_TRADER, Sample, Venue, sample
from circuits.settlement.signing import PADDING_SECRET, order_row, signature_columns
from circuits.settlement.trades import TRADE
from primitives import eddsa
from primitives.field import FR
from primitives.poseidon import poseidon
from rollup.errors import FieldOutOfRange
from rollup.packing import Field, packed
from rollup.presets import Preset
from rollup.trace import trace_batch
from rollup.types.orders import KIND_BITS, Cancel, MessageKind
from rollup.types.transactions import ForcedCloseOut
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

RULE: Final = FieldOutOfRange.__name__
NO_FLAG: Final = -2
"""With a 1 in the place above it, a flag of -2 leaves a packed word as it was."""

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


def refused_values(preset: Preset, random: Random) -> Iterator[tuple[str, Values]]:
    """Inputs with the rule that they break. About two seconds at TINY."""
    venue = Venue(preset, random)
    found = sample(venue)
    cancel = venue.operation(Cancel(FIRST_TRADER + 1, 2, 1))
    used = _values(found, preset, operations=(cancel,), queue=())
    empty = _values(found, preset, trades=(), operations=(), liquidations=(), settlements=(), queue=())
    yield RULE, _with(empty, "trades", TRADE, _trade(empty, {"maker_is_buy": NO_FLAG, "maker_position_slot": 1}))
    yield RULE, _with(empty, "trades", TRADE, _trade(empty, {"maker_position_slot": 1}))
    for side in ("maker", "taker"):
        yield RULE, _with(used, "trades", TRADE, _trade(used, {}, **{side: {"nonce": 0}}))
    place = {"liquidator_is_buy": NO_FLAG, "position_slot": 1}
    yield RULE, _with(empty, "liquidations", LIQUIDATION, _liquidation(empty, place, {}))
    yield RULE, _with(used, "liquidations", LIQUIDATION, _liquidation(used, {}, {"nonce": 0}))
    yield RULE, _with(used, "operations", OPERATION, _operation(used, is_transfer=-1, is_withdrawal=1))
    yield RULE, _with(used, "operations", OPERATION, _operation(used, is_transfer=1, is_withdrawal=-1))
    yield RULE, _with(used, "operations", OPERATION, _operation(used, nonce=0))
    yield RULE, _with(used, "operations", OPERATION, _operation(used, to=FIRST_TRADER))
    yield RULE, _with(used, "operations", OPERATION, _operation(used, amount_e6=5))
    yield RULE, _with(empty, "operations", OPERATION, _operation(empty, account=1))
    flags = ("is_registration", "is_deposit", "is_forced_withdrawal", "is_close_out")
    for kinds in ((-1, 1, 1, 0), (1, -1, 0, 1), (1, 0, -1, 1), (1, 1, 0, -1)):
        changes = dict(zip(flags, kinds, strict=True))
        yield RULE, _with(empty, "queue", QUEUE_ENTRY, {**QUEUE_ENTRY.read(empty["queue"][0]), **changes})
    if preset.queue > 1:
        yield RULE, _two_requests(found, preset)


def _two_requests(found: Sample, preset: Preset) -> Values:
    """Two close-outs, read as one of the sum of both; of what is not held, so that neither is served."""
    asked = ForcedCloseOut(FIRST_TRADER + 1, 5, found.batch.trades[0].maker.order.series_id)
    values = _values(found, preset, queue=(asked,), trades=(), operations=(), liquidations=(), settlements=())
    first, second, *others = values["queue"]
    second = QUEUE_ENTRY.write({**QUEUE_ENTRY.read(second), "is_close_out": 1})
    return {**values, "queue": [first, second, *others]}


def _values(found: Sample, preset: Preset, **sections: Any) -> Values:
    trace = trace_batch(found.state, found.table, replace(found.batch, **sections), preset)
    return settlement_values(trace, 1)


def _with(values: Values, section: str, record: Record, columns: Columns) -> Values:
    """The first place of a section with other columns."""
    row = [value % FR for value in record.write(columns)]
    return {**values, section: [row, *values[section][1:]]}


def _trade(values: Values, changes: Columns, **orders: Columns) -> Columns:
    """`orders` has changes to the maker's and the taker's."""
    columns = {**TRADE.read(values["trades"][0]), **changes}
    series_id, is_buy = columns["series_id"], columns["maker_is_buy"]
    for side, buys in (("maker", is_buy), ("taker", 1 - is_buy)):
        columns[side] = _order(columns[side], series_id, buys, orders.get(side, {}))
    return columns


def _liquidation(values: Values, changes: Columns, liquidator: Columns) -> Columns:
    columns = {**LIQUIDATION.read(values["liquidations"][0]), **changes}
    order = _order(columns["liquidator"], columns["series_id"], columns["liquidator_is_buy"], liquidator)
    return {**columns, "liquidator": order}


def _order(row: Any, series_id: int, is_buy: int, changes: Columns) -> list[int]:
    columns = {**ORDER.read(row), **changes}
    if not columns["nonce"]:
        columns["slot_before"] = 0
    message = _packed(ORDER_FIELDS, {**columns, "series_id": series_id, "is_buy": is_buy})
    return order_row({**columns, **_signed(columns["account"], (DOMAIN.of(MessageKind.ORDER), message))})


def _operation(values: Values, **changes: int) -> Columns:
    columns = {**OPERATION.read(values["operations"][0]), **changes}
    if not columns["nonce"]:
        columns["slot_before"] = 0
    kind = sum(columns[flag] * int(code) for flag, code in KINDS.items())
    domain = (DOMAIN.element << KIND_BITS) + kind
    return {**columns, **_signed(columns["account"], (domain, _packed(OPERATION_FIELDS, columns)))}


def _packed(widths: Mapping[str, int], columns: Columns) -> int:
    return packed([Field(name, columns[name], bits) for name, bits in widths.items()]) % FR


def _signed(account: int, message: Sequence[int]) -> Columns:
    """By the account's key, as `sample` makes them; everybody's for account 0, in places that are not used."""
    secret = account.to_bytes(32, "big") if account else PADDING_SECRET
    return signature_columns(eddsa.public_key(secret), eddsa.sign(secret, poseidon(list(message))))
