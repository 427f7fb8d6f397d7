from __future__ import annotations

import pytest

from server.actions.pins import do_pin, do_unpin, get_pins
from server.domain.errors import ParleyError
from server.domain.events import MessageUpdate
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel


async def test_pinned_messages_are_listed_and_told(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    first, second = await house.say(ben, channel_id), await house.say(anna, channel_id)
    house.published()
    for message in (first, second):
        await do_pin(house.actions, anna, channel_id, message.id)
        await do_pin(house.actions, anna, channel_id, message.id)
        house.clock.advance(1)
    told = [event for _, event in house.published() if isinstance(event, MessageUpdate)]
    assert [(event.message.id, event.message.pinned) for event in told] == [(first.id, True), (second.id, True)]
    page = await get_pins(house.actions, ben, channel_id)
    assert [message.id for message in page.messages] == [second.id, first.id]
    assert {user.id for user in page.users} == {anna, ben}
    await do_unpin(house.actions, anna, channel_id, second.id)
    assert [message.id for message in (await get_pins(house.actions, ben, channel_id)).messages] == [first.id]


async def test_who_may_pin_and_how_many(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    channel_id = text_channel(view)
    messages = [await house.say(ben, channel_id) for _ in range(2)]
    with pytest.raises(ParleyError) as refused:
        await do_pin(house.actions, ben, channel_id, messages[0].id)
    assert refused.value.code == "forbidden"
    await house.appoint(anna, view.group.id, ben, Permission.PIN_MESSAGES)
    few = house.with_limits(Limits(pins_max=1))
    await do_pin(few.actions, ben, channel_id, messages[0].id)
    with pytest.raises(ParleyError) as refused:
        await do_pin(few.actions, ben, channel_id, messages[1].id)
    assert refused.value.code == "too_many"
