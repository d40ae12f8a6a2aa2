"""Entries of L1's queue, handed over once and in order, when enough blocks stand on them."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from rollup.types.transactions import QueueKind
from rollup.types.words import KIND_BITS
from sequencer.l1.bindings.clearing_house import AccountRegistered, ClearingHouse, Queued
from sequencer.l1.deployment import RollupDeployment
from sequencer.l1.history import EntryQueued
from sequencer.l1.receipts import RawLog
from sequencer.submitter.chain_types import BlockMark
from sequencer.submitter.errors import ChainShifted, LogsMissing, QueueRewritten
from sequencer.submitter.port import L1Port

TOPICS: Final = (AccountRegistered.TOPIC, Queued.TOPIC)


class ConfirmedQueue:
    """Reads the queue. `handed_over`: how many entries the caller has already, by its own log; they are checked only
    by their number. What is handed over stays on L1 unless a reorganisation is deeper than `confirmations`.
    """

    def __init__(self, l1: L1Port, deployment: RollupDeployment, confirmations: int, *, handed_over: int = 0) -> None:
        self._l1 = l1
        self._house = deployment.clearing_house
        self._first_block = deployment.first_block
        self._confirmations = confirmations
        self._handed_over = handed_over
        self._digests: list[bytes] = []
        self._mark: BlockMark | None = None

    @property
    def handed_over(self) -> int:
        """How many entries the caller has."""
        return self._handed_over

    def poll(self) -> tuple[EntryQueued, ...]:
        """What is new and confirmed. When it raises, nothing was handed over, and the next call reads again.

        Raises `QueueRewritten` when entries that were handed over are gone: for good. Passing troubles: `LogsMissing`,
        `ChainShifted`, `NodesUnavailable`, `NodesDisagree`, `BadAnswer`, `BadEncoding`, `RpcRefused`.
        """
        last = self._l1.head().number - self._confirmations
        if self._mark is not None and last < self._mark.number:
            return ()  # nodes are behind, or the chain is shorter for now
        begins_again = self._mark is not None and not self._is_there(self._mark)
        start = self._first_block if begins_again or self._mark is None else self._mark.number + 1
        if last < start:
            return ()
        before = self._l1.block(last)
        known = [] if begins_again else self._digests
        logs = self._l1.logs([self._house], TOPICS, start, last)
        entries = _entries(logs, len(known))
        length = ClearingHouse(self._l1, self._house, last).queue_length()
        after = self._l1.block(last)
        if before is None or before != after:
            raise ChainShifted(last)
        if len(known) + len(entries) != length:
            raise LogsMissing(f"the queue has {length} entries and logs show {len(known) + len(entries)}")
        digests = [*known, *map(_digest, entries)]
        if not self._digests and length < self._handed_over:
            raise LogsMissing(f"{self._handed_over} queue entries were handed over, and nodes show {length}")
        for index, digest in enumerate(self._digests[: self._handed_over]):
            if index >= len(digests) or digests[index] != digest:
                raise QueueRewritten(index, self._confirmations)
        self._digests, self._mark = digests, before.mark
        new = tuple(entry for entry in entries if entry.index >= self._handed_over)
        self._handed_over = max(self._handed_over, len(digests))
        return new

    def _is_there(self, mark: BlockMark) -> bool:
        found = self._l1.block(mark.number)
        return found is not None and found.hash == mark.hash


def _entries(logs: tuple[RawLog, ...], first: int) -> list[EntryQueued]:
    """From logs, in their order. Raises `LogsMissing` when one is not there."""
    entries: list[EntryQueued] = []
    keys: dict[int, tuple[int, int]] = {}
    for log in logs:
        if log.topics[0] == AccountRegistered.TOPIC:
            registered = AccountRegistered.decode(log.topics, log.data)
            keys[registered.account] = registered.key_x, registered.key_y
            continue
        queued = Queued.decode(log.topics, log.data)
        if queued.index != first + len(entries):
            raise LogsMissing(f"queue entry {queued.index} comes where {first + len(entries)} should")
        is_registration = queued.word & ((1 << KIND_BITS) - 1) == QueueKind.REGISTER
        if is_registration and queued.account not in keys:
            raise LogsMissing(f"the key of account {queued.account}")
        x, y = keys.pop(queued.account, (0, 0))
        entries.append(EntryQueued(queued.index, queued.account, (queued.word, x, y), queued.deadline_s))
    return entries


def _digest(entry: EntryQueued) -> bytes:
    return sha256(repr((entry.index, entry.account, entry.words)).encode()).digest()
