"""What Prometheus is told of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

MICROSECONDS_PER_SECOND: Final = 1_000_000
BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Measures:
    """Counters by method and rule: their names are from fixed lists, so nobody outside can make new series."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        self._requests = Counter(
            "zkclear_api_requests",
            "Requests by method, and by the rule that refused",
            ["method", "rule"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "zkclear_api_seconds", "Time from request to answer", ["method"], buckets=BUCKETS, registry=self.registry
        )
        self._dropped = Counter(
            "zkclear_api_dropped_connections",
            "WebSockets that were closed, by the reason",
            ["rule"],
            registry=self.registry,
        )
        self._seen: dict[tuple[str, str], tuple[Counter, Histogram]] = {}

    def answered(self, method: str, rule: str, microseconds: int) -> None:
        """One answer; no rule is a result."""
        found = self._seen.get((method, rule))
        if found is None:
            found = self._seen[method, rule] = self._requests.labels(method, rule), self._seconds.labels(method)
        found[0].inc()
        found[1].observe(microseconds / MICROSECONDS_PER_SECOND)

    def dropped(self, rule: str) -> None:
        """One connection."""
        self._dropped.labels(rule).inc()

    def watch(self, name: str, says: str, value: Callable[[], float]) -> None:
        """A number that is looked at whenever somebody asks."""
        Gauge(f"zkclear_api_{name}", says, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self.registry)
