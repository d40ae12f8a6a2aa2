"""The steps of setup, in order: uv, Python packages, Node packages, native kernels."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from bootstrap.bytecode import compile_packages
from bootstrap.layout import CONTRACTS, LOCKS, PYTHON, ROOT, STATE, UV, VENV
from bootstrap.machine import (
    NODE_LINK,
    has_compiler,
    machine_python,
    node_command,
    npm_command,
    pip_settings,
    tool_environment,
    uv_environment,
    wheel_node_folder,
)
from bootstrap.processes import Command, SetupError, must, run, say, telling_late
from bootstrap.steps import Step, only_one

OLDEST_PYTHON = (3, 11)
NPM_PACKAGES = ("solc", "snarkjs", "circom2", "circomlib", "circomlibjs")
NO_COMPILER = 2
"""Exit code of `prover.native.build` when no compiler works."""


def bootstrap_uv() -> None:
    """Install uv by pip into `.zkclear/bootstrap`; nothing of the system is touched."""
    target = STATE / "bootstrap"
    shutil.rmtree(target, ignore_errors=True)
    command: Command = [
        machine_python(),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    must("installing uv", [*command, "--target", target, "-r", LOCKS / "uv.txt"], environment=os.environ)


def python_locks() -> list[Path]:
    """The lock files to install: Node and a compiler come from wheels only where the machine has none."""
    locks = [LOCKS / "python.txt"]
    if node_command() is None:
        locks.append(LOCKS / "node.txt")
    if not has_compiler():
        locks.append(LOCKS / "compiler.txt")
    return locks


def install_python() -> None:
    """The virtual environment: exactly what the locks say, and this project in place."""
    environment = uv_environment(pip_settings(), os.environ)
    if not PYTHON.exists():
        create: Command = [UV, "venv", "--quiet", "--clear", "--python", machine_python(), VENV]
        must("making .venv", create, environment=environment)
    sync: Command = [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON]
    must("installing Python packages", [*sync, *python_locks()], environment=environment)
    NODE_LINK.unlink(missing_ok=True)
    if (node := wheel_node_folder() / "bin" / "node").exists():
        NODE_LINK.symlink_to(node)
    editable: Command = [
        UV,
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--python",
        PYTHON,
        "-e",
        ROOT,
    ]
    must("installing zkclear", editable, environment=environment | {"ZKCLEAR_SKIP_KERNELS": "1"})
    compile_packages()


def install_node_packages() -> None:
    """`npm ci`: exactly what package-lock.json says."""
    must("npm ci", [*npm_command(), "ci", "--no-progress"], cwd=CONTRACTS, environment=tool_environment())


def steps() -> list[Step]:
    """What setup makes, in order. The kernels come after: their own builder knows whether they are fresh."""
    this_python = f"{machine_python().resolve()} {sys.version}"
    pins = tuple(python_locks())
    site = (PYTHON, *([wheel_node_folder(), NODE_LINK] if LOCKS / "node.txt" in pins else []))
    project = (ROOT / "pyproject.toml", ROOT / "scripts" / "hatch_build.py")
    packages = tuple(CONTRACTS / "node_modules" / name for name in NPM_PACKAGES)
    npm_inputs = tuple(CONTRACTS / name for name in ("package.json", "package-lock.json", ".npmrc"))
    node = str(node_command() or "wheel")
    return [
        Step("uv", "installing uv", (LOCKS / "uv.txt",), (this_python,), (UV,), bootstrap_uv),
        Step("python", "installing Python packages", (*pins, *project), (this_python,), site, install_python),
        Step("node", "installing Node packages", npm_inputs, (node,), packages, install_node_packages),
    ]


def build_kernels(*, sanitize: bool = False) -> None:
    """Compile the native kernels; without a working compiler, fetch one as a wheel and try again."""
    command: Command = [PYTHON, "-m", "prover.native.build", "--quiet", *(["--sanitize"] if sanitize else [])]
    with telling_late("[kernels] looking for a compiler, compiling what has changed …", "[kernels]"):
        code = run(command, environment=tool_environment())
    if code == NO_COMPILER and has_compiler() and not os.environ.get("CC"):
        say("[kernels] no C compiler of this machine works; installing ziglang")
        install: Command = [UV, "pip", "install", "--quiet", "--require-hashes", "--python", PYTHON]
        environment = uv_environment(pip_settings(), os.environ)
        must("installing ziglang", [*install, "-r", LOCKS / "compiler.txt"], environment=environment)
        with telling_late("[kernels] compiling …", "[kernels]"):
            code = run(command, environment=tool_environment())
    if code != 0:
        raise SetupError("the native kernels do not compile; the compiler's output is above")


def setup() -> None:
    """Bring everything up to date."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        raise SetupError(f"Python {wanted} or newer is needed; this is {sys.version.split()[0]}")
    with only_one(STATE):
        for step in steps():
            step.ensure(STATE)
        build_kernels()
