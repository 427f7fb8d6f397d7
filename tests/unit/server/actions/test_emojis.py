from __future__ import annotations

import pytest

from server.actions.emojis import RenameEmoji, do_create_emoji, do_delete_emoji, do_rename_emoji, get_emoji_picture
from server.actions.snapshot import group_view
from server.domain.errors import ParleyError
from server.domain.ids import EmojiId, Snowflake
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House
from tests.support.pictures import picture


async def test_emoji_are_added_shown_renamed_and_deleted(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    group_id = (await house.group(anna, ben)).group.id
    rose = await do_create_emoji(house.actions, anna, group_id, "rose", picture(), "for the spring")
    moving = await do_create_emoji(house.actions, anna, group_id, "moving", picture(20, "GIF", frames=3), None)
    assert (rose.animated, moving.animated) == (False, True)
    assert (await group_view(house.actions, ben, group_id)).emojis == (rose, moving)
    assert (await get_emoji_picture(house.actions, rose.id)).media_type == "image/png"
    renamed = await do_rename_emoji(house.actions, anna, group_id, rose.id, RenameEmoji(name="peony"))
    await do_delete_emoji(house.actions, anna, group_id, moving.id)
    assert (await group_view(house.actions, ben, group_id)).emojis == (renamed,)


async def test_what_is_refused(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    group_id = (await house.group(anna, ben)).group.id
    other = await house.group(cleo)

    async def code(user_id: object, name: str, image: bytes, by: House = house) -> str:
        with pytest.raises(ParleyError) as refused:
            await do_create_emoji(by.actions, user_id, group_id, name, image, None)  # type: ignore[arg-type]
        return refused.value.code

    assert await code(ben, "rose", picture()) == "forbidden"
    assert await code(cleo, "rose", picture()) == "unknown_group"
    assert await code(anna, "rose!", picture()) == "bad_name"
    assert await code(anna, "rose", b"no picture") == "bad_image"
    assert await code(anna, "rose", bytes(Limits().emoji_max_bytes + 1)) == "too_large"
    rose = await do_create_emoji(house.actions, anna, group_id, "rose", picture(), None)
    assert await code(anna, "rose", picture()) == "name_taken"
    assert await code(anna, "tulip", picture(), house.with_limits(Limits(emojis_per_group=1))) == "too_many"
    await house.appoint(anna, group_id, ben, Permission.MANAGE_EMOJIS)
    await do_create_emoji(house.actions, ben, group_id, "tulip", picture(), None)
    with pytest.raises(ParleyError) as refused:
        await do_rename_emoji(house.actions, ben, group_id, rose.id, RenameEmoji(name="tulip"))
    assert refused.value.code == "name_taken"
    for group, emoji_id in ((other.group.id, rose.id), (group_id, EmojiId(Snowflake(1)))):
        with pytest.raises(ParleyError) as refused:
            await do_delete_emoji(house.actions, cleo if group != group_id else anna, group, emoji_id)
        assert refused.value.code == "unknown_emoji"
