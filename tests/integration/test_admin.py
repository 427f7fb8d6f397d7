"""``parley admin`` and the operators' endpoints, on a server that runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.server import ROOT, ParleyServer, clean_environment

pytestmark = pytest.mark.integration


def admin(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "parley", "admin", *arguments],
        env=clean_environment(PARLEY_DATA=str(data)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_an_operator_looks_after_the_server(parley_server: ParleyServer, tmp_path: Path) -> None:
    data = tmp_path / "data"
    anna = parley_server.sign_up("anna")
    link = admin(data, "owner-link")
    assert link.returncode == 0, link.stderr
    found = re.search(r"owner=(\S+)", link.stdout)
    assert found is not None
    olga = parley_server.sign_up("olga", owner_token=found.group(1))
    status, overview = parley_server.request("GET", "/api/admin/overview", token=olga)
    assert (status, overview["health"]) == (200, {"media": "ok", "database": "ok"})
    assert (overview["totals"]["accounts"], overview["uptime_s"] >= 0) == (2, True)
    assert parley_server.request("GET", "/api/admin/overview", token=anna)[0] == 403
    _, page = parley_server.request("GET", "/api/admin/accounts?query=an", token=olga)
    (line,) = page["accounts"]
    path = f"/api/admin/accounts/{line['user']['id']}/ban"
    assert parley_server.request("PUT", path, {"reason": "spam"}, token=olga)[0] == 204
    assert parley_server.request("GET", "/api/users/@me", token=anna)[0] == 401
    assert admin(data, "unban", "anna").returncode == 0
    log_in = {"username": "anna", "password": "correct horse battery", "tokens": "body"}
    assert parley_server.request("POST", "/api/auth/login", log_in)[0] == 200
    status, told = parley_server.request("PUT", "/api/admin/announcement", {"text": "hello"}, token=olga)
    assert (status, told["text"], told["until_ms"]) == (200, "hello", None)
    assert parley_server.request("DELETE", "/api/admin/announcement", token=olga)[0] == 204


def test_what_goes_wrong_is_one_line(tmp_path: Path) -> None:
    refused = admin(tmp_path / "data", "stats")
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert refused.stderr.startswith("parley: No server runs on the data folder")
