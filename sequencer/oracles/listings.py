"""Which series to list: strikes around a price, expiries at 08:00 UTC of the next days and Fridays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from rollup.types.series import OptionKind, Series
from sequencer.oracles.series_book import NewSeries, strikes_around

EXPIRY_HOUR: Final = 8
FRIDAY: Final = 4
DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class ListingRules:
    """`strikes` in steps of `step_e2`, for the next `days` days and the next `fridays` Fridays; a day counts once.

    What expires within `shortest_s` is not listed any more.
    """

    strikes: int
    step_e2: int
    days: int
    fridays: int
    shortest_s: int = 3_600

    @property
    def most_series(self) -> int:
        """How many are wanted at one time, at most."""
        return len(OptionKind) * self.strikes * (self.days + self.fridays)


def expiries(rules: ListingRules, now_s: int) -> tuple[int, ...]:
    """Unix seconds, ascending."""
    first = datetime.fromtimestamp(now_s + rules.shortest_s, UTC)
    eight = first.replace(hour=EXPIRY_HOUR, minute=0, second=0, microsecond=0)
    start = eight if eight >= first else eight + timedelta(days=1)
    to_friday = (FRIDAY - start.weekday()) % 7
    days = {start + timedelta(days=number) for number in range(rules.days)}
    fridays = {start + timedelta(days=to_friday + 7 * number) for number in range(rules.fridays)}
    return tuple(sorted(int(moment.timestamp()) for moment in days | fridays))


def wanted(rules: ListingRules, underlying: int, index_e2: int, now_s: int) -> Iterator[NewSeries]:
    """Calls and puts at all strikes around a price, expiry by expiry: the nearest first."""
    for expiry_s in expiries(rules, now_s):
        for strike_e2 in strikes_around(index_e2, rules.step_e2, rules.strikes):
            for kind in OptionKind:
                yield NewSeries(underlying, expiry_s, strike_e2, kind)


def candidates(new: Sequence[NewSeries]) -> tuple[Series, ...]:
    """Series with ids that only count, to ask sources about them."""
    return tuple(
        Series(number, one.underlying, one.expiry_s, one.strike_e2, one.kind) for number, one in enumerate(new, 1)
    )
