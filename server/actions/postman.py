"""Sends the mail that waits, and tries again what could not be sent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from server.domain.events import Gap, MailQueued, Notice
from server.domain.mail import NOBODY
from server.ports import Clock, MailDelayed, Mailer, MailRefused, QueuedMail, Store

ATTEMPTS_MAX: Final = 20
"""Over about 26 hours."""
RETRY_FIRST_S: Final = 30.0
"""Doubled with each attempt, up to the last."""
RETRY_LAST_S: Final = 7200.0
TAKEN_FOR_S: Final = 600.0
"""A mail that was taken, and neither sent nor put off by then, is tried again: its postman is no more."""
LOOK_S: Final = 60.0
"""The longest without a look."""
FINISH_S: Final = 5.0
"""For the mail that is under way when the server stops."""

_log = structlog.get_logger(__name__)


class Postman:
    """One mail after the other, oldest first. Give :meth:`receive` to ``Bus.subscribe``; any number of processes may have one."""

    def __init__(
        self, store: Store, mailer: Mailer, clock: Clock, *, pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        """``pause`` as :func:`asyncio.sleep`."""
        self._store = store
        self._mailer = mailer
        self._clock = clock
        self._pause = pause
        self._called = asyncio.Event()
        self._closing = False
        self._round: asyncio.Task[None] | None = None

    def receive(self, notice: Notice) -> None:
        if isinstance(notice, (MailQueued, Gap)):
            self._called.set()

    def start(self) -> None:
        self._round = asyncio.create_task(self._run(), name="mail")

    async def close(self) -> None:
        """What is under way has :data:`FINISH_S` to end; the rest waits for the next start."""
        if self._round is None:
            return
        self._closing = True
        self._called.set()
        await asyncio.wait((self._round,), timeout=FINISH_S)
        self._round.cancel()
        await asyncio.wait((self._round,))
        self._round = None

    async def _run(self) -> None:
        while not self._closing:
            self._called.clear()
            wait_s = await self._tour()
            if not self._closing:
                await self._until_called(wait_s)

    async def _until_called(self, wait_s: float) -> None:
        waits = [asyncio.ensure_future(self._called.wait()), asyncio.ensure_future(self._pause(wait_s))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _tour(self) -> float:
        """Sends all that is due; returns how many seconds later to look again."""
        try:
            while not self._closing:
                queued = await self._take()
                if queued is None:
                    break
                await self._deliver(queued)
            async with self._store.read() as reader:
                due_ms = await reader.mails.next_due_ms()
        except Exception as error:
            # It is tried again; and a driver's own words may hold an address.
            _log.error("mail.stuck", error=type(error).__name__)
            return LOOK_S
        if due_ms is None:
            return LOOK_S
        return min(LOOK_S, max(0.0, (due_ms - self._clock.now_ms()) / 1000))

    async def _take(self) -> QueuedMail | None:
        now_ms = self._clock.now_ms()
        async with self._store.read() as reader:
            due_ms = await reader.mails.next_due_ms()
        if due_ms is None or due_ms > now_ms:
            return None  # most looks find nothing, and need not hold up those who write
        async with self._store.write() as uow:
            return await uow.mails.take(now_ms, now_ms + round(TAKEN_FOR_S * 1000))

    async def _deliver(self, queued: QueuedMail) -> None:
        try:
            if queued.mail.to != NOBODY:
                await self._mailer.send(queued.mail, queued.id)
        except MailRefused as refused:
            _log.error("mail.refused", mail_id=int(queued.id), reason=str(refused))
        except MailDelayed as delayed:
            await self._put_off(queued, str(delayed))
            return
        except Exception as error:
            await self._put_off(queued, type(error).__name__)
            return
        async with self._store.write() as uow:
            await uow.mails.delete(queued.id)

    async def _put_off(self, queued: QueuedMail, reason: str) -> None:
        if queued.attempts >= ATTEMPTS_MAX:
            _log.error("mail.given_up", mail_id=int(queued.id), attempts=queued.attempts, reason=reason)
            async with self._store.write() as uow:
                await uow.mails.delete(queued.id)
            return
        wait_s = min(RETRY_LAST_S, RETRY_FIRST_S * 2 ** (queued.attempts - 1))
        _log.warning("mail.delayed", mail_id=int(queued.id), attempts=queued.attempts, again_in_s=wait_s, reason=reason)
        async with self._store.write() as uow:
            await uow.mails.put_off(queued.id, self._clock.now_ms() + round(wait_s * 1000))
