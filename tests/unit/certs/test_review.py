from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certs import review as reviewing
from certs.load import KeyPair, check
from certs.review import covers, review
from tests.support.authority import Authority

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def pair(tmp_path: Path) -> KeyPair:
    return check(*Authority().write(tmp_path, "chat.example.org", "*.example.net", begins=NOW))


def codes(pair: KeyPair, days: float, name: str | None = "chat.example.org") -> list[tuple[str, bool]]:
    found = review(pair, name, NOW + timedelta(days=days))
    assert all("\n" not in concern.text for concern in found)
    return [(concern.code, concern.refused_by_browsers) for concern in found]


def test_a_good_one_raises_no_concern(pair: KeyPair) -> None:
    assert codes(pair, 0) == []
    assert codes(pair, 75.9) == []
    assert codes(pair, 0, None) == []


def test_its_time(pair: KeyPair) -> None:
    assert codes(pair, 76.1) == [("expires_soon", False)]
    assert codes(pair, 90) == [("expired", True)]
    assert codes(pair, -0.01) == [("not_yet_valid", True)]


def test_one_that_lives_for_days_is_not_always_about_to_expire(tmp_path: Path) -> None:
    short = check(*Authority().write(tmp_path, "chat.example.org", begins=NOW, lasts=timedelta(days=6)))
    assert codes(short, 4) == []
    assert codes(short, 5) == [("expires_soon", False)]


def test_its_names(pair: KeyPair) -> None:
    assert codes(pair, 0, "other.example.org") == [("wrong_name", True)]
    assert covers(pair, "CHAT.example.org.")
    assert covers(pair, "any.example.net")
    for other in ("example.net", "a.b.example.net", "example.org", "net", ""):
        assert not covers(pair, other)


def test_its_chain(tmp_path: Path) -> None:
    fullchain, private_key = Authority().write(tmp_path, "chat.example.org", begins=NOW)
    fullchain.write_bytes(fullchain.read_bytes() + Authority().root_pem)
    assert codes(check(fullchain, private_key), 0) == [("chain_order", False)]


def test_who_may_read_its_key(pair: KeyPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.private_key.chmod(0o640)
    assert codes(pair, 0) == []
    pair.private_key.chmod(0o644)
    assert codes(pair, 0) == [("key_readable", False)]
    monkeypatch.setattr(reviewing, "SECRETS", tmp_path)
    assert codes(pair, 0) == []
    pair.private_key.unlink()
    assert codes(pair, 0) == []
