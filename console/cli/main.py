"""`zkclear`: the entry point. Commands import what they need when they run, so that `--help` is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from console.cli.account import app as account
from console.cli.batch import app as batch
from console.cli.bench_start import start as bench_start
from console.cli.circuit import app as circuit
from console.cli.config import app as config
from console.cli.doctor import doctor
from console.cli.front_page import FrontPage
from console.cli.l1 import app as l1
from console.cli.leaving import leave
from console.cli.market import app as market
from console.cli.measure import register_measurements
from console.cli.node import app as node
from console.cli.node_bench import app as node_bench
from console.cli.oracle import app as oracle
from console.cli.order import app as order
from console.cli.output import MALFORMED
from console.cli.phase2 import register_phase2
from console.cli.powers_of_tau import app as powers_of_tau
from console.cli.proof import app as proof
from console.cli.prover import app as prover
from console.cli.recovery import recover
from console.cli.replaying import replay
from console.cli.stressing import stress
from console.cli.tui import tui
from console.cli.verification import show_rosette, verify_deployment
from console.cli.wallet import app as wallet
from console.cli.whole_demo import demo

app = typer.Typer(
    name="zkclear",
    cls=FrontPage,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(is_asked: bool) -> None:
    """Prints the version, and ends."""
    if is_asked:
        from importlib.metadata import version

        print(f"zkclear {version('zkclear')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    """Option trades cleared by a ZK-rollup: market, node, proofs, and the way out."""
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(MALFORMED)


# `console.cli.front_page` says where each stands on the page of `zkclear --help`.
app.add_typer(config, name="config", short_help="What commands take for granted, and who said so")
app.add_typer(wallet, name="wallet", short_help="Ethereum keys in keystore files, and what they sign")
app.add_typer(market, name="market", short_help="Instruments, books, trades, Greeks")
app.add_typer(order, name="order", short_help="Sign orders, place, look at and cancel them")
app.add_typer(account, name="account", short_help="What one holds, its margin, money in and out")
app.command("demo", short_help="A market in a minute: orders, proofs, a crash, L1")(demo)
app.command("tui", short_help="A run on the screen, while it goes on or later")(tui)
app.command("doctor", short_help="What works on this machine, and what is missing")(doctor)
app.add_typer(node, name="node", short_help="Start and stop a node, look at it, keep what it wrote")
app.add_typer(oracle, name="oracle", short_help="Risk tables and prices, and who signed them")
app.add_typer(l1, name="l1", short_help="A chain of one's own, and the contracts on any chain")
app.add_typer(batch, name="batch", short_help="Batches of a run, proven again; what one costs")
app.add_typer(proof, name="proof", short_help="Proofs of batches: show them, verify them")
app.add_typer(circuit, name="circuit", short_help="Circuits: costs, files, witnesses, checks, audit")
app.add_typer(prover, name="prover", short_help="Groth16 over BN254: set up, prove, verify, export")
app.command("replay", short_help="A real market's trades, from orders to the last dollar")(replay)
app.command("stress", hidden=True)(stress)
app.command("simulate", short_help="A bad day, seeded: who gets into trouble, and how long")(stress)
app.add_typer(node_bench, name="bench", short_help="How fast it is: orders, proofs, the start of commands")
app.command("recover", short_help="The state from L1's logs alone, compared with L1")(recover)
app.command("exit", short_help="Leave a frozen rollup with a proof of one's own")(leave)
app.command("verify-deployment", short_help="Is what is deployed what these sources say?")(verify_deployment)
app.command("rosette", short_help="Whom users have to trust, in L2BEAT's five slices")(show_rosette)
node_bench.command("start")(bench_start)
prover.add_typer(powers_of_tau, name="powers-of-tau")
register_phase2(prover)
register_measurements(prover)


if __name__ == "__main__":
    app()
