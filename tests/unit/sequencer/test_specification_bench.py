"""The specification on native crypto: what its bench counts, and that it is as fast as it must be."""

from __future__ import annotations

import pytest

from rollup.errors import BadSignature
from rollup.presets import LARGE, TINY
from sequencer.native_crypto import NativeCrypto
from sequencer.specification_bench import measure

LEAST_TRADES_PER_S = 2_000


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


@pytest.mark.deep
def test_the_best_of_three_is_fast_enough() -> None:
    assert max(measure(LARGE, 20).trades_per_s for _ in range(3)) >= LEAST_TRADES_PER_S
