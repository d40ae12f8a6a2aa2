"""Python's settings while a node runs, and afterwards."""

from __future__ import annotations

import gc
import sys

import pytest

from sequencer.node.interpreter import SWITCH_S, THRESHOLDS, tuned_interpreter


class Stopped(Exception):
    """A node that ends by an error."""


def run_and_fail() -> None:
    with tuned_interpreter():
        assert gc.get_threshold() == THRESHOLDS
        assert sys.getswitchinterval() == pytest.approx(SWITCH_S)
        assert gc.get_freeze_count() > 0
        raise Stopped


def test_settings_are_those_of_before_afterwards() -> None:
    before = gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()
    with pytest.raises(Stopped):
        run_and_fail()
    assert (gc.get_threshold(), sys.getswitchinterval(), gc.get_freeze_count()) == before
