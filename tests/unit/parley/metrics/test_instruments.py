from __future__ import annotations

from prometheus_client import generate_latest

from parley.metrics.instruments import Instruments
from server.domain.events import SessionRevoked
from server.domain.ids import SessionId, Snowflake
from server.http.middleware import Seen


def text_of(instruments: Instruments) -> str:
    return generate_latest(instruments.registry).decode()


def test_requests_by_route_and_status() -> None:
    instruments = Instruments("1.2.3")
    for _ in range(2):
        instruments.request(Seen("GET", "/api/invites/{code}", 404, 0.02))
    instruments.request(Seen("GET", "/gateway", 101, 3600.0))
    text = text_of(instruments)
    assert 'parley_info{version="1.2.3"} 1.0' in text
    assert 'parley_http_requests_total{method="GET",route="/api/invites/{code}",status="404"} 2.0' in text
    assert 'parley_http_request_seconds_bucket{le="0.025",method="GET",route="/api/invites/{code}"} 2.0' in text
    assert 'parley_http_requests_total{method="GET",route="/gateway",status="101"} 1.0' in text
    assert 'route="/gateway"}' not in text.replace('status="101"', ""), "an hour in the gateway is no slow request"


def test_commits_units_and_the_loop() -> None:
    instruments = Instruments("1.2.3")
    instruments.commit(3, 0.004)
    instruments.unit("read", 0.3)
    instruments.lag(0.02)
    text = text_of(instruments)
    for line in (
        'parley_commit_units_bucket{le="2.0"} 0.0',
        'parley_commit_units_bucket{le="4.0"} 1.0',
        'parley_commit_seconds_bucket{le="0.005"} 1.0',
        'parley_database_unit_seconds_bucket{kind="read",le="0.25"} 0.0',
        'parley_event_loop_lag_seconds_bucket{le="0.025"} 1.0',
    ):
        assert line in text


def test_only_events_are_counted_as_events() -> None:
    instruments = Instruments("1.2.3")
    instruments.receive(SessionRevoked(SessionId(Snowflake(1))))
    assert "parley_events_published_total 0.0" in text_of(instruments)
