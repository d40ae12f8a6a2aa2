"""A market made up: makers who quote around a surface, takers who come in waves, orders that rest and are withdrawn.

An account has eight order slots, so a maker's account quotes four series, bid and ask. It replaces a pair when the
series' value has moved by a part of the spread, or when the pair is old. All chance comes from one `Random`, and all is
put in order of time: one seed, one flow.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from rollup.risk.black76 import price as black_price
from rollup.types.series import Series
from rollup.units import ORDER_SLOTS, POSITION_SLOTS
from sequencer.markets.arrivals import Arrivals, Rate
from sequencer.markets.errors import BadSetting
from sequencer.markets.intents import CancelIntent, Intent, Nonces, OrderIntent
from sequencer.markets.paths import YEAR_S, Path
from sequencer.markets.surface import VolatilitySurface
from sequencer.matching.requests import TimeInForce

SERIES_PER_MAKER: Final = ORDER_SLOTS // 2
CENTS: Final = 100
SurfaceAt = Callable[[float], VolatilitySurface]
"""The surface at unix seconds."""


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """Who trades how; sizes in 0.0001 contracts, shares of the option's value, seconds.

    * makers look at their quotes every `look_s`, and quote `spread` of the value, at least `least_spread_e2`;
    * of those who come, `resting` leave an order in the book for `patience_s` on average, the others take; each keeps
      to `series_per_taker`, since an account has no more than so many position slots.
    """

    makers: Sequence[int]
    takers: Sequence[int]
    arrivals: Arrivals = field(default_factory=lambda: Arrivals(per_second=2.0, excitation=0.4, decay=0.5))
    look_s: float = 5.0
    refresh_s: float = 60.0
    spread: float = 0.04
    least_spread_e2: int = 200
    requote_at: float = 0.25
    quote_size_e4: int = 20_000
    largest_size_e4: int = 10_000
    resting: float = 0.25
    patience_s: float = 30.0
    order_lifetime_s: int = 600
    series_per_taker: int = POSITION_SLOTS - 4

    def __post_init__(self) -> None:
        if not self.makers or not self.takers:
            raise BadSetting("makers and takers", (len(self.makers), len(self.takers)), "at least one of each")
        if self.look_s <= 0 or self.patience_s <= 0 or self.least_spread_e2 < 1 or self.largest_size_e4 < 1:
            raise BadSetting("look_s, patience_s, least_spread_e2, largest_size_e4", "too small", "positive")


@dataclass(slots=True)
class _Quoted:
    value_e2: float
    time_s: float


class OrderFlow:
    """The flow of one underlying's series, from the path's first second to its last."""

    def __init__(
        self, settings: FlowSettings, series: Sequence[Series], path: Path, surface_at: SurfaceAt, rng: Random
    ) -> None:
        if not series:
            raise BadSetting("series", 0, "at least one")
        self.settings, self.series, self.path, self.surface_at, self.rng = (
            settings,
            tuple(series),
            path,
            surface_at,
            rng,
        )
        self.nonces = Nonces()
        self._quoted: dict[tuple[int, int], _Quoted] = {}

    def intents(self, rate: Rate | None = None, highest_rate: float = 1.0) -> Iterator[Intent]:
        """All, by time. `rate` multiplies how often takers come, by seconds from the start."""
        seconds = float(self.path.end_s - self.path.start_s)
        came = self.settings.arrivals.times(seconds, self.rng, rate or (lambda _second: 1.0), highest_rate)
        waiting: list[tuple[int, int, CancelIntent]] = []
        order = 0
        for second, account in heapq.merge(self._looks(seconds), ((second, 0) for second in came)):
            now_ms = self.path.start_s * 1000 + int(second * 1000)
            while waiting and waiting[0][0] <= now_ms:
                yield heapq.heappop(waiting)[2]
            if account:
                yield from self._requote(account, now_ms)
                continue
            made, cancel = self._arrive(now_ms)
            yield made
            if cancel is not None:
                order += 1
                heapq.heappush(waiting, (cancel.time_ms, order, cancel))
        while waiting:
            yield heapq.heappop(waiting)[2]

    def refused(self, intent: OrderIntent) -> None:
        """An order was not taken: its maker will quote that series again at its next look."""
        self._quoted.pop((intent.account, intent.slot // 2), None)

    def value_e2(self, series: Series, time_s: float) -> float:
        """What the surface says, in cents."""
        forward = self.path.price(time_s) * CENTS
        years = max(0.0, (series.expiry_s - time_s) / YEAR_S)
        volatility = self.surface_at(time_s).volatility(forward, series.strike_e2, years)
        return black_price(series.kind, forward, series.strike_e2, years, volatility)

    def quoted_by(self, account: int) -> tuple[Series, ...]:
        """The series that a maker quotes: makers in turn share all, as many as their slots allow."""
        place = self.settings.makers.index(account)
        first = place * SERIES_PER_MAKER
        return tuple(
            self.series[(first + i) % len(self.series)] for i in range(min(SERIES_PER_MAKER, len(self.series)))
        )

    def _looks(self, seconds: float) -> Iterator[tuple[float, int]]:
        """When makers look at their quotes: evenly, each at a moment of its own."""
        settings = self.settings
        offsets = sorted((self.rng.random() * settings.look_s, account) for account in settings.makers)
        turn = 0
        while True:
            for offset, account in offsets:
                second = turn * settings.look_s + offset
                if second >= seconds:
                    return
                yield second, account
            turn += 1

    def _requote(self, account: int, now_ms: int) -> Iterator[OrderIntent]:
        settings, now_s = self.settings, now_ms / 1000
        for place, series in enumerate(self.quoted_by(account)):
            if series.expiry_s - now_s < settings.look_s:
                continue
            value_e2 = self.value_e2(series, now_s)
            half_e2 = max(settings.least_spread_e2, settings.spread * value_e2) / 2
            last = self._quoted.get((account, place))
            is_near = last is not None and abs(value_e2 - last.value_e2) < settings.requote_at * half_e2
            if is_near and last is not None and now_s - last.time_s < settings.refresh_s:
                continue
            self._quoted[account, place] = _Quoted(value_e2, now_s)
            for is_buy, slot in ((True, 2 * place), (False, 2 * place + 1)):
                price_e2 = round(value_e2 - half_e2 if is_buy else value_e2 + half_e2)
                if price_e2 >= 1:
                    yield self._order(account, series, is_buy, price_e2, settings.quote_size_e4, slot, now_ms)

    def _series_of(self, taker: int, now_s: float) -> Series:
        """One of those to which a taker keeps; where that has expired, the next that has not."""
        turn = self.rng.randrange(min(self.settings.series_per_taker, len(self.series)))
        in_turn = (self.series[(taker + turn + i) % len(self.series)] for i in range(len(self.series)))
        return next((one for one in in_turn if one.expiry_s > now_s), self.series[(taker + turn) % len(self.series)])

    def _arrive(self, now_ms: int) -> tuple[OrderIntent, CancelIntent | None]:
        settings, rng = self.settings, self.rng
        place = rng.randrange(len(settings.takers))
        account, series = settings.takers[place], self._series_of(place, now_ms / 1000)
        is_buy, rests = rng.random() < 0.5, rng.random() < settings.resting
        size_e4 = rng.randint(1, settings.largest_size_e4)
        value_e2 = self.value_e2(series, now_ms / 1000)
        half_e2 = max(settings.least_spread_e2, settings.spread * value_e2) / 2
        # Who rests stays inside the makers' quotes, who takes goes beyond them.
        edge_e2 = half_e2 * (-rng.random() if rests else 1.0 + rng.random())
        price_e2 = max(1, round(value_e2 + edge_e2 if is_buy else value_e2 - edge_e2))
        slot = self.nonces.slot(account)
        how = TimeInForce.GOOD_TILL_EXPIRY if rests else TimeInForce.IMMEDIATE_OR_CANCEL
        made = self._order(account, series, is_buy, price_e2, size_e4, slot, now_ms, how)
        if not rests:
            return made, None
        gone_ms = now_ms + int(rng.expovariate(1 / settings.patience_s) * 1000)
        return made, CancelIntent(gone_ms, account, slot, made.nonce)

    def _order(
        self,
        account: int,
        series: Series,
        is_buy: bool,
        price_e2: int,
        size_e4: int,
        slot: int,
        now_ms: int,
        how: TimeInForce = TimeInForce.GOOD_TILL_EXPIRY,
    ) -> OrderIntent:
        expiry_s = min(now_ms // 1000 + self.settings.order_lifetime_s, series.expiry_s)
        nonce = self.nonces.next(account, slot)
        return OrderIntent(now_ms, account, series.series_id, is_buy, price_e2, size_e4, slot, nonce, expiry_s, how)
