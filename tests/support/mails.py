"""The mail that waits in a house."""

from __future__ import annotations

import re

from server.actions.accounts import SignUp, do_sign_up
from server.actions.context import Origin
from server.actions.emails import SetEmail, VerifyEmail, do_set_email, do_verify_email
from server.actions.sessions import Authenticated, authenticate
from server.domain.mail import Mail
from tests.support.actions import HOME, House

PASSWORD = "a long secret"


async def mails(house: House) -> list[Mail]:
    """All that wait, the oldest first; they are taken out."""
    found = []
    async with house.store.write() as uow:
        while (queued := await uow.mails.take(house.clock.ms, house.clock.ms + 1)) is not None:
            found.append(queued.mail)
            await uow.mails.delete(queued.id)
    return found


def token_in(mail: Mail) -> str:
    """Of the link in it."""
    found = re.search(r"/(?:verify|recover)/(\S+)", mail.text)
    assert found is not None, mail.text
    return found[1]


async def newcomer(house: House, name: str = "anna", origin: Origin = HOME) -> Authenticated:
    grant = await do_sign_up(house.actions, SignUp(username=name, password=PASSWORD), origin)
    return await authenticate(house.actions, grant.access_token)


async def with_email(house: House, name: str = "anna", address: str = "anna@example.org") -> Authenticated:
    """A newcomer whose address is confirmed."""
    caller = await newcomer(house, name)
    await do_set_email(house.actions, caller, SetEmail(email=address))
    (mail,) = await mails(house)
    await do_verify_email(house.actions, VerifyEmail(token=token_in(mail)), HOME)
    assert await mails(house) == []
    return caller
