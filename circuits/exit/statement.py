"""The statement of an exit: this account of the state leaves with its equity at the marks of the risk table, or with 0.

Public, all inputs: state root, risk root, account id, amount. The account id is the nullifier: L1 marks it as left, and
knows its owner. The amount is below 2^84, which is more than L1 can ever hold.

Cost: 15,145 at TINY, 26,181 at DEMO, 32,149 at LARGE and XL, whose domain is thereby 2^15.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from circuits.exit.positions import marked_position, position_record
from circuits.frontend import Builder, Circuit, Wire, private, public
from circuits.gadgets.bits import Bit, Ranged
from circuits.gadgets.merkle import ARITY, levels, merkle_root
from circuits.gadgets.poseidon import poseidon
from circuits.settlement.accounts import RULE_LEAF
from circuits.settlement.crowns import crown_root, crown_size
from circuits.settlement.fields import below, bits_below
from circuits.settlement.health import RULE_VALUE
from rollup.exits import ROW_CROWN, NotInRiskTable, NotInState, WrongExitAmount
from rollup.presets import Preset
from rollup.types.accounts import LEAF_TAG, LEAF_TAG_SHIFT, PACKED_POSITION_BITS, PER_ELEMENT
from rollup.units import CASH_BITS, ORDER_SLOTS, POSITION_SLOTS, VALUE_BITS


def exit_inputs(preset: Preset) -> dict[str, Any]:
    """The inputs of the circuit."""
    return {
        "state_root": public(),
        "risk_root": public(),
        "account": public(),
        "amount_e6": public(),
        "key": private(2),
        "cash_e6": private(),
        "orders": private(ORDER_SLOTS),
        "path": private(preset.account_depth, ARITY),
        "positions": position_record(preset.series_depth).inputs(POSITION_SLOTS),
        "row_crown": private(crown_size(ROW_CROWN)),
    }


@cache
def exit_circuit(preset: Preset) -> Circuit:
    """The circuit of a preset; presets with trees of the same depths have the same.

    Rules: `NotInState`, `NotInRiskTable`, `WrongExitAmount`, and that leaf and rows are read as they were written.
    """

    def define(c: Builder, **inputs: Any) -> None:
        slots = [marked_position(c, row, inputs["row_crown"], depth=preset.series_depth) for row in inputs["positions"]]
        with c.rule(RULE_LEAF):
            cash_e6 = below(c, inputs["cash_e6"], CASH_BITS)
        with c.rule(NotInState):
            place = bits_below(c, inputs["account"], 2 * preset.account_depth)
            leaf = account_leaf(c, inputs["key"], [slot.packed for slot in slots], cash_e6, inputs["orders"])
            path = levels(inputs["path"], _pairs(place))
            c.assert_equal(merkle_root(c, leaf, path), inputs["state_root"])
        with c.rule(NotInRiskTable):
            c.assert_equal(crown_root(c, inputs["row_crown"]), inputs["risk_root"])
        equity_e6 = c.sum([cash_e6.wire, *(slot.worth_e6 for slot in slots)])
        positive = is_not_negative(c, equity_e6)
        with c.rule(WrongExitAmount):
            c.assert_product(positive.wire, equity_e6, inputs["amount_e6"])

    return Circuit(f"exit_{preset.name}", define, exit_inputs(preset))


def account_leaf(
    c: Builder, key: Sequence[Wire], packed: Sequence[Wire], cash_e6: Ranged, orders: Sequence[Wire]
) -> Wire:
    """The leaf, as `rollup.types.accounts` hashes it; that of no account is no hash. Cost: 601."""
    groups = [packed[at : at + PER_ELEMENT] for at in range(0, POSITION_SLOTS, PER_ELEMENT)]
    elements = [c.linear((1 << i * PACKED_POSITION_BITS, part) for i, part in enumerate(group)) for group in groups]
    elements[-1] = elements[-1] + cash_e6.wire * (1 << PACKED_POSITION_BITS) + (LEAF_TAG << LEAF_TAG_SHIFT)
    return poseidon(c, [*key, *elements, *orders])


def is_not_negative(c: Builder, equity_e6: Wire) -> Bit:
    """1 from 0 on. Precondition: V, hence -2^86 <= V < 2^86. Cost: 87."""
    with c.rule(RULE_VALUE):
        return bits_below(c, equity_e6 + (1 << VALUE_BITS), VALUE_BITS + 1)[VALUE_BITS]


def _pairs(bits: Sequence[Bit]) -> list[tuple[Wire, Wire]]:
    return [(low.wire, high.wire) for low, high in zip(bits[::2], bits[1::2], strict=True)]
