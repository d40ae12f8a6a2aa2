"""`zkclear l1 rehearse`: a whole rollup on a fresh chain, from its deployment to a withdrawal that is paid."""

from __future__ import annotations

from dataclasses import asdict

from console.amounts import cash
from console.cli.l1_options import preset_of
from console.cli.options import Json, KernelName, PresetName, Threads
from console.cli.output import reporting, seconds


def rehearse(
    preset: PresetName = "tiny",
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Deploy, register, deposit, prove three batches, pay a withdrawal, recover: on a chain that is gone afterwards."""
    with reporting(as_json=json) as output:
        from prover.kernels import load_kernels
        from sequencer.rehearsal.first_scene import play_first_scene
        from sequencer.rehearsal.workshop import Workshop

        chosen = preset_of(preset)
        workshop = Workshop.of(chosen, load_kernels(kernel, threads))
        scene = play_first_scene(workshop, report=lambda step: output.note(f"{step.name}: {seconds(step.seconds)}"))
        output.table(
            f"{preset}: from deployment to a withdrawal that is paid",
            columns=("step", "transactions", "gas", "of it calldata", "calldata bytes", "time"),
            left=("step",),
            rows=[
                (
                    one.name,
                    f"{one.transactions}",
                    f"{one.gas:,}",
                    f"{one.calldata_gas:,}",
                    f"{one.calldata_bytes:,}",
                    seconds(one.seconds),
                )
                for one in scene.steps
            ],
        )
        root = scene.recovered.state.root
        data = {
            "preset": preset,
            "batches": scene.batches,
            "deposited_e6": scene.deposited_e6,
            "withdrawn_e6": scene.withdrawn_e6,
            "received_e6": scene.received_e6,
            "recovered_root": str(root),
            "steps": [asdict(step) for step in scene.steps],
        }
        line = (
            f"{scene.batches} batches proven; {cash(scene.deposited_e6)} came in, {cash(scene.received_e6)} "
            "were withdrawn and paid; the state rebuilt from logs has L1's root"
        )
        output.result(data, [line])
