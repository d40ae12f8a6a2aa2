"""What do.py decides before anything is installed."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import pytest

import do
from bootstrap import checks, doctor, install, machine, processes
from bootstrap.layout import CONTRACTS, LOCKS
from bootstrap.locks import ADDRESS, main_index, pinned, without_addresses
from bootstrap.processes import SetupError, must, output_of, run, telling_late
from bootstrap.steps import Step, only_one


class Counted:
    """A step that counts how often it is made."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.source = folder / "source"
        self.output = folder / "output"
        self.source.write_text("1")
        self.made = 0

    def ensure(self, *salt: str) -> bool:
        return Step("counted", "counting", (self.source,), salt, (self.output,), self._make).ensure(self.state)

    def _make(self) -> None:
        self.made += 1
        self.output.write_text("made")


def test_a_step_is_made_once(tmp_path: Path) -> None:
    step = Counted(tmp_path)
    assert [step.ensure(), step.ensure()] == [True, False]
    assert step.made == 1


def test_a_step_is_made_again_when_anything_differs(tmp_path: Path) -> None:
    step = Counted(tmp_path)
    step.ensure()
    step.source.write_text("2")
    assert step.ensure()
    assert step.ensure("another tool")
    step.output.unlink()
    assert step.ensure("another tool")
    step.source.unlink()
    assert step.ensure("another tool")


def test_a_step_that_failed_is_tried_again(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_text("1")

    def fail() -> None:
        raise SetupError("planted")

    good = Step("one", "one", (source,), (), (), lambda: None)
    assert good.ensure(tmp_path)
    source.write_text("2")
    with pytest.raises(SetupError):
        Step("one", "one", (source,), (), (), fail).ensure(tmp_path)
    source.write_text("1")
    assert good.ensure(tmp_path), "an interrupted step must not count as its last success"


def test_the_second_setup_waits_for_the_first(tmp_path: Path) -> None:
    order: list[str] = []
    inside, may_end = threading.Event(), threading.Event()

    def first() -> None:
        with only_one(tmp_path):
            inside.set()
            may_end.wait(10)
            order.append("first")

    def second() -> None:
        with only_one(tmp_path):
            order.append("second")

    threads = [threading.Thread(target=first), threading.Thread(target=second)]
    threads[0].start()
    inside.wait(10)
    threads[1].start()
    threads[1].join(0.1)
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert order == ["first", "second"]


def test_pip_settings_are_read_as_pip_ranks_them() -> None:
    listed = (
        ":env:.cert='env.pem'\nglobal.cert='global.pem'\nglobal.index-url='a'\n"
        "install.index-url='b'\ndownload.proxy='c'\n"
    )
    assert machine.parse_pip_settings(listed) == {"cert": "env.pem", "index-url": "b"}
    assert machine.parse_pip_settings("") == {}


def test_uv_gets_what_pip_was_told() -> None:
    settings = {
        "index-url": "one",
        "extra-index-url": "two\\nthree",
        "find-links": "four five",
        "cert": "six",
        "timeout": "7",
    }
    environment = machine.uv_environment(settings, {"HOME": "here"})
    assert environment["UV_DEFAULT_INDEX"] == "one"
    assert environment["UV_INDEX"] == "two three"
    assert environment["UV_FIND_LINKS"] == "four,five"
    assert environment["SSL_CERT_FILE"] == "six"
    assert environment["UV_HTTP_TIMEOUT"] == "7"
    assert environment["HOME"] == "here"


def test_what_the_caller_said_to_uv_stays() -> None:
    assert machine.uv_environment({"index-url": "pip"}, {"UV_DEFAULT_INDEX": "mine"})["UV_DEFAULT_INDEX"] == "mine"


def test_without_pip_settings_uv_is_told_of_no_place() -> None:
    told = machine.uv_environment({}, {})
    assert set(told) == {"UV_INDEX_STRATEGY", "UV_PYTHON_DOWNLOADS", "VIRTUAL_ENV"}


@pytest.mark.parametrize(("version", "taken"), [("v18.20.0", False), ("v20.0.0", True), ("v24.1.0", True), ("", False)])
def test_only_a_new_enough_node_is_taken(version: str, taken: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZKCLEAR_NODEJS", raising=False)
    monkeypatch.setattr("shutil.which", lambda name: f"bin/{name}")
    monkeypatch.setattr(machine, "output_of", lambda _command: version or None)
    assert (machine.node_command() is not None) == taken


def test_node_without_npm_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: "bin/node" if name == "node" else None)
    assert machine.node_command() is None


def test_tools_that_the_machine_lacks_come_as_wheels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "node_command", lambda: None)
    monkeypatch.setattr(install, "has_compiler", lambda: False)
    assert [path.name for path in install.python_locks()] == ["python.txt", "node.txt", "compiler.txt"]
    monkeypatch.setattr(install, "node_command", lambda: Path("node"))
    monkeypatch.setattr(install, "has_compiler", lambda: True)
    assert [path.name for path in install.python_locks()] == ["python.txt"]


def test_kernels_fall_back_to_a_compiler_from_a_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = [install.NO_COMPILER, 0]
    installed: list[str] = []
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(install, "has_compiler", lambda: True)
    monkeypatch.setattr(install, "run", lambda *_, **__: codes.pop(0))
    monkeypatch.setattr(install, "must", lambda what, *_, **__: installed.append(what))
    install.build_kernels()
    assert installed == ["installing ziglang"]


def test_kernels_that_do_not_compile_end_setup(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "run", lambda *_, **__: 1)
    with pytest.raises(SetupError, match="do not compile"):
        install.build_kernels()


def test_too_old_a_python_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install, "OLDEST_PYTHON", (sys.version_info[0], sys.version_info[1] + 1))
    with pytest.raises(SetupError, match="or newer is needed"):
        install.setup()


def test_every_lock_has_hashes_and_no_address() -> None:
    locks = sorted(LOCKS.glob("*.txt"))
    assert [path.stem for path in locks] == ["compiler", "halmos", "node", "python", "slither", "uv"]
    for path in locks:
        text = path.read_text()
        assert not ADDRESS.search(text)
        pins = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
        assert pins
        assert all("==" in line and line.endswith("\\") for line in pins), path.name


LEAST_HASHES = 5
"""Linux on two processors, macOS on two, Windows; more if each Python has its own."""


def of_few_platforms(lock: str) -> list[str]:
    """Packages that are built for a platform, and locked for few though they are wanted on all."""
    hashes = {
        name: text.count("--hash=")
        for name, text in re.findall(r"^([\w.-]+)==(.*?)(?=^\S|\Z)", lock, flags=re.MULTILINE | re.DOTALL)
        if "sys_platform == 'linux'" not in text
    }
    built = [one for one in distributions() if "Root-Is-Purelib: false" in (one.read_text("WHEEL") or "")]
    names = [re.sub(r"[-_.]+", "-", one.name).lower() for one in built]
    return [name for name in names if hashes.get(name, LEAST_HASHES) < LEAST_HASHES]


def test_a_lock_is_good_for_every_platform() -> None:
    assert of_few_platforms((LOCKS / "python.txt").read_text()) == []


def test_a_lock_is_good_for_every_platform_twin() -> None:
    assert of_few_platforms("msgspec==0.22.0 \\\n    --hash=sha256:1 \\\n    --hash=sha256:2\n") == ["msgspec"]


def test_a_lock_is_of_the_main_index_alone() -> None:
    """Folders of wheels have some platforms' only, and would hide the others'."""
    settings = {"index-url": "a", "extra-index-url": "b", "find-links": "c", "cert": "d"}
    assert main_index(settings) == {"index-url": "a", "cert": "d"}
    assert pinned("# of\na==1 \\\n    --hash=sha256:1\nb==2 ; sys_platform == 'win32' \\\n") == [
        "a==1",
        "b==2 ; sys_platform == 'win32'",
    ]


def test_npm_lock_has_hashes_and_no_address() -> None:
    text = (CONTRACTS / "package-lock.json").read_text()
    assert not ADDRESS.search(text)
    packages: dict[str, dict[str, Any]] = json.loads(text)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_addresses_are_taken_out_of_an_npm_lock() -> None:
    lock = {
        "name": "x",
        "packages": {"a": {"version": "1", "resolved": "https://where", "funding": {"url": "https://who"}}},
    }
    assert ADDRESS.search(json.dumps(lock))
    assert without_addresses(lock) == {"name": "x", "packages": {"a": {"version": "1"}}}


def test_programs_that_fail_or_are_missing() -> None:
    assert output_of(["no-such-program"]) is None
    assert output_of([sys.executable, "-c", "raise SystemExit(1)"]) is None
    assert run([sys.executable, "-c", "raise SystemExit(5)"]) == 5
    with pytest.raises(SetupError, match=r"planted failed \(exit 5\)"):
        must("planted", [sys.executable, "-c", "raise SystemExit(5)"], environment={})


def test_doctor_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    findings = [doctor.Finding("node", doctor.GOOD, "v20"), doctor.Finding("kernels", doctor.MISSING, "not built")]
    monkeypatch.setattr(doctor, "examine", lambda: findings)
    assert doctor.report(as_json=True) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ready"] is False
    assert answer["findings"][1] == {"name": "kernels", "state": "missing", "detail": "not built"}
    findings[1] = doctor.Finding("anvil", doctor.NOTE, "not for this platform")
    assert doctor.report(as_json=False) == 0
    assert "everything is ready" in capsys.readouterr().out


def test_exit_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(error: BaseException) -> None:
        def setup_that_fails() -> None:
            raise error

        monkeypatch.setattr(do, "setup", setup_that_fails)

    raising(SetupError("planted"))
    assert do.main(["demo"]) == do.SETUP_FAILED
    raising(KeyboardInterrupt())
    assert do.main(["demo"]) == do.INTERRUPTED
    with pytest.raises(SystemExit) as usage:
        do.main(["lint", "--no-such-option"])
    assert usage.value.code == 2


def test_what_takes_long_is_told_and_what_does_not_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    with telling_late("[kernels] compiling …", "[kernels]", after_s=60):
        pass
    assert capsys.readouterr().err == ""
    with telling_late("[kernels] compiling …", "[kernels]", after_s=0.01):
        time.sleep(0.2)
    first, last = capsys.readouterr().err.splitlines()
    assert first == "[kernels] compiling …"
    assert re.fullmatch(r"\[kernels\] done in 0\.\d s", last)


@pytest.mark.parametrize(("ending_s", "has_ended"), [(processes.ENDING_S, True), (0.0, False)])
def test_a_program_has_time_to_end_after_ctrl_c(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending_s: float, *, has_ended: bool
) -> None:
    monkeypatch.setattr(processes, "ENDING_S", ending_s)
    program = "import pathlib, sys, time; time.sleep(2.5); pathlib.Path(sys.argv[1]).touch()"
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            run([sys.executable, "-c", program, tmp_path / "tidy"])
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "tidy").exists() == has_ended


def test_commands_hand_on_their_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def record_run(command: list[object], **_: object) -> int:
        calls.append(tuple(command[1:]))
        return 0

    def record_tests(rest: list[str], *, deep: bool) -> int:
        calls.append((*rest, deep))
        return 0

    monkeypatch.setattr(do, "setup", lambda: None)
    monkeypatch.setattr(do, "run", record_run)
    monkeypatch.setattr(checks, "run_tests", record_tests)
    assert do.main(["demo", "--json"]) == 0
    assert do.main(["bench", "--log2", "18"]) == 0
    assert do.main(["test", "-k", "msm", "--deep"]) == 0
    assert calls == [
        ("-m", "console.cli.main", "demo", "--json"),
        ("-m", "console.cli.main", "prover", "bench", "--log2", "18"),
        ("-k", "msm", True),
    ]
