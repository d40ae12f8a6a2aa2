"""Writes `contracts/src/generated/Layout.sol`: the widths and places of words that contracts read, from `rollup`.

`--check` compares instead.
"""

from __future__ import annotations

import sys
from pathlib import Path

from primitives.field import FR
from rollup.packing import Field
from rollup.presets import TINY
from rollup.types.batches import Batch
from rollup.types.orders import Domain, MessageKind, Withdrawal
from rollup.types.transactions import Deposit, ForcedCloseOut, QueueEntry, QueueKind
from rollup.types.words import (
    FIRST_WORDS,
    KIND_BITS,
    WORDS_PER_QUEUE_ENTRY,
    header_fields,
    operation_word_fields,
    queue_words,
)
from rollup.units import (
    ACCOUNT_ID_BITS,
    BATCH_NUMBER_BITS,
    CASH_BITS,
    INSURANCE_ACCOUNT,
    POSITION_SLOT_BITS,
    PRICE_BITS,
    SERIES_ID_BITS,
    TIME_BITS,
)

TARGET = Path(__file__).parent.parent / "contracts" / "src" / "generated" / "Layout.sol"

HEAD = """// SPDX-License-Identifier: Apache-2.0
// Written by scripts/generate_solidity_layout.py from the specification. Do not edit.
pragma solidity ^0.8.28;

/// @notice Widths of quantities, kinds, and where the words of a batch have their fields: bits from the lowest.
library Layout {
"""


def place(fields: list[Field], name: str) -> int:
    """How many bits come before a field."""
    names = [field.name for field in fields]
    return sum(field.bits for field in fields[: names.index(name)])


def queue_place(entry: QueueEntry, other: QueueEntry) -> int:
    """Where two entries differ by 1."""
    return (queue_words(other)[0] - queue_words(entry)[0]).bit_length() - 1


def constants() -> dict[str, int]:
    header = header_fields(Batch(0, 0, Domain(1, 0)), [], TINY)
    operation = operation_word_fields(Withdrawal(0, 0, 1, 1))
    return {
        "R": FR,
        "ACCOUNT_ID_BITS": ACCOUNT_ID_BITS,
        "BATCH_NUMBER_BITS": BATCH_NUMBER_BITS,
        "CASH_BITS": CASH_BITS,
        "POSITION_SLOT_BITS": POSITION_SLOT_BITS,
        "PRICE_BITS": PRICE_BITS,
        "SERIES_ID_BITS": SERIES_ID_BITS,
        "TIME_BITS": TIME_BITS,
        "INSURANCE_ACCOUNT": INSURANCE_ACCOUNT,
        "FIRST_WORDS": FIRST_WORDS,
        "WORDS_PER_QUEUE_ENTRY": WORDS_PER_QUEUE_ENTRY,
        "HEADER_TIME_AT": place(header, "time_s"),
        "HEADER_SERVED_AT": place(header, "served 0"),
        **{kind.name: int(kind) for kind in QueueKind},
        "QUEUE_KIND_BITS": KIND_BITS,
        "QUEUE_ACCOUNT_AT": queue_place(Deposit(0, 0), Deposit(1, 0)),
        "QUEUE_AMOUNT_AT": queue_place(Deposit(0, 0), Deposit(0, 1)),
        "QUEUE_POSITION_SLOT_AT": queue_place(ForcedCloseOut(0, 0, 1), ForcedCloseOut(0, 1, 1)),
        "QUEUE_SERIES_AT": queue_place(ForcedCloseOut(0, 0, 1), ForcedCloseOut(0, 0, 2)),
        "WITHDRAWAL": int(MessageKind.WITHDRAWAL),
        "OPERATION_KIND_BITS": KIND_BITS,
        "OPERATION_ACCOUNT_AT": place(operation, "account"),
        "OPERATION_AMOUNT_AT": place(operation, "amount_e6"),
    }


def text() -> str:
    lines = [f"    uint256 internal constant {name} = {value};\n" for name, value in constants().items()]
    return HEAD + "".join(lines) + "}\n"


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text() == text() else f"{TARGET.name} is stale: run this script without --check")
    TARGET.write_text(text())
