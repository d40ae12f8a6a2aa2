"""L1 as of one block: all that a turn decides by."""

from __future__ import annotations

from dataclasses import dataclass

from sequencer.submitter.chain_types import BlockHead, BlockMark
from sequencer.submitter.house import House
from sequencer.submitter.intents import Meaning


@dataclass(frozen=True, slots=True)
class View:
    """`nonce` is our account's. `done` are tasks that L1 has, `final` those of them that it will keep, and `lost` those
    that it cannot take any more. Blocks up to `final_block` are final.
    """

    head: BlockHead
    final_block: int
    nonce: int
    house: House
    is_frozen: bool
    last_report_time_s: int
    done: frozenset[Meaning]
    final: frozenset[Meaning]
    lost: frozenset[Meaning]

    def is_final(self, mark: BlockMark | None) -> bool:
        """Whether what is in a block stays."""
        return mark is not None and mark.number <= self.final_block
