"""An account, and its leaf in the state tree.

The leaf is one Poseidon hash of 16 elements: the key's two coordinates, six elements that hold 16 positions and the
cash, and eight order slots. A position is packed as `id * 2^41 + 2^40 + size`, which is never 0, an empty slot as 0;
three fit into an element. The sixth element has one position, the cash, and the leaf's tag in its place above both. No
other hash of the rollup has 16 inputs but that of a series row, whose tree has another depth and whose tag differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from primitives.babyjubjub import Point
from primitives.field import FR
from rollup.errors import FieldOutOfRange, check_range
from rollup.units import (
    CASH_BITS,
    NONCE_BITS,
    ORDER_SLOTS,
    POSITION_BITS,
    POSITION_SLOTS,
    SERIES_ID_BITS,
    SIZE_BITS,
)

POSITION_CENTRE: Final = 1 << POSITION_BITS + 1
PACKED_POSITION_BITS: Final = POSITION_BITS + 2 + SERIES_ID_BITS
PER_ELEMENT: Final = 3
LEAF_TAG: Final = 1
LEAF_TAG_SHIFT: Final = PACKED_POSITION_BITS + CASH_BITS
EMPTY_LEAF: Final = 0
"""No account: nobody knows inputs that hash to it."""

ORDER_STATE_BITS: Final = NONCE_BITS + SIZE_BITS


@dataclass(frozen=True, slots=True)
class Position:
    """How much of a series an account holds; negative is short. Size 0 goes with id 0 and is the empty slot.

    Raises `FieldOutOfRange` for an id or size beyond its field, or a size without a series.
    """

    series_id: int
    size_e4: int

    def __post_init__(self) -> None:
        check_range("series_id", self.series_id, SERIES_ID_BITS, minimum=int(self.size_e4 != 0))
        low, high = -(1 << POSITION_BITS), (1 << POSITION_BITS) - 1
        check_range("position size_e4", self.size_e4, 0, minimum=low, maximum=high)
        if self.size_e4 == 0 and self.series_id:
            raise FieldOutOfRange("series_id of an empty slot", self.series_id, 0, 0)

    @property
    def packed(self) -> int:
        """One integer below 2^65; 0 is the empty slot."""
        if self.size_e4 == 0:
            return 0
        return (self.series_id << POSITION_BITS + 2) + POSITION_CENTRE + self.size_e4


EMPTY_POSITION: Final = Position(0, 0)


@dataclass(frozen=True, slots=True)
class OrderState:
    """What an order slot knows: the nonce of its order, and how much of it is filled."""

    nonce: int
    filled_e4: int

    def __post_init__(self) -> None:
        check_range("nonce", self.nonce, NONCE_BITS)
        check_range("filled_e4", self.filled_e4, SIZE_BITS)

    @property
    def packed(self) -> int:
        """nonce * 2^40 + filled: it only ever grows."""
        return (self.nonce << SIZE_BITS) + self.filled_e4

    @classmethod
    def from_packed(cls, packed: int) -> OrderState:
        """The inverse of `packed`."""
        return cls(packed >> SIZE_BITS, packed & (1 << SIZE_BITS) - 1)


FRESH_ORDER: Final = OrderState(0, 0)


@dataclass(frozen=True, slots=True)
class Account:
    """A trader's key, cash, positions (shape (16,)) and order slots (shape (8,)).

    Raises `FieldOutOfRange` for what does not fit. A key may be any two field elements: one that is no key signs
    nothing.
    """

    key: Point
    cash_e6: int = 0
    positions: tuple[Position, ...] = (EMPTY_POSITION,) * POSITION_SLOTS
    orders: tuple[OrderState, ...] = (FRESH_ORDER,) * ORDER_SLOTS

    def __post_init__(self) -> None:
        check_key(self.key)
        check_range("cash_e6", self.cash_e6, CASH_BITS)
        check_range("positions", len(self.positions), 0, minimum=POSITION_SLOTS, maximum=POSITION_SLOTS)
        check_range("order slots", len(self.orders), 0, minimum=ORDER_SLOTS, maximum=ORDER_SLOTS)

    def with_orders(self, packed: Mapping[int, int]) -> Account:
        """The same account with these order slots, packed, in place of those of their numbers."""
        if not packed:
            return self
        orders = [
            OrderState.from_packed(packed[slot]) if slot in packed else order for slot, order in enumerate(self.orders)
        ]
        return replace(self, orders=tuple(orders))

    def leaf_inputs(self) -> tuple[int, ...]:
        """The 16 elements whose Poseidon hash is the leaf."""
        packed = [position.packed for position in self.positions]
        groups = [packed[at : at + PER_ELEMENT] for at in range(0, POSITION_SLOTS, PER_ELEMENT)]
        elements = [sum(part << i * PACKED_POSITION_BITS for i, part in enumerate(group)) for group in groups]
        elements[-1] += (self.cash_e6 << PACKED_POSITION_BITS) + (LEAF_TAG << LEAF_TAG_SHIFT)
        return (*self.key, *elements, *(order.packed for order in self.orders))


def check_key(key: Point) -> None:
    """Raises `FieldOutOfRange` unless both coordinates are field elements; they need not lie on the curve."""
    for name, value in zip(("key x", "key y"), key, strict=True):
        check_range(name, value, 0, maximum=FR - 1)
