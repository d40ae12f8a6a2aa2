"""What of a transaction's gas is calldata, and what the contract's work.

EIP-2028: 4 gas for a zero byte and 16 for another. EIP-7623: a transaction pays at least 10 gas for each token, of
which a zero byte is one and another byte four. EIP-2, EIP-3860: creating a contract costs 32,000, and 2 for each word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

TRANSACTION_GAS: Final = 21_000
ZERO_BYTE_GAS: Final = 4
OTHER_BYTE_GAS: Final = 16
TOKENS_PER_OTHER_BYTE: Final = 4
FLOOR_GAS_PER_TOKEN: Final = 10
CREATION_GAS: Final = 32_000
INIT_CODE_WORD_GAS: Final = 2


@dataclass(frozen=True, slots=True)
class GasUse:
    """The gas of one transaction. `used` is what was paid for, after refunds."""

    used: int
    calldata: int
    """By EIP-2028."""

    floor: int
    """The least that the transaction has to pay by EIP-7623, the 21,000 of any transaction included."""

    creation: int

    @property
    def beyond_calldata(self) -> int:
        """All but the calldata: the 21,000 and the work."""
        return self.used - self.calldata

    @property
    def work(self) -> int:
        """What the contract's work took, less refunds; an upper bound when the floor was paid instead."""
        return self.used - TRANSACTION_GAS - self.calldata - self.creation

    @property
    def is_floor(self) -> bool:
        """Whether the floor of EIP-7623 is what was paid."""
        return self.used == self.floor


def gas_use(data: bytes, used: int, *, creates: bool = False) -> GasUse:
    """The split, for the calldata of a transaction."""
    zeros = data.count(0)
    others = len(data) - zeros
    tokens = zeros + TOKENS_PER_OTHER_BYTE * others
    words = -(-len(data) // 32)
    return GasUse(
        used=used,
        calldata=ZERO_BYTE_GAS * zeros + OTHER_BYTE_GAS * others,
        floor=TRANSACTION_GAS + FLOOR_GAS_PER_TOKEN * tokens,
        creation=CREATION_GAS + INIT_CODE_WORD_GAS * words if creates else 0,
    )
