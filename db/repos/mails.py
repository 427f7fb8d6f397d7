"""Mail that waits to be sent."""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select, update

from db.repos.base import Repository, given
from db.tables.mails import mail_outbox
from server.domain.ids import MailId
from server.domain.mail import Mail
from server.ports import QueuedMail

_ADD = insert(mail_outbox)
_WAITING = select(func.count()).select_from(mail_outbox)
_NEXT = select(func.min(mail_outbox.c.due_ms))
_DUE = (
    select(mail_outbox)
    .where(mail_outbox.c.due_ms <= given("now_ms"))
    .order_by(mail_outbox.c.due_ms, mail_outbox.c.id)
    .limit(1)
)
_SET = update(mail_outbox).where(mail_outbox.c.id == given("mail_id"))
_TAKE = _SET.where(mail_outbox.c.attempts == given("so_far"))
_DELETE = delete(mail_outbox).where(mail_outbox.c.id == given("mail_id"))


class SqlMails(Repository):
    __slots__ = ()

    async def add(self, queued: QueuedMail) -> None:
        self._later(
            _ADD,
            id=queued.id,
            recipient=queued.mail.to,
            subject=queued.mail.subject,
            body=queued.mail.text,
            html=queued.mail.html,
            attempts=queued.attempts,
            due_ms=queued.due_ms,
        )

    async def waiting(self) -> int:
        row = await self._first(_WAITING)
        return 0 if row is None else int(row[0])

    async def next_due_ms(self) -> int | None:
        row = await self._first(_NEXT)
        return None if row is None else row[0]

    async def take(self, now_ms: int, until_ms: int) -> QueuedMail | None:
        while (row := await self._first(_DUE, now_ms=now_ms)) is not None:
            attempts = row.attempts + 1
            if await self._change(_TAKE, mail_id=row.id, so_far=row.attempts, attempts=attempts, due_ms=until_ms):
                mail = Mail(to=row.recipient, subject=row.subject, text=row.body, html=row.html)
                return QueuedMail(id=row.id, mail=mail, attempts=attempts, due_ms=until_ms)
        return None

    async def put_off(self, mail_id: MailId, due_ms: int) -> None:
        self._later(_SET, mail_id=mail_id, due_ms=due_ms)

    async def delete(self, mail_id: MailId) -> None:
        self._later(_DELETE, mail_id=mail_id)
