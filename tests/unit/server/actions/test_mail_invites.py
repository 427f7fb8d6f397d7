from __future__ import annotations

import pytest

from server.actions.context import Settings
from server.actions.invites import do_accept_invite, get_invites
from server.actions.mail_invites import LIFETIME_S, InviteByMail, do_invite_by_mail
from server.domain.errors import ParleyError
from server.domain.ids import UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from server.ports import QueuedMail
from tests.support.actions import House, no_message, text_channel


async def code(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


async def queued(house: House) -> list[QueuedMail]:
    found: list[QueuedMail] = []
    async with house.store.write() as uow:
        while (one := await uow.mails.take(house.clock.ms, house.clock.ms + 1)) is not None:
            found.append(one)
    return found


async def test_a_mail_with_a_link_that_works_once(house: House) -> None:
    house = house.with_settings(Settings(address="https://talk.example.org"))
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna)
    request = InviteByMail(email=" Erna@Example.org ", channel_id=text_channel(view))
    invite = await do_invite_by_mail(house.actions, anna, view.group.id, request)
    assert (invite.email, invite.max_uses) == ("Erna@example.org", 1)
    assert invite.expires_ms == house.clock.ms + LIFETIME_S * 1000
    (mail,) = await queued(house)
    assert (mail.mail.to, mail.mail.subject) == ("Erna@example.org", "Anna invites you to Gardeners")
    assert f"https://talk.example.org/invite/{invite.code}\n" in mail.mail.text
    accepted = await do_accept_invite(house.actions, ben, invite.code)
    assert accepted.channel_id == text_channel(view)
    assert await code(do_accept_invite(house.actions, cleo, invite.code)) == "unknown_invite"


async def test_the_address_is_for_the_sender_and_managers(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben, cleo)).group.id
    await do_invite_by_mail(house.actions, ben, group_id, InviteByMail(email="erna@example.org"))

    async def seen(user_id: UserId) -> list[str | None]:
        invites = (await get_invites(house.actions, user_id, group_id)).invites
        return [one.email for one in invites if one.email is not None]

    assert await seen(ben) == ["erna@example.org"]
    assert await seen(anna) == ["erna@example.org"]
    assert await seen(cleo) == []
    await house.appoint(anna, group_id, cleo, Permission.MANAGE_GROUP)
    assert await seen(cleo) == ["erna@example.org"]


async def test_what_is_refused(house: House) -> None:
    anna, cleo = await house.user("anna"), await house.user("cleo")
    group_id = (await house.group(anna)).group.id

    async def refused(by: House, user_id: UserId, email: str, **more: object) -> str:
        request = InviteByMail(email=email, **more)  # type: ignore[arg-type]
        return await code(do_invite_by_mail(by.actions, user_id, group_id, request))

    assert await refused(house, anna, "erna@example.org\r\nBcc: all@example.org") == "bad_email"
    assert await refused(house, anna, "erna") == "bad_email"
    assert await refused(house, cleo, "erna@example.org") == "unknown_group"
    assert await refused(house, anna, "erna@example.org", channel_id=no_message()) == "unknown_channel"
    few = house.with_limits(Limits(mails_waiting=0))
    assert await refused(few, anna, "erna@example.org") == "busy"
    assert await queued(house) == []
