from __future__ import annotations

import asyncio

from db.store import SqlStore, open_store
from server.domain.ids import MailId, Snowflake
from server.domain.mail import Mail
from server.ports import QueuedMail
from tests.support.database import RecordingBus

MAIL = Mail(to="ben@example.org", subject="Grüße ✉", text="Come in.\n\nAnna", html="<p>Come in.</p>")
MAX_LONG = "ä" * 20_000


def queued(number: int, due_ms: int, mail: Mail = MAIL) -> QueuedMail:
    return QueuedMail(id=MailId(Snowflake(number)), mail=mail, due_ms=due_ms)


async def test_what_waits_is_taken_as_it_falls_due(store: SqlStore) -> None:
    plain = Mail(to="cleo@example.org", subject="", text=MAX_LONG)
    async with store.write() as uow:
        for each in (queued(1, 2_000), queued(2, 1_000, plain), queued(3, 1_000)):
            await uow.mails.add(each)
        assert (await uow.mails.waiting(), await uow.mails.next_due_ms()) == (3, 1_000)
        assert await uow.mails.take(999, 9_000) is None
        taken = await uow.mails.take(1_500, 9_000)
        assert taken == QueuedMail(id=MailId(Snowflake(2)), mail=plain, attempts=1, due_ms=9_000)
        last = await uow.mails.take(1_500, 9_000)
        assert last is not None
        assert (last.id, last.mail) == (3, MAIL)
        assert await uow.mails.take(1_500, 9_000) is None
        assert await uow.mails.next_due_ms() == 2_000


async def test_what_was_taken_and_not_finished_falls_due_again(store: SqlStore) -> None:
    async with store.write() as uow:
        await uow.mails.add(queued(1, 1_000))
        await uow.mails.take(1_000, 5_000)
    async with store.write() as uow:
        assert await uow.mails.take(4_999, 9_000) is None
        again = await uow.mails.take(5_000, 9_000)
        assert again is not None
        assert again.attempts == 2


async def test_what_is_put_off_waits_and_what_is_deleted_is_gone(store: SqlStore) -> None:
    async with store.write() as uow:
        for number in (1, 2):
            await uow.mails.add(queued(number, 1_000))
        await uow.mails.put_off(MailId(Snowflake(1)), 7_000)
        await uow.mails.delete(MailId(Snowflake(2)))
        await uow.mails.delete(MailId(Snowflake(2)))
        assert (await uow.mails.waiting(), await uow.mails.next_due_ms()) == (1, 7_000)
        await uow.mails.delete(MailId(Snowflake(1)))
        assert (await uow.mails.waiting(), await uow.mails.next_due_ms()) == (0, None)


async def test_two_processes_take_each_mail_once(store: SqlStore, url: str) -> None:
    other = await open_store(url, bus=RecordingBus())
    async with store.write() as uow:
        for number in range(1, 21):
            await uow.mails.add(queued(number, number))
    taken: list[MailId] = []

    async def take_all(each: SqlStore) -> None:
        while True:
            async with each.write() as uow:
                found = await uow.mails.take(1_000, 9_000)
            if found is None:
                return
            taken.append(found.id)

    try:
        await asyncio.gather(take_all(store), take_all(other))
    finally:
        await other.close()
    assert sorted(taken) == list(range(1, 21))
