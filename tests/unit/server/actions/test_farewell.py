from __future__ import annotations

from typing import TypeVar

import pytest

from server.actions import farewell
from server.actions.accounts import LogIn, do_log_in
from server.actions.additions import CreateAddition, do_create_addition
from server.actions.conversations import BeginConversation, do_begin_conversation
from server.actions.farewell import do_finish_deletions
from server.actions.invites import CreateInvite, do_create_invite
from server.actions.messages import PageQuery, get_messages
from server.actions.relations import AskForFriendship, PutRelation, do_ask_for_friendship, do_put_relation
from server.actions.sessions import SessionGrant, authenticate
from server.domain.entities import RelationKind, UserKind
from server.domain.errors import ParleyError
from server.domain.events import (
    AdditionDelete,
    ConversationUpdate,
    Event,
    GroupUpdate,
    MemberLeave,
    MessageDeleteBulk,
    Published,
    RelationDelete,
    ToUsers,
    UserUpdate,
)
from server.domain.ids import UserId
from server.domain.standing import Standing
from tests.support.actions import HOME, House, text_channel

_E = TypeVar("_E", bound=Event)


async def end(house: House, user_id: UserId, *, deletes_messages: bool = False) -> None:
    """As when the time of grace is over."""
    async with house.store.write() as uow:
        standing = Standing(user_id=user_id, delete_after_ms=house.clock.ms, deletes_messages=deletes_messages)
        await uow.standings.put(standing)
    house.bus.notices.clear()


def heard(house: House, kind: type[_E]) -> list[_E]:
    return [one.event for one in house.bus.notices if isinstance(one, Published) and isinstance(one.event, kind)]


async def test_before_its_time_nothing_happens(house: House) -> None:
    anna = await house.user("anna")
    async with house.store.write() as uow:
        await uow.standings.put(Standing(user_id=anna, delete_after_ms=house.clock.ms + 1))
    assert await do_finish_deletions(house.actions) == 0
    house.clock.advance(0.001)
    assert await do_finish_deletions(house.actions) == 1
    assert await do_finish_deletions(house.actions) == 0


async def test_the_name_goes_and_what_was_written_stays(house: House) -> None:
    anna, boris = await house.user("anna"), await house.user("boris")
    view = await house.group(boris, anna)
    channel = text_channel(view)
    await house.say(anna, channel)
    grant = await do_log_in(house.actions, LogIn(username="anna", password="anna's secret"), HOME)
    assert isinstance(grant, SessionGrant)
    await end(house, anna)
    assert await do_finish_deletions(house.actions) == 1
    page = await get_messages(house.actions, boris, channel, PageQuery())
    (message,) = page.messages
    (author,) = (user for user in page.users if user.id == message.author_id)
    assert (author.id, author.kind, author.username) == (anna, UserKind.DELETED, "")
    assert [event.user.kind for event in heard(house, UserUpdate)] == [UserKind.DELETED]
    assert [event.user_id for event in heard(house, MemberLeave)] == [anna]
    with pytest.raises(ParleyError):
        await authenticate(house.actions, grant.access_token)
    with pytest.raises(ParleyError) as refused:
        await do_log_in(house.actions, LogIn(username="anna", password="anna's secret"), HOME)
    assert refused.value.code == "bad_credentials"
    async with house.store.read() as reader:
        assert await reader.members.get(view.group.id, anna) is None
        assert (await reader.standings.of(anna)).plain


async def test_what_was_written_goes_too_if_that_was_asked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(farewell, "_MESSAGES_AT_ONCE", 2)
    monkeypatch.setattr(farewell, "_MESSAGES_MAX", 4)
    anna, boris = await house.user("anna"), await house.user("boris")
    channel = text_channel(await house.group(boris, anna))
    talk = await house.talk(anna, boris)
    hers = [(await house.say(anna, channel)).id for _ in range(3)]
    theirs = await house.say(boris, channel)
    private = (await house.say(anna, talk.id)).id
    await end(house, anna, deletes_messages=True)
    assert await do_finish_deletions(house.actions) == 0, "one round takes four"
    assert await do_finish_deletions(house.actions) == 1
    gone = [one for event in heard(house, MessageDeleteBulk) for one in event.message_ids]
    assert sorted(gone) == sorted([*hers, private])
    page = await get_messages(house.actions, boris, channel, PageQuery())
    assert [message.id for message in page.messages] == [theirs.id]
    assert (await get_messages(house.actions, boris, talk.id, PageQuery())).messages == ()


async def test_a_direct_conversation_stays_to_the_other_and_is_closed(house: House) -> None:
    anna, boris = await house.user("anna"), await house.user("boris")
    await house.group(boris, anna)
    talk = await house.talk(anna, boris)
    await house.say(anna, talk.id)
    await end(house, anna)
    await do_finish_deletions(house.actions)
    assert len((await get_messages(house.actions, boris, talk.id, PageQuery())).messages) == 1
    with pytest.raises(ParleyError) as refused:
        await house.say(boris, talk.id)
    assert refused.value.code == "cannot_message"


async def test_a_conversation_of_several_goes_on_without_them(house: House) -> None:
    anna, boris, chloe = await house.user("anna"), await house.user("boris"), await house.user("chloe")
    await house.group(boris, anna, chloe)
    begin = BeginConversation(user_ids=(boris, chloe), name="talk")
    view, _ = await do_begin_conversation(house.actions, anna, begin)
    await end(house, anna)
    await do_finish_deletions(house.actions)
    (update,) = heard(house, ConversationUpdate)
    assert update.conversation.id == view.conversation.id
    assert update.conversation.member_ids == (boris, chloe)
    assert update.conversation.owner_id == boris


async def test_a_group_made_meanwhile_is_handed_over_or_goes(house: House) -> None:
    anna, boris = await house.user("anna"), await house.user("boris")
    shared, alone = await house.group(anna, boris), await house.group(anna)
    await end(house, anna)
    await do_finish_deletions(house.actions)
    assert [(event.group.id, event.group.owner_id) for event in heard(house, GroupUpdate)] == [(shared.group.id, boris)]
    async with house.store.read() as reader:
        assert await reader.groups.get(alone.group.id) is None


async def test_friends_hear_that_it_is_over_and_blocks_of_others_stay(house: House) -> None:
    anna, boris, chloe = await house.user("anna"), await house.user("boris"), await house.user("chloe")
    await house.group(boris, anna, chloe)
    await do_ask_for_friendship(house.actions, anna, AskForFriendship(username="boris"))
    await do_ask_for_friendship(house.actions, boris, AskForFriendship(username="anna"))
    await do_put_relation(house.actions, chloe, anna, PutRelation(kind="blocked"))
    dora = await house.user("dora")
    group = await house.group(boris)
    await house.bring_in(boris, group.group.id, anna)
    await do_create_addition(house.actions, anna, group.group.id, CreateAddition(username="dora"))
    invite = await do_create_invite(house.actions, anna, group.group.id, CreateInvite())
    await end(house, anna)
    await do_finish_deletions(house.actions)
    told = house.published()
    assert [audience for audience, event in told if isinstance(event, RelationDelete)] == [ToUsers((boris,))]
    assert [audience for audience, event in told if isinstance(event, AdditionDelete)] == [ToUsers((dora,))]
    async with house.store.read() as reader:
        assert await reader.relations.of_user(anna) == []
        assert await reader.relations.get(boris, anna) is None
        kept = await reader.relations.get(chloe, anna)
        assert kept is not None
        assert kept.kind is RelationKind.BLOCKED
        assert await reader.additions.of_user(dora) == []
        assert await reader.invites.get(invite.code) is None


async def test_what_was_begun_is_done_again_without_harm(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, boris = await house.user("anna"), await house.user("boris")
    await house.group(boris, anna)
    await end(house, anna)

    async def stopped(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(farewell, "_end_relations", stopped)
        with pytest.raises(RuntimeError):
            await do_finish_deletions(house.actions)
    assert await do_finish_deletions(house.actions) == 1
