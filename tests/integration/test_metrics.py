"""``/metrics`` of a real server, and the dashboard that is made for it."""

from __future__ import annotations

import json
import re
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.support.server import ROOT, free_port, running

pytestmark = pytest.mark.integration

DASHBOARD = ROOT / "docs" / "grafana-dashboard.json"
HISTOGRAM = ("_bucket", "_sum", "_count")


def scraped(port: int) -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    found: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        if family.type == "histogram":
            found |= {family.name + ending: 0.0 for ending in HISTOGRAM}
        if family.type == "counter":
            found[f"{family.name}_total"] = 0.0
        for sample in family.samples:
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
    return found


def asked_for() -> set[str]:
    """Every metric that a panel of the dashboard names."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    expressions = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    return set(re.findall(r"\b(?:parley|process)_\w+", expressions))


def test_a_server_counts_what_it_does_and_the_dashboard_knows_no_other(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, PARLEY_METRICS=f"127.0.0.1:{port}") as server:
        before = scraped(port)
        token = server.sign_up("anna")
        _, view = server.request("POST", "/api/groups", {"name": "Garden"}, token)
        channel_id = next(channel["id"] for channel in view["channels"] if channel["kind"] == "text")
        body = {"nonce": "1", "sections": [{"kind": "text", "text": "hello"}]}
        assert server.request("POST", f"/api/channels/{channel_id}/messages", body, token)[0] == 201
        found = scraped(port)
        assert found["parley_messages_sent_total"] == 1
        assert found["parley_http_requests_total"] - before["parley_http_requests_total"] == 3
        assert found["parley_commit_units_count"] > before["parley_commit_units_count"]
        assert found["parley_media_up"] == 1
        assert found["process_resident_memory_bytes"] > 1 << 20
        wanted = asked_for()
        assert len(wanted) > 20
        assert wanted <= found.keys(), f"the dashboard asks for what there is not: {wanted - found.keys()}"
        with urllib.request.urlopen(f"{server.address}/metrics", timeout=10) as answer:
            assert b"parley_info" not in answer.read(), "not on the port that everybody reaches"


def test_nothing_listens_unless_it_is_asked(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        assert not any("Metrics" in line for line in server.lines)
