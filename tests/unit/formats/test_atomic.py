"""Files that are whole or not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from prover.formats.atomic import AtomicFile


@pytest.mark.parametrize(
    ("name", "kind"), [("nowhere/out.zkey", FileNotFoundError), ("folder", IsADirectoryError), ("file/x", OSError)]
)
def test_errors_name_the_file_that_was_asked_for(tmp_path: Path, name: str, kind: type[OSError]) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(kind) as caught, AtomicFile(tmp_path / name) as file:
        file.write(b"content")
    assert caught.value.filename == str(tmp_path / name)
    assert ".tmp" not in str(caught.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]
