from __future__ import annotations

from collections.abc import Awaitable

import pytest

from server.actions.levels import FOR_GOOD_MS, SetLevel, do_put_channel_level, do_put_group_level, get_levels
from server.actions.snapshot import snapshot
from server.domain.entities import Level, LevelKind
from server.domain.errors import ParleyError
from server.domain.events import LevelUpdate, ToUsers
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel, voice_channel


async def code_of(attempt: Awaitable[object]) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt
    return refused.value.code


async def test_levels_are_kept_and_told_to_ones_own_devices(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    talk = await house.conversation(anna, ben)
    house.published()
    muted = SetLevel(level=LevelKind.ALL, muted_until_ms=FOR_GOOD_MS)
    levels = [
        await do_put_channel_level(house.actions, ben, text_channel(view), SetLevel(level=LevelKind.NONE)),
        await do_put_channel_level(house.actions, ben, talk, muted),
        await do_put_group_level(house.actions, ben, view.group.id, SetLevel(level=LevelKind.MENTIONS)),
    ]
    assert levels == [
        Level(scope="channel", target_id=text_channel(view), level=LevelKind.NONE),
        Level(scope="channel", target_id=talk, level=LevelKind.ALL, muted_until_ms=FOR_GOOD_MS),
        Level(scope="group", target_id=view.group.id, level=LevelKind.MENTIONS),
    ]
    assert house.published() == [(ToUsers((ben,)), LevelUpdate(level=level)) for level in levels]
    assert (await get_levels(house.actions, ben)).levels == tuple(levels)
    assert (await get_levels(house.actions, anna)).levels == ()
    assert (await snapshot(house.actions, ben)).levels == tuple(levels)


async def test_a_level_that_says_nothing_is_told_and_forgotten(house: House) -> None:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    await do_put_group_level(house.actions, anna, group_id, SetLevel(level=LevelKind.NONE))
    house.published()
    level = await do_put_group_level(house.actions, anna, group_id, SetLevel(level=LevelKind.DEFAULT))
    assert house.published() == [(ToUsers((anna,)), LevelUpdate(level=level))]
    assert (await get_levels(house.actions, anna)).levels == ()


async def test_levels_are_of_what_one_sees(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben)
    channel_id, none = text_channel(view), SetLevel(level=LevelKind.NONE)
    talk = await house.conversation(anna, ben)
    await house.overwrite(anna, channel_id, "member", ben, deny=Permission.VIEW_CHANNEL)
    assert await code_of(do_put_group_level(house.actions, cleo, view.group.id, none)) == "unknown_group"
    for user_id, target_id in ((cleo, channel_id), (ben, channel_id), (cleo, talk)):
        assert await code_of(do_put_channel_level(house.actions, user_id, target_id, none)) == "unknown_channel"
    attempt = do_put_channel_level(house.actions, anna, voice_channel(view), none)
    assert await code_of(attempt) == "wrong_channel_kind"


@pytest.mark.parametrize("moment", [-1, FOR_GOOD_MS + 1])
async def test_a_mute_ends_at_a_moment(house: House, moment: int) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    request = SetLevel(level=LevelKind.ALL, muted_until_ms=moment)
    for attempt in (
        do_put_group_level(house.actions, anna, view.group.id, request),
        do_put_channel_level(house.actions, anna, text_channel(view), request),
    ):
        assert await code_of(attempt) == "bad_request"
