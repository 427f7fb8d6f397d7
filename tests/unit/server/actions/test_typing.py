from __future__ import annotations

import pytest

from server.actions.members import TimeOut, do_time_out
from server.actions.typing import do_start_typing
from server.domain.errors import Forbidden, Invalid, NotFound, TooMany
from server.domain.events import ToChannel, TypingStart
from server.domain.rates import Rate, Rule
from tests.support.actions import House, text_channel, voice_channel


async def test_typing_is_told_to_the_channel(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    channel = text_channel(view)
    house.published()
    await do_start_typing(house.actions, ben, channel)
    event = TypingStart(channel_id=channel, user_id=ben)
    assert house.published() == [(ToChannel(view.group.id, channel), event)]

    with pytest.raises(NotFound):
        await do_start_typing(house.actions, cleo, channel)
    with pytest.raises(Invalid):
        await do_start_typing(house.actions, ben, voice_channel(view))
    await do_time_out(house.actions, anna, view.group.id, ben, TimeOut(until_ms=house.clock.ms + 1000))
    house.published()
    with pytest.raises(Forbidden):
        await do_start_typing(house.actions, ben, channel)
    assert house.published() == []


async def test_typing_is_told_now_and_then(house: House) -> None:
    house = house.with_rates({Rule.TYPING: Rate(1, 10)})
    anna = await house.user("anna")
    channel = text_channel(await house.group(anna))
    await do_start_typing(house.actions, anna, channel)
    with pytest.raises(TooMany):
        await do_start_typing(house.actions, anna, channel)
