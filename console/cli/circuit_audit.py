"""`zkclear circuit audit`: attacks on a circuit of ours, or on any relation with a witness, such as circom's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console.cli.circuit_names import Inputs, Named, Seed, find
from console.cli.options import Json
from console.cli.output import INVALID, VALID, Output, PhaseBar, reporting

if TYPE_CHECKING:
    from circuits.audit.audit import AuditReport
    from circuits.frontend import CompiledCircuit
    from circuits.gadgets.example import Example
    from prover.r1cs import R1CS

MOST_SHOWN = 20


def audit(
    circuit: Annotated[
        str, typer.Argument(help="A name that `circuit list` prints, or FILE.py:NAME.", show_default=False)
    ] = "",
    r1cs: Annotated[Path | None, typer.Option("--r1cs", help="A relation of another tool instead.")] = None,
    wtns: Annotated[list[Path] | None, typer.Option("--wtns", help="Its witness; may be given several times.")] = None,
    inputs: Inputs = None,
    rows: Annotated[int | None, typer.Option(help="Rows to drop.", show_default="all", min=1)] = None,
    altered_rows: Annotated[int, typer.Option(help="Of those, rows to alter too.", min=0)] = 50,
    lied_wires: Annotated[int, typer.Option(help="Hinted wires to lie about.", min=0)] = 200,
    rule: Annotated[list[str] | None, typer.Option(help="Rows of this rule only; may be given several times.")] = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Drop and alter constraints, lie about wires, prove every wire determined. Exit code 1: something got through."""
    with reporting(as_json=json) as output:
        from random import Random

        from circuits.audit.audit import AuditSize, audit_circuit, audit_relation
        from circuits.frontend.cache import load_or_compile
        from prover.kernels import load_kernels

        if circuit and (r1cs is not None or wtns):
            raise typer.BadParameter("name a circuit or give --r1cs and --wtns, not both")

        if rule and not circuit:
            raise typer.BadParameter("a relation of another tool has no names of rules")

        size = AuditSize(rows=rows, altered_rows=altered_rows, lied_wires=lied_wires, rules=frozenset(rule or ()))
        with PhaseBar(output) as bar:
            if circuit:
                named = find(circuit)
                compiled, example = load_or_compile(named.circuit), _example(named, inputs, seed)
                _require_rules(compiled, size.rules)
                report = audit_circuit(compiled, example, Random(seed), size, bar, load_kernels(None, 1))
            else:
                relation, witnesses = _relation(r1cs, wtns or [])
                report = audit_relation(relation, witnesses, Random(seed), size, bar)
        _show(output, report)
        raise typer.Exit(VALID if report.is_clean else INVALID)


def _require_rules(compiled: CompiledCircuit, rules: frozenset[str]) -> None:
    known = {compiled.rule(row) for row in range(compiled.n_constraints)} - {""}
    if not rules <= known:
        unknown = ", ".join(sorted(rules - known))
        raise typer.BadParameter(f"no row has the rule {unknown}: there are {', '.join(sorted(known))}")


def _example(named: Named, inputs: Path | None, seed: int) -> Example:
    """Honest inputs: those of the file alone, or an example's, which are others each time and find more."""
    from circuits.gadgets.example import Example

    if named.example is not None and inputs is None:
        return named.example
    values = named.inputs(inputs, seed)
    return Example(named.circuit.name, named.circuit, lambda _: values)


def _relation(r1cs: Path | None, wtns: list[Path]) -> tuple[R1CS, list[list[int]]]:
    from prover.bn254 import ints_from_scalars
    from prover.formats.r1cs import read_r1cs
    from prover.formats.wtns import read_wtns

    if r1cs is None or not wtns:
        raise typer.BadParameter("name a circuit, or give --r1cs and --wtns")
    return read_r1cs(r1cs), [ints_from_scalars(read_wtns(path)) for path in wtns]


def _show(output: Output, report: AuditReport) -> None:
    lies, unique = report.lies, report.uniqueness
    by_arguments = unique.declared if unique else 0
    data: dict[str, Any] = {
        "circuit": report.circuit,
        "clean": report.is_clean,
        "constraints": report.constraints,
        "rows_dropped": report.rows_dropped,
        "rows_recomputed": report.rows_recomputed,
        "rows_redundant": [{"what": f.what, "rule": f.rule, "source": f.source} for f in report.redundant],
        "rows_altered": report.rows_altered,
        "alterations": report.alterations,
        "alterations_equivalent": report.alterations_equivalent,
        "lies": lies.lies if lies else 0,
        "lied_wires": lies.wires if lies else 0,
        "wires": unique.n_wires if unique else 0,
        "undetermined": len(unique.open_wires) if unique else 0,
        "assumptions": unique.assumptions if unique else 0,
        "determined_by_arguments": by_arguments,
        "findings": [
            {"attack": f.attack, "what": f.what, "rule": f.rule, "source": f.source, "path": f.path}
            for f in report.findings
        ],
    }
    output.table(
        f"{report.circuit}: {report.constraints:,} constraints",
        columns=("attack", "tried", "got through"),
        left=("attack",),
        rows=[
            (
                "rows dropped",
                f"{report.rows_dropped:,}, {len(report.redundant)} known to be redundant",
                _count(report, "drop"),
            ),
            (
                "rows altered",
                f"{report.alterations:,} in {report.rows_altered:,} rows, {report.alterations_equivalent:,} the same",
                _count(report, "alter"),
            ),
            ("lies", f"{data['lies']:,} about {data['lied_wires']:,} wires", _count(report, "lie")),
            (
                "wires not determined",
                f"{data['wires']:,}, {data['assumptions']:,} divisors assumed not 0, {by_arguments:,} by arguments",
                _count(report, "uniqueness"),
            ),
        ],
    )
    lines = [
        f"{finding.attack}: {finding.what} {finding.rule} {finding.path} {finding.source}".rstrip()
        for finding in report.findings[:MOST_SHOWN]
    ]
    if len(report.findings) > MOST_SHOWN:
        lines.append(f"and {len(report.findings) - MOST_SHOWN} more; --json lists all")
    output.result(data, [*lines, "clean" if report.is_clean else "NOT clean"])


def _count(report: AuditReport, attack: str) -> str:
    return f"{sum(finding.attack == attack for finding in report.findings):,}"
