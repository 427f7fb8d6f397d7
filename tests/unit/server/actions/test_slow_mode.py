from __future__ import annotations

import pytest

from server.actions.channels import UpdateChannel, do_update_channel
from server.actions.messages import CreateMessage, do_create_message
from server.domain.errors import NotFound, TooMany
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.domain.permissions import Permission
from server.domain.sections import Reply, Text
from tests.support.actions import House, text_channel
from tests.support.statements import counted


async def slow(house: House, *members: UserId, seconds: int = 30) -> ChannelId:
    """A text channel of the first member's group."""
    view = await house.group(*members)
    channel_id = text_channel(view)
    await do_update_channel(house.actions, members[0], channel_id, UpdateChannel(slow_mode_s=seconds))
    return channel_id


async def wait_s(house: House, user_id: UserId, channel_id: ChannelId) -> float:
    with pytest.raises(TooMany) as refused:
        await house.say(user_id, channel_id)
    assert refused.value.code == "slow_mode"
    assert refused.value.data == {"retry_after_s": refused.value.retry_after_s}
    return refused.value.retry_after_s


async def test_each_member_writes_once_in_so_many_seconds(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    channel_id = await slow(house, anna, ben, cleo)
    await house.say(ben, channel_id)
    await house.say(cleo, channel_id)
    assert await wait_s(house, ben, channel_id) == 30
    house.clock.advance(29.5)
    assert await wait_s(house, ben, channel_id) == 0.5
    house.clock.advance(0.5)
    await house.say(ben, channel_id)
    assert await wait_s(house, ben, channel_id) == 30


async def test_elsewhere_nobody_waits_and_nothing_is_noted(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = await slow(house, anna, ben, seconds=0)
    for _ in range(2):
        await house.say(ben, channel_id)
    await do_update_channel(house.actions, anna, channel_id, UpdateChannel(slow_mode_s=60))
    await house.say(ben, channel_id)
    await do_update_channel(house.actions, anna, channel_id, UpdateChannel(slow_mode_s=5))
    assert await wait_s(house, ben, channel_id) == 5
    await do_update_channel(house.actions, anna, channel_id, UpdateChannel(slow_mode_s=0))
    await house.say(ben, channel_id)


@pytest.mark.parametrize("permission", [Permission.MANAGE_MESSAGES, Permission.MANAGE_CHANNELS])
async def test_those_who_manage_there_do_not_wait(house: House, permission: Permission) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = await slow(house, anna, ben)
    await house.overwrite(anna, channel_id, "member", ben, allow=permission)
    for user_id in (anna, ben, ben, anna):
        await house.say(user_id, channel_id)


async def test_what_was_not_written_does_not_count(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = await slow(house, anna, ben)
    answer = (Reply(message_id=MessageId(Snowflake(1))), Text("to nothing"))
    with pytest.raises(NotFound):
        await do_create_message(house.actions, ben, channel_id, CreateMessage(nonce="a", sections=answer))
    request = CreateMessage(nonce="b", sections=(Text("now"),))
    first, _ = await do_create_message(house.actions, ben, channel_id, request)
    again, is_new = await do_create_message(house.actions, ben, channel_id, request)
    assert (again, is_new) == (first, False), "a lost answer is asked for again without a wait"


async def test_a_clock_that_was_set_back_silences_nobody(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = await slow(house, anna, ben)
    await house.say(ben, channel_id)
    house.clock.advance(-3600)
    await house.say(ben, channel_id)
    assert await wait_s(house, ben, channel_id) == 30


async def test_it_costs_two_statements_where_it_is_slow_and_none_elsewhere(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = await slow(house, anna, ben, seconds=0)
    await house.say(ben, channel_id)  # the group's word filters are known from now on
    costs = []
    await house.say(ben, channel_id)  # what is read once for a group has been read
    for seconds in (0, 1):
        await do_update_channel(house.actions, anna, channel_id, UpdateChannel(slow_mode_s=seconds))
        with counted(house.store) as statements:
            await house.say(ben, channel_id)
        costs.append(len(statements))
    assert costs[1] - costs[0] == 2
