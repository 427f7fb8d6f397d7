from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, do_log_in
from server.actions.context import Origin, Settings
from server.actions.notices import notify
from server.domain.limits import Limits
from tests.support.actions import HOME, House
from tests.support.mails import PASSWORD, mails, newcomer, with_email

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{version}) Gecko/20100101 Firefox/{version}"


async def log_in(house: House, origin: Origin) -> list[str]:
    """What was mailed of it."""
    await do_log_in(house.actions, LogIn(username="anna", password=PASSWORD), origin)
    return [mail.text for mail in await mails(house)]


async def test_a_log_in_from_where_none_came_before_is_told(house: House) -> None:
    await with_email(house)
    assert await log_in(house, HOME) == []
    old, new = (Origin(address=HOME.address, device=FIREFOX.format(version=each)) for each in (139, 140))
    (text,) = await log_in(house, old)
    assert "Firefox on Linux" in text
    assert await log_in(house, new) == [], "a new version is no other device"
    (text,) = await log_in(house, Origin(address="198.51.100.7", device=HOME.device))
    assert "198.51.100.7" in text
    assert await log_in(house, Origin(address="198.51.100.7", device=FIREFOX)) == []


async def test_without_an_address_nobody_is_told(house: House) -> None:
    await newcomer(house)
    assert await log_in(house, Origin(address="198.51.100.7")) == []


async def test_a_notice_says_what_to_do(house: House) -> None:
    house = house.with_settings(Settings(address="https://talk.example.org"))
    anna = await with_email(house)
    async with house.store.write() as uow:
        await notify(house.actions, uow, anna.user_id, "Look", "Something happened.")
        await notify(house.actions, uow, anna.user_id, "Look", "Something happened.", to="old@example.org")
    first, second = await mails(house)
    assert (first.to, second.to, first.subject) == ("anna@example.org", "old@example.org", "Look")
    assert first.text.startswith("Something happened.")
    assert "https://talk.example.org/settings/security" in first.text


async def test_what_happened_stands_even_when_no_mail_can_wait(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    anna = await with_email(house)
    full = house.with_limits(Limits(mails_waiting=0))
    async with full.store.write() as uow:
        await notify(full.actions, uow, anna.user_id, "Look", "Something happened.")
    assert await mails(house) == []
    assert "anna@example.org" not in capsys.readouterr().out
