"""Whether there is a local chain to test on."""

from __future__ import annotations

import pytest

from sequencer.l1.anvil_program import find_anvil
from sequencer.l1.errors import AnvilMissing


def has_anvil() -> bool:
    try:
        find_anvil()
    except AnvilMissing:
        return False
    return True


needs_anvil = pytest.mark.skipif(not has_anvil(), reason="there is no anvil for this platform")
