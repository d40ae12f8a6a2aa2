"""`zkclear bench node`: signed orders a second, durably accepted while batches are proven, from another process."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, Final

import msgspec

from prover.kernels import load_kernels
from rollup.presets import PRESETS
from sequencer.api.instruments import InstrumentNames
from sequencer.api.rate_limits import Allowance
from sequencer.api.services import Limits
from sequencer.node.load_plan import LoadPhase, LoadPlan, LoadResult, LoadSeries, LoadTrader
from sequencer.node.stack import Stack, StackPlan, running_stack

if TYPE_CHECKING:
    from console.cli.output import Output

DAY_S: Final = 86_400
MIB: Final = 1 << 20
SAMPLE_S: Final = 1.0
STATM: Final = Path("/proc/self/statm")
PAGE: Final = 4_096


@dataclass(frozen=True, slots=True)
class NodeBenchOptions:
    """What is measured."""

    preset: str = "large"
    traders: int = 24
    per_second: float = 2_020
    seconds: float = 60
    crossing: float = 0.002
    overload: float = 10
    overload_seconds: float = 10
    workers: int = 1
    per_message: int = 8


@dataclass(frozen=True, slots=True)
class NodeBench:
    """What came of it. Memory is this process's, resident, in MiB, once a second; `processor_s` is its time."""

    load: LoadResult
    batches: int
    trades: int
    proven: int
    seconds: float
    processor_s: float
    memory_mib: tuple[int, ...]

    @property
    def proven_per_second(self) -> float:
        """Batches with a proof a second, beside the load."""
        return self.proven / self.seconds


def run(options: NodeBenchOptions, output: Output) -> None:
    """Raises what the node raises."""
    found = measure(options, output)
    rows = [
        [
            phase.name,
            f"{phase.sent:,}",
            f"{phase.accepted_per_second:,.0f}",
            f"{phase.median_ms:.1f}",
            f"{phase.p99_ms:.1f}",
            f"{phase.largest_ms:.0f}",
            ", ".join(f"{count:,} {rule}" for rule, count in sorted(phase.refused.items())) or "none",
        ]
        for phase in found.load.phases
    ]
    columns = ["phase", "orders sent", "durable a second", "median ms", "p99 ms", "largest ms", "refused"]
    output.table("orders, from another process over WebSockets", columns=columns, rows=rows, left=["phase", "refused"])
    lines = [
        f"proven meanwhile: {found.proven} batches of {options.preset} with {found.trades} trades",
        f"the node's process took {found.processor_s:.1f} s of a processor in {found.seconds:.1f} s",
        f"memory: {found.memory_mib[0]} MiB at first, {found.memory_mib[-1]} at last, {max(found.memory_mib)} at most",
    ]
    data: dict[str, Any] = asdict(found) | {"load": msgspec.to_builtins(found.load), "options": asdict(options)}
    output.result(data, lines)


def measure(options: NodeBenchOptions, output: Output) -> NodeBench:
    """Starts everything, and the load in a process of its own."""
    kernels = load_kernels(threads=1)
    generous = Allowance(per_second=4 * options.per_second, most=8 * options.per_second)
    with TemporaryDirectory(prefix="zkclear-bench-") as folder:
        plan = StackPlan(
            Path(folder) / "node",
            PRESETS[options.preset],
            options.traders,
            workers=options.workers,
            limits=Limits(account=generous, address=generous),
            say=output.note,
        )
        with running_stack(plan, kernels) as stack:
            output.note(f"sending {options.per_second:,.0f} orders a second")
            return _loaded(stack, options)


def _loaded(stack: Stack, options: NodeBenchOptions) -> NodeBench:
    node = stack.node
    before = node.sequencer.ask(lambda venue: (venue.next_batch, venue.records.trades)).result()
    proven_before, began, processor_began = before[0] - 1 - node.unproven, perf_counter(), process_time()
    memory: list[int] = [_resident_mib()]
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(memory, ended), daemon=True)
    watcher.start()
    try:
        load = _load(_load_plan(stack, options))
    finally:
        ended.set()
        watcher.join()
    after = node.sequencer.ask(lambda venue: (venue.next_batch, venue.records.trades)).result()
    return NodeBench(
        load=load,
        batches=after[0] - before[0],
        trades=after[1] - before[1],
        proven=after[0] - 1 - node.unproven - proven_before,
        seconds=perf_counter() - began,
        processor_s=process_time() - processor_began,
        memory_mib=tuple(memory),
    )


def _load_plan(stack: Stack, options: NodeBenchOptions) -> LoadPlan:
    names = InstrumentNames(stack.node.parts.info.underlyings)
    names.add(stack.market.series)
    table = stack.node.sequencer.ask(lambda venue: venue.table).result()
    rows = [] if table is None else list(table.rows())
    domain = stack.rollup.deployment.domain
    steady = LoadPhase(name="steady", per_second=options.per_second, seconds=options.seconds, crossing=options.crossing)
    over = LoadPhase(
        name=f"{options.overload:g} times as many",
        per_second=options.overload * options.per_second,
        seconds=options.overload_seconds,
    )
    after = LoadPhase(name="afterwards", per_second=options.per_second, seconds=min(options.seconds, 20))
    return LoadPlan(
        url=stack.api.url,
        chain_id=domain.chain_id,
        contract=domain.contract,
        traders=[LoadTrader(account=one.account, secret=one.secret.hex()) for one in stack.traders],
        series=[
            LoadSeries(
                series_id=row.series.series_id,
                name=names.name(row.series.series_id),
                mark_e2=row.mark_e2,
            )
            for row in rows
            if row.mark_e2 > 0
        ],
        phases=[steady, over, after] if options.overload else [steady],
        expiry_s=stack.rollup.now_s() + DAY_S,
        per_message=options.per_message,
    )


def _load(plan: LoadPlan) -> LoadResult:
    done = subprocess.run(
        [sys.executable, "-m", "sequencer.node.load"],
        input=msgspec.json.encode(plan),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=LoadResult)


def _watch(memory: list[int], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_S):
        memory.append(_resident_mib())


def _resident_mib() -> int:
    """Of its own: pages of files that it has mapped, such as keys, are the system's."""
    if not STATM.is_file():
        return 0
    resident, shared = STATM.read_text().split()[1:3]
    return (int(resident) - int(shared)) * PAGE // MIB
