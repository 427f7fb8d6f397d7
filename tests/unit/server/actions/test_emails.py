from __future__ import annotations

import pytest

from server.actions.accounts import SignUp, do_sign_up
from server.actions.context import Settings
from server.actions.emails import (
    EmailState,
    SetEmail,
    VerifyEmail,
    do_remove_email,
    do_resend_email,
    do_set_email,
    do_verify_email,
    get_email,
)
from server.domain.errors import Forbidden, Invalid, TooMany
from server.domain.rates import Rate, Rule
from tests.support.actions import HOME, House
from tests.support.mails import mails, newcomer, token_in, with_email
from tests.support.statements import ask

ADDRESS = "anna@example.org"
NEW = SetEmail(email="new@example.org")


async def verify(house: House, token: str) -> None:
    await do_verify_email(house.actions, VerifyEmail(token=token), HOME)


async def test_an_address_counts_once_its_link_was_opened(house: House) -> None:
    house = house.with_settings(Settings(address="https://talk.example.org"))
    anna = await newcomer(house)
    state = await do_set_email(house.actions, anna, SetEmail(email=" Anna@EXAMPLE.org "))
    assert state == EmailState(email=None, pending="Anna@example.org")
    (mail,) = await mails(house)
    assert mail.to == "Anna@example.org"
    assert "https://talk.example.org/verify/" in mail.text
    await verify(house, token_in(mail))
    assert await get_email(house.actions, anna.user_id) == EmailState(email="Anna@example.org", pending=None)
    with pytest.raises(Forbidden) as refused:
        await verify(house, token_in(mail))
    assert refused.value.code == "bad_link"


async def test_one_given_at_sign_up_is_asked_to_confirm(house: House) -> None:
    request = SignUp(username="anna", password="a long secret", email=ADDRESS)
    grant = await do_sign_up(house.actions, request, HOME)
    assert (await get_email(house.actions, grant.me.id)).pending == ADDRESS
    (mail,) = await mails(house)
    await verify(house, token_in(mail))
    assert (await get_email(house.actions, grant.me.id)).email == ADDRESS


async def test_where_an_address_is_required_no_account_is_made_without_one(house: House) -> None:
    house = house.with_settings(Settings(email="required"))
    for request, code in (
        (SignUp(username="anna", password="a long secret"), "email_required"),
        (SignUp(username="anna", password="a long secret", email="anna"), "bad_email"),
    ):
        with pytest.raises(Invalid) as refused:
            await do_sign_up(house.actions, request, HOME)
        assert refused.value.code == code
    await do_sign_up(house.actions, SignUp(username="anna", password="a long secret", email=ADDRESS), HOME)


async def test_a_change_is_told_to_the_old_address_and_then_to_both(house: House) -> None:
    anna = await with_email(house)
    assert await do_set_email(house.actions, anna, NEW) == EmailState(email=ADDRESS, pending=NEW.email)
    question, notice = await mails(house)
    assert (question.to, notice.to) == (NEW.email, ADDRESS)
    assert NEW.email in notice.text
    assert "/settings/security" in notice.text
    await verify(house, token_in(question))
    assert await get_email(house.actions, anna.user_id) == EmailState(email=NEW.email, pending=None)
    assert sorted(mail.to for mail in await mails(house)) == [ADDRESS, NEW.email]


async def test_it_needs_a_proof(house: House) -> None:
    anna = await with_email(house)
    house.clock.advance(600)
    for attempt in (do_set_email(house.actions, anna, NEW), do_remove_email(house.actions, anna)):
        with pytest.raises(Forbidden) as refused:
            await attempt
        assert refused.value.code == "proof_required"
    assert await mails(house) == []


async def test_only_the_last_address_that_was_asked_for_can_be_confirmed(house: House) -> None:
    anna = await newcomer(house)
    await do_set_email(house.actions, anna, SetEmail(email="typo@example.org"))
    await do_set_email(house.actions, anna, NEW)
    first, second = await mails(house)
    with pytest.raises(Forbidden):
        await verify(house, token_in(first))
    await verify(house, token_in(second))


async def test_to_ask_for_the_address_that_one_has_calls_off_a_change(house: House) -> None:
    anna = await with_email(house)
    await do_set_email(house.actions, anna, NEW)
    await mails(house)
    state = await do_set_email(house.actions, anna, SetEmail(email=ADDRESS.upper()))
    assert state == EmailState(email=ADDRESS, pending=None)
    assert await mails(house) == []


async def test_a_link_can_be_sent_again_and_takes_the_place_of_the_last(house: House) -> None:
    anna = await newcomer(house)
    assert await do_resend_email(house.actions, anna.user_id) == EmailState(email=None, pending=None)
    assert await mails(house) == []
    await do_set_email(house.actions, anna, NEW)
    assert (await do_resend_email(house.actions, anna.user_id)).pending == NEW.email
    first, second = await mails(house)
    with pytest.raises(Forbidden):
        await verify(house, token_in(first))
    await verify(house, token_in(second))


async def test_what_was_not_confirmed_in_a_day_is_forgotten(house: House) -> None:
    anna = await newcomer(house)
    await do_set_email(house.actions, anna, NEW)
    house.clock.advance(86_400)
    assert await get_email(house.actions, anna.user_id) == EmailState(email=None, pending=None)


async def test_nobodys_mailbox_is_flooded(house: House) -> None:
    house = house.with_rates({Rule.MAIL_ADDRESS: Rate(2, 60), Rule.MAIL_ACCOUNT: Rate(3, 60)})
    anna, ben = await newcomer(house), await newcomer(house, "ben")
    await do_set_email(house.actions, anna, NEW)
    await do_resend_email(house.actions, anna.user_id)
    with pytest.raises(TooMany):
        await do_set_email(house.actions, ben, SetEmail(email=NEW.email.upper()))
    await do_set_email(house.actions, anna, SetEmail(email="other@example.org"))
    with pytest.raises(TooMany):
        await do_set_email(house.actions, anna, SetEmail(email="third@example.org"))
    assert len(await mails(house)) == 3


async def test_whether_an_address_is_somebodys_makes_no_difference(house: House) -> None:
    """Neither in the answer nor in what is written and sent."""
    await with_email(house, "boris", "taken@example.org")
    seen = []
    for name, address in (("anna", "taken@example.org"), ("chloe", "free@example.org")):
        caller = await newcomer(house, name)
        state = await do_set_email(house.actions, caller, SetEmail(email=address))
        (mail,) = await mails(house)
        await verify(house, token_in(mail))
        after = await get_email(house.actions, caller.user_id)
        shown = mail.text.replace(token_in(mail), "").replace(name, "")
        seen.append((state.email, state.pending == address, after.email == address, mail.to == address, shown))
    assert seen[0] == seen[1]


async def test_an_address_can_be_removed_where_none_is_required(house: House) -> None:
    anna = await with_email(house)
    required = house.with_settings(Settings(email="required"))
    with pytest.raises(Invalid) as refused:
        await do_remove_email(required.actions, anna)
    assert refused.value.code == "email_required"
    await do_remove_email(house.actions, anna)
    assert await get_email(house.actions, anna.user_id) == EmailState(email=None, pending=None)
    assert [mail.to for mail in await mails(house)] == [ADDRESS]
    await do_remove_email(house.actions, anna)
    assert await mails(house) == []


async def test_a_link_of_an_account_that_is_gone(house: House) -> None:
    anna = await newcomer(house)
    await do_set_email(house.actions, anna, NEW)
    (mail,) = await mails(house)
    async with house.store.write() as uow:
        await ask(uow, "DELETE FROM users WHERE id = :id", id=anna.user_id)
    with pytest.raises(Forbidden):
        await verify(house, token_in(mail))


async def test_links_cannot_be_tried_one_after_the_other(house: House) -> None:
    house = house.with_rates({Rule.LINK: Rate(1, 60)})
    with pytest.raises(Forbidden):
        await verify(house, "guess")
    with pytest.raises(TooMany):
        await verify(house, "guess")
