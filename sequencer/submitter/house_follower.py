"""Follows the clearing house's logs from block to block, and goes back when the chain does."""

from __future__ import annotations

from typing import Final

from sequencer.l1.binding import BlockId
from sequencer.l1.bindings.clearing_house import ClearingHouse
from sequencer.l1.receipts import RawLog
from sequencer.submitter.chain_types import BlockHead, BlockMark
from sequencer.submitter.errors import ChainShifted, LogsMissing
from sequencer.submitter.house import TOPICS, House
from sequencer.submitter.port import L1Port

MOST_MARKS: Final = 256
"""How many blocks that were heads are remembered: reorganisations that are deeper mean to begin again."""


class HouseFollower:
    """`house` as of the head that was followed last. In memory only: a restart reads from the first block again."""

    def __init__(self, port: L1Port, address: str, genesis_root: int, first_block: int) -> None:
        self._port = port
        self._address = address
        self._genesis_root = genesis_root
        self._first_block = first_block
        self._base = self.house = House.empty(genesis_root)
        self._base_block = first_block - 1
        self._logs: list[RawLog] = []
        self._marks: list[BlockMark] = []

    def follow(self, head: BlockHead) -> int:
        """Reads up to this head. Returns how many blocks of those seen before are gone.

        Raises `LogsMissing` (and reads all again the next time), `ChainShifted` when the chain changes meanwhile, and
        what asking nodes raises; what was known stays then.
        """
        depth = self._go_back(head)
        start = self._marks[-1].number + 1 if self._marks else self._first_block
        if start <= head.number:
            found = self._port.logs([self._address], TOPICS, start, head.number)
            self._require_same(head)
            try:
                house = self.house.after(found)
                self._compare(house, head.number)
            except LogsMissing:
                self._begin_again()
                raise
            self._logs += found
            self.house = house
            self._marks = [*self._marks[-MOST_MARKS:], head.mark]
        return depth

    def forget(self, final_block: int) -> None:
        """Folds what is final into the base. Batches that were executed by then are not kept, but for the last.

        Raises `LogsMissing` when logs that nodes left out show only now; then all are read again.
        """
        old = [log for log in self._logs if log.block_number <= final_block]
        if not old or not self._marks or self._marks[-1].number < final_block:
            return
        try:
            base = self._base.after(old)
            base = base.forgetting(base.executed)
            logs = [log for log in self._logs if log.block_number > final_block]
            self.house = base.after(logs)
        except LogsMissing:
            self._begin_again()
            raise
        self._base, self._logs, self._base_block = base, logs, final_block

    def _go_back(self, head: BlockHead) -> int:
        """Drops what is not on the chain any more."""
        top = self._marks[-1].number if self._marks else 0
        kept = len(self._marks)
        while kept and not self._is_there(self._marks[kept - 1], head):
            kept -= 1
        if kept == len(self._marks):
            return 0
        self._marks = self._marks[:kept]
        last = self._marks[-1].number if self._marks else -1
        if last < self._base_block:
            self._begin_again()
            return top - max(last, self._first_block - 1)
        self._logs = [log for log in self._logs if log.block_number <= last]
        self.house = self._base.after(self._logs)
        return top - last

    def _is_there(self, mark: BlockMark, head: BlockHead) -> bool:
        if mark.number >= head.number:
            return mark == head.mark
        found = self._port.block(mark.number)
        return found is not None and found.hash == mark.hash

    def _require_same(self, head: BlockHead) -> None:
        found = self._port.block(head.number)
        if found is None or found.hash != head.hash:
            raise ChainShifted(head.number)

    def _compare(self, house: House, block: BlockId) -> None:
        """Logs that a node leaves out at the end leave no gap; the contract's own count shows it."""
        says = ClearingHouse(self._port, self._address, block).progress()
        read = (house.committed, house.proven, house.executed)
        if read != (says.committed, says.proven, says.executed):
            told = f"{says.committed}, {says.proven}, {says.executed}"
            raise LogsMissing(f"committed, proven, executed are {told} on L1 and {read} by the logs")

    def _begin_again(self) -> None:
        self._base = self.house = House.empty(self._genesis_root)
        self._base_block = self._first_block - 1
        self._logs = []
        self._marks = []
