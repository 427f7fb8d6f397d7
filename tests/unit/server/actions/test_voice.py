from __future__ import annotations

import pytest

from server.actions.members import TimeOut, do_time_out
from server.actions.voice import check_voice_join
from server.domain.errors import Forbidden, Invalid, NotFound
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel, voice_channel


async def test_members_may_join_and_speak_unless_a_channel_says_no(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    channel_id = voice_channel(await house.group(anna, ben))
    seat = await check_voice_join(house.actions, ben, channel_id)
    assert (seat.channel.id, seat.may_speak) == (channel_id, True)

    await house.overwrite(anna, channel_id, "member", ben, deny=Permission.SPEAK)
    assert not (await check_voice_join(house.actions, ben, channel_id)).may_speak

    await house.overwrite(anna, channel_id, "member", ben, deny=Permission.CONNECT)
    with pytest.raises(Forbidden) as refused:
        await check_voice_join(house.actions, ben, channel_id)
    assert refused.value.data == {"permission": "connect"}
    assert (await check_voice_join(house.actions, anna, channel_id)).may_speak


async def test_not_in_time_out_nor_as_a_stranger_nor_in_a_text_channel(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    await do_time_out(house.actions, anna, view.group.id, ben, TimeOut(until_ms=house.clock.ms + 1000))
    with pytest.raises(Forbidden) as forbidden:
        await check_voice_join(house.actions, ben, voice_channel(view))
    assert forbidden.value.code == "timed_out"
    assert forbidden.value.data == {"until_ms": house.clock.ms + 1000}
    with pytest.raises(NotFound):
        await check_voice_join(house.actions, cleo, voice_channel(view))
    with pytest.raises(Invalid) as invalid:
        await check_voice_join(house.actions, anna, text_channel(view))
    assert invalid.value.code == "wrong_channel_kind"
