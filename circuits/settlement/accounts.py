"""Touched accounts: old leaf, new leaf, one path for both, as `rollup.types.accounts`.

A leaf's elements are taken apart once, into ranged parts, so that there is one way to read it. Key and series of a slot
are the same wires before and after: nobody renames an account, and a slot changes its series only through empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from circuits.frontend import Builder, Wire, subcircuit
from circuits.gadgets.bits import Ranged
from circuits.gadgets.compare import is_zero
from circuits.gadgets.merkle import ARITY, Level, updated_roots
from circuits.gadgets.poseidon import poseidon
from circuits.settlement.fields import below, field, flag
from circuits.settlement.records import Record, record
from rollup.errors import AlreadyRegistered, CashOutOfRange, NothingToSettle, PositionOutOfRange, UnknownAccount
from rollup.types.accounts import LEAF_TAG, LEAF_TAG_SHIFT, PACKED_POSITION_BITS, PER_ELEMENT, POSITION_CENTRE
from rollup.units import ACCOUNT_ID_BITS, CASH_BITS, ORDER_SLOTS, POSITION_BITS, POSITION_SLOTS, SERIES_ID_BITS

RULE_LEAF: Final = "LeafMisread"
RULE_ROOTS: Final = "RootsDoNotChain"
RULE_TWICE: Final = "AccountTwice"
SERIES_SHIFT: Final = POSITION_BITS + 2


def account_record(depth: int, crown: int) -> Record:
    """The columns of a touched account in a tree of this depth, below a crown of so many levels."""
    return record(
        existed=(),
        is_registered=(),
        key=(2,),
        cash_before=(),
        cash_after=(),
        slot_series=(POSITION_SLOTS,),
        was_held=(POSITION_SLOTS,),
        sizes_before=(POSITION_SLOTS,),
        sizes_after=(POSITION_SLOTS,),
        is_settled=(POSITION_SLOTS,),
        orders_before=(ORDER_SLOTS,),
        orders_after=(ORDER_SLOTS,),
        path=(depth - crown, ARITY),
        places=(depth, 2),
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """A position slot: its series, its size before and after, signed, and whether it is settled in this batch."""

    series_id: Ranged
    before: Wire
    after: Wire
    is_settled: Ranged


@dataclass(frozen=True, slots=True)
class TouchedAccount:
    """An account before and after. `exists` is 0 for a padding place alone."""

    account: Wire
    exists: Wire
    is_registered: Wire
    key: tuple[Wire, Wire]
    cash_before: Ranged
    cash_after: Ranged
    slots: tuple[Slot, ...]
    orders_before: tuple[Wire, ...]
    orders_after: tuple[Wire, ...]
    old_leaf: Wire
    new_leaf: Wire


@dataclass(frozen=True, slots=True)
class AccountStep:
    """A touched account, and the node of the crown above it before and after."""

    account: TouchedAccount
    crown_place: tuple[Wire, ...]
    old_node: Wire
    new_node: Wire


@subcircuit
def account_step(c: Builder, row: Sequence[Wire], *, depth: int, crown: int) -> AccountStep:
    """Asserts that one leaf is replaced by another, and takes both apart.

    Rules: `PositionOutOfRange`, `CashOutOfRange`, `UnknownAccount`, `AlreadyRegistered`, and that a leaf is read as it
    was written.
    """
    columns = account_record(depth, crown).read(row)
    existed, registered = flag(c, columns["existed"]), flag(c, columns["is_registered"])
    with c.rule(AlreadyRegistered):
        c.assert_product(existed.wire, registered.wire, 0)
    exists = existed.wire + registered.wire
    slots, before, after = [], [], []
    names = ("slot_series", "was_held", "sizes_before", "sizes_after", "is_settled")
    for wires in zip(*(columns[name] for name in names), strict=True):
        slot, packed_before, packed_after = position_slot(c, wires)
        slots.append(slot)
        before.append(packed_before)
        after.append(packed_after)
    with c.rule(RULE_LEAF):
        cash_before = below(c, columns["cash_before"], CASH_BITS)
    with c.rule(CashOutOfRange):
        cash_after = below(c, columns["cash_after"], CASH_BITS)
    key = (columns["key"][0], columns["key"][1])
    old_leaf = _leaf(c, existed.wire, key, before, cash_before, columns["orders_before"])
    new_leaf = _leaf(c, exists, key, after, cash_after, columns["orders_after"])
    levels, bits = _levels(c, columns["path"], columns["places"])
    account = c.linear((1 << i, bit) for i, bit in enumerate(bits))
    with c.rule(RULE_ROOTS):
        roots = updated_roots(c, old_leaf, new_leaf, levels)
    return AccountStep(
        TouchedAccount(
            account,
            exists,
            registered.wire,
            key,
            cash_before,
            cash_after,
            tuple(slots),
            tuple(columns["orders_before"]),
            tuple(columns["orders_after"]),
            old_leaf,
            new_leaf,
        ),
        tuple(bits[2 * (depth - crown) :]),
        roots.old_root,
        roots.new_root,
    )


@subcircuit
def position_slot(c: Builder, wires: tuple[Wire, Wire, Wire, Wire, Wire]) -> tuple[Slot, Wire, Wire]:
    """A slot's series and sizes, and how both are packed: `Position.packed`. Cost: 113.

    An empty slot is packed as 0, a held one as at least 2^39, so that a leaf says which it is. A settled one is empty
    afterwards.
    """
    series, was_held, before, after, settled = wires
    is_settled = flag(c, settled)
    with c.rule(NothingToSettle):
        c.assert_product(settled, after, 0)
    series_id = field(c, series, SERIES_ID_BITS)
    with c.rule(RULE_LEAF):
        below(c, before + (1 << POSITION_BITS), POSITION_BITS + 1)
        c.assert_product(was_held, was_held - 1, 0)
        c.assert_product(1 - was_held, before, 0)
    with c.rule(PositionOutOfRange):
        below(c, after + (1 << POSITION_BITS), POSITION_BITS + 1)
    is_held = 1 - is_zero(c, after).wire
    packed = [
        c.product(held, series) * (1 << SERIES_SHIFT) + POSITION_CENTRE * held + size
        for held, size in ((was_held, before), (is_held, after))
    ]
    return Slot(series_id, before, after, Ranged(is_settled.wire, 1)), packed[0], packed[1]


def _leaf(
    c: Builder, exists: Wire, key: tuple[Wire, Wire], packed: Sequence[Wire], cash: Ranged, orders: Sequence[Wire]
) -> Wire:
    """The leaf, 0 for no account, which then has nothing. Cost: 616."""
    groups = [packed[at : at + PER_ELEMENT] for at in range(0, POSITION_SLOTS, PER_ELEMENT)]
    elements = [c.linear((1 << i * PACKED_POSITION_BITS, part) for i, part in enumerate(group)) for group in groups]
    elements[-1] = elements[-1] + cash.wire * (1 << PACKED_POSITION_BITS)
    with c.rule(UnknownAccount):
        for content in (*elements, *orders):
            c.assert_product(1 - exists, content, 0)
    elements[-1] = elements[-1] + (LEAF_TAG << LEAF_TAG_SHIFT)
    with c.rule(RULE_LEAF):
        return c.product(exists, poseidon(c, [*key, *elements, *orders]))


def _levels(
    c: Builder, path: Sequence[Sequence[Wire]], places: Sequence[Sequence[Wire]]
) -> tuple[list[Level], list[Wire]]:
    """The path below the crown, and the bits of the leaf's place, the lowest first. Cost: two a level of the tree."""
    bits = [flag(c, bit).wire for place in places for bit in place]
    levels = []
    for (first, second, third, fourth), (low, high) in zip(path, places, strict=False):
        levels.append(Level((first, second, third, fourth), (low, high)))
    return levels, bits


@subcircuit
def assert_accounts_differ(c: Builder, accounts: Sequence[Wire], exist: Sequence[Wire]) -> None:
    """Asserts that no account is touched twice; places for padding do not count. Cost: one a pair, and 1.

    An account in two places could be liquidated in one, and grow in the other.
    """
    far = [
        account + (1 - exists) * ((i + 1) << ACCOUNT_ID_BITS)
        for i, (account, exists) in enumerate(zip(accounts, exist, strict=True))
    ]
    product = c.constant(1)
    for i, one in enumerate(far):
        for other in far[:i]:
            product = c.product(product, one - other)
    with c.rule(RULE_TWICE):
        c.assert_product(product, c.witness(c.advice(product).inverse(), "inverse"), 1)
