"""Every screen looks as it did when somebody last looked at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from console.tui.screenshots import SCREENS, screenshots
from tests.support.recorded_run import RecordedRun
from tests.support.tui_snapshots import COMMAND, GOLDEN, SNAPSHOTS, Snapshot, difference, lines_of, taken, the_run


@pytest.fixture(scope="module")
def _in_the_run() -> Iterator[None]:
    with the_run():
        yield


@pytest.mark.usefixtures("_in_the_run")
@pytest.mark.parametrize("snapshot", SNAPSHOTS, ids=lambda one: one.name)
def test_a_screen_looks_as_it_did(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> None:
    now = taken(snapshot)
    found = difference(snapshot.path.read_text() if snapshot.path.is_file() else "", now)
    if found:
        path = tmp_path_factory.mktemp("looks") / snapshot.name
        path.write_text(now)
        pytest.fail(
            f"{snapshot.name} looks different: {found}\n"
            f"look at both in a browser:\n  kept {snapshot.path}\n  now  {path}\n"
            f"if it is meant so: {COMMAND} {snapshot.name}",
            pytrace=False,
        )


@pytest.mark.usefixtures("_in_the_run")
def test_a_screen_looks_as_it_did_twin() -> None:
    kept = SNAPSHOTS[0].path.read_text()
    assert "line " in difference(kept.replace("executed", "exploded"), taken(SNAPSHOTS[0]))
    assert difference(kept.replace("fill: #", "fill: #f"), taken(SNAPSHOTS[0])) == "the same text in other colours"
    assert "lines were kept" in difference("", taken(SNAPSHOTS[0]))


def test_every_kept_picture_is_compared() -> None:
    assert {path.name for path in GOLDEN.glob("*.svg")} == {one.name for one in SNAPSHOTS}
    assert {one.screen for one in SNAPSHOTS} == set(SCREENS)


def test_pictures_of_a_run_are_written_as_files(told: RecordedRun, tmp_path: Path) -> None:
    written = screenshots(told.folder, tmp_path / "out", names=("batches", "keys"), size=(100, 30), prefix="tui-")
    assert [path.name for path in written] == ["tui-batches.svg", "tui-keys.svg"]
    assert any("executed" in line for line in lines_of(written[0].read_text()))
    with pytest.raises(KeyError):
        screenshots(told.folder, tmp_path, names=("nothing",))
