"""What instructions a contract's code has: whether it could be replaced behind its address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

PUSH1: Final = 0x60
PUSH32: Final = 0x7F
REPLACING: Final = {0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xFF: "SELFDESTRUCT"}
"""Instructions by which other code works on a contract's storage, or its own goes away."""


def opcodes(code: bytes) -> Iterator[int]:
    """Every instruction in order, without what is pushed."""
    at = 0
    while at < len(code):
        opcode = code[at]
        yield opcode
        at += 2 + opcode - PUSH1 if PUSH1 <= opcode <= PUSH32 else 1


def replacing_instructions(code: bytes) -> tuple[str, ...]:
    """Those by which code could be replaced; also when they cannot be reached."""
    return tuple(sorted({REPLACING[opcode] for opcode in opcodes(code) if opcode in REPLACING}))
