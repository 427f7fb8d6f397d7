from __future__ import annotations

import asyncio
import importlib.util
import stat
from collections.abc import MutableMapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from certs.acme import AcmeError, Issued
from certs.load import check
from parley.acme import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    RATE_LIMITED_PAUSE,
    AcmeKeeper,
    folder_of,
    issued_finder,
    renewal_time,
)
from parley.config import Settings, load
from parley.failures import CannotStart
from parley.tls import certificate_for
from tests.support.authority import Authority

NAME = "chat.example.org"
START = datetime(2026, 12, 1, tzinfo=UTC)
DAY = timedelta(days=1)


class Authorities:
    """Stands for :func:`certs.acme.obtain`, and for the clock."""

    def __init__(self) -> None:
        self.now = START
        self.asked: list[tuple[str, bytes, str | None, str]] = []
        self.fails: Exception | None = None
        self._authority = Authority()

    def clock(self) -> datetime:
        return self.now

    def obtain(
        self, directory: str, account_key: bytes, email: str | None, name: str, answers: MutableMapping[str, str]
    ) -> Issued:
        self.asked.append((directory, account_key, email, name))
        if self.fails is not None:
            raise self.fails
        return Issued(*self._authority.issue([name], begins=self.now))


@pytest.fixture
def authorities() -> Authorities:
    return Authorities()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    given = {
        "PARLEY_SERVER_NAME": f"{NAME}:8443",
        "PARLEY_ACME": "true",
        "PARLEY_ACME_AGREE": "true",
        "PARLEY_ACME_EMAIL": "admin@example.org",
        "PARLEY_DATA": str(tmp_path / "data"),
    }
    return load(given, secrets=tmp_path / "none")


@pytest.fixture
def folder(settings: Settings) -> Path:
    assert settings.acme is not None
    return folder_of(settings.storage.data, settings.acme)


def keeper(settings: Settings, authorities: Authorities, chance: float = 0.0) -> AcmeKeeper:
    return AcmeKeeper(settings, {}, obtain=authorities.obtain, clock=authorities.clock, chance=lambda: chance)


async def test_it_gets_one_and_renews_it_after_two_thirds_of_its_life(
    settings: Settings, authorities: Authorities, folder: Path
) -> None:
    keeping_it = keeper(settings, authorities)
    assert await keeping_it.once() == timedelta(0)
    ((directory, account_key, email, name),) = authorities.asked
    assert directory == "https://acme-v02.api.letsencrypt.org/directory"
    assert (email, name) == ("admin@example.org", NAME)
    assert await keeping_it.once() == 60 * DAY
    authorities.now += 60 * DAY - timedelta(seconds=1)
    assert await keeping_it.once() == timedelta(seconds=1)
    assert len(authorities.asked) == 1
    authorities.now += timedelta(seconds=1)
    assert await keeping_it.once() == timedelta(0)
    assert [asked[1] for asked in authorities.asked] == [account_key] * 2, "the account stays"
    pair = await asyncio.to_thread(check, folder / "fullchain.pem", folder / "privkey.pem")
    assert pair.not_before == authorities.now


def test_renewals_are_spread(tmp_path: Path) -> None:
    pair = check(*Authority().write(tmp_path, NAME, begins=START))
    assert renewal_time(pair, 0) == START + 60 * DAY
    assert renewal_time(pair, 1) == START + 60 * DAY + timedelta(days=1.8)


async def test_what_is_kept_is_this_users_alone(settings: Settings, authorities: Authorities, folder: Path) -> None:
    await keeper(settings, authorities).once()

    def modes() -> dict[str, int]:
        return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}

    assert await asyncio.to_thread(modes) == dict.fromkeys(("account.key", "fullchain.pem", "privkey.pem"), 0o600)


async def test_it_waits_longer_after_each_failure_and_remembers(settings: Settings, authorities: Authorities) -> None:
    authorities.fails = AcmeError("says otherwise")
    pauses = []
    for _attempt in range(8):
        with capture_logs() as logs:
            pauses.append(await keeper(settings, authorities).once())
        assert (logs[0]["event"], logs[0]["reason"]) == ("no certificate was issued", "says otherwise")
        restarted = keeper(settings, authorities)
        assert await restarted.once() == pauses[-1], "a restart asks no sooner"
        authorities.now += pauses[-1]
    assert pauses[:3] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pauses[-1] == LONGEST_PAUSE
    assert len(authorities.asked) == 8
    authorities.fails = None
    assert await keeper(settings, authorities).once() == timedelta(0)
    authorities.now += 60 * DAY
    authorities.fails = AcmeError("again")
    assert await keeper(settings, authorities).once() == FIRST_PAUSE, "what went before is forgotten"


async def test_a_limit_is_respected(settings: Settings, authorities: Authorities) -> None:
    authorities.fails = AcmeError("too many", rate_limited=True)
    assert await keeper(settings, authorities, chance=1.0).once() == RATE_LIMITED_PAUSE * 1.25


async def test_a_clock_that_was_far_ahead_does_not_stop_it_for_ever(
    settings: Settings, authorities: Authorities
) -> None:
    authorities.now += 3000 * DAY
    authorities.fails = OSError("unexpected")
    await keeper(settings, authorities).once()
    authorities.now = START
    assert await keeper(settings, authorities).once() == LONGEST_PAUSE


async def test_what_cannot_be_read_is_no_obstacle(settings: Settings, authorities: Authorities, folder: Path) -> None:
    def damage() -> None:
        folder.mkdir(parents=True)
        (folder / "attempts.json").write_bytes(b"{half")
        Authority().write(folder, "another.example.org", begins=START)

    await asyncio.to_thread(damage)
    assert await keeper(settings, authorities).once() == timedelta(0)
    assert len(authorities.asked) == 1


class Over(Exception):
    """The test has seen enough."""


async def test_it_looks_again_whatever_happens(settings: Settings, authorities: Authorities) -> None:
    seconds: list[float] = []

    async def pause(wait: float) -> None:
        seconds.append(wait)
        if len(seconds) == 3:
            raise Over
        if len(seconds) == 2:
            authorities.now = None  # type: ignore[assignment]

    with capture_logs() as logs, pytest.raises(Over):
        await keeper(settings, authorities).run(pause)
    assert seconds == [0.0, 6 * 3600.0, 6 * 3600.0]
    assert logs[-1]["event"] == "looking after the issued certificate failed"


def test_until_there_is_one_the_server_signs_its_own(settings: Settings, folder: Path) -> None:
    certificate = certificate_for(settings, issued_finder(settings))
    assert certificate is not None
    assert certificate.pair.self_signed
    assert not certificate.is_public
    folder.mkdir(parents=True)
    Authority().write(folder, NAME)
    pair = certificate.look()
    assert pair is not None
    certificate.take(pair)
    assert certificate.is_public
    assert certificate.look() is None
    Authority().write(folder, "another.example.org")
    worse = certificate.look()
    assert worse is None or worse.self_signed


def test_without_the_library_it_does_not_start(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(CannotStart, match=r"pip install 'parley\[acme\]'"):
        issued_finder(settings)
    assert issued_finder(load({}, secrets=Path("/none"))) is None
