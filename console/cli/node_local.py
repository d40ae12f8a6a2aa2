"""`zkclear node local`: everything on one machine, with a line a second for people."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from prover.kernels import load_kernels
from rollup.presets import PRESETS
from sequencer.l1.anvil_program import refuse_taken_port
from sequencer.node.stack import Stack, StackPlan, running_stack

if TYPE_CHECKING:
    from console.cli.output import Output

LINE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """What was asked for."""

    preset: str
    traders: int
    workers: int
    port: int
    folder: Path | None
    seconds: float | None


def run_local(options: LocalOptions, output: Output) -> None:
    """Until Ctrl-C, or for so many seconds. Raises what chain, contracts and node raise."""
    if options.port:
        refuse_taken_port(options.port)  # before minutes are spent on keys
    with ExitStack() as exits:
        folder = options.folder or Path(exits.enter_context(TemporaryDirectory(prefix="zkclear-node-")))
        plan = StackPlan(
            folder,
            PRESETS[options.preset],
            options.traders,
            workers=options.workers,
            port=options.port,
            say=output.note,
        )
        stack = exits.enter_context(running_stack(plan, load_kernels(threads=1)))
        output.note(f"the API answers at {stack.api.url}, the chain at {stack.rollup.chain.url}; Ctrl-C ends it")
        _watch(stack, options.seconds, output)
        output.result(status(stack))


def status(stack: Stack) -> dict[str, Any]:
    """What a line says, as data."""
    node = stack.node
    return {
        "api": stack.api.url,
        "chain": stack.rollup.chain.url,
        "entries": node.sequencer.sequence,
        "batches": node.sequencer.ask(lambda venue: venue.next_batch).result() - 1,
        "unproven": node.unproven,
        "executed": node.progress.executed,
        "is_ready": node.health().is_ready,
    }


def _watch(stack: Stack, seconds: float | None, output: Output) -> None:
    ends_at_s = None if seconds is None else time.monotonic() + seconds
    try:
        while stack.node.failure is None and (ends_at_s is None or time.monotonic() < ends_at_s):
            left_s = LINE_S if ends_at_s is None else max(0.0, min(LINE_S, ends_at_s - time.monotonic()))
            time.sleep(left_s)
            now = status(stack)
            output.note(
                f"{now['entries']:,} entries, {now['batches']:,} batches, {now['unproven']} without a proof, "
                f"{now['executed']:,} executed"
            )
    except KeyboardInterrupt:
        output.note("ending")
    if stack.node.failure is not None:
        raise stack.node.failure
