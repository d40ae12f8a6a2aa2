"""How full a batch is: the counts of `rollup.transition`, kept while pieces are added one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rollup.presets import Preset
from rollup.state import State
from rollup.types.transactions import ForcedCloseOut
from sequencer.venue.pieces import Footprint, Piece, footprint


class BatchFiller:
    """One batch that fills up. `add` costs O(accounts and series of the piece).

    An account in distress may come out of the batch sound or not, which decides among which of the accounts it counts:
    so there is room for it among both. `is_distressed` may say so of accounts that are no longer.
    """

    def __init__(
        self, preset: Preset, state: State, fees_ppm: tuple[int, int], is_distressed: Callable[[int], bool]
    ) -> None:
        self.preset, self.state, self.fees_ppm, self.is_distressed = preset, state, fees_ppm, is_distressed
        self.counts = [0] * 6
        self.capacities = [
            preset.trades,
            preset.operations,
            preset.liquidations,
            preset.settlements,
            preset.queue,
            1,
        ]
        self.touched: set[int] = set()
        self.examined: set[int] = set()
        self.doubtful: set[int] = set()
        self.series: set[int] = set()

    def add(self, piece: Piece) -> bool:
        """Whether there is room for a piece; if so, it is counted."""
        counts = [count + more for count, more in zip(self.counts, sizes(piece), strict=True)]
        if any(count > capacity for count, capacity in zip(counts, self.capacities, strict=True)):
            return False
        found = footprint(piece, *self.fees_ppm)
        return self._add_accounts(found, counts)

    def _add_accounts(self, found: Footprint, counts: list[int]) -> bool:
        preset, new = self.preset, found.touched - self.touched
        examined = self.examined | found.examined
        doubtful = self.doubtful | {account for account in new if self.is_distressed(account)}
        if len(examined | doubtful) > preset.examined:
            return False
        if len(self.touched) + len(new) - len(examined) > preset.accounts - preset.examined:
            return False
        series = self.series.union(found.series, self._held(new))
        if len(series) > preset.series:
            return False
        self.counts, self.examined, self.doubtful, self.series = counts, examined, doubtful, series
        self.touched |= new
        return True

    def _held(self, accounts: Iterable[int]) -> set[int]:
        held: set[int] = set()
        for account_id in accounts:
            account = self.state.account(account_id)
            if account is not None:
                held.update(position.series_id for position in account.positions if position.size_e4)
        return held


def sizes(piece: Piece) -> tuple[int, int, int, int, int, int]:
    """How many of each kind, in the order of the filler's capacities."""
    close_outs = sum(isinstance(entry, ForcedCloseOut) for entry in piece.queue) if piece.queue else 0
    return (
        len(piece.trades),
        len(piece.operations),
        len(piece.liquidations),
        len(piece.settlements),
        len(piece.queue),
        close_outs,
    )


def how_many_fit(pieces: Sequence[Piece], start: int, filler: BatchFiller) -> int:
    """How many pieces from `start` on fill the batch; 0 if not even the first fits into an empty one."""
    for i in range(start, len(pieces)):
        if not filler.add(pieces[i]):
            return i - start
    return len(pieces) - start
