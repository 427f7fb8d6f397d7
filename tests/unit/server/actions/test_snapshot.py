from __future__ import annotations

import pytest

from server.actions.cursors import MoveCursor, do_move_cursor
from server.actions.messages import do_delete_message
from server.actions.snapshot import (
    channel_for_readers,
    cursors_for,
    group_view,
    load_access,
    members_of,
    memberships,
    recount,
    snapshot,
    user_of,
)
from server.domain.access import everyone_role_id
from server.domain.entities import Cursor, User, VoiceState
from server.domain.errors import NotFound, Unauthenticated
from server.domain.events import CursorUpdate, ToUsers
from server.domain.ids import ChannelId, GroupId, Snowflake, UserId
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel, voice_channel
from tests.support.statements import counted

NOBODY = UserId(Snowflake(1))
NOWHERE = GroupId(Snowflake(1))


def speaking(user_id: UserId, channel_id: ChannelId) -> VoiceState:
    return VoiceState(channel_id=channel_id, user_id=user_id, participant=7, muted=False, deafened=False)


async def test_a_snapshot_holds_all_that_one_may_see_and_nothing_else(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    first, second = await house.group(anna, ben), await house.group(ben)
    await house.group(cleo)
    voice = voice_channel(first)
    house.voices.there = [speaking(anna, voice), speaking(cleo, ChannelId(Snowflake(1)))]
    secret = await house.channel(anna, first.group.id, "secret")
    everyone = everyone_role_id(first.group.id)
    await house.overwrite(anna, secret.id, "role", everyone, deny=Permission.VIEW_CHANNEL)
    said = await house.say(anna, text_channel(first))

    found = await snapshot(house.actions, ben)
    assert (found.me.username, found.additions) == ("ben", ())
    assert [view.group.id for view in found.groups] == [first.group.id, second.group.id]
    view = found.groups[0]
    assert view == await group_view(house.actions, ben, first.group.id)
    assert [channel.name for channel in view.channels] == ["general", "Voice"]
    assert view.channels[0].last_message_id == said.id
    assert view.cursors == (Cursor(channel_id=text_channel(first), last_read_id=None, unread=1),)
    assert view.voice == (speaking(anna, voice),)
    assert [user.username for user in found.users] == ["anna"]


async def test_a_hidden_voice_channel_hides_who_is_in_it(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    voice = voice_channel(view)
    house.voices.there = [speaking(anna, voice)]
    await house.overwrite(anna, voice, "member", ben, deny=Permission.VIEW_CHANNEL)
    found = await snapshot(house.actions, ben)
    assert found.groups[0].voice == ()
    assert found.users == ()


async def test_one_without_groups_has_a_snapshot_too(house: House) -> None:
    anna = await house.user("anna")
    found = await snapshot(house.actions, anna)
    assert (found.groups, found.users) == ((), ())
    with pytest.raises(Unauthenticated):
        await snapshot(house.actions, NOBODY)


async def test_a_snapshot_holds_ones_conversations_and_who_is_in_them(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    direct = await house.talk(anna, ben)
    await house.talk(ben, cleo)
    said = await house.say(ben, direct.id)
    found = await snapshot(house.actions, anna)
    (view,) = found.conversations
    assert (view.conversation.id, view.last_message, view.cursor.unread) == (direct.id, said, 1)
    assert {user.id for user in found.users} == {anna, ben}


async def test_the_number_of_statements_does_not_grow_with_the_groups_and_conversations(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    numbers = []
    for count in (1, 10):
        for _ in range(count):
            view = await house.group(anna, ben)
            await house.channel(anna, view.group.id)
            await house.appoint(anna, view.group.id, ben, Permission.SPEAK)
            await house.say(anna, text_channel(view))
            await house.say(anna, (await house.talk(anna, ben, name="talk")).id)
        await snapshot(house.actions, ben)  # profiles are known from here on
        with counted(house.store) as statements:
            await snapshot(house.actions, ben)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]


async def test_a_group_with_no_channel_to_see_is_still_there(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    for channel in view.channels:
        await house.overwrite(anna, channel.id, "member", ben, deny=Permission.VIEW_CHANNEL)
    found = await group_view(house.actions, ben, view.group.id)
    assert (found.channels, found.cursors, found.member_count) == ((), (), 2)


async def test_a_strangers_view_of_a_group_is_nothing(house: House) -> None:
    anna = await house.user("anna")
    with pytest.raises(NotFound):
        await group_view(house.actions, anna, NOWHERE)


# ---------------------------------------------------------------------------------------------------- for the gateway


async def test_replicas_are_whole(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    first, second = (await house.group(anna, ben)).group.id, (await house.group(cleo)).group.id
    role = await house.appoint(anna, first, ben, Permission.MANAGE_GROUP)
    access = await load_access(house.actions, [first, second, NOWHERE])
    assert set(access) == {first, second}
    assert role.id in access[first].roles
    assert role.id not in access[second].roles
    view = await group_view(house.actions, anna, first)
    assert tuple(access[first].channels.values()) == view.channels
    members = await members_of(house.actions, first, [anna, ben, cleo])
    assert members == {anna: view.member, ben: (await group_view(house.actions, ben, first)).member}
    assert await memberships(house.actions, ben) == {first: members[ben]}
    assert access[first].permissions(members[ben], None, 0) & Permission.MANAGE_GROUP


async def test_a_channel_that_comes_into_view_comes_with_cursors(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    channel_id = text_channel(view)
    first, second = await house.say(anna, channel_id), await house.say(ben, channel_id)
    await do_move_cursor(house.actions, cleo, channel_id, MoveCursor(message_id=first.id))
    found = await channel_for_readers(house.actions, channel_id, [anna, ben, cleo, NOBODY])
    assert found is not None
    channel, cursors = found
    assert channel.last_message_id == second.id
    assert cursors == {
        anna: Cursor(channel_id=channel_id, last_read_id=first.id, unread=1),
        ben: Cursor(channel_id=channel_id, last_read_id=second.id, unread=0),
        cleo: Cursor(channel_id=channel_id, last_read_id=first.id, unread=1),
    }
    for user_id in (anna, ben, cleo):
        assert await cursors_for(house.actions, user_id, view.channels) == {channel_id: cursors[user_id]}

    voice = await channel_for_readers(house.actions, voice_channel(view), [anna])
    assert voice == (view.channels[1], {})
    assert await channel_for_readers(house.actions, ChannelId(Snowflake(1)), [anna]) is None


async def test_after_a_deletion_those_who_had_not_read_it_are_told_the_count(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    channel_id = text_channel(await house.group(anna, ben, cleo))
    first, second = await house.say(anna, channel_id), await house.say(anna, channel_id)
    await do_move_cursor(house.actions, cleo, channel_id, MoveCursor(message_id=first.id))
    await do_delete_message(house.actions, anna, channel_id, first.id)
    house.published()
    with counted(house.store) as statements:
        told = await recount(house.actions, channel_id, first.id, [anna, ben, cleo])
    assert len(statements) == 6
    cursor = Cursor(channel_id=channel_id, last_read_id=None, unread=1)
    assert told == {ben: cursor}
    assert house.published() == [(ToUsers((ben,)), CursorUpdate(cursor=cursor))]

    await do_delete_message(house.actions, anna, channel_id, second.id)
    told = await recount(house.actions, channel_id, second.id, [anna, ben, cleo])
    assert {user_id: one.unread for user_id, one in told.items()} == {ben: 0, cleo: 0}


async def test_people_as_others_see_them(house: House) -> None:
    anna = await house.user("anna")
    assert await user_of(house.actions, anna) == User(id=anna, username="anna", display_name="Anna")
    with pytest.raises(Unauthenticated):
        await user_of(house.actions, NOBODY)
