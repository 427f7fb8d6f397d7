"""What is counted as it happens. Labels are routes, rules and kinds that the program knows, never what a stranger wrote."""

from __future__ import annotations

from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from server.domain.events import MessageCreate, Notice, Published
from server.http.middleware import Seen

LONG_LIVED: Final = frozenset({"/gateway"})
"""Routes whose requests last as long as somebody is there."""

_REQUEST_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_DATABASE_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0)
_LAG_S: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0)
_UNITS: Final = (1, 2, 4, 8, 16, 32, 64)


class Instruments:
    """With a registry of its own."""

    def __init__(self, version: str) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        Gauge("parley_info", "Always 1; the version is in the label.", ["version"], registry=registry).labels(
            version
        ).set(1)
        self._requests = Counter(
            "parley_http_requests",
            "HTTP requests that were answered.",
            ["method", "route", "status"],
            registry=registry,
        )
        self._request_s = Histogram(
            "parley_http_request_seconds",
            "From a request's head to its answer; without the gateway, whose requests last.",
            ["method", "route"],
            registry=registry,
            buckets=_REQUEST_S,
        )
        self._messages = Counter("parley_messages_sent", "Messages that were written.", registry=registry)
        self._published = Counter(
            "parley_events_published",
            "Events that this process heard of, before they go to whom they concern.",
            registry=registry,
        )
        self._units = Histogram(
            "parley_commit_units", "Units of work that shared a commit.", registry=registry, buckets=_UNITS
        )
        self._commit_s = Histogram(
            "parley_commit_seconds", "How long a commit took.", registry=registry, buckets=_DATABASE_S
        )
        self._database_s = Histogram(
            "parley_database_unit_seconds",
            "How long a unit of work took, with its wait for a turn.",
            ["kind"],
            registry=registry,
            buckets=_DATABASE_S,
        )
        self._lag_s = Histogram(
            "parley_event_loop_lag_seconds", "How late the event loop was.", registry=registry, buckets=_LAG_S
        )

    def request(self, seen: Seen) -> None:
        self._requests.labels(seen.method, seen.route, str(seen.status)).inc()
        if seen.route not in LONG_LIVED:
            self._request_s.labels(seen.method, seen.route).observe(seen.seconds)

    def receive(self, notice: Notice) -> None:
        """For ``Bus.subscribe``."""
        if isinstance(notice, Published):
            self._published.inc()
            if isinstance(notice.event, MessageCreate):
                self._messages.inc()

    def commit(self, units: int, seconds: float) -> None:
        self._units.observe(units)
        self._commit_s.observe(seconds)

    def unit(self, kind: Literal["read", "write"], seconds: float) -> None:
        self._database_s.labels(kind).observe(seconds)

    def lag(self, seconds: float) -> None:
        self._lag_s.observe(seconds)
