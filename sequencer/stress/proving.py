"""Provers that are not there: each batch takes one of them for so many seconds, and while none is there all wait."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field

from sequencer.stress.scenarios import NEVER, Window


@dataclass(slots=True)
class SimulatedProvers:
    """`count` provers of `proof_s` a batch, all lost in a window: what they were at begins anew."""

    count: int = 2
    proof_s: float = 3.3
    lost: Window = NEVER
    delays_s: list[float] = field(default_factory=list)
    _waiting: deque[float] = field(default_factory=deque)
    _busy: list[tuple[float, float]] = field(default_factory=list)

    @property
    def unproven(self) -> int:
        """Batches that wait or are being proven."""
        return len(self._waiting) + len(self._busy)

    def add(self, second: float, batches: int) -> None:
        """So many were cut."""
        self._waiting.extend([second] * batches)
        self.advance(second)

    def advance(self, second: float) -> None:
        """Whatever is finished by then; `delays_s` are those from being cut to being proven."""
        first_lost, last_lost = self.lost
        while self._busy and self._busy[0][0] <= second:
            done, cut = heapq.heappop(self._busy)
            if first_lost < last_lost and done > first_lost and done - self.proof_s < last_lost:
                self._waiting.appendleft(cut)
                continue
            self.delays_s.append(done - cut)
            self._start(done)
        self._start(second)

    def _start(self, second: float) -> None:
        first_lost, last_lost = self.lost
        if first_lost <= second < last_lost:
            return
        while self._waiting and len(self._busy) < self.count:
            cut = self._waiting.popleft()
            heapq.heappush(self._busy, (max(second, cut) + self.proof_s, cut))
