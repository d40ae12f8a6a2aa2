"""The kernels' builder: which compiler, which files, and when nothing is done. Compiles sources of a few lines."""

from __future__ import annotations

import os
import shlex
import stat
import sys
from pathlib import Path

import pytest

from prover.native import build as native_build
from prover.native.build import BuildResult, CompileError, Compiler, NoCompiler, NoSources, build

CC = Compiler(("cc",), "cc 12")
ZIG = Compiler(("python", "-m", "ziglang", "cc"), "clang 20")


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A source tree with one unit, one header and one included file."""
    native = tmp_path / "native"
    (native / "src" / "field").mkdir(parents=True)
    (native / "include").mkdir()
    (native / "include" / "door.h").write_text("int answer(void);\n")
    (native / "src" / "field" / "value.inc.h").write_text("#define VALUE 42\n")
    (native / "src" / "door.c").write_text(
        '#include "door.h"\n#include "field/value.inc.h"\n'
        '__attribute__((visibility("default"))) int answer(void) { return VALUE; }\n'
    )
    return native


def make(sources: Path, *, force: bool = False, compiler: str | None = None) -> BuildResult:
    return build(native=sources, library=sources.parent / "library.so", force=force, compiler=compiler)


def fake_compiler(folder: Path, version: str) -> str:
    """A compiler of another version: it prints that and hands the rest to the real one."""
    path = folder / f"cc-{version}"
    real = shlex.join(native_build.find_compiler(native_build.compiler_candidates()).command)
    path.write_text(f'#!/bin/sh\nif [ "$1" = --version ]; then echo "cc {version}"; else exec {real} "$@"; fi\n')
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_builds_once_and_then_not_again(sources: Path) -> None:
    assert make(sources).rebuilt
    assert not make(sources).rebuilt
    assert make(sources, force=True).rebuilt


@pytest.mark.parametrize("name", ["src/door.c", "src/field/value.inc.h", "include/door.h"])
def test_any_change_of_content_rebuilds(sources: Path, name: str) -> None:
    first = make(sources)
    edited = sources / name
    before = edited.read_text()
    edited.write_text(before + "/* a remark */\n")
    assert make(sources).digest != first.digest
    edited.write_text(before)
    assert make(sources).digest == first.digest


def test_a_new_time_stamp_alone_rebuilds_nothing(sources: Path) -> None:
    make(sources)
    os.utime(sources / "src" / "door.c", (1, 1))
    assert not make(sources).rebuilt


def test_another_compiler_version_rebuilds(sources: Path, tmp_path: Path) -> None:
    assert make(sources, compiler=fake_compiler(tmp_path, "1")).rebuilt
    assert not make(sources, compiler=fake_compiler(tmp_path, "1")).rebuilt
    assert make(sources, compiler=fake_compiler(tmp_path, "2")).rebuilt


def test_a_missing_library_is_made_again(sources: Path) -> None:
    make(sources).library.unlink()
    assert make(sources).rebuilt


def test_a_damaged_stamp_is_no_stamp(sources: Path) -> None:
    stamp = make(sources).library.with_suffix(".so.json")
    for damage in ("", "[]", "{", '{"digest": 7}'):
        stamp.write_text(damage)
        assert make(sources).rebuilt


def test_a_broken_source_leaves_the_old_library(sources: Path) -> None:
    library = make(sources).library
    before = library.read_bytes()
    (sources / "src" / "door.c").write_text("int answer(void) { return 1 }\n")
    with pytest.raises(CompileError, match="expected") as caught:
        make(sources)
    assert "door.c" in caught.value.output
    assert library.read_bytes() == before
    assert [path.name for path in sources.parent.iterdir() if path.name.startswith(".")] == []


def test_no_sources(tmp_path: Path) -> None:
    with pytest.raises(NoSources):
        make(tmp_path)


def test_candidates_in_order() -> None:
    assert native_build.compiler_candidates(None, {}) == [
        ("cc",),
        ("gcc",),
        ("clang",),
        (sys.executable, "-m", "ziglang", "cc"),
    ]
    assert native_build.compiler_candidates(None, {"CC": "ccache gcc-13"}) == [("ccache", "gcc-13")]
    assert native_build.compiler_candidates("clang", {"CC": "gcc"}) == [("clang",)]


def test_the_first_compiler_that_works_is_taken(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    works = (fake_compiler(tmp_path, "3"),)
    assert native_build.find_compiler([("no-such-compiler",), (str(broken),), works]) == Compiler(works, "cc 3")


def test_no_compiler_says_what_was_tried() -> None:
    with pytest.raises(NoCompiler, match="ziglang") as caught:
        native_build.find_compiler([("no-such-compiler",)])
    assert caught.value.tried == {"no-such-compiler": "not found"}


def test_special_instructions_only_where_they_belong(sources: Path) -> None:
    for name in ("backend_portable", "backend_adx", "backend_ifma"):
        (sources / "src" / f"{name}.c").write_text("\n")
    on_x86 = [unit.stem for unit in native_build.units_for(sources / "src", "x86_64")]
    on_arm = [unit.stem for unit in native_build.units_for(sources / "src", "arm64")]
    assert on_x86 == ["backend_adx", "backend_ifma", "backend_portable", "door"]
    assert on_arm == ["backend_portable", "door"]
    flags = {name: native_build.flags_for(Path(f"{name}.c"), CC, sanitize=False) for name in on_x86}
    assert not any(
        flag.startswith(("-march", "-mcpu", "-mavx", "-mbmi2")) for flag in flags["door"] + flags["backend_portable"]
    )
    assert "-madx" in flags["backend_adx"]
    assert "-mavx512f" not in flags["backend_adx"]
    assert "-mavx512ifma" in flags["backend_ifma"]


def test_zig_does_not_compile_for_this_processor_alone() -> None:
    assert "-mcpu=baseline" in native_build.flags_for(Path("door.c"), ZIG, sanitize=False)
    assert "-mcpu=baseline" not in native_build.flags_for(Path("door.c"), CC, sanitize=False)


def test_the_sanitized_library_is_another_file(tmp_path: Path) -> None:
    plain = native_build.library_path(directory=tmp_path)
    sanitized = native_build.library_path(sanitize=True, directory=tmp_path)
    assert plain != sanitized
    assert plain.parent == sanitized.parent == tmp_path


def test_hash_tells_names_and_contents_apart(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("bc")
    (tmp_path / "ab").write_text("c")
    digests = {native_build.hash_files(tmp_path, [tmp_path / name]) for name in ("a", "ab")}
    assert len(digests) == 2
    assert native_build.hash_files(tmp_path, [tmp_path / "a"], "x", "yz") != native_build.hash_files(
        tmp_path, [tmp_path / "a"], "xy", "z"
    )


def test_command_line_exit_codes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(error: Exception) -> None:
        def build_that_fails(**_: object) -> BuildResult:
            raise error

        monkeypatch.setattr(native_build, "build", build_that_fails)

    fail(CompileError(["cc"], "expected ';'"))
    assert native_build.main([]) == 1
    fail(NoCompiler({"cc": "not found"}))
    assert native_build.main([]) == 2
    assert "cc: not found" in capsys.readouterr().err
