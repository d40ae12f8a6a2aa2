"""Instructions by which code could be replaced are found, and what is pushed is not taken for them."""

from __future__ import annotations

import pytest

from sequencer.l1.code_walk import opcodes, replacing_instructions
from sequencer.l1.contracts import build_contracts


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("", ()),
        ("f4", ("DELEGATECALL",)),
        ("5ff2ff", ("CALLCODE", "SELFDESTRUCT")),
        ("60f4", ()),
        ("60f4f4", ("DELEGATECALL",)),
        ("7f" + "f4" * 32, ()),
        ("7f" + "f4" * 33, ("DELEGATECALL",)),
        ("61f4", ()),
        ("5ff4", ("DELEGATECALL",)),
    ],
)
def test_what_is_pushed_is_no_instruction(code: str, found: tuple[str, ...]) -> None:
    assert replacing_instructions(bytes.fromhex(code)) == found


def test_all_pushes() -> None:
    for size in range(1, 33):
        assert list(opcodes(bytes([0x5F + size, *[0xF4] * size, 0x01]))) == [0x5F + size, 0x01]


def test_our_contracts_cannot_be_replaced() -> None:
    builds = build_contracts()
    for name in ("ClearingHouse", "Oracle", "TestDollar"):
        assert replacing_instructions(builds[name].runtime_code) == ()
