from __future__ import annotations

import pytest

from server.actions.mails import queue_mail
from server.domain.errors import Unavailable
from server.domain.events import MailQueued
from server.domain.limits import Limits
from server.domain.mail import Mail
from tests.support.actions import START_MS, House

MAIL = Mail(to="ben@example.org", subject="Come in", text="Hello")


async def test_a_mail_is_queued_with_what_caused_it(house: House) -> None:
    async with house.store.write() as uow:
        await queue_mail(house.actions, uow, MAIL)
        assert house.bus.notices == []
    assert house.bus.notices == [MailQueued()]
    async with house.store.write() as uow:
        queued = await uow.mails.take(START_MS, START_MS + 1)
    assert queued is not None
    assert (queued.mail, queued.attempts) == (MAIL, 1)


async def test_what_was_not_committed_is_not_sent(house: House) -> None:
    async def fail() -> None:
        async with house.store.write() as uow:
            await queue_mail(house.actions, uow, MAIL)
            raise RuntimeError("a fault of the test's")

    with pytest.raises(RuntimeError):
        await fail()
    assert house.bus.notices == []
    async with house.store.read() as reader:
        assert await reader.mails.waiting() == 0


async def test_when_too_much_waits_no_more_is_taken(house: House) -> None:
    house = house.with_limits(Limits(mails_waiting=2))
    async with house.store.write() as uow:
        for _ in range(2):
            await queue_mail(house.actions, uow, MAIL)
        with pytest.raises(Unavailable) as caught:
            await queue_mail(house.actions, uow, MAIL)
    assert caught.value.code == "busy"
