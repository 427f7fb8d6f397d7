"""What is looked up when somebody asks: how many there are of what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.control import Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The state of one moment."""

    sockets: int
    sessions: int
    """Of the gateway; also those whose client is away for a moment."""
    people: int
    events: int
    units_waiting: int
    mails_waiting: int | None
    """None: the database does not answer."""
    limited: Mapping[str, int]
    caches: Mapping[str, tuple[int, int]]
    """Name -> hits and misses."""
    media_up: bool
    media_restarts: int
    media: Stats | None


class Readings(Collector):
    """Gives the ``reading`` that was put last."""

    def __init__(self) -> None:
        self.reading: Reading | None = None

    def collect(self) -> Iterator[Metric]:
        reading = self.reading
        if reading is None:
            return
        yield GaugeMetricFamily("parley_gateway_sockets", "Open sockets.", reading.sockets)
        yield GaugeMetricFamily(
            "parley_gateway_sessions", "Sessions, also of clients on their way back.", reading.sessions
        )
        yield GaugeMetricFamily("parley_people_connected", "People with at least one session.", reading.people)
        yield CounterMetricFamily("parley_gateway_events", "Events that were given to sessions.", reading.events)
        yield GaugeMetricFamily(
            "parley_units_waiting", "Units of work that wait for their turn.", reading.units_waiting
        )
        if reading.mails_waiting is not None:
            yield GaugeMetricFamily("parley_mails_waiting", "Mails that are not sent yet.", reading.mails_waiting)
        yield _counted("parley_rate_limited", "Requests refused as too many.", "rule", reading.limited)
        caches = CounterMetricFamily("parley_cache_reads", "Looks into a cache.", labels=("cache", "result"))
        for name, (hits, misses) in reading.caches.items():
            caches.add_metric((name, "hit"), hits)
            caches.add_metric((name, "miss"), misses)
        yield caches
        yield GaugeMetricFamily("parley_media_up", "Whether voice works.", int(reading.media_up))
        yield CounterMetricFamily(
            "parley_media_restarts", "How often the media process was started again.", reading.media_restarts
        )
        if reading.media is not None:
            yield from _of_node(reading.media)


def _of_node(stats: Stats) -> Iterator[Metric]:
    """The counters begin anew with each life of the node."""
    yield GaugeMetricFamily("parley_voice_rooms", "Channels with somebody in voice.", stats.rooms)
    yield GaugeMetricFamily("parley_voice_participants", "People in voice.", stats.participants)
    packets = {"in": stats.packets_in, "out": stats.packets_out, "dropped": stats.packets_dropped}
    yield _counted("parley_media_packets", "Packets of the media process.", "direction", packets)
    yield CounterMetricFamily("parley_media_cpu_seconds", "Processor time of the media process.", stats.cpu_s)
    yield GaugeMetricFamily("parley_media_resident_memory_bytes", "Memory of the media process.", stats.rss_bytes)


def _counted(name: str, text: str, label: str, values: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=(label,))
    for value, count in values.items():
        family.add_metric((value,), count)
    return family
