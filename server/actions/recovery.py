"""Coming back into an account by mail when the password is forgotten.

Whether an address is an account's shows neither in the answer nor in the work: a link and a mail are written in either case, and
the postman drops the mail that is for nobody. Recovery gives a new password and no log-in: whoever has a second factor is asked for
it when they log in with that password (OWASP ASVS 5.0, 6.4.3).
"""

from __future__ import annotations

from typing import Final

import msgspec

from server.actions.context import Actions, Origin
from server.actions.links import bad_link, make_link, read_link, use_link
from server.actions.mails import queue_mail
from server.actions.notices import notify
from server.actions.passwords import check_password
from server.actions.requests import Request
from server.actions.sessions import revoke_all
from server.domain.mail import NOBODY, Mail, clean_address, mail_key
from server.domain.names import fold_username
from server.domain.rates import Rule, address_key
from server.ports import MailedUser, Reader

_ACCOUNTS_MAX: Final = 20
"""With one address, that can be recovered."""


class AskRecovery(Request, frozen=True, kw_only=True):
    email: str


class LookAtRecovery(Request, frozen=True, kw_only=True):
    token: str
    """From the link."""


class RecoveryView(msgspec.Struct, frozen=True, kw_only=True):
    usernames: tuple[str, ...]
    """The accounts with the address that the link was sent to."""


class Recover(Request, frozen=True, kw_only=True):
    token: str
    username: str
    """One of those that the link is good for."""
    password: str
    """The new one."""


async def do_ask_recovery(actions: Actions, request: AskRecovery, origin: Origin) -> None:
    """Raises bad_email and rate_limited, and says nothing else."""
    await actions.limiter.hit(Rule.RECOVER, address_key(origin.address))
    address = clean_address(request.email)
    await actions.limiter.hit(Rule.MAIL_ADDRESS, mail_key(address))
    async with actions.store.write() as uow:
        accounts = await uow.users.by_email(address, _ACCOUNTS_MAX)
        token = await make_link(actions, uow, "recover", None, address)
        await queue_mail(actions, uow, _mail(actions, accounts, token))


async def look_at_recovery(actions: Actions, request: LookAtRecovery, origin: Origin) -> RecoveryView:
    """Raises bad_link."""
    await actions.limiter.hit(Rule.LINK, address_key(origin.address))
    async with actions.store.read() as reader:
        accounts = await _accounts(actions, reader, request.token)
    return RecoveryView(usernames=tuple(account.username for account in accounts))


async def do_recover(actions: Actions, request: Recover, origin: Origin) -> None:
    """Sets the password and ends every log-in. Raises bad_link, and what :func:`check_password` finds."""
    await actions.limiter.hit(Rule.LINK, address_key(origin.address))
    async with actions.store.read() as reader:
        chosen = _chosen(actions, await _accounts(actions, reader, request.token), request.username)
    password_hash = await actions.hasher.hash(check_password(actions, request.password, chosen.username))
    async with actions.store.write() as uow:
        accounts = await _accounts(actions, uow, request.token)
        chosen = _chosen(actions, accounts, request.username)
        await use_link(actions, uow, "recover", request.token)
        await uow.links.drop_recoveries(chosen.email)
        await uow.users.set_password_hash(chosen.user_id, password_hash)
        await uow.tickets.end_all(chosen.user_id)
        await revoke_all(uow, chosen.user_id, actions.clock.now_ms())
        text = f"Your account {chosen.username} was given a new password by a link that was sent to this address."
        await notify(actions, uow, chosen.user_id, f"A new password for {chosen.username}", text)


async def _accounts(actions: Actions, reader: Reader, token: str) -> list[MailedUser]:
    link = await read_link(actions, reader, "recover", token)
    accounts = await reader.users.by_email(link.address, _ACCOUNTS_MAX)
    if not accounts:
        raise bad_link()
    return accounts


def _chosen(actions: Actions, accounts: list[MailedUser], username: str) -> MailedUser:
    limits = actions.limits
    folded = fold_username(username, shortest=limits.username_min, longest=limits.username_max)
    for account in accounts:
        if account.username == folded:
            return account
    raise bad_link()


def _mail(actions: Actions, accounts: list[MailedUser], token: str) -> Mail:
    names = ", ".join(account.username for account in accounts)
    return Mail(
        to=accounts[0].email if accounts else NOBODY,
        subject="Your account",
        text=(
            f"Somebody, likely you, forgot the password of: {names}.\n\n"
            "Open this link to choose a new one; it works once, for an hour:\n\n"
            f"{actions.settings.address}/recover/{token}\n\n"
            "If it was not you, do nothing: the password stays as it is.\n"
        ),
    )
