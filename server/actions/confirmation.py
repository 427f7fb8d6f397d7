"""The link that confirms a mail address; part of sign-up, and of a change of address."""

from __future__ import annotations

from server.actions.context import Actions
from server.actions.links import make_link
from server.actions.mails import queue_mail
from server.domain.entities import Me
from server.domain.errors import Invalid
from server.domain.mail import Mail, mail_key
from server.domain.rates import Rule
from server.ports import UnitOfWork


async def ask_to_confirm(actions: Actions, uow: UnitOfWork, me: Me, address: str) -> None:
    """Raises rate_limited when too much was sent there already."""
    await actions.limiter.hit(Rule.MAIL_ADDRESS, mail_key(address))
    token = await make_link(actions, uow, "verify", me.id, address)
    await queue_mail(actions, uow, _confirmation(actions, me, address, token))


def email_required() -> Invalid:
    return Invalid("email_required", "An account needs a mail address here. Write one like anna@example.org.")


def _confirmation(actions: Actions, me: Me, address: str, token: str) -> Mail:
    return Mail(
        to=address,
        subject=f"Confirm this address for {me.username}",
        text=(
            f"The account {me.username} is to have this mail address.\n\n"
            "Open this link to confirm it; it works once, for a day:\n\n"
            f"{actions.settings.address}/verify/{token}\n\n"
            "If you do not know this account, do nothing.\n"
        ),
    )
