"""Whether L1's batches are ours: by root, digest and point, which binds every word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sequencer.submitter.errors import BatchDiffers, RootsDiffer
from sequencer.submitter.house import BatchOnL1, House
from sequencer.submitter.work import HeldBatch, Task


class BatchCheck:
    """Looks once at every batch that appears on L1."""

    def __init__(self, root_of: Callable[[int], int | None]) -> None:
        self._root_of = root_of
        self._seen: dict[int, BatchOnL1] = {}

    def look(self, house: House, held: Mapping[int, HeldBatch], open_reverts: Sequence[Task]) -> None:
        """Raises `RootsDiffer` and `BatchDiffers`, but for batches that are just being taken back."""
        last = min([house.committed, *(task.meaning.numbers[-1] for task in open_reverts)])
        for number in range(house.forgotten + 1, last + 1):
            found = house.batch(number)
            if found is not None and self._seen.get(number) != found:
                self._compare(number, found, held.get(number))
                self._seen[number] = found
        for number in [number for number in self._seen if number <= house.forgotten]:
            del self._seen[number]

    def _compare(self, number: int, found: BatchOnL1, ours: HeldBatch | None) -> None:
        on_l1 = found.batch
        root = self._root_of(number) if ours is None else ours.batch.commitment.state_root
        if root != on_l1.state_root:
            raise RootsDiffer(number, on_l1.state_root, root)
        if ours is not None:
            for what, there, here in (
                ("its digest", on_l1.digest, ours.batch.commitment.digest),
                ("its point", on_l1.point, ours.batch.point),
            ):
                if there != here:
                    raise BatchDiffers(number, what, there, here)
