"""The state from L1 alone: every proven batch is decoded and booked, and its root compared.

Believes the logs and nothing else: neither a store nor an operator.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rollup.crypto import READABLE, Crypto
from rollup.exits import ExitTrace, trace_exit
from rollup.presets import Preset
from rollup.recover import DecodedBatch, RootMismatch, decode_words, replay
from rollup.risk_table import RiskTable
from rollup.state import State
from sequencer.l1.bindings.structs import Batch
from sequencer.l1.errors import L1Error
from sequencer.l1.history import BatchCommitted, History
from sequencer.l1.records import genesis_batch
from sequencer.l1.reports import rows_from_data
from sequencer.l1.words import challenge_point, evaluate, words_from_calldata

Progress = Callable[[int, int], None]


class MissingTable(L1Error):
    """A batch names a risk table that is not in the logs of the oracle."""

    def __init__(self, number: int, time_s: int) -> None:
        super().__init__(
            f"batch {number}: the oracle's logs have no table of {time_s}; read them from their first block"
        )
        self.number = number
        self.time_s = time_s


class WordsMismatch(L1Error):
    """Words from the logs are not those that the contract evaluated."""

    def __init__(self, number: int, what: str) -> None:
        super().__init__(f"batch {number}: its {what} is not what the contract wrote down; the node's data are damaged")
        self.number = number
        self.what = what


@dataclass(frozen=True, slots=True)
class Recovered:
    """The rollup after its last proven batch. `table` is that batch's, `None` before the first."""

    preset: Preset
    state: State
    table: RiskTable | None
    last: Batch
    decoded: tuple[DecodedBatch, ...]

    def trace_exit(self, account: int) -> ExitTrace:
        """What a proof of an account's exit is made from. Raises as `rollup.exits.trace_exit`."""
        table = self.table if self.table is not None else RiskTable([], self.preset.series_depth)
        return trace_exit(self.state, table, account, self.preset)


def recover(history: History, preset: Preset, crypto: Crypto = READABLE, progress: Progress | None = None) -> Recovered:
    """Books all proven batches. Raises `MissingTable`, `WordsMismatch`, and what decoding and replaying raise."""
    state = State(preset.account_depth, crypto)
    last, table = genesis_batch(state.root), None
    tables: dict[int, RiskTable] = {}
    decoded: list[DecodedBatch] = []
    for done, committed in enumerate(history.batches[: history.proven]):
        time_s = committed.batch.report_time_s
        if time_s not in tables:
            tables = {time_s: _table(history, committed.batch, preset, crypto)}
        table = tables[time_s]
        decoded.append(decode_words(words_of(history, last, committed, preset), preset))
        replay(state, table, decoded[-1])
        last = committed.batch
        if progress is not None:
            progress(done + 1, history.proven)
    return Recovered(preset, state, table, last, tuple(decoded))


def words_of(history: History, before: Batch, committed: BatchCommitted, preset: Preset) -> list[int]:
    """All words of a batch, put together as the contract does.

    Raises `WordsNotWhole`, `WrongWordCount`, `WordsMismatch`.
    """
    batch, given = committed.batch, committed.commitment
    queue = [word for entry in history.queue[before.queue_end : batch.queue_end] for word in entry.words]
    after_header = (given.domain, before.state_root, given.state_root, batch.risk_root)
    words = words_from_calldata(given.words, after_header, queue, preset)
    if challenge_point(batch.digest, words) != batch.point:
        raise WordsMismatch(batch.number, "point")
    if evaluate(words, batch.point) != batch.evaluation:
        raise WordsMismatch(batch.number, "evaluation")
    return words


def _table(history: History, batch: Batch, preset: Preset, crypto: Crypto) -> RiskTable:
    reported = history.tables.get(batch.report_time_s)
    if reported is None:
        raise MissingTable(batch.number, batch.report_time_s)
    table = RiskTable(rows_from_data(reported.rows), preset.series_depth, crypto)
    if table.root != batch.risk_root:
        raise RootMismatch("risk table", batch.risk_root, table.root)
    return table
