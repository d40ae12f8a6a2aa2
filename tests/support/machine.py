"""Tests that need an Ethereum machine in the process: pyrevm has wheels for some Pythons and platforms only."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import pytest

NO_MACHINE: Final = "pyrevm has no wheels for this Python on this platform"

needs_machine = pytest.mark.skipif(find_spec("pyrevm") is None, reason=NO_MACHINE)
