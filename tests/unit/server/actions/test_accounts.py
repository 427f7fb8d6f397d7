from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from server.actions.accounts import (
    LogIn,
    SignUp,
    UpdateMe,
    do_log_in,
    do_sign_up,
    do_update_me,
    get_me,
    get_user,
)
from server.actions.context import Origin, Settings
from server.actions.invites import CreateInvite, do_create_invite
from server.actions.safety import UpdateSafety, do_update_safety
from server.actions.sessions import SessionGrant, authenticate
from server.domain.entities import ChosenStatus, DirectFrom, User
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound, TooMany, Unauthenticated
from server.domain.events import MeUpdate, ToContacts, ToUsers, UserUpdate
from server.domain.ids import Snowflake, UserId
from server.domain.rates import Rate, Rule
from server.domain.relations import FRIENDS
from tests.support.actions import HOME, House
from tests.support.statements import ask

OWNER = Settings(owner_token_hash=hashlib.sha256(b"the link").digest())
NOBODY = UserId(Snowflake(1))


def sign_up(username: str = "anna", password: str = "a long secret", **rest: str) -> SignUp:
    return SignUp(username=username, password=password, **rest)  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------------ sign up


async def test_a_new_account_is_logged_in(house: House) -> None:
    grant = await do_sign_up(house.actions, sign_up("Anna.B", display_name=" Anna  Bell "), HOME)
    assert (grant.me.username, grant.me.display_name, grant.me.operator) == ("anna.b", "Anna Bell", False)
    who = await authenticate(house.actions, grant.access_token)
    assert (who.user_id, who.session_id) == (grant.me.id, grant.session_id)
    assert grant.expires_in_s == 900
    assert await get_me(house.actions, grant.me.id) == grant.me


async def test_without_a_display_name_the_user_name_shows(house: House) -> None:
    assert (await do_sign_up(house.actions, sign_up("anna"), HOME)).me.display_name == "anna"


async def test_a_user_name_is_taken_whatever_its_case(house: House) -> None:
    await do_sign_up(house.actions, sign_up("anna"), HOME)
    with pytest.raises(Conflict) as refused:
        await do_sign_up(house.actions, sign_up("ANNA"), HOME)
    assert refused.value.code == "username_taken"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (sign_up("a"), "bad_username"),
        (sign_up("-anna"), "bad_username"),
        (sign_up("annä"), "bad_username"),
        (sign_up(display_name="\u202eannA"), "bad_name"),
        (sign_up(password="seven77"), "too_short"),
        (sign_up(password="x" * 129), "too_long"),
        (sign_up(password="x" * 100_000), "too_long"),
        (sign_up(password="my anna is"), "weak_password"),
        (sign_up("annaanna", password="AnnaAnna"), "weak_password"),
        (sign_up(password="half \ud800 a character"), "weak_password"),
    ],
)
async def test_what_cannot_be_is_refused(house: House, request_: SignUp, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        await do_sign_up(house.actions, request_, HOME)
    assert refused.value.code == code


async def test_a_short_user_name_may_be_part_of_a_password_by_chance(house: House) -> None:
    assert (await do_sign_up(house.actions, sign_up("al", "totally recalled"), HOME)).me.username == "al"


async def test_the_longest_password_works_and_counts_as_one_whichever_way_it_is_typed(house: House) -> None:
    await do_sign_up(house.actions, sign_up(password="a\u0308" * 128), HOME)
    await do_log_in(house.actions, LogIn(username="anna", password="\u00e4" * 128), HOME)


async def test_closed_means_closed(house: House) -> None:
    closed = house.with_settings(Settings(sign_up="closed"))
    with pytest.raises(Forbidden) as refused:
        await do_sign_up(closed.actions, sign_up(), HOME)
    assert refused.value.code == "signup_closed"


BY_INVITATION = Settings(sign_up="invitation")


async def test_by_invitation_one_comes_with_a_link_and_into_its_group(house: House) -> None:
    boris = await house.user("boris")
    view = await house.group(boris)
    invite = await do_create_invite(house.actions, boris, view.group.id, CreateInvite(max_uses=1))
    house = house.with_settings(BY_INVITATION)
    with pytest.raises(Forbidden) as refused:
        await do_sign_up(house.actions, sign_up(), HOME)
    assert refused.value.code == "invite_required"
    grant = await do_sign_up(house.actions, sign_up(invite=invite.code), HOME)
    async with house.store.read() as reader:
        assert await reader.members.get(view.group.id, grant.me.id) is not None
    with pytest.raises(NotFound) as missing:
        await do_sign_up(house.actions, sign_up("chloe", invite=invite.code), HOME)
    assert missing.value.code == "unknown_invite"


@pytest.mark.parametrize("code", ["", "nonsense", "x" * 1000, "\ud800"])
async def test_an_invitation_that_is_none_makes_no_account(house: House, code: str) -> None:
    for settings in (BY_INVITATION, Settings()):
        with pytest.raises(NotFound):
            await do_sign_up(house.with_settings(settings).actions, sign_up(invite=code), HOME)
    await house.user("anna")


async def test_a_name_that_is_taken_uses_no_invitation_up(house: House) -> None:
    boris = await house.user("boris")
    view = await house.group(boris)
    invite = await do_create_invite(house.actions, boris, view.group.id, CreateInvite(max_uses=1))
    with pytest.raises(Conflict):
        await do_sign_up(house.actions, sign_up("boris", invite=invite.code), HOME)
    await do_sign_up(house.actions, sign_up(invite=invite.code), HOME)


async def test_what_holds_newcomers_off_makes_no_account_either(house: House) -> None:
    boris = await house.user("boris")
    view = await house.group(boris)
    invite = await do_create_invite(house.actions, boris, view.group.id, CreateInvite())
    await do_update_safety(house.actions, boris, view.group.id, UpdateSafety(invites_paused_until_ms=2**52), None)
    with pytest.raises(Forbidden) as refused:
        await do_sign_up(house.actions, sign_up(invite=invite.code), HOME)
    assert refused.value.code == "invites_paused"
    await house.user("anna")


async def test_where_sign_up_is_closed_no_invitation_opens_it(house: House) -> None:
    boris = await house.user("boris")
    view = await house.group(boris)
    invite = await do_create_invite(house.actions, boris, view.group.id, CreateInvite())
    with pytest.raises(Forbidden) as refused:
        await do_sign_up(house.with_settings(Settings(sign_up="closed")).actions, sign_up(invite=invite.code), HOME)
    assert refused.value.code == "signup_closed"


async def test_the_owners_link_makes_one_operator_even_where_sign_up_is_closed(house: House) -> None:
    house = house.with_settings(Settings(sign_up="closed", owner_token_hash=OWNER.owner_token_hash))
    grant = await do_sign_up(house.actions, sign_up(owner_token="the link"), HOME)
    assert grant.me.operator
    with pytest.raises(Forbidden) as refused:
        await do_sign_up(house.actions, sign_up("ben", owner_token="the link"), HOME)
    assert refused.value.code == "bad_owner_token"


@pytest.mark.parametrize("settings", [OWNER, Settings()])
async def test_a_wrong_owners_link_makes_nobody(house: House, settings: Settings) -> None:
    house = house.with_settings(settings)
    with pytest.raises(Forbidden) as refused:
        await do_sign_up(house.actions, sign_up(owner_token="guess \ud800"), HOME)
    assert refused.value.code == "bad_owner_token"
    assert not (await do_sign_up(house.actions, sign_up(), HOME)).me.operator


async def test_accounts_are_not_made_without_end(house: House) -> None:
    house = house.with_rates({Rule.SIGN_UP: Rate(1, 60)})
    await do_sign_up(house.actions, sign_up(), HOME)
    with pytest.raises(TooMany):
        await do_sign_up(house.actions, sign_up("ben"), HOME)
    await do_sign_up(house.actions, sign_up("ben"), Origin(address="192.0.2.2"))


# ------------------------------------------------------------------------------------------------------------- log in


async def test_each_log_in_is_a_session_of_its_own(house: House) -> None:
    first = await do_sign_up(house.actions, sign_up(), HOME)
    second = await do_log_in(house.actions, LogIn(username="ANNA", password="a long secret"), HOME)
    assert isinstance(second, SessionGrant)
    assert second.me == first.me
    assert second.session_id != first.session_id
    assert second.refresh_token != first.refresh_token


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("anna", "a long secre"),
        ("nobody", "a long secret"),
        ("not a name!", "a long secret"),
        ("anna", "x" * 1_000_000),
        ("anna", "a long secret\ud800"),
        ("", ""),
    ],
)
async def test_wrong_credentials_are_told_the_same_after_the_same_work(
    house: House, username: str, password: str
) -> None:
    await do_sign_up(house.actions, sign_up(), HOME)
    with pytest.raises(Unauthenticated) as refused:
        await do_log_in(house.actions, LogIn(username=username, password=password), HOME)
    assert (refused.value.code, refused.value.message, refused.value.data) == (
        "bad_credentials",
        "User name and password do not match. Try again.",
        {},
    )
    assert len(house.hasher.verified) == 1


async def test_a_weak_hash_is_renewed_at_log_in(house: House) -> None:
    anna = await house.user("anna")
    async with house.store.write() as uow:
        await uow.users.set_password_hash(anna, "old a long secret")
    await do_log_in(house.actions, LogIn(username="anna", password="a long secret"), HOME)
    async with house.store.read() as reader:
        credentials = await reader.users.credentials("anna")
    assert credentials is not None
    assert credentials.password_hash == "plain a long secret"


async def test_what_a_browser_says_of_itself_is_cut_and_cleaned(house: House) -> None:
    origin = Origin(address="192.0.2.1", device="Fire\udcfffox\r\n" + "x" * 1000)
    grant = await do_sign_up(house.actions, sign_up(), origin)
    async with house.store.read() as reader:
        record = await reader.sessions.get(grant.session_id)
    assert record is not None
    assert record.device == "Firefox" + "x" * 190


# --------------------------------------------------------------------------------------------------------------- names


async def test_a_changed_name_is_told_to_all_who_know_the_person(house: House) -> None:
    anna = await house.user("anna")
    me = await do_update_me(house.actions, anna, UpdateMe(display_name="Anna B"))
    assert me == await get_me(house.actions, anna)
    assert house.published() == [
        (ToUsers((anna,)), MeUpdate(me=me)),
        (ToContacts(anna), UserUpdate(user=User(id=anna, username="anna", display_name="Anna B"))),
    ]
    with pytest.raises(Invalid):
        await do_update_me(house.actions, anna, UpdateMe(display_name="\u200b"))


async def test_a_changed_name_is_told_to_friends_and_partners_too(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    await house.talk(anna, ben)
    await house.tie(anna, cleo, FRIENDS)
    house.published()
    await do_update_me(house.actions, anna, UpdateMe(display_name="Anna B"))
    assert [audience for audience, _ in house.published()] == [ToUsers((anna,)), ToContacts(anna, (ben, cleo))]


async def test_what_only_oneself_knows_is_told_to_nobody_else(house: House) -> None:
    anna = await house.user("anna")
    until_ms = house.clock.ms + 1000
    request = UpdateMe(
        direct_from=DirectFrom.GROUPS,
        status=ChosenStatus.DND,
        status_text="  in a   meeting ",
        status_until_ms=until_ms,
    )
    me = await do_update_me(house.actions, anna, request)
    assert (me.display_name, me.direct_from, me.status) == ("Anna", DirectFrom.GROUPS, ChosenStatus.DND)
    assert (me.status_text, me.status_until_ms) == ("in a meeting", until_ms)
    assert await get_me(house.actions, anna) == me
    assert house.published() == [(ToUsers((anna,)), MeUpdate(me=me))]
    assert await do_update_me(house.actions, anna, UpdateMe(status=ChosenStatus.DND)) == me
    assert house.published() == [], "nothing has changed"


async def test_a_new_status_text_does_not_end_when_the_old_one_would_have(house: House) -> None:
    anna = await house.user("anna")
    until_ms = house.clock.ms + 1000
    await do_update_me(house.actions, anna, UpdateMe(status_text="first", status_until_ms=until_ms))
    longer = await do_update_me(house.actions, anna, UpdateMe(status_until_ms=until_ms + 1))
    assert (longer.status_text, longer.status_until_ms) == ("first", until_ms + 1)
    second = await do_update_me(house.actions, anna, UpdateMe(status_text="second"))
    assert (second.status_text, second.status_until_ms) == ("second", None)
    none = await do_update_me(house.actions, anna, UpdateMe(status_text="", status_until_ms=until_ms))
    assert (none.status_text, none.status_until_ms) == ("", None)


@pytest.mark.parametrize("seconds", [-1, 0, 367 * 86_400])
async def test_a_status_text_ends_within_a_year(house: House, seconds: int) -> None:
    anna = await house.user("anna")
    request = UpdateMe(status_text="x", status_until_ms=house.clock.ms + seconds * 1000)
    with pytest.raises(Invalid) as refused:
        await do_update_me(house.actions, anna, request)
    assert refused.value.code == "bad_request"
    with pytest.raises(Invalid):
        await do_update_me(house.actions, anna, UpdateMe(status_text="x" * 129))


async def test_people_are_known_to_those_who_share_a_group(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    await house.group(anna, ben)
    await house.group(cleo)
    assert (await get_user(house.actions, anna, ben)).username == "ben"
    assert (await get_user(house.actions, cleo, cleo)).username == "cleo"
    for stranger in (cleo, NOBODY):
        with pytest.raises(NotFound) as refused:
            await get_user(house.actions, anna, stranger)
        assert refused.value.code == "unknown_user"


async def test_an_account_that_is_gone_can_do_nothing(house: House) -> None:
    for attempt in (
        get_me(house.actions, NOBODY),
        get_user(house.actions, NOBODY, NOBODY),
        do_update_me(house.actions, NOBODY, UpdateMe(display_name="Ghost")),
    ):
        with pytest.raises(Unauthenticated):
            await attempt


async def test_an_account_that_goes_while_its_password_is_checked_is_not_logged_in(house: House) -> None:
    anna = await house.user("anna")

    class Slow:
        async def hash(self, password: str) -> str:
            return await house.hasher.hash(password)

        async def verify(self, password_hash: str | None, password: str) -> bool:
            async with house.store.write() as uow:
                await ask(uow, "DELETE FROM users WHERE id = :id", id=anna)
            return await house.hasher.verify(password_hash, password)

        def is_stale(self, password_hash: str) -> bool:
            return False

    actions = replace(house.actions, hasher=Slow())
    with pytest.raises(Unauthenticated) as refused:
        await do_log_in(actions, LogIn(username="anna", password="anna's secret"), HOME)
    assert refused.value.code == "bad_credentials"
