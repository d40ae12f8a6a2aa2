"""`zkclear`: the entry point. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

import typer

from console.cli import ceremony, measure, prover

app = typer.Typer(
    name="zkclear",
    help="A Groth16 prover over BN254 for the circom and snarkjs world.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def root() -> None:
    """A Groth16 prover over BN254 for the circom and snarkjs world."""


app.add_typer(prover.app, name="prover")
prover.app.add_typer(ceremony.app, name="powers-of-tau")
ceremony.register_phase2(prover.app)
measure.register(prover.app)


if __name__ == "__main__":
    app()
