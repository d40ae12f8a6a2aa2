"""`zkclear circuit …`: what circuits cost, their files and witnesses, and whether they hold."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.circuit_audit import audit
from console.cli.circuit_files import print_tree, write_relation, write_witness
from console.cli.circuit_names import CircuitName, Inputs, Seed, find
from console.cli.options import Json, KernelName, Threads
from console.cli.output import mebibytes, reporting, seconds

if TYPE_CHECKING:
    from circuits.frontend import Circuit, CompiledCircuit
    from prover.kernels.interface import Kernels

app = typer.Typer(help="Circuits: costs, files, witnesses, checks, audit.", no_args_is_help=True)

Folder = Annotated[Path, typer.Option("--to", help="The folder to write to.")]


@app.command("list")
def list_circuits(json: Json = False) -> None:
    """The circuits of the catalogue, with what they cost."""
    with reporting(as_json=json) as output:
        from circuits.catalogue import batches, examples
        from circuits.frontend.cache import load_or_compile
        from circuits.frontend.costs import table_row

        rows = {name: table_row(load_or_compile(example.circuit)) for name, example in examples().items()}
        columns = list(next(iter(rows.values())))
        output.table(
            "circuits",
            columns=["circuit", *columns],
            left=["circuit"],
            rows=[[name, *(f"{value:,}" for value in row.values())] for name, row in rows.items()],
        )
        if json:
            output.result(rows)
        else:
            output.result({}, [f"and for batches: {', '.join(batches())}; see `zkclear batch cost`"])


@app.command()
def info(
    circuit: CircuitName,
    depth: Annotated[int, typer.Option("--depth", min=1, help="How many levels of sub-circuits to show.")] = 3,
    json: Json = False,
) -> None:
    """Constraints of a circuit, as a tree of its sub-circuits and by rule."""
    with reporting(as_json=json) as output:
        from circuits.frontend.costs import constraints_by_rule, cost_tree, table_row

        compiled = _compiled(find(circuit).circuit)
        tree, rules = cost_tree(compiled), constraints_by_rule(compiled)
        if json:
            output.result({"circuit": compiled.name, **table_row(compiled), "rules": rules, "tree": asdict(tree)})
            return
        print_tree(tree, depth)
        output.table(
            "by rule",
            columns=("rule", "constraints"),
            left=("rule",),
            rows=[(rule or "(none named)", f"{count:,}") for rule, count in rules.items()],
        )


@app.command("compile")
def compile_command(circuit: CircuitName, to: Folder = Path(), json: Json = False) -> None:
    """Compile a circuit anew and write its relation (.r1cs) and names (.sym), for snarkjs and other tools."""
    with reporting(as_json=json) as output:
        from circuits.frontend.cache import load_or_compile
        from console.peers.process import peak_bytes

        chosen = find(circuit).circuit
        began = perf_counter()
        compiled = load_or_compile(chosen, anew=True)
        spent, peak = perf_counter() - began, peak_bytes()
        files = write_relation(compiled, to)
        data = {"circuit": compiled.name, "constraints": compiled.n_constraints, "seconds": round(spent, 6)}
        line = f"{compiled.n_constraints:,} constraints in {seconds(spent)}, {mebibytes(peak)} at most"
        output.result({**data, "peak_bytes": peak, **files}, [line, *files.values()])


@app.command()
def export(
    circuit: CircuitName,
    to: Folder = Path(),
    inputs: Inputs = None,
    seed: Seed = 0,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Write .r1cs, .sym and the .wtns of some inputs. Exit code 1: the inputs break a rule, which is named."""
    with reporting(as_json=json) as output:
        named = find(circuit)
        compiled = _compiled(named.circuit)
        witness = compiled.witness(named.inputs(inputs, seed), _kernels(kernel, threads))
        files = write_relation(compiled, to) | write_witness(compiled, witness, to)
        output.result({"circuit": compiled.name, **files}, list(files.values()))


@app.command()
def witness(
    circuit: CircuitName,
    wtns: Annotated[Path, typer.Argument(help="The witness to write.", show_default=False)],
    inputs: Inputs = None,
    seed: Seed = 0,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Make and check a witness. Exit code 1: a rule is broken; its name, wires and source line are said."""
    with reporting(as_json=json) as output:
        from prover.formats.wtns import write_wtns

        named = find(circuit)
        compiled = _compiled(named.circuit)
        kernels = _kernels(kernel, threads)
        values = named.inputs(inputs, seed)
        began = perf_counter()
        made = compiled.witness(values, kernels)
        spent = perf_counter() - began
        write_wtns(wtns, made)
        outputs = {name: str(value) for name, value in compiled.outputs(made).items()}
        data = {"circuit": compiled.name, "wtns": str(wtns), "seconds": round(spent, 6), "outputs": outputs}
        lines = [f"{wtns} written in {seconds(spent)}", *(f"{name} = {value}" for name, value in outputs.items())]
        output.result(data, lines)


@app.command()
def check(
    circuit: CircuitName,
    depth: Annotated[str, typer.Option(help="engine, constraints, proof or solidity.")] = "proof",
    refused: Annotated[str | None, typer.Option(help="The rule that these inputs must break.")] = None,
    inputs: Inputs = None,
    seed: Seed = 0,
    json: Json = False,
    threads: Threads = None,
    kernel: KernelName = None,
) -> None:
    """Check a circuit on integers, as constraints, by a proof, and in the verifier contract. Exit code 1: it fails."""
    with reporting(as_json=json) as output:
        from circuits.checking import CircuitChecker, Depth

        if depth.upper() not in Depth.__members__:
            raise typer.BadParameter(f"{depth} is not one of {', '.join(Depth.__members__).lower()}")
        named = find(circuit)
        values = named.inputs(inputs, seed)
        checker = CircuitChecker(named.circuit, _kernels(kernel, threads))
        if refused is not None:
            checker.check_refused(values, refused, min(Depth[depth.upper()], Depth.PROOF))
            output.result({"ok": True, "refused": refused}, [f"refused by the rule {refused}, as it should be"])
            return
        steps = checker.check(values, Depth[depth.upper()])
        data = {step.depth.name.lower(): round(step.seconds, 6) for step in steps}
        output.result({"ok": True, "seconds": data}, [f"{name:<12} ok  {seconds(s)}" for name, s in data.items()])


@app.command()
def bench(
    constraints: Annotated[int, typer.Option("--constraints", min=10_000, help="How large a circuit.")] = 1_500_000,
    repeats: Annotated[int, typer.Option("--repeats", min=1, max=100, help="Witnesses per median.")] = 5,
    proof: Annotated[bool, typer.Option("--proof", help="Prove too, after a development set-up: minutes.")] = False,
    json: Json = False,
) -> None:
    """Measure compiling, loading and witnesses of a large circuit, as a settlement batch is."""
    with reporting(as_json=json) as output:
        from console.cli.bench_circuits import run_circuit_bench

        run_circuit_bench(output, constraints, repeats, proof=proof)


app.command()(audit)


def _compiled(circuit: Circuit) -> CompiledCircuit:
    from circuits.frontend.cache import load_or_compile

    return load_or_compile(circuit)


def _kernels(kernel: str | None, threads: int | None) -> Kernels:
    from prover.kernels import load_kernels

    return load_kernels(kernel, threads)
