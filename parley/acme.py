"""Gets the server's certificate from an authority and renews it in time, without ever asking too often."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import urlsplit

import structlog

from certs.errors import CertificateError
from certs.load import KeyPair, check
from certs.review import covers
from parley.config import AcmeSettings, Settings
from parley.data_folder import write_whole
from parley.failures import CannotStart
from parley.tls import Find, host_of, now_utc

if TYPE_CHECKING:
    from certs.acme import Issued

RENEW_AFTER: Final = 2 / 3
"""Of a certificate's life, as Let's Encrypt advises."""
SPREAD: Final = 0.02
"""Of its life, by chance: not everybody renews in the same minute."""
LOOK_AGAIN: Final = timedelta(hours=6)
"""At the latest; the machine's clock may jump."""

FIRST_PAUSE: Final = timedelta(minutes=15)
"""After a failure; doubles with each further one. Let's Encrypt takes five failures an hour."""
LONGEST_PAUSE: Final = timedelta(hours=12)
RATE_LIMITED_PAUSE: Final = timedelta(hours=6)

_log = structlog.stdlib.get_logger("parley")
_T = TypeVar("_T")


class Obtain(Protocol):
    """As :func:`certs.acme.obtain`."""

    def __call__(
        self, directory: str, account_key: bytes, email: str | None, name: str, answers: MutableMapping[str, str]
    ) -> Issued: ...


@dataclass(frozen=True, slots=True)
class Attempts:
    """What must outlive a restart: a server that is started again and again must not ask again and again."""

    failures: int = 0
    not_before_s: float = 0.0
    """Unix time of the next attempt."""


def require_library() -> None:
    """Raises :class:`CannotStart`."""
    if importlib.util.find_spec("acme") is None:
        raise CannotStart("PARLEY_ACME needs what this installation lacks. Install it: pip install 'parley[acme]'.")


def folder_of(data: Path, acme: AcmeSettings) -> Path:
    """One for each authority: neither accounts nor certificates of a test authority are the real one's."""
    place = urlsplit(acme.directory)
    return data / "certs" / f"acme-{place.hostname}{f'-{place.port}' if place.port else ''}"


def issued_finder(settings: Settings) -> Find | None:
    """None where no authority issues anything. Raises :class:`CannotStart`."""
    if settings.acme is None:
        return None
    require_library()
    folder = folder_of(settings.storage.data, settings.acme)
    return lambda known: pair_in(folder, known)


def pair_in(folder: Path, known: KeyPair | None = None) -> KeyPair:
    """Raises :class:`CertificateError` while there is none."""
    return check(folder / "fullchain.pem", folder / "privkey.pem", known)


class AcmeKeeper:
    """``answers`` is what the port of plain HTTP answers challenges with."""

    def __init__(
        self,
        settings: Settings,
        answers: MutableMapping[str, str],
        *,
        obtain: Obtain | None = None,
        clock: Callable[[], datetime] = now_utc,
        chance: Callable[[], float],
    ) -> None:
        """``chance`` gives numbers from 0 to 1."""
        acme, name = settings.acme, host_of(settings.server_name)
        assert acme is not None  # noqa: S101 - config.py sees to both
        assert name is not None  # noqa: S101
        self._acme, self._name = acme, name
        self._folder = folder_of(settings.storage.data, acme)
        self._answers = answers
        self._obtain = obtain
        self._clock = clock
        self._chance = chance
        self._spread = chance()

    async def run(self, pause: Callable[[float], Awaitable[None]]) -> None:
        """Until it is cancelled. ``pause`` as :func:`asyncio.sleep`."""
        while True:
            try:
                wait = await self.once()
            except Exception:
                _log.exception("looking after the issued certificate failed")
                wait = LOOK_AGAIN
            await pause(min(wait, LOOK_AGAIN).total_seconds())

    async def once(self) -> timedelta:
        """Gets a certificate if it is time to; returns how long to wait."""
        due = await asyncio.to_thread(self._due)
        now = self._clock()
        if now < due:
            return due - now
        try:
            issued = await _in_thread_of_its_own(self._ask)
            await asyncio.to_thread(self._keep, issued)
        except Exception as error:
            return await asyncio.to_thread(self._failed, error)
        _log.info("a certificate was issued", name=self._name, authority=urlsplit(self._acme.directory).hostname)
        return timedelta(0)

    def _due(self) -> datetime:
        """When to ask next: by the certificate that there is, but never before the pause after a failure ends."""
        now = self._clock()
        attempts = self._attempts()
        # A clock that was far ahead must not keep us waiting for ever.
        allowed = min(datetime.fromtimestamp(attempts.not_before_s, now.tzinfo), now + LONGEST_PAUSE)
        try:
            pair = pair_in(self._folder)
        except CertificateError:
            return allowed
        if not covers(pair, self._name):
            return allowed
        return max(allowed, renewal_time(pair, self._spread))

    def _ask(self) -> Issued:
        obtain = self._obtain
        if obtain is None:
            from certs.acme import obtain as by_the_library  # with all that it takes, when it is needed

            obtain = by_the_library
        return obtain(self._acme.directory, self._account_key(), self._acme.email, self._name, self._answers)

    def _account_key(self) -> bytes:
        from certs.acme import new_key

        path = self._folder / "account.key"
        if not path.exists():
            _write(path, new_key())
        return path.read_bytes()

    def _keep(self, issued: Issued) -> None:
        # A crash between the two leaves no pair: a self-signed one serves until the next is issued.
        _write(self._folder / "privkey.pem", issued.private_key)
        _write(self._folder / "fullchain.pem", issued.fullchain)
        (self._folder / "attempts.json").unlink(missing_ok=True)

    def _failed(self, error: Exception) -> timedelta:
        failures = self._attempts().failures + 1
        wait: timedelta = min(FIRST_PAUSE * float(2 ** min(failures - 1, 10)), LONGEST_PAUSE)
        if getattr(error, "rate_limited", False):
            wait = max(wait, RATE_LIMITED_PAUSE)
        wait *= 1 + self._chance() / 4
        again = self._clock() + wait
        _write(self._folder / "attempts.json", json.dumps([failures, again.timestamp()]).encode())
        _log.error(
            "no certificate was issued",
            reason=str(error) or type(error).__name__,
            mend=f"The authority must reach port 80 of {self._name}, and the name must lead here. "
            f"Mended? Delete {self._folder / 'attempts.json'} and restart, to try at once",
            failures=failures,
            next_attempt=again.isoformat(timespec="seconds"),
        )
        return wait

    def _attempts(self) -> Attempts:
        try:
            failures, not_before_s = json.loads((self._folder / "attempts.json").read_bytes())
            return Attempts(int(failures), float(not_before_s))
        except (OSError, ValueError, TypeError):
            return Attempts()


def renewal_time(pair: KeyPair, spread: float) -> datetime:
    """``spread`` from 0 to 1."""
    return pair.not_before + (pair.not_after - pair.not_before) * (RENEW_AFTER + SPREAD * spread)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, content)


async def _in_thread_of_its_own(work: Callable[[], _T]) -> _T:
    """One that may take minutes and that nobody waits for when the server stops."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[_T] = loop.create_future()

    def settle(result: _T | None, error: Exception | None) -> None:
        if done.cancelled():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the server stopped meanwhile
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="acme", daemon=True).start()
    return await done
