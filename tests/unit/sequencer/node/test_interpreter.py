"""Python's settings while a node runs, and afterwards."""

from __future__ import annotations

import gc
import sys

import pytest

from sequencer.node.interpreter import SWITCH_S, THRESHOLDS, tuned_interpreter


def test_settings_are_those_of_before_afterwards() -> None:
    before = gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()
    with pytest.raises(RuntimeError), tuned_interpreter():
        assert gc.get_threshold() == THRESHOLDS
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
        assert gc.get_freeze_count() > 0
        raise RuntimeError
    assert (gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()) == before
