"""Series by name and names by series."""

from __future__ import annotations

from rollup.types.series import OptionKind, Series
from sequencer.api.instruments import InstrumentNames


def test_series_that_differ_in_their_ids_alone_keep_apart() -> None:
    names = InstrumentNames({1: "BTC"})
    one, other = (Series(i, 1, 1_766_736_000, 100, OptionKind.CALL) for i in (4, 9))
    names.add([one, other, one])
    assert names.name(4) == "BTC-26DEC25-1-C"
    assert names.series(names.name(9)) == other
    assert names.series("BTC-26DEC25-1-P") is None
