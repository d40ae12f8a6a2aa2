"""Real files of every kind, made by circom and snarkjs once and kept under `.zkclear/` until their recipe changes."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
SUPPORT = Path(__file__).resolve().parent
CACHE = ROOT / ".zkclear" / "snarkjs-files"
MAKER = SUPPORT / "make_snarkjs_files.cjs"

INPUTS = {
    "small": {"a": "3", "b": "5", "p": "7", "unused": "11"},
    "private": {"a": "4", "b": "4"},
}
PTAU_FILES = ("new.ptau", "contributed.ptau", "beacon.ptau", "prepared.ptau")
ZKEY_FILES = tuple(f"{name}.{stage}zkey" for name in INPUTS for stage in ("new.", "contributed.", ""))
R1CS_FILES = tuple(f"{name}.r1cs" for name in INPUTS)
WTNS_FILES = tuple(f"{name}.wtns" for name in INPUTS)


def node_tool(name: str) -> Path:
    """A program of the Node packages. Raises `RuntimeError` when they are not installed."""
    tool = CONTRACTS / "node_modules" / ".bin" / name
    if not tool.exists() or shutil.which("node") is None:
        raise RuntimeError(f"{name} is missing: run the tests by `python3 do.py test`, which installs it")
    return tool


def run_node(*arguments: str | Path, cwd: Path | None = None) -> str:
    """Run a program of the Node packages and answer its output. Raises `AssertionError` with it when it fails."""
    done = subprocess.run(
        [str(argument) for argument in arguments], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(map(str, arguments))} exited {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def snarkjs(*arguments: str | Path) -> str:
    """Run the snarkjs command line."""
    return run_node(node_tool("snarkjs"), *arguments)


@cache
def snarkjs_files() -> Path:
    """The directory with all the files; making them takes about ten seconds, once."""
    target = CACHE / _recipe_digest()
    if target.is_dir():
        return target
    CACHE.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=CACHE, prefix="making-"))
    for name, inputs in INPUTS.items():
        source = SUPPORT / "circuits" / f"{name}.circom"
        run_node(node_tool("circom2"), source.relative_to(ROOT), "--r1cs", "--wasm", "--O1",
                 "-o", directory.relative_to(ROOT), cwd=ROOT)  # fmt: skip
        (directory / f"{name}.input.json").write_text(json.dumps(inputs))
    run_node("node", MAKER, CONTRACTS, directory, *INPUTS)
    try:
        os.replace(directory, target)
    except OSError:  # another worker was faster
        shutil.rmtree(directory)
    return target


def _recipe_digest() -> str:
    recipe = [MAKER, CONTRACTS / "package.json", *sorted((SUPPORT / "circuits").glob("*.circom"))]
    hasher = hashlib.sha256(json.dumps(INPUTS).encode())
    for path in recipe:
        hasher.update(path.read_bytes())
    return hasher.hexdigest()[:20]
