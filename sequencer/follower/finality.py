"""How far each batch has come, told once: only what no reorganisation within the asked depth can undo."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.api.port import BatchMoved, Finality
from sequencer.submitter.progress import L1Progress


class FinalityWatch:
    """Turns progress on L1 into events."""

    def __init__(self) -> None:
        self._told = {Finality.COMMITTED: 0, Finality.PROVEN: 0, Finality.EXECUTED: 0}

    def look(self, progress: L1Progress | None) -> list[BatchMoved]:
        """What is final now and was not the last time, in the order of the batches."""
        return [] if progress is None else list(self._moved(progress))

    def _moved(self, progress: L1Progress) -> Iterator[BatchMoved]:
        for finality, reached in (
            (Finality.COMMITTED, progress.final_committed),
            (Finality.PROVEN, progress.final_proven),
            (Finality.EXECUTED, progress.final_executed),
        ):
            for number in range(self._told[finality] + 1, reached + 1):
                yield BatchMoved(number, finality)
            self._told[finality] = max(self._told[finality], reached)
