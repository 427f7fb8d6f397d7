from __future__ import annotations

from pathlib import Path

import pytest

from parley.doctor.settings import check_settings, unknown
from tests.support.doctor import levels, patient, said


def test_good_settings(tmp_path: Path) -> None:
    found = check_settings(patient(tmp_path, PARLEY_SERVER_NAME="chat.example.org", PARLEY_HOST="::"))
    assert levels(found) == ["pass"]
    assert "read, 3 from the environment" in said(found)
    assert "https://chat.example.org:8080" in said(found)


def test_what_is_no_setting_is_told_without_its_value() -> None:
    found = unknown({"PARLEY_PROT": "hunter2", "PARLEY_ZZZZZZZZZ": "x", "PARLEY_CONFIG": "/x.toml", "HOME": "/root"})
    assert levels(found) == ["warn", "warn"]
    assert "Did you mean PARLEY_PORT?" in said(found)
    assert "docs/self-hosting.md" in said(found)
    assert "hunter2" not in said(found)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        ({"PARLEY_HOST": "0.0.0.0"}, "there is no server name"),
        ({"PARLEY_TRUSTED_PROXIES": "10.0.0.1"}, "there is no server name"),
        (
            {
                "PARLEY_SERVER_NAME": "x.org",
                "PARLEY_TRUSTED_PROXIES": "10.0.0.1",
                "PARLEY_TLS_FULLCHAIN": "/a",
                "PARLEY_TLS_PRIVKEY": "/b",
            },
            "speaks HTTPS to the proxy",
        ),
        ({"PARLEY_SERVER_NAME": "x.org", "PARLEY_TRUSTED_PROXIES": "0.0.0.0/0"}, "trusts everyone"),
        ({"PARLEY_LOG_LEVEL": "debug"}, "the log is at debug"),
    ],
)
def test_what_is_doubtful(tmp_path: Path, variables: dict[str, str], says: str) -> None:
    found = check_settings(patient(tmp_path, variables))
    assert levels(found) == ["pass", "warn"]
    assert says in said(found)
