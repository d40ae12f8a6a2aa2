"""How far each batch is on L1, and whether that stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from sequencer.submitter.chain_types import BlockMark
from sequencer.submitter.view import View


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a batch in a block. Until `is_final` a reorganisation can undo it."""

    block: BlockMark
    is_final: bool


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """None for what has not happened. `is_sent`: a transaction with the batch is on its way, or was."""

    number: int
    is_sent: bool
    committed: Step | None
    proven: Step | None
    executed: Step | None


@dataclass(frozen=True, slots=True)
class L1Progress:
    """Numbers of the last batches that L1 has committed, proven and executed, and of the last for which it is final.

    `batches` are those above `forgotten`, which are all executed for good.
    """

    forgotten: int
    committed: int
    proven: int
    executed: int
    final_committed: int
    final_proven: int
    final_executed: int
    batches: dict[int, BatchProgress]


def progress_of(view: View, sent: frozenset[int]) -> L1Progress:
    """From a view of L1; `sent` are the numbers of batches in transactions on their way."""
    house = view.house
    batches = {}
    for number in sorted({*range(house.forgotten + 1, house.committed + 1), *sent}):
        found = house.batch(number)
        batches[number] = BatchProgress(
            number=number,
            is_sent=number in sent or found is not None,
            committed=_step(found.committed if found else None, view),
            proven=_step(found.proven if found else None, view),
            executed=_step(found.executed if found else None, view),
        )
    in_order = list(batches.values())
    return L1Progress(
        forgotten=house.forgotten,
        committed=house.committed,
        proven=house.proven,
        executed=house.executed,
        final_committed=house.forgotten + _count_final(one.committed for one in in_order),
        final_proven=house.forgotten + _count_final(one.proven for one in in_order),
        final_executed=house.forgotten + _count_final(one.executed for one in in_order),
        batches=batches,
    )


def _step(mark: BlockMark | None, view: View) -> Step | None:
    return None if mark is None else Step(mark, view.is_final(mark))


def _count_final(steps: Iterable[Step | None]) -> int:
    """How many from the first one on."""
    return sum(1 for _ in takewhile(lambda step: step is not None and step.is_final, steps))
