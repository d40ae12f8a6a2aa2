"""What Prometheus is told of the API."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

MICROSECONDS_PER_SECOND: Final = 1_000_000
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_BUCKETS_US: Final = tuple(int(bound * MICROSECONDS_PER_SECOND) for bound in BUCKETS)


class _Answers(Collector):
    """Counts and times by method and rule. `add` is called for every request: it costs under a microsecond."""

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str], int] = {}
        self.times: dict[str, list[int]] = {}
        self.sums_us: dict[str, int] = {}

    def add(self, method: str, rule: str, microseconds: int) -> None:
        place = method, rule
        self.counts[place] = self.counts.get(place, 0) + 1
        times = self.times.get(method)
        if times is None:
            times = self.times[method] = [0] * (len(BUCKETS) + 1)
        times[bisect_left(_BUCKETS_US, microseconds)] += 1
        self.sums_us[method] = self.sums_us.get(method, 0) + microseconds

    def collect(self) -> Iterator[Metric]:
        """As Prometheus wants it; on another thread than `add` it may be a request behind."""
        counts = CounterMetricFamily(
            "zkclear_api_requests", "Requests by method, and by the rule that refused", labels=["method", "rule"]
        )
        for place, count in list(self.counts.items()):
            counts.add_metric(place, count)
        yield counts
        seconds = HistogramMetricFamily("zkclear_api_seconds", "Time from request to answer", labels=["method"])
        for method, times in list(self.times.items()):
            bounds = [*(str(bound) for bound in BUCKETS), "+Inf"]
            buckets = list(zip(bounds, accumulate(times), strict=True))
            seconds.add_metric([method], buckets, self.sums_us[method] / MICROSECONDS_PER_SECOND)
        yield seconds


class Measures:
    """Counters by method and rule: their names are from fixed lists, so nobody outside can make new series."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._answers = _Answers()
        self.registry.register(self._answers)
        self._dropped = Counter(
            "zkclear_api_dropped_connections",
            "WebSockets that were closed, by the reason",
            ["rule"],
            registry=self.registry,
        )

    def answered(self, method: str, rule: str, microseconds: int) -> None:
        """One answer; no rule is a result."""
        self._answers.add(method, rule, microseconds)

    def dropped(self, rule: str) -> None:
        """One connection."""
        self._dropped.labels(rule).inc()

    def watch(self, name: str, says: str, value: Callable[[], float]) -> None:
        """A number that is looked at whenever somebody asks."""
        Gauge(f"zkclear_api_{name}", says, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self.registry)
