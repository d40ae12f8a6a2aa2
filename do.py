#!/usr/bin/env python3
"""The one entry: `python3 do.py demo | test | bench | doctor | …`. Needs python3 and pip, nothing else.

Every command first brings the workplace up to date (a virtual environment by uv, Node packages, native kernels), each
step only when the content of its inputs has changed. All downloads are pinned by hash, in `locks/` and in
`contracts/package-lock.json`; where they come from is the machine's own configuration of pip and npm.

Exit codes: what the command's own program returned; 2 for a wrong command line, 3 when setup failed, 130 after Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from bootstrap import checks, coverage, doctor, locks
from bootstrap.install import setup
from bootstrap.layout import PYTHON
from bootstrap.machine import tool_environment
from bootstrap.processes import SetupError, run, say

SETUP_FAILED = 3
INTERRUPTED = 130


def build_parser() -> argparse.ArgumentParser:
    """The command line. `test`, `bench` and `demo` hand on what they do not know."""
    parser = argparse.ArgumentParser(prog="python3 do.py", description=__doc__.split("\n\n")[0] if __doc__ else None)
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("demo", help="a market in a minute: orders, proofs, a crash, L1, a report", add_help=False)
    test = commands.add_parser("test", help="run the tests (further arguments go to pytest)", add_help=False)
    test.add_argument("--deep", action="store_true", help="the slow tests and the sanitizers too")
    commands.add_parser("bench", help="measure the prover and its peers", add_help=False)
    look = commands.add_parser("doctor", help="what is there, what is missing, which kernel is in use")
    look.add_argument("--json", action="store_true", help="for programs")
    commands.add_parser("setup", help="install and compile what is missing, and nothing else")
    covered = commands.add_parser("coverage", help="how much of each package its tests run; fails below the bounds")
    covered.add_argument("packages", nargs="*", help="by default all that have a bound")
    commands.add_parser("lint", help="style, types, import contracts, generated files")
    commands.add_parser("sanitize", help="the kernels' tests under ASAN and UBSan")
    commands.add_parser("check", help="everything that CI runs: lint, sanitizers, tests")
    lock = commands.add_parser("lock", help="resolve the pinned versions again")
    lock.add_argument("--upgrade", action="store_true", help="take newer versions")
    return parser


def command_line_interface(command: Sequence[str]) -> int:
    """`zkclear …` in the virtual environment."""
    return run([PYTHON, "-m", "console.cli.main", *command], environment=tool_environment())


def check() -> int:
    """Lint, sanitizers and tests, all of them even when one fails. The tests come last: theirs is the closing line."""
    code = checks.run_all([*checks.LINT, checks.SANITIZE])
    return checks.run_tests([], deep=False) or code


def dispatch(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """Run one command; its exit code."""
    if options.command == "doctor":
        return doctor.report(as_json=options.json)
    setup()
    match options.command:
        case "demo":
            return command_line_interface(["demo", *rest])
        case "bench":
            return command_line_interface(["prover", "bench", *rest])
        case "test":
            return checks.run_tests(rest, deep=options.deep)
        case "coverage":
            return coverage.measure(options.packages)
        case "lint":
            return checks.run_all(checks.LINT)
        case "sanitize":
            return checks.run_all([checks.SANITIZE])
        case "check":
            return check()
        case "lock":
            locks.refresh(upgrade=options.upgrade)
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse and dispatch."""
    parser = build_parser()
    options, rest = parser.parse_known_args(arguments)
    if rest and options.command not in ("demo", "test", "bench"):
        parser.error(f"{options.command} takes no {' '.join(rest)}")
    try:
        return dispatch(options, rest)
    except SetupError as error:
        say(f"error: {error}")
        return SETUP_FAILED
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
