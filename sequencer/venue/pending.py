"""What was matched since the last batch, and how much of a batch it fills."""

from __future__ import annotations

from dataclasses import dataclass, field

from rollup.presets import Preset
from sequencer.venue.filling import sizes
from sequencer.venue.pieces import Piece, footprint


@dataclass(frozen=True, slots=True)
class Weight:
    """How much waits for the next batches.

    `full_batches` is about how many it fills, by whatever it fills first. `most_trades` are those of the message that
    made the most of them.
    """

    trades: int
    most_trades: int
    operations: int
    liquidations: int
    settlements: int
    queue_entries: int
    accounts: int
    full_batches: float

    def is_full(self, preset: Preset) -> bool:
        """Whether another message like the largest may not fit any more.

        What did not fit would be a batch of its own, whose proof takes as long as that of a full one.
        """
        return self.full_batches >= 1 or self.trades + self.most_trades > preset.trades

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to make a batch of."""
        return not (self.trades or self.operations or self.liquidations or self.settlements or self.queue_entries)


@dataclass(slots=True)
class Pending:
    """Pieces in their order. `waiting` counts queue entries that go into batches of their own, after these."""

    preset: Preset
    pieces: list[Piece] = field(default_factory=list)
    waiting: int = 0
    _counted: int = 0
    _counts: list[int] = field(default_factory=lambda: [0] * 6)
    _touched: set[int] = field(default_factory=set)
    _message: int = 0
    _trades: int = 0
    """Of that message, the last."""

    _most_trades: int = 0

    def add(self, piece: Piece) -> None:
        """Puts a piece behind all others."""
        self.pieces.append(piece)

    def take(self) -> list[Piece]:
        """All pieces; afterwards there are none."""
        taken, self.pieces = self.pieces, []
        self._counted, self._counts, self._touched = 0, [0] * 6, set()
        self._trades = self._most_trades = 0
        return taken

    @property
    def weight(self) -> Weight:
        """Costs O(pieces since it was last asked for)."""
        for piece in self.pieces[self._counted :]:
            self._counts = [count + more for count, more in zip(self._counts, sizes(piece), strict=True)]
            self._touched |= footprint(piece, 0, 0).touched
            if piece.message != self._message:
                self._message, self._trades = piece.message, 0
            self._trades += len(piece.trades)
            self._most_trades = max(self._most_trades, self._trades)
        self._counted = len(self.pieces)
        preset = self.preset
        trades, operations, liquidations, settlements, queue, _ = self._counts
        queue += self.waiting
        shares = (
            trades / preset.trades,
            operations / preset.operations,
            liquidations / preset.liquidations,
            settlements / preset.settlements,
            queue / preset.queue,
            len(self._touched) / (preset.accounts - preset.examined),
        )
        return Weight(
            trades,
            self._most_trades,
            operations,
            liquidations,
            settlements,
            queue,
            len(self._touched),
            max(shares),
        )
