"""`zkclear batch …`: the batches of a run; what one costs in constraints, and how long its proof takes."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.batch_prove import prove_batch
from console.cli.batch_record import list_batches, show_batch
from console.cli.batch_submit import submit_batches
from console.cli.l1_options import preset_of
from console.cli.options import Json, KernelName, Threads
from console.cli.output import mebibytes, reporting, seconds

if TYPE_CHECKING:
    from prover.kernels.interface import Kernels
    from rollup.presets import Preset
    from sequencer.settlement_prover import SettlementProver

app = typer.Typer(help="Batches: those of a run, and what they cost.", no_args_is_help=True)
OF_A_RUN, OF_A_PRESET = "Of a run", "Of a preset"
app.command("list", rich_help_panel=OF_A_RUN)(list_batches)
app.command("show", rich_help_panel=OF_A_RUN)(show_batch)
app.command("prove", rich_help_panel=OF_A_RUN)(prove_batch)
app.command("submit", rich_help_panel=OF_A_RUN)(submit_batches)

PresetName = Annotated[str, typer.Argument(help="tiny, demo, large or xl.", show_default=False)]


@app.command(rich_help_panel=OF_A_PRESET)
def cost(preset: PresetName, json: Json = False) -> None:
    """Constraints by section, for a place and for a trade."""
    with reporting(as_json=json) as output:
        from circuits.frontend.cache import load_or_compile
        from circuits.settlement.costs import section_costs
        from circuits.settlement.statement import settlement_circuit

        chosen = preset_of(preset)
        compiled = load_or_compile(settlement_circuit(chosen))
        sections = section_costs(compiled, chosen)
        total = compiled.n_constraints
        rows = [
            (
                one.section,
                f"{one.per_place:,}",
                f"{one.places:,}",
                f"{one.constraints:,}",
                _share(one.constraints, chosen),
            )
            for one in sections
        ]
        output.table(
            f"{preset}: {total:,} constraints for {chosen.trades} trades",
            columns=("section", "a place", "places", "all", "a trade"),
            left=("section",),
            rows=[*rows, ("all", "", "", f"{total:,}", _share(total, chosen))],
        )
        if json:
            data = {one.section: {"per_place": one.per_place, "places": one.places} for one in sections}
            output.result(
                {"preset": preset, "constraints": total, "per_trade": total / chosen.trades, "sections": data}
            )


@app.command(rich_help_panel=OF_A_PRESET)
def setup(
    preset: PresetName,
    to: Annotated[Path, typer.Option("--to", help="The folder to write to.")] = Path(),
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Write the circuit's development key, settlement_PRESET.zkey: worth nothing but on a chain of one's own."""
    with reporting(as_json=json) as output:
        from prover.formats.zkey import write_zkey
        from prover.kernels import load_kernels
        from sequencer.development_keys import settlement_key

        chosen = preset_of(preset)
        path = to / f"settlement_{preset}.zkey"
        began = perf_counter()
        write_zkey(path, settlement_key(chosen, load_kernels(kernel, threads)))
        spent = perf_counter() - began
        line = f"{path} written in {seconds(spent)}: a development key, which proves nothing to anybody else"
        output.result({"preset": preset, "zkey": str(path), "seconds": round(spent, 6)}, [line])


@app.command(rich_help_panel=OF_A_PRESET)
def bench(
    preset: PresetName,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The key that `batch setup` wrote.", show_default="the one of .zkclear/keys"),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", min=1, help="Batches to prove; medians are shown.")] = 3,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Prove sample batches with a development key: from signed transactions to a verified proof, by phase."""
    with reporting(as_json=json) as output:
        from random import Random

        from circuits.settlement.sample import Venue, sample
        from console.peers.process import peak_bytes
        from prover.kernels import load_kernels
        from sequencer.native_crypto import NativeCrypto

        chosen, kernels = preset_of(preset), load_kernels(kernel, threads)
        prover = _prover(chosen, kernels, key)
        crypto = NativeCrypto(kernels)
        runs: list[dict[str, float]] = []
        for seed in range(repeats + 1):
            found = sample(Venue(chosen, Random(seed), crypto, crypto.sign, crypto.public_key))
            runs.append(prover.prove_batch(found.state, found.table, found.batch, point=seed + 2).seconds)
        first, *others = runs
        phases: dict[str, Any] = {phase: median(run[phase] for run in others) for phase in first}
        whole = median(sum(run.values()) for run in others)
        output.table(
            f"{preset}: {prover.maker.n_constraints:,} constraints, {kernels.name} on {kernels.threads} threads",
            columns=("phase", "median", "first batch"),
            left=("phase",),
            rows=[
                *((phase, seconds(spent), seconds(first[phase])) for phase, spent in phases.items()),
                ("all", seconds(whole), seconds(sum(first.values()))),
            ],
        )
        peak = peak_bytes()
        remark = ", set-up included where it was needed" if key is None else ""
        line = f"at most {mebibytes(peak)}{remark}; accounts are dearer the first time"
        output.result({"preset": preset, "seconds": phases, "all_s": whole, "peak_bytes": peak}, [line])


def _prover(preset: Preset, kernels: Kernels, key: Path | None) -> SettlementProver:
    from prover.formats.zkey import read_zkey
    from sequencer.development_keys import settlement_key
    from sequencer.settlement_prover import SettlementProver

    proving_key = settlement_key(preset, kernels) if key is None else read_zkey(key)
    return SettlementProver(preset, proving_key, kernels)


def _share(constraints: int, preset: Preset) -> str:
    return f"{constraints / preset.trades:,.0f}"
