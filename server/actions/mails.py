"""Mail that an action sends: written in its unit of work, sent after the commit by :mod:`server.actions.postman`."""

from __future__ import annotations

from server.actions.context import Actions
from server.domain.errors import Unavailable
from server.domain.events import MailQueued
from server.domain.ids import MailId
from server.domain.mail import Mail
from server.ports import QueuedMail, UnitOfWork


async def queue_mail(actions: Actions, uow: UnitOfWork, mail: Mail) -> None:
    """Raises :class:`Unavailable` (busy) while too much waits already, as when the mail server is away."""
    if await uow.mails.waiting() >= actions.limits.mails_waiting:
        raise Unavailable("busy", "Too much mail waits to be sent. Try again later.")
    now_ms = actions.clock.now_ms()
    await uow.mails.add(QueuedMail(id=MailId(actions.ids.next(now_ms)), mail=mail, due_ms=now_ms))
    uow.notify(MailQueued())
