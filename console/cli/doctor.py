"""`zkclear doctor`: what works on this machine, what is missing, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict

import typer

from console.cli.options import Json
from console.cli.output import INVALID, reporting


def doctor(json: Json = False) -> None:
    """Look at kernels, programs, keys, caches, ports, memory and disk. Exit code 1: something is missing."""
    with reporting(as_json=json) as output:
        from console.cli.doctor_machine import MISSING, machine
        from console.cli.doctor_programs import programs
        from console.cli.doctor_work import work

        findings = [*machine(), *programs(), *work()]
        missing = [one for one in findings if one.state == MISSING]
        width = max(len(one.name) for one in findings)
        verdict = "nothing is missing"
        if missing:
            verdict = (
                f"missing: {', '.join(one.name for one in missing)}; `python3 do.py setup` installs what a clone needs"
            )
        lines = [f"{one.state:<8} {one.name:<{width}}  {one.detail}" for one in findings]
        output.result({"is_ready": not missing, "findings": [asdict(one) for one in findings]}, [*lines, verdict])
        if missing:
            raise typer.Exit(INVALID)
