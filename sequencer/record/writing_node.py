"""The node itself on its way into the record: facts, counts, workers, log lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Final

from sequencer.prover_pool import WorkerStatus
from sequencer.record.encoding import text_of, value_of
from sequencer.record.node_types import RunFacts
from sequencer.record.sheet import Sheet, Table

FACTS: Final = Table("facts", 2, replaces=True)
WORKERS: Final = Table("workers", 10, replaces=True)
LOG: Final = Table("log", 6)
RUN: Final = "run"
SEQUENCE: Final = "sequence"
DIGEST: Final = "digest"
UPDATED: Final = "updated_ms"
COUNT: Final = """INSERT INTO counts VALUES (?, ?, ?)
    ON CONFLICT (kind, name) DO UPDATE SET value = value + excluded.value"""
MOST_TEXT: Final = 2_000


def write_fact(sheet: Sheet, name: str, value: int | str) -> None:
    """A number or a text, by name."""
    sheet.add(FACTS, (name, text_of(value)))


def read_reached(sheet: Sheet) -> tuple[int, bytes]:
    """The last entry of the log that is here, and the log's digest after it; 0 and nothing at the beginning."""
    found = {name: value_of(value) for name, value in sheet.execute("SELECT name, value FROM facts")}
    return int(found.get(SEQUENCE, 0)), bytes.fromhex(found.get(DIGEST, ""))


def write_reached(sheet: Sheet, sequence: int, digest: bytes) -> None:
    """As `read_reached` reads it."""
    write_fact(sheet, SEQUENCE, sequence)
    write_fact(sheet, DIGEST, digest.hex())


def write_facts(sheet: Sheet, facts: RunFacts) -> None:
    """In the place of those of an earlier start."""
    sheet.add(FACTS, (RUN, text_of(asdict(facts))))


def write_counts(sheet: Sheet, counts: Mapping[tuple[str, str], int]) -> None:
    """Adds to what was counted before, by kind and name."""
    for (kind, name), more in counts.items():
        sheet.execute(COUNT, (kind, name, more))


def write_workers(sheet: Sheet, workers: Iterable[WorkerStatus], now_s: float, time_ms: int) -> None:
    """In the place of those that were there. `now_s` is by the pool's clock."""
    sheet.execute("DELETE FROM workers")
    sheet.add(
        WORKERS,
        *(
            (
                one.name,
                time_ms,
                one.state.value,
                one.phase,
                one.number,
                max(0.0, now_s - one.since_s),
                one.process_id,
                one.proofs,
                one.failures,
                one.last_failure[:MOST_TEXT],
            )
            for one in workers
        ),
    )


def write_line(
    sheet: Sheet, time_ms: int, level: str, source: str, text: str, fields: Mapping[str, object] | None = None
) -> None:
    """A line of the log; fields are kept as text."""
    told = {str(name): str(value)[:MOST_TEXT] for name, value in (fields or {}).items()}
    sheet.add(LOG, (None, time_ms, level, source, text[:MOST_TEXT], text_of(told)))


def prune(sheet: Sheet, most_lines: int, most_refusals: int) -> None:
    """Drops all but the newest lines and refusals."""
    sheet.execute("DELETE FROM log WHERE id <= (SELECT MAX(id) FROM log) - ?", (most_lines,))
    sheet.execute("DELETE FROM refusals WHERE id <= (SELECT MAX(id) FROM refusals) - ?", (most_refusals,))
