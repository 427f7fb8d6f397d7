from __future__ import annotations

import pytest

from server.actions.places import ConversationPlace, GroupPlace, place_of
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.events import ToChannel, ToUsers
from server.domain.ids import ChannelId, Snowflake
from server.domain.permissions import IN_CONVERSATIONS, TIMED_OUT, Permission
from server.domain.relations import BLOCKED_BY, BLOCKING, BLOCKING_EACH_OTHER, FRIENDS, NONE, Tie
from tests.support.actions import House, text_channel, voice_channel

NOWHERE = ChannelId(Snowflake(1))


async def test_a_channel_of_a_group(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna)
    channel_id = text_channel(view)
    async with house.store.read() as reader:
        place = await place_of(reader, anna, channel_id, house.clock.ms)
        assert isinstance(place, GroupPlace)
        assert (place.id, place.user_id, place.group_id) == (channel_id, anna, view.group.id)
        assert place.audience == ToChannel(view.group.id, channel_id)
        assert place.member == view.member
        for user_id, where in ((ben, channel_id), (anna, NOWHERE)):
            with pytest.raises(NotFound) as refused:
                await place_of(reader, user_id, where, house.clock.ms)
            assert refused.value.code == "unknown_channel"
        with pytest.raises(Invalid):
            await place_of(reader, anna, voice_channel(view), house.clock.ms)


async def test_a_conversation(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    await house.group(anna, ben)
    direct, of_two = await house.talk(anna, ben), await house.talk(anna, ben, name="x")
    async with house.store.read() as reader:
        place = await place_of(reader, anna, direct.id, house.clock.ms)
        assert place == ConversationPlace(direct, anna, NONE)
        assert isinstance(place, ConversationPlace)
        assert (place.id, place.group_id, place.member, place.partner_id) == (direct.id, None, None, ben)
        assert place.audience == ToUsers((anna, ben))
        place.require(IN_CONVERSATIONS)
        place.require_active()
        with pytest.raises(Forbidden) as refused:
            place.require(Permission.SEND_MESSAGES | Permission.MANAGE_MESSAGES)
        assert (refused.value.code, refused.value.data) == ("forbidden", {"permission": "manage_messages"})
        several = await place_of(reader, anna, of_two.id, house.clock.ms)
        assert isinstance(several, ConversationPlace)
        assert several.partner_id is None
        with pytest.raises(NotFound) as unseen:
            await place_of(reader, cleo, direct.id, house.clock.ms)
        assert unseen.value.code == "unknown_channel"


@pytest.mark.parametrize("tie", [BLOCKED_BY, BLOCKING, BLOCKING_EACH_OTHER])
async def test_a_block_leaves_reading_alone(house: House, tie: Tie) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    direct = await house.talk(anna, ben)
    await house.tie(anna, ben, FRIENDS)
    of_two = await house.talk(anna, ben, name="x")
    await house.tie(anna, ben, tie)
    async with house.store.read() as reader:
        place = await place_of(reader, anna, direct.id, house.clock.ms)
        assert place.permissions() == TIMED_OUT
        place.require(Permission.VIEW_CHANNEL | Permission.READ_HISTORY)
        for lacking in IN_CONVERSATIONS & ~TIMED_OUT:
            assert not place.may(lacking)
            with pytest.raises(Forbidden) as refused:
                place.require(lacking)
            assert refused.value.code == "cannot_message"
        with pytest.raises(Forbidden):
            place.require_active()
        (await place_of(reader, anna, of_two.id, house.clock.ms)).require(IN_CONVERSATIONS)
