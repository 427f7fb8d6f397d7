from __future__ import annotations

import pytest

from server.actions.accounts import get_me
from server.actions.confirmation import ask_to_confirm, email_required
from server.domain.errors import TooMany
from server.domain.rates import Rate, Rule
from tests.support.actions import House
from tests.support.mails import mails


async def test_a_mail_with_a_link_is_written_and_not_too_often(house: House) -> None:
    house = house.with_rates({Rule.MAIL_ADDRESS: Rate(1, 60)})
    me = await get_me(house.actions, await house.user("anna"))
    async with house.store.write() as uow:
        await ask_to_confirm(house.actions, uow, me, "anna@example.org")
        with pytest.raises(TooMany):
            await ask_to_confirm(house.actions, uow, me, "ANNA@example.org")
        pending = await uow.links.pending(me.id)
    assert pending is not None
    (mail,) = await mails(house)
    assert (mail.to, "anna" in mail.subject) == ("anna@example.org", True)
    assert email_required().code == "email_required"
