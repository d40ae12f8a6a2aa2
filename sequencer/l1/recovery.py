"""The state from L1 alone: every proven batch is decoded and booked, and its root compared.

Believes the logs and nothing else: neither a store nor an operator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from rollup.crypto import READABLE, Crypto
from rollup.exits import ExitTrace, trace_exit
from rollup.presets import Preset
from rollup.recover import DecodedBatch, RootMismatch, decode_words, replay
from rollup.risk_table import RiskTable
from rollup.state import State
from rollup.types.words import FIRST_WORDS, WORDS_PER_QUEUE_ENTRY
from sequencer.l1.errors import L1Error
from sequencer.l1.history import BatchCommitted, History
from sequencer.l1.records import BatchRecord, genesis_record
from sequencer.l1.reports import WORD_BYTES, rows_from_data
from sequencer.l1.words import challenge_point, evaluate

Progress = Callable[[int, int], None]


class MissingTable(L1Error):
    """A batch names a risk table that is not in the logs of the oracle."""

    def __init__(self, number: int, time_s: int) -> None:
        super().__init__(
            f"batch {number}: the oracle's logs have no table of {time_s}; read them from their first block"
        )
        self.number = number
        self.time_s = time_s


class RecordMismatch(L1Error):
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
    record: BatchRecord
    decoded: tuple[DecodedBatch, ...]

    def trace_exit(self, account: int) -> ExitTrace:
        """What a proof of an account's exit is made from. Raises as `rollup.exits.trace_exit`."""
        table = self.table if self.table is not None else RiskTable([], self.preset.series_depth)
        return trace_exit(self.state, table, account, self.preset)


NO_QUEUE_ENTRY: Final = (0,) * WORDS_PER_QUEUE_ENTRY


def recover(history: History, preset: Preset, crypto: Crypto = READABLE, progress: Progress | None = None) -> Recovered:
    """Books all proven batches. Raises `MissingTable`, `RecordMismatch`, and what decoding and replaying raise."""
    state = State(preset.account_depth, crypto)
    last, table = genesis_record(state.root), None
    tables: dict[int, RiskTable] = {}
    decoded = []
    for done, committed in enumerate(history.batches[: history.proven]):
        if committed.record.report_time_s not in tables:
            tables = {committed.record.report_time_s: _table(history, committed.record, preset, crypto)}
        table = tables[committed.record.report_time_s]
        words = words_of(history, last, committed, preset)
        batch = decode_words(words, preset)
        replay(state, table, batch)
        decoded.append(batch)
        last = committed.record
        if progress is not None:
            progress(done + 1, history.proven)
    return Recovered(preset, state, table, last, tuple(decoded))


def words_of(history: History, before: BatchRecord, committed: BatchCommitted, preset: Preset) -> list[int]:
    """All words of a batch, put together as the contract does. Raises `RecordMismatch`."""
    record, given = committed.record, committed.commitment
    queue = [entry.words for entry in history.queue[before.queue_end : record.queue_end]]
    words = assembled(given.words, (given.domain, before.state_root, given.state_root, record.risk_root), queue, preset)
    if challenge_point(record.digest, words) != record.point:
        raise RecordMismatch(record.number, "point")
    if evaluate(words, record.point) != record.evaluation:
        raise RecordMismatch(record.number, "evaluation")
    return words


def assembled(
    data: bytes, after_header: Sequence[int], queue: Sequence[tuple[int, int, int]], preset: Preset
) -> list[int]:
    """The operator's words with, between header and trades, what the contract puts there."""
    starts = range(0, len(data), WORD_BYTES)
    header, *rest = (int.from_bytes(data[start : start + WORD_BYTES], "big") for start in starts)
    places = [*queue, *[NO_QUEUE_ENTRY] * (preset.queue - len(queue))]
    words = [header, *after_header]
    if len(words) != FIRST_WORDS:
        raise ValueError(f"{FIRST_WORDS - 1} words follow the header, not {len(after_header)}")
    return [*words, *(word for place in places for word in place), *rest]


def _table(history: History, record: BatchRecord, preset: Preset, crypto: Crypto) -> RiskTable:
    reported = history.tables.get(record.report_time_s)
    if reported is None:
        raise MissingTable(record.number, record.report_time_s)
    table = RiskTable(rows_from_data(reported.rows), preset.series_depth, crypto)
    if table.root != record.risk_root:
        raise RootMismatch("risk table", record.risk_root, table.root)
    return table
