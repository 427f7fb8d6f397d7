from __future__ import annotations

from msgspec.structs import replace

from server.actions.views import cursors_of, read_access, text_ids, views_of
from server.domain.entities import Cursor, VoiceState
from server.domain.ids import GroupId, Snowflake
from tests.support.actions import House, text_channel, voice_channel


async def test_views_come_in_the_order_of_the_memberships_and_only_of_groups_that_are_there(house: House) -> None:
    anna = await house.user("anna")
    first, second = await house.group(anna), await house.group(anna)
    gone = replace(first.member, group_id=GroupId(Snowflake(1)))
    async with house.store.read() as reader:
        views = await views_of(reader, house.voices, [second.member, gone, first.member])
        assert views == (second, first)
        assert await views_of(reader, house.voices, []) == ()
        assert await read_access(reader, []) == {}


async def test_roles_and_channels_come_in_their_order(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    positions = [5, 2, 3, 2]
    roles = [await house.role(anna, group_id, position=position) for position in positions]
    more = await house.channel(anna, group_id)
    async with house.store.read() as reader:
        (view,) = await views_of(reader, house.voices, await reader.members.of_user(anna))
    assert [role.id for role in view.roles[2:]] == [roles[number].id for number in (1, 3, 2, 0)]
    assert [channel.position for channel in view.channels] == [0, 1, 2]
    assert view.channels[-1] == more


async def test_voices_are_heard_in_voice_channels_alone(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    state = VoiceState(channel_id=voice_channel(view), user_id=anna, participant=1, muted=True, deafened=False)
    house.voices.there = [state, replace(state, channel_id=text_channel(view))]
    async with house.store.read() as reader:
        (seen,) = await views_of(reader, house.voices, [view.member])
    assert seen.voice == (state,)


async def test_cursors_are_in_text_channels_alone(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    text = text_channel(view)
    async with house.store.read() as reader:
        found = await cursors_of(reader, anna, text_ids(view.channels))
        assert found == {text: Cursor(channel_id=text, last_read_id=None, unread=0)}
        assert await cursors_of(reader, anna, text_ids(view.channels[1:])) == {}
