"""What a trader signs: orders, and the operations of one account.

A message is the Poseidon hash of two elements: the domain, which binds chain and contract and, in its lowest bits, the
kind of message; and all fields, packed. `Domain` is made once for a deployment.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from itertools import accumulate
from operator import lshift
from typing import Final, TypeAlias

from primitives.eddsa import Signature
from rollup.errors import check_range
from rollup.packing import Field, Range, check_ranges, packed
from rollup.units import (
    ACCOUNT_ID_BITS,
    CASH_BITS,
    MAX_ORDER_SIZE_E4,
    NONCE_BITS,
    ORDER_SLOT_BITS,
    PRICE_BITS,
    RATE_BITS,
    SERIES_ID_BITS,
    SIZE_BITS,
    TIME_BITS,
)

CHAIN_ID_BITS: Final = 64
CONTRACT_BITS: Final = 160
KIND_BITS: Final = 8


class MessageKind(IntEnum):
    """The lowest bits of the domain: no two kinds of message share one."""

    ORDER = 1
    CANCEL = 2
    TRANSFER = 3
    WITHDRAWAL = 4


@dataclass(frozen=True, slots=True)
class Domain:
    """Chain and clearing house for which messages are signed."""

    chain_id: int
    contract: int

    def __post_init__(self) -> None:
        check_range("chain_id", self.chain_id, CHAIN_ID_BITS, minimum=1)
        check_range("contract", self.contract, CONTRACT_BITS)

    @property
    def element(self) -> int:
        """chain id * 2^160 + contract: the word that L1 compares with its own."""
        return (self.chain_id << CONTRACT_BITS) + self.contract

    def of(self, kind: MessageKind) -> int:
        """The domain of one kind of message."""
        return (self.element << KIND_BITS) + kind


ORDER_FIELDS: Final = (
    Range.of("account", ACCOUNT_ID_BITS),
    Range.of("series_id", SERIES_ID_BITS, minimum=1),
    Range.of("is_buy", 1),
    Range.of("limit_price_e2", PRICE_BITS),
    Range.of("size_e4", SIZE_BITS, minimum=1, maximum=MAX_ORDER_SIZE_E4),
    Range.of("max_fee_ppm", RATE_BITS),
    Range.of("expiry_s", TIME_BITS),
    Range.of("slot", ORDER_SLOT_BITS),
    Range.of("nonce", NONCE_BITS, minimum=1),
)
"""What is signed of an order, the lowest bits first."""

_ORDER_SHIFTS: Final = tuple(accumulate((field.bits for field in ORDER_FIELDS[:-1]), initial=0))


@dataclass(frozen=True, slots=True)
class Order:
    """To buy or sell up to `size_e4` at `limit_price_e2` or better, until `expiry_s` included.

    It lives in an order slot under a nonce: a larger nonce in the same slot replaces it.
    """

    account: int
    series_id: int
    is_buy: bool
    limit_price_e2: int
    size_e4: int
    max_fee_ppm: int
    expiry_s: int
    slot: int
    nonce: int

    def __post_init__(self) -> None:
        check_ranges(ORDER_FIELDS, self.values)

    @property
    def values(self) -> tuple[int, ...]:
        """By `ORDER_FIELDS`."""
        return (
            self.account,
            self.series_id,
            int(self.is_buy),
            self.limit_price_e2,
            self.size_e4,
            self.max_fee_ppm,
            self.expiry_s,
            self.slot,
            self.nonce,
        )

    def fields(self) -> tuple[Field, ...]:
        """What is signed, the lowest bits first."""
        return tuple(Field(one.name, value, one.bits) for one, value in zip(ORDER_FIELDS, self.values, strict=True))

    @property
    def word(self) -> int:
        """All fields, packed: as `packed(self.fields())`, for thousands a second."""
        return sum(map(lshift, self.values, _ORDER_SHIFTS))

    def message_inputs(self, domain: Domain) -> tuple[int, int]:
        """The two elements whose Poseidon hash is signed."""
        return domain.of(MessageKind.ORDER), self.word

    @property
    def sign(self) -> int:
        """+1 to buy, -1 to sell."""
        return 1 if self.is_buy else -1


@dataclass(frozen=True, slots=True)
class Cancel:
    """Closes everything in an order slot up to and including `nonce`."""

    account: int
    slot: int
    nonce: int

    def __post_init__(self) -> None:
        _check_operation(self)

    @property
    def kind(self) -> MessageKind:
        """Cancel."""
        return MessageKind.CANCEL

    @property
    def to(self) -> int:
        """Nobody."""
        return 0

    @property
    def amount_e6(self) -> int:
        """Nothing."""
        return 0


@dataclass(frozen=True, slots=True)
class Transfer:
    """Sends cash to another account."""

    account: int
    slot: int
    nonce: int
    to: int
    amount_e6: int

    def __post_init__(self) -> None:
        _check_operation(self)

    @property
    def kind(self) -> MessageKind:
        """Transfer."""
        return MessageKind.TRANSFER


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Takes cash out to L1, to the owner that L1 knows."""

    account: int
    slot: int
    nonce: int
    amount_e6: int

    def __post_init__(self) -> None:
        _check_operation(self)

    @property
    def kind(self) -> MessageKind:
        """Withdrawal."""
        return MessageKind.WITHDRAWAL

    @property
    def to(self) -> int:
        """Nobody on L2."""
        return 0


Operation: TypeAlias = Cancel | Transfer | Withdrawal
"""What one account signs for itself. Each uses up its order slot's nonce, so that none can be replayed."""


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order and who says so."""

    order: Order
    signature: Signature


@dataclass(frozen=True, slots=True)
class SignedOperation:
    """An operation and who says so."""

    operation: Operation
    signature: Signature


def operation_fields(operation: Operation) -> tuple[Field, ...]:
    """What is signed and what L1 reads, the lowest bits first; the kind is in the domain and in the word."""
    return (
        Field("account", operation.account, ACCOUNT_ID_BITS),
        Field("slot", operation.slot, ORDER_SLOT_BITS),
        Field("nonce", operation.nonce, NONCE_BITS),
        Field("to", operation.to, ACCOUNT_ID_BITS),
        Field("amount_e6", operation.amount_e6, CASH_BITS),
    )


def operation_message_inputs(operation: Operation, domain: Domain) -> tuple[int, int]:
    """The two elements whose Poseidon hash is signed."""
    return domain.of(operation.kind), packed(operation_fields(operation))


def _check_operation(operation: Operation) -> None:
    check_range("nonce", operation.nonce, NONCE_BITS, minimum=1)
    if not isinstance(operation, Cancel):
        check_range("amount_e6", operation.amount_e6, CASH_BITS, minimum=1)
    for field in operation_fields(operation):
        field.check()
