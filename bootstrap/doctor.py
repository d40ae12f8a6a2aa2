"""What is there, what is missing, and which kernel is in use. Installs and changes nothing."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass

from bootstrap.install import NPM_PACKAGES, OLDEST_PYTHON, steps
from bootstrap.layout import CONTRACTS, PYTHON, STATE, UV
from bootstrap.machine import has_compiler, node_command, tool_environment, wheel_node_folder
from bootstrap.processes import output_of

FOUNDRY = {"anvil": "tests on a local chain", "forge": "tests in Solidity"}
"""Programs of their own from npm, and what needs them."""

GOOD, STALE, MISSING, NOTE = "ok", "stale", "missing", "note"

KERNEL_FACTS = "console.cli.doctor_machine"
"""What `zkclear doctor` says of kernels, as JSON: only the installed kernels know what this processor can run."""

COMPILER_QUESTION = """
import shlex
from prover.native.build import NoCompiler, compiler_candidates, find_compiler
try:
    found = find_compiler(compiler_candidates())
    print(shlex.join(found.command), "-", found.version)
except NoCompiler:
    pass
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. `state` is ok, stale, missing, or note (good to know, nothing to do)."""

    name: str
    state: str
    detail: str


def examine() -> list[Finding]:
    """Look at everything that setup makes and at what it stands on."""
    findings = [_python()]
    findings += [_step(name) for name in ("uv", "python", "node")]
    findings += [_node(), *_npm_packages(), *map(_foundry, FOUNDRY), _compiler(), *_kernels()]
    return findings


def report(*, as_json: bool) -> int:
    """Print the findings. Exit code 0 when everything is ready, 1 when something is missing or stale."""
    findings = examine()
    ready = all(finding.state in (GOOD, NOTE) for finding in findings)
    if as_json:
        print(json.dumps({"ready": ready, "findings": [asdict(finding) for finding in findings]}, indent=2))
        return 0 if ready else 1
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        print(f"  {finding.state:<8} {finding.name:<{width}}  {finding.detail}")
    print("everything is ready" if ready else "not ready: `python3 do.py setup` installs what is missing")
    return 0 if ready else 1


def _python() -> Finding:
    wanted = ".".join(map(str, OLDEST_PYTHON))
    version = platform.python_version()
    good = sys.version_info >= OLDEST_PYTHON
    return Finding("python3", GOOD if good else MISSING, version if good else f"{version}, but {wanted} is needed")


def _step(name: str) -> Finding:
    step = next(step for step in steps() if step.name == name)
    titles = {"uv": "uv", "python": "Python packages", "node": "Node packages"}
    if step.is_fresh(STATE):
        detail = (output_of([UV, "--version"]) or "") if name == "uv" else "as locked"
        return Finding(titles[name], GOOD, detail)
    there = any(path.exists() for path in step.outputs)
    return Finding(titles[name], STALE if there else MISSING, "differs from the lock" if there else "not installed yet")


def _node() -> Finding:
    own = node_command()
    node = own or wheel_node_folder() / "bin" / "node"
    version = output_of([node, "--version"])
    if version is None:
        return Finding("node", MISSING, "neither on this machine (20 or newer, with npm) nor installed as a wheel")
    return Finding("node", GOOD, f"{version} ({'of this machine' if own else 'from a wheel'})")


def _npm_packages() -> list[Finding]:
    findings = []
    for name in NPM_PACKAGES:
        manifest = CONTRACTS / "node_modules" / name / "package.json"
        try:
            version = json.loads(manifest.read_text())["version"]
        except (OSError, ValueError, KeyError):
            findings.append(Finding(name, MISSING, "not in contracts/node_modules"))
        else:
            findings.append(Finding(name, GOOD, version))
    return findings


def _foundry(name: str) -> Finding:
    if not (CONTRACTS / "node_modules" / NPM_PACKAGES[0]).is_dir():
        return Finding(name, MISSING, "not in contracts/node_modules")
    found = sorted((CONTRACTS / "node_modules" / "@foundry-rs").glob(f"{name}-*/bin/{name}*"))
    version = output_of([found[0], "--version"]) if found else None
    if version is None:
        return Finding(name, NOTE, f"no build for this platform is pinned; {FOUNDRY[name]} are skipped")
    return Finding(name, GOOD, version.splitlines()[0])


def _compiler() -> Finding:
    if has_compiler() and not PYTHON.exists():
        return Finding("C compiler", NOTE, "there is one; whether it works is seen when the kernels are built")
    answer = output_of([PYTHON, "-c", COMPILER_QUESTION], tool_environment()) if PYTHON.exists() else None
    if not answer:
        return Finding("C compiler", NOTE, "none of cc, gcc, clang; ziglang is installed when the kernels are built")
    return Finding("C compiler", GOOD, answer)


def _kernels() -> list[Finding]:
    """Ask the installed kernels themselves, as `zkclear doctor` does."""
    if not PYTHON.exists():
        return [Finding("kernels", MISSING, "not built yet")]
    answer = output_of([PYTHON, "-m", KERNEL_FACTS], tool_environment())
    if answer is None:
        return [Finding("kernels", MISSING, "not built, or the Python packages are missing")]
    facts = json.loads(answer)
    if "error" in facts:
        return [Finding("kernels", MISSING, facts["error"])]
    forced = os.environ.get("ZKCLEAR_KERNEL")
    why = f"forced by ZKCLEAR_KERNEL={forced}" if forced else "the fastest of " + ", ".join(facts["available"])
    return [Finding("kernels", GOOD, f"{facts['kernel']}, {facts['threads']} threads ({why})")]
