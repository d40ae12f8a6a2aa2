"""What all answers are made of. Money and hashes are strings; all other integers are below 2^53 by their fields."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Money = Annotated[str, Meta(pattern=r"^(?:0|-?[1-9][0-9]*)$", description="0.000001 USDC")]
Element = Annotated[str, Meta(pattern=r"^(?:0|[1-9][0-9]*)$", description="A number below 2^256.")]
FinalityName = Literal["accepted", "batched", "committed", "proven", "executed", "taken_back"]
Direction = Literal["buy", "sell"]


class Answer(Struct, frozen=True, kw_only=True):
    """Of any method."""
