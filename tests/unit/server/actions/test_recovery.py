from __future__ import annotations

import msgspec
import pytest

from server.actions.accounts import LogIn, do_log_in
from server.actions.context import Origin
from server.actions.emails import SetEmail, VerifyEmail, do_set_email, do_verify_email
from server.actions.recovery import (
    AskRecovery,
    LookAtRecovery,
    Recover,
    do_ask_recovery,
    do_recover,
    look_at_recovery,
)
from server.actions.sessions import SessionGrant, authenticate, token_hash
from server.domain.errors import Forbidden, Invalid, TooMany, Unauthenticated
from server.domain.mail import NOBODY
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.mails import PASSWORD, mails, newcomer, token_in, with_email

ADDRESS = "anna@example.org"
FRESH = "a fresh long secret"


async def asked(house: House, address: str = ADDRESS) -> str:
    """The token that was sent."""
    await do_ask_recovery(house.actions, AskRecovery(email=address), HOME)
    (mail,) = await mails(house)
    assert mail.to == ADDRESS
    return token_in(mail)


async def log_in(house: House, password: str, name: str = "anna") -> None:
    await do_log_in(house.actions, LogIn(username=name, password=password), HOME)


def finish(token: str, *, username: str = "anna", password: str = FRESH) -> Recover:
    return Recover(token=token, username=username, password=password)


async def test_a_forgotten_password_is_made_anew_and_every_log_in_ends(house: House) -> None:
    await with_email(house)
    grant = await do_log_in(house.actions, LogIn(username="anna", password=PASSWORD), HOME)
    assert isinstance(grant, SessionGrant)
    token = await asked(house, "ANNA@Example.org")
    assert (await look_at_recovery(house.actions, LookAtRecovery(token=token), HOME)).usernames == ("anna",)
    await do_recover(house.actions, finish(token, username="Anna"), HOME)
    with pytest.raises(Unauthenticated) as ended:
        await authenticate(house.actions, grant.access_token)
    assert ended.value.code == "session_revoked"
    with pytest.raises(Unauthenticated):
        await log_in(house, PASSWORD)
    (notice,) = await mails(house)
    assert notice.to == ADDRESS
    await log_in(house, FRESH)


async def test_a_log_in_that_waits_for_its_second_step_ends_with_the_old_password(house: House) -> None:
    anna = await with_email(house)
    token = await asked(house)
    async with house.store.write() as uow:
        await uow.tickets.add(b"t" * 32, anna.user_id, house.clock.ms + 1000)
    await do_recover(house.actions, finish(token), HOME)
    async with house.store.read() as reader:
        assert await reader.tickets.owner(b"t" * 32, house.clock.ms) is None


async def test_it_opens_no_session(house: House) -> None:
    """So that a second factor is asked for as ever."""
    await with_email(house)
    await do_recover(house.actions, finish(await asked(house)), HOME)
    async with house.store.read() as reader:
        assert await reader.sessions.last_used(house.clock.ms, 10) == []


async def test_a_link_works_once_and_takes_the_others_with_it(house: House) -> None:
    await with_email(house)
    first, second = await asked(house), await asked(house)
    await do_recover(house.actions, finish(second), HOME)
    for token in (first, second):
        with pytest.raises(Forbidden) as refused:
            await do_recover(house.actions, finish(token, password="another long secret"), HOME)
        assert refused.value.code == "bad_link"


async def test_a_link_is_good_for_an_hour(house: House) -> None:
    await with_email(house)
    token = await asked(house)
    house.clock.advance(3_600)
    for attempt in (
        look_at_recovery(house.actions, LookAtRecovery(token=token), HOME),
        do_recover(house.actions, finish(token), HOME),
    ):
        with pytest.raises(Forbidden):
            await attempt


async def test_a_bad_password_leaves_the_link_as_it_is(house: House) -> None:
    await with_email(house)
    token = await asked(house)
    for password in ("short", "my name is anna", "x" * 1000):
        with pytest.raises(Invalid):
            await do_recover(house.actions, finish(token, password=password), HOME)
    await do_recover(house.actions, finish(token), HOME)


async def test_whether_an_address_is_known_shows_neither_in_the_answer_nor_in_the_work(house: House) -> None:
    await with_email(house)
    work = []
    for address in (ADDRESS, "nobody@example.org"):
        house.bus.notices.clear()
        asked_for = AskRecovery(email=address)
        await do_ask_recovery(house.actions, asked_for, HOME)
        async with house.store.read() as reader:
            waiting = await reader.mails.waiting()
        work.append((list(house.bus.notices), waiting, len(house.hasher.verified)))
        (mail,) = await mails(house)
        assert mail.to == (ADDRESS if address == ADDRESS else NOBODY)
        async with house.store.read() as reader:
            assert await reader.links.get(token_hash(token_in(mail))) is not None
    assert work[0] == work[1]


async def test_a_link_for_nobody_opens_nothing(house: House) -> None:
    await do_ask_recovery(house.actions, AskRecovery(email="nobody@example.org"), HOME)
    (mail,) = await mails(house)
    with pytest.raises(Forbidden):
        await look_at_recovery(house.actions, LookAtRecovery(token=token_in(mail)), HOME)


async def test_an_address_that_was_not_confirmed_recovers_nothing(house: House) -> None:
    """It may be anybody's."""
    anna = await newcomer(house)
    await do_set_email(house.actions, anna, SetEmail(email=ADDRESS))
    await mails(house)
    await do_ask_recovery(house.actions, AskRecovery(email=ADDRESS), HOME)
    (mail,) = await mails(house)
    assert mail.to == NOBODY


async def test_one_chooses_among_the_accounts_of_an_address_and_no_others(house: House) -> None:
    await with_email(house)
    await with_email(house, "anna.work")
    await newcomer(house, "boris")
    token = await asked(house)
    view = await look_at_recovery(house.actions, LookAtRecovery(token=token), HOME)
    assert view.usernames == ("anna", "anna.work")
    for other in ("boris", "nobody", "not a name!"):
        with pytest.raises(Forbidden) as refused:
            await do_recover(house.actions, finish(token, username=other), HOME)
        assert refused.value.code == "bad_link"
    await do_recover(house.actions, finish(token, username="anna.work"), HOME)
    await log_in(house, FRESH, "anna.work")
    await log_in(house, PASSWORD)


async def test_a_link_ends_with_the_address(house: House) -> None:
    anna = await with_email(house)
    token = await asked(house)
    await do_set_email(house.actions, anna, SetEmail(email="new@example.org"))
    question, _ = await mails(house)
    await do_verify_email(house.actions, VerifyEmail(token=token_in(question)), HOME)
    with pytest.raises(Forbidden):
        await do_recover(house.actions, finish(token), HOME)


async def test_asking_is_limited_by_who_asks_and_by_who_is_mailed(house: House) -> None:
    house = house.with_rates({Rule.RECOVER: Rate(2, 60), Rule.MAIL_ADDRESS: Rate(3, 60)})
    for number in range(2):
        await do_ask_recovery(house.actions, AskRecovery(email=f"a{number}@example.org"), HOME)
    with pytest.raises(TooMany):
        await do_ask_recovery(house.actions, AskRecovery(email="b@example.org"), HOME)
    for number in range(3):
        origin = Origin(address=f"198.51.100.{number}")
        await do_ask_recovery(house.actions, AskRecovery(email="c@example.org"), origin)
    with pytest.raises(TooMany):
        await do_ask_recovery(house.actions, AskRecovery(email="C@example.org"), Origin(address="198.51.100.9"))
    with pytest.raises(Invalid):
        await do_ask_recovery(house.actions, msgspec.convert({"email": "x"}, AskRecovery), Origin(address="::2"))
