"""The specification on native crypto: what its bench counts."""

from __future__ import annotations

import pytest

from rollup.errors import BadSignature
from rollup.presets import TINY
from sequencer.native_crypto import NativeCrypto
from sequencer.specification_bench import measure


def test_it_counts_what_was_applied() -> None:
    found = measure(TINY, 3)
    assert (found.preset, found.trades, found.batches) == ("tiny", 3 * TINY.trades, 3)
    assert 0 < found.signatures_s < found.seconds
    assert f"{found.trades_per_s:,.0f} trades/s" in str(found)


def test_what_it_applies_is_judged_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures that nobody made."""
    monkeypatch.setattr(NativeCrypto, "verify_many", lambda _, claims: [False] * len(claims))
    with pytest.raises(BadSignature):
        measure(TINY, 1)
