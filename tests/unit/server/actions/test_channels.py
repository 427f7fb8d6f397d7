from __future__ import annotations

import pytest

from server.actions.channels import (
    CreateChannel,
    UpdateChannel,
    do_create_channel,
    do_delete_channel,
    do_update_channel,
)
from server.actions.messages import PageQuery, get_messages
from server.actions.snapshot import group_view
from server.domain.entities import ChannelKind, Cursor
from server.domain.errors import Conflict, Forbidden, Invalid, NotFound
from server.domain.events import ChannelDelete, ChannelUpdate, ToChannel
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel


async def test_a_new_channel_comes_last_and_has_nothing_unread(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    await house.appoint(anna, group_id, ben, Permission.MANAGE_CHANNELS)
    house.published()
    request = CreateChannel(name=" bulbs ", kind="text", topic="Tulips  and all")
    text = await do_create_channel(house.actions, ben, group_id, request)
    assert (text.kind, text.name, text.topic, text.position) == (ChannelKind.TEXT, "bulbs", "Tulips and all", 2)
    voice = await do_create_channel(house.actions, anna, group_id, CreateChannel(name="Shed", kind="voice"))
    assert (voice.kind, voice.topic, voice.position) == (ChannelKind.VOICE, "", 3)
    cursor = Cursor(channel_id=text.id, last_read_id=None, unread=0)
    assert house.published() == [
        (ToChannel(group_id, text.id), ChannelUpdate(channel=text, cursor=cursor)),
        (ToChannel(group_id, voice.id), ChannelUpdate(channel=voice)),
    ]
    view = await group_view(house.actions, ben, group_id)
    assert view.channels[2:] == (text, voice)
    assert cursor in view.cursors


async def test_channels_need_the_permission_a_name_and_room(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben)).group.id
    request = CreateChannel(name="bulbs", kind="text")
    with pytest.raises(Forbidden) as forbidden:
        await do_create_channel(house.actions, ben, group_id, request)
    assert forbidden.value.data == {"permission": "manage_channels"}
    with pytest.raises(NotFound):
        await do_create_channel(house.actions, cleo, group_id, request)
    with pytest.raises(Invalid):
        await do_create_channel(house.actions, anna, group_id, CreateChannel(name="", kind="text"))
    small = house.with_limits(Limits(channels_per_group=3))
    await do_create_channel(small.actions, anna, group_id, request)
    with pytest.raises(Conflict) as full:
        await do_create_channel(small.actions, anna, group_id, request)
    assert (full.value.code, full.value.data) == ("too_many", {"limit": 3})


async def test_a_change_leaves_the_rest_as_it_is(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    channel_id = text_channel(view)
    said = await house.say(anna, channel_id)
    house.published()
    changed = await do_update_channel(house.actions, anna, channel_id, UpdateChannel(topic="What grows", position=7))
    assert (changed.name, changed.topic, changed.position, changed.last_message_id) == (
        "general",
        "What grows",
        7,
        said.id,
    )
    assert house.published() == [(ToChannel(view.group.id, channel_id), ChannelUpdate(channel=changed))]
    renamed = await do_update_channel(house.actions, anna, channel_id, UpdateChannel(name="hall", topic=""))
    assert (renamed.name, renamed.topic, renamed.position) == ("hall", "", 7)
    assert renamed in (await group_view(house.actions, anna, view.group.id)).channels
    house.published()
    assert await do_update_channel(house.actions, anna, channel_id, UpdateChannel(name="hall")) == renamed
    assert house.published() == []


async def test_who_may_change_a_channel_is_said_in_the_channel(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    first, second = text_channel(view), (await house.channel(anna, view.group.id)).id
    await house.overwrite(anna, first, "member", ben, allow=Permission.MANAGE_CHANNELS)
    update = UpdateChannel(name="hall")
    assert (await do_update_channel(house.actions, ben, first, update)).name == "hall"
    with pytest.raises(Forbidden):
        await do_update_channel(house.actions, ben, second, update)
    with pytest.raises(Forbidden):
        await do_delete_channel(house.actions, ben, second)
    with pytest.raises(NotFound):
        await do_update_channel(house.actions, cleo, first, update)
    for position in (-1, 10_001):
        with pytest.raises(Invalid):
            await do_update_channel(house.actions, ben, first, UpdateChannel(position=position))


async def test_a_deleted_channel_is_gone_with_its_messages(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    await house.say(ben, channel_id)
    house.published()
    await do_delete_channel(house.actions, anna, channel_id)
    gone = ChannelDelete(group_id=view.group.id, channel_id=channel_id)
    assert house.published() == [(ToChannel(view.group.id, channel_id), gone)]
    for attempt in (
        do_delete_channel(house.actions, anna, channel_id),
        get_messages(house.actions, anna, channel_id, PageQuery()),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert [channel.kind for channel in (await group_view(house.actions, ben, view.group.id)).channels] == [
        ChannelKind.VOICE
    ]
