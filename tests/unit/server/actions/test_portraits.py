from __future__ import annotations

import io

import pytest
from PIL import Image

from server.actions.accounts import UpdateMe, do_update_me, get_me
from server.actions.messages import PageQuery, get_messages
from server.actions.portraits import (
    KEPT_MS,
    UpdateProfile,
    do_collect_profile_pictures,
    do_delete_avatar,
    do_delete_banner,
    do_put_avatar,
    do_put_banner,
    do_update_profile,
    get_profile,
    get_profile_picture,
)
from server.domain.entities import ProfileField
from server.domain.errors import ParleyError
from server.domain.events import MeUpdate, ToContacts, ToUsers, UserUpdate
from server.domain.ids import Snowflake, UserId
from server.domain.limits import Limits
from tests.support.actions import House, text_channel
from tests.support.pictures import picture


async def size_of(house: House, picture_id: str | None, kind: str) -> tuple[int, int]:
    assert picture_id is not None
    found = await get_profile_picture(house.actions, picture_id, kind)  # type: ignore[arg-type]
    assert found.media_type == "image/webp"
    return Image.open(io.BytesIO(found.data)).size


async def test_an_avatar_shows_on_old_messages_too(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    general = text_channel(await house.group(anna, ben))
    await house.say(ben, general, "before")
    await get_messages(house.actions, anna, general, PageQuery())
    house.published()
    me = await do_put_avatar(house.actions, ben, picture(500, "GIF", frames=3))
    assert me == await get_me(house.actions, ben)
    assert await size_of(house, me.avatar, "avatar") == (256, 256)
    assert await size_of(house, me.avatar, "small") == (64, 64)
    (own, mine), (others, theirs) = house.published()
    assert (own, mine) == (ToUsers((ben,)), MeUpdate(me=me))
    assert others == ToContacts(ben)
    assert isinstance(theirs, UserUpdate)
    assert theirs.user.avatar == me.avatar
    page = await get_messages(house.actions, anna, general, PageQuery())
    assert [user.avatar for user in page.users] == [me.avatar]


async def test_a_new_name_keeps_the_avatar(house: House) -> None:
    anna = await house.user("anna")
    me = await do_put_avatar(house.actions, anna, picture())
    house.published()
    await do_update_me(house.actions, anna, UpdateMe(display_name="Annabel"))
    (_, changed), (_, seen) = house.published()
    assert isinstance(changed, MeUpdate)
    assert isinstance(seen, UserUpdate)
    assert changed.me.avatar == seen.user.avatar == me.avatar


async def test_avatars_and_banners_go(house: House) -> None:
    anna = await house.user("anna")
    await do_put_avatar(house.actions, anna, picture())
    banner = (await do_put_banner(house.actions, anna, picture(600))).banner
    assert await size_of(house, banner, "banner") == (600, 240)
    house.published()
    assert (await do_delete_avatar(house.actions, anna)).avatar is None
    assert (await do_delete_banner(house.actions, anna)).banner is None
    assert [type(event) for _, event in house.published()] == [MeUpdate, UserUpdate, UserUpdate]
    await do_delete_avatar(house.actions, anna)
    await do_delete_banner(house.actions, anna)
    assert house.published() == []


async def test_old_pictures_are_collected(house: House) -> None:
    anna = await house.user("anna")
    first = (await do_put_avatar(house.actions, anna, picture())).avatar
    second = (await do_put_avatar(house.actions, anna, picture(40))).avatar
    banner = (await do_put_banner(house.actions, anna, picture())).banner
    assert await do_collect_profile_pictures(house.actions) == 0
    house.clock.ms += KEPT_MS + 1
    assert await do_collect_profile_pictures(house.actions) == 1
    assert await size_of(house, second, "small") == (40, 40)
    assert await size_of(house, banner, "banner") == (32, 13)
    assert first is not None
    for kind in ("avatar", "small"):
        with pytest.raises(ParleyError) as gone:
            await size_of(house, first, kind)
        assert gone.value.code == "unknown_image"


async def test_what_people_say_of_themselves(house: House) -> None:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    await house.group(anna, ben)
    house.published()
    fields = (ProfileField(name="Pronouns", value="she"),)
    view = await do_update_profile(house.actions, anna, UpdateProfile(bio=" I **garden**. ", fields=fields))
    assert (view.user.username, view.bio, view.fields, view.banner) == ("anna", "I **garden**.", fields, None)
    ((audience, event),) = house.published()
    assert (audience, event) == (ToContacts(anna), UserUpdate(user=view.user))
    assert await get_profile(house.actions, ben, anna) == view == await get_profile(house.actions, anna, anna)
    assert await do_update_profile(house.actions, anna, UpdateProfile()) == view
    assert house.published() == []
    banner = (await do_put_banner(house.actions, anna, picture())).banner
    kept = await do_update_profile(house.actions, anna, UpdateProfile(bio=""))
    assert (kept.bio, kept.fields, kept.banner) == ("", fields, banner)
    for wanted in (anna, UserId(Snowflake(5))):
        with pytest.raises(ParleyError) as refused:
            await get_profile(house.actions, cleo, wanted)
        assert refused.value.code == "unknown_user"


async def test_what_is_refused(house: House) -> None:
    anna = await house.user("anna")
    for data, code in ((b"no picture", "bad_image"), (bytes(Limits().profile_picture_max_bytes + 1), "too_large")):
        for do in (do_put_avatar, do_put_banner):
            with pytest.raises(ParleyError) as refused:
                await do(house.actions, anna, data)
            assert refused.value.code == code
    assert (await get_me(house.actions, anna)).avatar is None
    for picture_id in ("", "../../files/00/1", "AB" * 16, "ab" * 16):
        with pytest.raises(ParleyError) as refused:
            await get_profile_picture(house.actions, picture_id, "avatar")
        assert refused.value.code == "unknown_image"
