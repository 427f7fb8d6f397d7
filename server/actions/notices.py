"""Mail that tells somebody what happened to their account, so that they notice when it was not them.

Whatever changes how one comes into an account calls :func:`notify` in its unit of work.
"""

from __future__ import annotations

from typing import Final

import structlog

from server.actions.context import Actions, Origin
from server.actions.mails import queue_mail
from server.domain.devices import device_name
from server.domain.entities import Me
from server.domain.errors import Unavailable
from server.domain.ids import UserId
from server.domain.mail import Mail
from server.ports import UnitOfWork

_LOOKED_AT: Final = 200
"""Log-ins that are kept, of one person."""

_log = structlog.get_logger(__name__)


async def notify(
    actions: Actions, uow: UnitOfWork, user_id: UserId, subject: str, text: str, *, to: str | None = None
) -> None:
    """Sends ``text`` (one paragraph) to the confirmed address of the account, or to ``to``; to nobody when there is none.

    What it tells of happens all the same when no more mail can wait.
    """
    address = to or await uow.users.email(user_id)
    if address is None:
        return
    place = actions.settings.address
    body = (
        f"{text}\n\n"
        f"If this was you, there is nothing to do. If not, change your password and end the log-ins that you do not know:\n\n"
        f"{place}/settings/security\n"
    )
    try:
        await queue_mail(actions, uow, Mail(to=address, subject=subject, text=body))
    except Unavailable:
        _log.warning("notice.dropped", user_id=int(user_id))


async def notify_of_log_in(actions: Actions, uow: UnitOfWork, me: Me, origin: Origin) -> None:
    """Before the new log-in is written: tells of it, if it comes from a device or an address of which none came before."""
    seen = await uow.sessions.seen(me.id, _LOOKED_AT)
    device = device_name(origin.device)
    devices = {device_name(user_agent) for user_agent, _ in seen}
    if not seen or (device in devices and any(address == origin.address for _, address in seen)):
        return
    await notify(
        actions,
        uow,
        me.id,
        f"New log-in to {me.username}",
        f"Somebody logged in to your account {me.username}, with {device or 'an unknown program'}, from {origin.address}.",
    )
