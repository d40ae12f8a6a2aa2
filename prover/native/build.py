"""Compile the native kernels: `python -m prover.native.build [--compiler cc] [--sanitize] [--force]`.

Each `src/*.c` is one translation unit; whatever lies deeper is included by those. The result is one shared library
beside the Python that loads it. Nothing is done when a stamp beside the library says that it was made from the same
sources by the same compiler with the same flags.

This module uses the standard library alone, so that a wheel's build hook can load it before anything is installed.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

NATIVE = Path(__file__).resolve().parent
LIBRARY_NAME = "_zkclear_native"

COMMON_FLAGS = ("-std=gnu11", "-fPIC", "-fvisibility=hidden", "-pthread", "-Wall", "-Wextra")
RELEASE_FLAGS = ("-O3",)
LONGEST = "backend_portable"
SANITIZERS = ("-fsanitize=address,undefined", "-fno-sanitize=alignment,null,object-size")
"""Sections of a mapped file begin at any multiple of four bytes, which x86-64 and arm64 load as they are. ASAN and the
processor see what `null` and `object-size` would: at every limb, they cost six times the compilation."""

SANITIZE_FLAGS = (
    "-O1",
    "-g1",
    "-fno-var-tracking",
    "-fno-omit-frame-pointer",
    *SANITIZERS,
    "-fno-sanitize-recover=undefined",
)
BACKEND_FLAGS: Mapping[str, tuple[str, ...]] = {
    "backend_adx": ("-mbmi2", "-madx"),
    "backend_ifma": (
        "-mavx512f",
        "-mavx512dq",
        "-mavx512bw",
        "-mavx512vl",
        "-mavx512ifma",
        "-mavx512vbmi2",
        "-mbmi2",
        "-madx",
    ),
}
"""Translation units that need instructions of their own. They exist on x86-64 only, and door.c asks the processor."""

PROBE = """#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
int probe(void) { return pthread_self() == 0; }
"""


class BuildError(Exception):
    """The native library could not be made."""


class NoCompiler(BuildError):
    """No candidate compiles a shared library. `tried` maps each command line to what went wrong with it."""

    def __init__(self, tried: Mapping[str, str]) -> None:
        lines = "".join(f"\n  {command}: {reason}" for command, reason in tried.items())
        super().__init__(
            "no working C compiler. Install gcc or clang, or `pip install ziglang`, or name one in $CC. Tried:" + lines
        )
        self.tried = dict(tried)


class NoSources(BuildError):
    """There is nothing to compile in the source folder."""

    def __init__(self, directory: Path) -> None:
        super().__init__(f"{directory} holds no .c file")
        self.directory = directory


class CompileError(BuildError):
    """The compiler refused a source or the link. `output` is what it printed."""

    def __init__(self, command: Sequence[str], output: str) -> None:
        super().__init__(f"{shlex.join(command)}\n{output}")
        self.command = tuple(command)
        self.output = output


@dataclass(frozen=True, slots=True)
class Compiler:
    """A command that compiles C, and what it says of itself."""

    command: tuple[str, ...]
    version: str

    @property
    def is_zig(self) -> bool:
        """zig compiles for this very processor unless told not to, unlike the others."""
        return self.command[-1] == "cc" and any("zig" in part for part in self.command)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What `build` did. `output` holds the compiler's warnings, empty when nothing was compiled."""

    library: Path
    compiler: Compiler
    digest: str
    rebuilt: bool
    output: str = field(default="", repr=False)


def library_path(*, sanitize: bool = False, directory: Path | None = None) -> Path:
    """Where the library of this platform goes: `prover/kernels/_zkclear_native.so` on Linux."""
    suffix = ".dylib" if sys.platform == "darwin" else ".so"
    name = LIBRARY_NAME + ("_sanitized" if sanitize else "") + suffix
    return (directory or NATIVE.parent / "kernels") / name


def compiler_candidates(
    requested: str | None = None, environment: Mapping[str, str] | None = None
) -> list[tuple[str, ...]]:
    """Command lines to try, best first. A compiler named by the caller or by $CC is the only candidate."""
    environment = os.environ if environment is None else environment
    named = requested or environment.get("CC")
    if named:
        return [tuple(shlex.split(named))]
    return [("cc",), ("gcc",), ("clang",), (sys.executable, "-m", "ziglang", "cc")]


def find_compiler(candidates: Sequence[tuple[str, ...]]) -> Compiler:
    """The first candidate that really makes a shared library with threads. Raises `NoCompiler`."""
    tried: dict[str, str] = {}
    for command in candidates:
        try:
            return probe_compiler(command)
        except (OSError, BuildError) as error:
            reason = error.output if isinstance(error, CompileError) else str(error)
            tried[shlex.join(command)] = reason.strip().split("\n")[0]
    raise NoCompiler(tried)


def probe_compiler(command: tuple[str, ...]) -> Compiler:
    """Ask for the version and compile a few lines: a `cc` without headers is no compiler."""
    version = _run([*command, "--version"]).split("\n")[0].strip()
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch, "probe.c")
        source.write_text(PROBE)
        _run(
            [*command, "-std=gnu11", "-fPIC", "-pthread", "-shared", str(source), "-o", str(source.with_suffix(".so"))]
        )
    return Compiler(command, version)


def units_for(source: Path, machine: str) -> list[Path]:
    """The translation units in `source` that this processor family can run. Raises `NoSources`."""
    is_x86_64 = machine.lower() in ("x86_64", "amd64")
    units = [unit for unit in sorted(source.glob("*.c")) if is_x86_64 or unit.stem not in BACKEND_FLAGS]
    if not units:
        raise NoSources(source)
    return units


def flags_for(unit: Path, compiler: Compiler, *, sanitize: bool) -> tuple[str, ...]:
    """Compiler flags of one translation unit, include paths aside."""
    flags = (SANITIZE_FLAGS if sanitize else RELEASE_FLAGS) + COMMON_FLAGS
    if compiler.is_zig:
        flags += ("-mcpu=baseline",)
    return flags + BACKEND_FLAGS.get(unit.stem, ())


def hash_files(root: Path, files: Sequence[Path], *salt: str) -> str:
    """SHA-256 over names relative to `root`, contents and `salt`, each with its length."""
    digest = hashlib.sha256()
    parts = [text.encode() for text in salt]
    for path in sorted(files):
        parts += [path.relative_to(root).as_posix().encode(), path.read_bytes()]
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def build(
    *,
    compiler: str | None = None,
    sanitize: bool = False,
    force: bool = False,
    native: Path = NATIVE,
    library: Path | None = None,
    jobs: int = 2,
) -> BuildResult:
    """Compile `native/src/*.c` into `library`, unless its stamp says that it is fresh.

    Objects are kept in `native/.objects` under the hash of all that went into them, so an edit of one unit costs one
    compilation. The library is replaced in one step: whoever loads it sees the old or the new one. Raises
    `NoCompiler`, `NoSources` or `CompileError`.
    """
    library = library or library_path(sanitize=sanitize)
    tool = find_compiler(compiler_candidates(compiler))
    source, include = native / "src", native / "include"
    units = units_for(source, platform.machine())
    shared = [p for folder in (source, include) for p in folder.rglob("*") if p.suffix in (".c", ".h")]
    shared = [p for p in shared if p.parent != source or p.suffix != ".c"]
    commands = {unit: [*tool.command, *flags_for(unit, tool, sanitize=sanitize)] for unit in units}
    digests = {unit: hash_files(native, [unit, *shared], tool.version, *commands[unit]) for unit in units}
    digest = hashlib.sha256("".join(digests[unit] for unit in units).encode()).hexdigest()
    stamp = library.with_suffix(library.suffix + ".json")
    if not force and library.is_file() and _stamped_digest(stamp) == digest:
        return BuildResult(library, tool, digest, rebuilt=False)

    cache = native / ".objects"
    cache.mkdir(exist_ok=True)
    objects = {unit: cache / f"{unit.stem}-{digests[unit][:32]}.o" for unit in units}

    def compile_unit(unit: Path) -> str:
        if objects[unit].is_file() and not force:
            return ""
        scratch = objects[unit].with_suffix(f".{os.getpid()}.tmp.o")
        try:
            output = _run([*commands[unit], f"-I{include}", f"-I{source}", "-c", str(unit), "-o", str(scratch)])
            os.replace(scratch, objects[unit])
        finally:
            scratch.unlink(missing_ok=True)
        return output

    with _one_at_a_time(cache / "lock"):
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            output = "".join(pool.map(compile_unit, longest_first(units)))
        output += _link(tool, [objects[unit] for unit in units], library, sanitize=sanitize)
        _write_stamp(stamp, {"digest": digest, "compiler": shlex.join(tool.command), "version": tool.version})
        _forget_old_objects(cache, keep=64)
    return BuildResult(library, tool, digest, rebuilt=True, output=output)


def longest_first(units: Sequence[Path]) -> list[Path]:
    """The portable backend takes the compiler half of all its time: begun last it would be alone at the end."""
    return sorted(units, key=lambda unit: unit.stem != LONGEST)


@contextlib.contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    """A second builder waits and then finds the objects of the first."""
    if os.name == "nt":
        yield
        return
    import fcntl

    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _link(tool: Compiler, objects: Sequence[Path], library: Path, *, sanitize: bool) -> str:
    flags = ["-shared", "-pthread", *(SANITIZERS if sanitize else ())]
    if tool.is_zig:
        flags.append("-mcpu=baseline")
    scratch = library.with_name(f".{library.stem}.{os.getpid()}{library.suffix}")
    try:
        output = _run([*tool.command, *flags, *map(str, objects), "-o", str(scratch)])
        os.replace(scratch, library)
    finally:
        scratch.unlink(missing_ok=True)
    return output


def _stamped_digest(stamp: Path) -> str | None:
    try:
        content = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return None
    return content.get("digest") if isinstance(content, dict) else None


def _write_stamp(stamp: Path, content: Mapping[str, str]) -> None:
    scratch = stamp.with_name(f"{stamp.name}.{os.getpid()}")
    scratch.write_text(json.dumps(content, indent=1) + "\n")
    os.replace(scratch, stamp)


def _forget_old_objects(cache: Path, keep: int) -> None:
    """Drop the objects that have not been made for longest; a unit is half a megabyte or so."""
    newest_first = sorted(cache.glob("*.o"), key=lambda path: path.stat().st_mtime, reverse=True)
    for stale in newest_first[keep:]:
        stale.unlink(missing_ok=True)


def _run(command: Sequence[str]) -> str:
    """Run a compiler; its output, or `CompileError`."""
    if shutil.which(command[0]) is None:
        raise BuildError("not found")
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise CompileError(command, done.stdout)
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line. Exit codes: 0 built or fresh, 1 the code does not compile, 2 no compiler or no sources."""
    parser = argparse.ArgumentParser(prog="python -m prover.native.build", description="Compile the native kernels.")
    parser.add_argument("--compiler", help="command line of the compiler (default: $CC, cc, gcc, clang, ziglang)")
    parser.add_argument("--sanitize", action="store_true", help="with ASAN and UBSan, to a file of its own")
    parser.add_argument("--force", action="store_true", help="compile even if nothing changed")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    options = parser.parse_args(arguments)
    try:
        result = build(compiler=options.compiler, sanitize=options.sanitize, force=options.force)
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1 if isinstance(error, CompileError) else 2
    if not options.quiet:
        sys.stderr.write(result.output)
        state = "built" if result.rebuilt else "fresh"
        print(f"{state}: {result.library} ({shlex.join(result.compiler.command)}, {result.compiler.version})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
