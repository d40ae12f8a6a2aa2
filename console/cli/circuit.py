"""`zkclear circuit …`: what circuits cost, their files and witnesses, and whether they hold."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.circuit_audit import audit
from console.cli.circuit_names import CircuitName, find_circuit, find_example, read_inputs
from console.cli.options import Json, KernelName, Threads
from console.cli.output import console, reporting, seconds

if TYPE_CHECKING:
    from circuits.frontend import CompiledCircuit
    from circuits.frontend.costs import Cost
    from prover.kernels.interface import Kernels

app = typer.Typer(help="Circuits: costs, files, witnesses, checks, audit.", no_args_is_help=True)

Inputs = Annotated[
    Path | None,
    typer.Option("--inputs", "-i", help="Inputs as JSON: decimal strings by name.", show_default="an example's"),
]
Seed = Annotated[int, typer.Option("--seed", help="Which example inputs, and which attacks.")]
Folder = Annotated[Path, typer.Option("--to", help="The folder to write to.")]


@app.command("list")
def list_circuits(json: Json = False) -> None:
    """The circuits of the catalogue, with what they cost."""
    with reporting(as_json=json) as output:
        from circuits.catalogue import examples
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


@app.command()
def info(
    circuit: CircuitName,
    depth: Annotated[int, typer.Option("--depth", min=1, help="How many levels of sub-circuits to show.")] = 3,
    json: Json = False,
) -> None:
    """Constraints of a circuit, as a tree of its sub-circuits and by rule."""
    with reporting(as_json=json) as output:
        from circuits.frontend.costs import constraints_by_rule, cost_tree, table_row

        compiled = _compiled(circuit)
        tree, rules = cost_tree(compiled), constraints_by_rule(compiled)
        if json:
            output.result({"circuit": compiled.name, **table_row(compiled), "rules": rules, "tree": _as_data(tree)})
            return
        _print_tree(tree, depth)
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
        from circuits.frontend import compile_circuit

        chosen = find_circuit(circuit)
        began = perf_counter()
        compiled = compile_circuit(chosen)
        spent = perf_counter() - began
        files = _write_relation(compiled, to)
        data = {"circuit": compiled.name, "constraints": compiled.n_constraints, "seconds": round(spent, 6)} | files
        output.result(data, [f"{compiled.n_constraints:,} constraints in {seconds(spent)}", *files.values()])


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
        compiled = _compiled(circuit)
        witness = compiled.witness(_inputs_of(circuit, inputs, seed), _kernels(kernel, threads))
        files = _write_relation(compiled, to) | {"wtns": str(_write_witness(compiled, witness, to))}
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

        compiled = _compiled(circuit)
        kernels = _kernels(kernel, threads)
        values = _inputs_of(circuit, inputs, seed)
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
        checker = CircuitChecker(find_circuit(circuit), _kernels(kernel, threads))
        steps = checker.check(_inputs_of(circuit, inputs, seed), Depth[depth.upper()])
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


def _compiled(name: str) -> CompiledCircuit:
    from circuits.frontend.cache import load_or_compile

    return load_or_compile(find_circuit(name))


def _kernels(kernel: str | None, threads: int | None) -> Kernels:
    from prover.kernels import load_kernels

    return load_kernels(kernel, threads)


def _inputs_of(name: str, path: Path | None, seed: int) -> dict[str, Any]:
    if path is not None:
        return read_inputs(path)
    example = find_example(name)
    if example is None:
        raise typer.BadParameter("a circuit of your own needs --inputs FILE.json")
    from random import Random

    return dict(example.inputs(Random(seed)))


def _write_relation(compiled: CompiledCircuit, folder: Path) -> dict[str, str]:
    from circuits.frontend.symbols import symbol_lines
    from prover.formats.atomic import AtomicFile
    from prover.formats.r1cs import write_r1cs

    folder.mkdir(parents=True, exist_ok=True)
    relation, symbols = folder / f"{compiled.name}.r1cs", folder / f"{compiled.name}.sym"
    write_r1cs(relation, compiled.relation)
    with AtomicFile(symbols) as file:
        file.write("".join(f"{line}\n" for line in symbol_lines(compiled)).encode())
    return {"r1cs": str(relation), "sym": str(symbols)}


def _write_witness(compiled: CompiledCircuit, made: Any, folder: Path) -> Path:
    from prover.formats.wtns import write_wtns

    path = folder / f"{compiled.name}.wtns"
    write_wtns(path, made)
    return path


def _print_tree(cost: Cost, depth: int) -> None:
    from rich.tree import Tree

    def grow(branch: Tree, node: Cost, left: int) -> None:
        for part in node.parts if left else ():
            grow(branch.add(_label(part)), part, left - 1)

    tree = Tree(_label(cost))
    grow(tree, cost, depth)
    console(stderr=False).print(tree)


def _label(cost: Cost) -> str:
    own = f", {cost.own_constraints:,} of its own" if cost.parts and cost.own_constraints else ""
    if cost.instances == 1:
        return f"{cost.name}  {cost.constraints:,}{own}"
    return f"{cost.name}  {cost.instances:,} x {cost.constraints:,} = {cost.total_constraints:,}{own}"


def _as_data(cost: Cost) -> dict[str, Any]:
    return {
        "name": cost.name,
        "instances": cost.instances,
        "constraints": cost.constraints,
        "own_constraints": cost.own_constraints,
        "parts": [_as_data(part) for part in cost.parts],
    }
