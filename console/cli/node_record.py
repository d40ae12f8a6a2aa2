"""`zkclear node record`: the record of a run, made again from the node's log."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from console.cli.options import Json, KernelName
from console.cli.output import PhaseBar, reporting
from console.cli.run_options import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from sequencer.record.node_types import RunFacts


def record(folder: RunFolder = None, json: Json = False, kernel: KernelName = None) -> None:
    """Make the record of a run again, from its log and what its submitter kept; the node must not be running.

    Batches, trades, accounts, tables and transactions come back; not books, log lines, and proofs of final batches.
    """
    with reporting(as_json=json) as output:
        from console.cli.node_up_state import run_folder
        from prover.kernels import load_kernels
        from sequencer.native_crypto import NativeCrypto
        from sequencer.record.reader import RecordReader
        from sequencer.record.rebuild import rebuild

        found = run_folder(folder)
        facts = _facts(found)
        with PhaseBar(output) as bar:
            path = rebuild(found, facts, NativeCrypto(load_kernels(kernel, 1)), lambda at, of: bar("entries", at, of))
        with RecordReader(path) as reader:
            state, counts = reader.state(), reader.counts()
        data: dict[str, Any] = {
            "path": str(path),
            "preset": facts.preset,
            "batches": state.sealed,
            "executed": state.executed,
            "trades": counts.trades,
            "lost": counts.lost,
        }
        output.result(
            data, [f"{path}: {state.sealed:,} batches, {state.executed:,} executed, {counts.trades:,} trades"]
        )


def _facts(folder: Path) -> RunFacts:
    """Of the file beside the log; of a run that is older than it, of the record that is there. Raises `RecordError`."""
    from sequencer.record.errors import RecordError
    from sequencer.record.reader import RecordReader
    from sequencer.record.run_file import NoRunFile, read_run_file

    try:
        return read_run_file(folder)
    except NoRunFile:
        with suppress(RecordError), RecordReader.of(folder) as reader:
            facts = reader.facts()
            if facts.preset:
                return facts
        raise
