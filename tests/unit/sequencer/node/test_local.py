"""A rollup on a chain of one's own where there is no such chain."""

from __future__ import annotations

from pathlib import Path

import pytest

from rollup.presets import TINY
from sequencer.l1.anvil_program import PROGRAM_VARIABLE
from sequencer.l1.errors import AnvilMissing
from sequencer.node.local import local_rollup
from tests.support.kernels import fastest


def test_a_chain_that_is_missing_is_noticed_before_keys_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PROGRAM_VARIABLE, str(tmp_path / "anvil"))
    with pytest.raises(AnvilMissing), local_rollup(TINY, fastest(), keys=tmp_path / "keys"):
        pass
    assert not (tmp_path / "keys").exists()
