"""`zkclear`: the entry point. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import typer

from console.cli.batch import app as batch
from console.cli.circuit import app as circuit
from console.cli.l1 import app as l1
from console.cli.leaving import leave
from console.cli.measure import register_measurements
from console.cli.node import app as node
from console.cli.node_bench import app as node_bench
from console.cli.phase2 import register_phase2
from console.cli.powers_of_tau import app as powers_of_tau
from console.cli.prover import app as prover
from console.cli.recovery import recover
from console.cli.replaying import replay
from console.cli.stressing import stress
from console.cli.verification import show_rosette, verify_deployment

app = typer.Typer(
    name="zkclear",
    help="Circuits in Python and a Groth16 prover over BN254, for the circom and snarkjs world too.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root() -> None:
    """Circuits in Python and a Groth16 prover over BN254, for the circom and snarkjs world too."""


app.add_typer(prover, name="prover")
app.add_typer(circuit, name="circuit")
app.add_typer(batch, name="batch")
app.add_typer(l1, name="l1")
app.add_typer(node, name="node")
app.add_typer(node_bench, name="bench")
app.command("replay")(replay)
app.command("stress")(stress)
app.command("recover")(recover)
app.command("exit")(leave)
app.command("verify-deployment")(verify_deployment)
app.command("rosette")(show_rosette)
prover.add_typer(powers_of_tau, name="powers-of-tau")
register_phase2(prover)
register_measurements(prover)


if __name__ == "__main__":
    app()
