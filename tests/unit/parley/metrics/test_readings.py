from __future__ import annotations

from typing import Any

from prometheus_client import CollectorRegistry, generate_latest

from media.control import RequestId, Stats
from parley.metrics.readings import Reading, Readings

STATS = Stats(RequestId(1), 2, 5, 100, 400, 3, 1.5, 1 << 20)


def reading(**fields: Any) -> Reading:
    values: dict[str, Any] = {
        "sockets": 3,
        "sessions": 4,
        "people": 2,
        "events": 99,
        "units_waiting": 1,
        "mails_waiting": 7,
        "limited": {"log_in": 5},
        "caches": {"profiles": (10, 1)},
        "media_up": True,
        "media_restarts": 1,
        "media": STATS,
    }
    return Reading(**(values | fields))


def text_of(found: Reading | None) -> str:
    registry, readings = CollectorRegistry(), Readings()
    registry.register(readings)
    readings.reading = found
    return generate_latest(registry).decode()


def test_everything_that_was_read() -> None:
    text = text_of(reading())
    for line in (
        "parley_gateway_sockets 3.0",
        "parley_gateway_sessions 4.0",
        "parley_people_connected 2.0",
        "parley_gateway_events_total 99.0",
        "parley_units_waiting 1.0",
        "parley_mails_waiting 7.0",
        'parley_rate_limited_total{rule="log_in"} 5.0',
        'parley_cache_reads_total{cache="profiles",result="hit"} 10.0',
        'parley_cache_reads_total{cache="profiles",result="miss"} 1.0',
        "parley_media_up 1.0",
        "parley_media_restarts_total 1.0",
        "parley_voice_rooms 2.0",
        "parley_voice_participants 5.0",
        'parley_media_packets_total{direction="dropped"} 3.0',
        "parley_media_cpu_seconds_total 1.5",
        "parley_media_resident_memory_bytes 1.048576e+06",
    ):
        assert line in text.splitlines()


def test_what_does_not_answer_is_left_out() -> None:
    text = text_of(reading(mails_waiting=None, media=None, media_up=False))
    assert "parley_media_up 0.0" in text.splitlines()
    assert "mails" not in text
    assert "packets" not in text
    assert text_of(None).strip() == ""
