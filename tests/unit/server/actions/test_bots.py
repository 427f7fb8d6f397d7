from __future__ import annotations

import pytest

from server.actions.accounts import LogIn, do_log_in
from server.actions.bots import (
    AddBot,
    CreateBot,
    CreateToken,
    NewToken,
    OwnBot,
    UpdateBot,
    do_add_bot,
    do_create_bot,
    do_create_token,
    do_delete_bot,
    do_revoke_token,
    do_update_bot,
    get_bots,
)
from server.actions.context import Settings
from server.actions.farewell import do_finish_deletions
from server.actions.groups import TransferGroup, do_transfer_group
from server.actions.leaving import EndAccount, do_end_account
from server.actions.relations import AskForFriendship, PutRelation, do_ask_for_friendship, do_put_relation
from server.actions.sessions import Authenticated, SessionGrant, authenticate
from server.actions.standing import do_disable_account, do_enable_account
from server.domain.entities import UserKind
from server.domain.errors import ParleyError
from server.domain.events import SessionRevoked, UserUpdate
from server.domain.ids import SessionId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.scopes import Scope
from tests.support.actions import HOME, House

ROBOT = CreateBot(username="Robot", display_name="The Robot")
READ = CreateToken(name="home", scopes=(Scope.MESSAGES_READ, Scope.MESSAGES_READ))


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


async def log_in(house: House, name: str = "anna") -> Authenticated:
    grant = await do_log_in(house.actions, LogIn(username=name, password=f"{name}'s secret"), HOME)
    assert isinstance(grant, SessionGrant)
    return await authenticate(house.actions, grant.access_token)


async def made(house: House) -> tuple[Authenticated, OwnBot, NewToken]:
    """Anna's log-in, her bot and its token."""
    await house.user("anna")
    caller = await log_in(house)
    bot = await do_create_bot(house.actions, caller.user_id, ROBOT)
    return caller, bot, await do_create_token(house.actions, caller, bot.user.id, READ)


async def test_a_token_speaks_for_its_bot_within_its_scopes(house: House) -> None:
    caller, bot, new = await made(house)
    assert bot.user.kind is UserKind.BOT
    assert new.token.startswith(f"plb_{int(new.shown.id)}_")
    who = await authenticate(house.actions, new.token)
    assert (who.user_id, who.session_id, who.scopes) == (bot.user.id, new.shown.id, frozenset(READ.scopes))
    assert caller.scopes is None
    (listed,) = (await get_bots(house.actions, caller.user_id)).bots
    assert [(one.name, one.used_ms) for one in listed.tokens] == [("home", house.clock.ms)]
    async with house.store.read() as reader:
        stored = await reader.bots.token(new.shown.id)
    assert new.token not in repr((listed, stored))


@pytest.mark.parametrize(
    "change", [lambda it: it[:-1], lambda it: it[:-1] + "-", lambda it: it + "x", lambda it: "plb_"]
)
async def test_what_is_nearly_a_token_is_none(house: House, change: object) -> None:
    _, _, new = await made(house)
    await authenticate(house.actions, new.token)
    wrong = change(new.token)  # type: ignore[operator]
    if wrong != new.token:
        assert await refused(authenticate(house.actions, wrong)) == "unauthenticated"


@pytest.mark.parametrize("token_id", ["0", "1", "9" * 19])
async def test_a_token_of_nobody(house: House, token_id: str) -> None:
    assert await refused(authenticate(house.actions, f"plb_{token_id}_{'a' * 43}")) == "unauthenticated"


async def test_a_revoked_token_ends_at_once(house: House) -> None:
    caller, bot, new = await made(house)
    await authenticate(house.actions, new.token)
    house.bus.notices.clear()
    await do_revoke_token(house.actions, caller.user_id, bot.user.id, new.shown.id)
    assert house.bus.notices == [SessionRevoked(new.shown.id)]
    assert await refused(authenticate(house.actions, new.token)) == "unauthenticated"
    again = do_revoke_token(house.actions, caller.user_id, bot.user.id, new.shown.id)
    assert await refused(again) == "unknown_token"


async def test_a_bot_answers_for_nothing_alone(house: House) -> None:
    caller, _, new = await made(house)
    await authenticate(house.actions, new.token)
    await do_disable_account(house.actions, None, caller.user_id)
    assert await refused(authenticate(house.actions, new.token)) == "unauthenticated"
    await do_enable_account(house.actions, None, caller.user_id)
    await authenticate(house.actions, new.token)
    await do_end_account(house.actions, await log_in(house), EndAccount())
    assert await refused(authenticate(house.actions, new.token)) == "unauthenticated"


async def test_bots_go_with_their_owner(house: House) -> None:
    caller, bot, _ = await made(house)
    await do_end_account(house.actions, caller, EndAccount())
    house.clock.advance(house.actions.settings.deletion_grace_s)
    await do_finish_deletions(house.actions)
    await do_finish_deletions(house.actions)
    async with house.store.read() as reader:
        users = await reader.users.by_ids([caller.user_id, bot.user.id])
    assert {user.kind for user in users.values()} == {UserKind.DELETED}


async def test_a_deleted_bot(house: House) -> None:
    caller, bot, new = await made(house)
    await do_delete_bot(house.actions, caller.user_id, bot.user.id)
    assert await refused(authenticate(house.actions, new.token)) == "unauthenticated"
    assert await refused(do_delete_bot(house.actions, caller.user_id, bot.user.id)) == "unknown_bot"
    await do_finish_deletions(house.actions)
    assert (await get_bots(house.actions, caller.user_id)).bots == ()
    await do_create_bot(house.actions, caller.user_id, ROBOT)


async def test_others_bots_are_not_there(house: House) -> None:
    _, bot, new = await made(house)
    mallory = await house.user("mallory")
    hers = await log_in(house, "mallory")
    one, actions = bot.user.id, house.actions
    assert await refused(do_update_bot(actions, mallory, one, UpdateBot(public=True))) == "unknown_bot"
    assert await refused(do_delete_bot(actions, mallory, one)) == "unknown_bot"
    assert await refused(do_create_token(actions, hers, one, READ)) == "unknown_bot"
    assert await refused(do_revoke_token(actions, mallory, one, new.shown.id)) == "unknown_bot"
    assert await refused(do_delete_bot(actions, mallory, UserId(Snowflake(1)))) == "unknown_bot"


async def test_who_makes_bots_and_how_many(house: House) -> None:
    caller, bot, _ = await made(house)
    anna, actions = caller.user_id, house.actions
    assert await refused(do_create_bot(actions, anna, CreateBot(username="robot"))) == "username_taken"
    few = house.with_limits(Limits(bots_per_user=1, tokens_per_bot=1))
    assert await refused(do_create_bot(few.actions, anna, CreateBot(username="other"))) == "too_many"
    assert await refused(do_create_token(few.actions, caller, bot.user.id, READ)) == "too_many"
    none = CreateToken(name="x", scopes=())
    assert await refused(do_create_token(actions, caller, bot.user.id, none)) == "bad_request"
    closed = house.with_settings(Settings(bots="operators"))
    assert await refused(do_create_bot(closed.actions, anna, CreateBot(username="other"))) == "forbidden"
    assert not (await get_bots(closed.actions, anna)).may_create
    house.clock.advance(actions.limits.proof_lifetime_s)
    assert await refused(do_create_token(actions, caller, bot.user.id, READ)) == "proof_required"


async def test_nobody_logs_in_as_a_bot_or_befriends_one(house: House) -> None:
    caller, bot, _ = await made(house)
    boris, actions = await house.user("boris"), house.actions
    view = await house.group(boris, caller.user_id)
    await do_update_bot(actions, caller.user_id, bot.user.id, UpdateBot(public=True))
    await do_add_bot(actions, boris, view.group.id, AddBot(username="robot"))
    assert await refused(do_log_in(actions, LogIn(username="robot", password=""), HOME)) == "bad_credentials"
    assert await refused(do_ask_for_friendship(actions, boris, AskForFriendship(username="robot"))) == "unknown_user"
    assert await refused(do_put_relation(actions, boris, bot.user.id, PutRelation(kind="friend"))) == "cannot_message"
    heir = TransferGroup(user_id=bot.user.id)
    assert await refused(do_transfer_group(actions, boris, view.group.id, heir)) == "bad_request"


async def test_who_manages_the_group_brings_it_in(house: House) -> None:
    caller, bot, _ = await made(house)
    boris, chloe, actions = await house.user("boris"), await house.user("chloe"), house.actions
    view = await house.group(boris, chloe)
    robot = AddBot(username="robot")
    assert await refused(do_add_bot(actions, boris, view.group.id, robot)) == "unknown_user", "it is not public"
    await do_update_bot(actions, caller.user_id, bot.user.id, UpdateBot(public=True))
    assert await refused(do_add_bot(actions, chloe, view.group.id, robot)) == "forbidden"
    assert await refused(do_add_bot(actions, boris, view.group.id, AddBot(username="chloe"))) == "unknown_user"
    there = await do_add_bot(actions, boris, view.group.id, robot)
    assert (there.member.user_id, there.user.kind) == (bot.user.id, UserKind.BOT)
    assert await refused(do_add_bot(actions, boris, view.group.id, robot)) == "already_member"
    house.published()
    await do_update_bot(actions, caller.user_id, bot.user.id, UpdateBot(display_name="R2"))
    assert [event.user.display_name for _, event in house.published() if isinstance(event, UserUpdate)] == ["R2"]


async def test_an_unknown_token_id_is_no_token(house: House) -> None:
    caller, bot, _ = await made(house)
    nothing = do_revoke_token(house.actions, caller.user_id, bot.user.id, SessionId(Snowflake(1)))
    assert await refused(nothing) == "unknown_token"
