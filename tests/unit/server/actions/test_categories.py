"""What a category does to its channels, and who may change that. Whatever the overwrites: tests/property/test_permissions.py."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from server.actions.channels import (
    CreateChannel,
    UpdateChannel,
    do_create_channel,
    do_delete_channel,
    do_update_channel,
)
from server.actions.overwrites import do_delete_overwrite
from server.actions.roles import do_delete_role
from server.actions.snapshot import group_view
from server.domain.access import everyone_role_id
from server.domain.entities import Channel
from server.domain.errors import ParleyError
from server.domain.events import ChannelDelete, ChannelUpdate, ToChannel
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel, voice_channel

P = Permission


@dataclass
class Garden:
    """Anna owns it; Ben manages channels and roles from position 5; Cleo has what everyone has. ``beds`` is in ``outside``."""

    house: House
    group_id: GroupId
    anna: UserId
    ben: UserId
    cleo: UserId
    outside: Channel
    beds: Channel
    general: ChannelId

    @property
    def everyone(self) -> RoleId:
        return everyone_role_id(self.group_id)

    async def seen(self, user_id: UserId) -> dict[ChannelId, Channel]:
        return {one.id: one for one in (await group_view(self.house.actions, user_id, self.group_id)).channels}

    async def refusal(self, attempt: object) -> str:
        with pytest.raises(ParleyError) as refused:
            await attempt  # type: ignore[misc]
        return f"{refused.value.code} {refused.value.data.get('permission', '')}".strip()


@pytest.fixture
async def garden(house: House) -> Garden:
    anna, ben, cleo = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(anna, ben, cleo)
    group_id = view.group.id
    await house.appoint(anna, group_id, ben, P.MANAGE_CHANNELS | P.MANAGE_ROLES, position=5)
    outside = await house.category(anna, group_id)
    beds = await house.channel(anna, group_id, "beds", outside.id)
    house.published()
    return Garden(house, group_id, anna, ben, cleo, outside, beds, text_channel(view))


async def test_a_category_hides_and_shows_its_channels(house: House, garden: Garden) -> None:
    assert garden.beds.category_id == garden.outside.id
    await house.overwrite(garden.anna, garden.outside.id, "role", garden.everyone, deny=P.VIEW_CHANNEL)
    assert not {garden.outside.id, garden.beds.id} & (await garden.seen(garden.cleo)).keys()
    await house.overwrite(garden.anna, garden.beds.id, "member", garden.cleo, allow=P.VIEW_CHANNEL)
    seen = await garden.seen(garden.cleo)
    assert garden.beds.id in seen
    assert garden.outside.id not in seen


async def test_nothing_is_written_in_a_category(house: House, garden: Garden) -> None:
    with pytest.raises(ParleyError) as refused:
        await house.say(garden.anna, garden.outside.id)
    assert refused.value.code == "wrong_channel_kind"


async def test_a_category_is_in_no_category_and_only_a_category_holds_channels(house: House, garden: Garden) -> None:
    async def make(kind: str, category_id: ChannelId) -> object:
        request = CreateChannel(name="x", kind=kind, category_id=category_id)  # type: ignore[arg-type]
        return await do_create_channel(house.actions, garden.anna, garden.group_id, request)

    assert await garden.refusal(make("category", garden.outside.id)) == "bad_request"
    assert await garden.refusal(make("text", garden.general)) == "wrong_channel_kind"
    other = await house.group(garden.anna)
    elsewhere = await house.category(garden.anna, other.group.id)
    assert await garden.refusal(make("text", elsewhere.id)) == "unknown_channel"

    def move(channel_id: ChannelId, category_id: ChannelId) -> object:
        return do_update_channel(house.actions, garden.anna, channel_id, UpdateChannel(category_id=category_id))

    second = await house.category(garden.anna, garden.group_id)
    assert await garden.refusal(move(second.id, garden.outside.id)) == "bad_request"
    assert await garden.refusal(move(garden.outside.id, garden.outside.id)) == "bad_request"
    assert await garden.refusal(move(garden.beds.id, garden.general)) == "wrong_channel_kind"
    assert await garden.refusal(move(garden.beds.id, elsewhere.id)) == "unknown_channel"


async def test_a_channel_is_made_by_whoever_manages_the_category(house: House, garden: Garden) -> None:
    async def make(user_id: UserId, category_id: ChannelId | None) -> object:
        request = CreateChannel(name="x", kind="text", category_id=category_id)
        return await do_create_channel(house.actions, user_id, garden.group_id, request)

    await house.overwrite(garden.anna, garden.outside.id, "member", garden.cleo, allow=P.MANAGE_CHANNELS)
    await make(garden.cleo, garden.outside.id)
    assert await garden.refusal(make(garden.cleo, None)) == "forbidden manage_channels"
    await house.overwrite(garden.anna, garden.outside.id, "member", garden.ben, deny=P.MANAGE_CHANNELS)
    assert await garden.refusal(make(garden.ben, garden.outside.id)) == "forbidden manage_channels"
    await house.overwrite(garden.anna, garden.outside.id, "member", garden.ben, deny=P.VIEW_CHANNEL)
    assert await garden.refusal(make(garden.ben, garden.outside.id)) == "unknown_channel"


async def test_moving_needs_the_permission_at_both_ends(house: House, garden: Garden) -> None:
    def move(category_id: ChannelId | None) -> object:
        return do_update_channel(house.actions, garden.ben, garden.general, UpdateChannel(category_id=category_id))

    await house.overwrite(garden.anna, garden.outside.id, "member", garden.ben, deny=P.MANAGE_CHANNELS)
    assert await garden.refusal(move(garden.outside.id)) == "forbidden manage_channels"
    await do_delete_overwrite(house.actions, garden.anna, garden.outside.id, "member", garden.ben)
    house.published()
    moved = await do_update_channel(
        house.actions, garden.ben, garden.general, UpdateChannel(category_id=garden.outside.id)
    )
    assert moved.category_id == garden.outside.id
    assert house.published() == [(ToChannel(garden.group_id, garden.general), ChannelUpdate(channel=moved))]
    assert (await garden.seen(garden.cleo))[garden.general] == moved
    await house.overwrite(garden.anna, garden.general, "member", garden.ben, deny=P.MANAGE_CHANNELS)
    assert await garden.refusal(move(None)) == "forbidden manage_channels"


async def test_a_move_does_not_give_what_the_mover_has_not(house: House, garden: Garden) -> None:
    """Out of a category that denies, into one that allows."""
    await house.overwrite(garden.anna, garden.outside.id, "role", garden.everyone, deny=P.SEND_MESSAGES)
    open_one = await house.category(garden.anna, garden.group_id)
    await house.overwrite(garden.anna, open_one.id, "role", garden.everyone, allow=P.MANAGE_MESSAGES)

    def move(category_id: ChannelId | None) -> object:
        return do_update_channel(house.actions, garden.ben, garden.beds.id, UpdateChannel(category_id=category_id))

    assert await garden.refusal(move(None)) == "forbidden send_messages"
    assert await garden.refusal(move(open_one.id)) in ("forbidden send_messages", "forbidden manage_messages")
    await house.overwrite(garden.anna, garden.beds.id, "member", garden.ben, allow=P.SEND_MESSAGES)
    assert await garden.refusal(move(open_one.id)) == "forbidden manage_messages"
    moved = await do_update_channel(house.actions, garden.ben, garden.beds.id, UpdateChannel(category_id=None))
    assert moved.category_id is None


async def test_an_overwrite_of_a_category_does_not_give_what_one_has_not_in_its_channels(
    house: House, garden: Garden
) -> None:
    await house.overwrite(garden.anna, garden.beds.id, "member", garden.ben, deny=P.SEND_MESSAGES)
    await house.overwrite(garden.anna, garden.outside.id, "member", garden.cleo, deny=P.SEND_MESSAGES)

    def allow() -> object:
        return house.overwrite(garden.ben, garden.outside.id, "member", garden.cleo, allow=P.SEND_MESSAGES)

    assert await garden.refusal(allow()) == "forbidden send_messages"
    take = do_delete_overwrite(house.actions, garden.ben, garden.outside.id, "member", garden.cleo)
    assert await garden.refusal(take) == "forbidden send_messages"
    # What the channel says of Cleo itself, the category does not change.
    await house.overwrite(garden.anna, garden.beds.id, "member", garden.cleo, deny=P.SEND_MESSAGES)
    await house.overwrite(garden.ben, garden.outside.id, "member", garden.cleo, allow=P.SEND_MESSAGES)


async def test_a_role_whose_category_denies_is_not_deleted_by_those_whom_a_channel_denies(
    house: House, garden: Garden
) -> None:
    silent = await house.role(garden.anna, garden.group_id, position=1)
    await house.overwrite(garden.anna, garden.outside.id, "role", silent.id, deny=P.SEND_MESSAGES)
    await house.overwrite(garden.anna, garden.beds.id, "member", garden.ben, deny=P.SEND_MESSAGES)
    delete = do_delete_role(house.actions, garden.ben, garden.group_id, silent.id)
    assert await garden.refusal(delete) == "forbidden send_messages"
    await do_delete_overwrite(house.actions, garden.anna, garden.beds.id, "member", garden.ben)
    await do_delete_role(house.actions, garden.ben, garden.group_id, silent.id)


async def test_the_channels_of_a_deleted_category_stay(house: House, garden: Garden) -> None:
    await do_delete_channel(house.actions, garden.ben, garden.outside.id)
    beds = (await garden.seen(garden.cleo))[garden.beds.id]
    assert beds.category_id is None
    gone = ChannelDelete(group_id=garden.group_id, channel_id=garden.outside.id)
    assert house.published() == [
        (ToChannel(garden.group_id, garden.outside.id), gone),
        (ToChannel(garden.group_id, garden.beds.id), ChannelUpdate(channel=beds)),
    ]


async def test_the_end_of_a_category_does_not_give_what_one_has_not(house: House, garden: Garden) -> None:
    await house.overwrite(garden.anna, garden.outside.id, "role", garden.everyone, deny=P.SEND_MESSAGES)
    delete = do_delete_channel(house.actions, garden.ben, garden.outside.id)
    assert await garden.refusal(delete) == "forbidden send_messages"
    await do_delete_channel(house.actions, garden.anna, garden.outside.id)


async def test_a_private_channel_is_its_makers_and_of_those_let_in(house: House, garden: Garden) -> None:
    await house.overwrite(garden.anna, garden.outside.id, "member", garden.cleo, allow=P.VIEW_CHANNEL)
    for kind, category_id in (("text", garden.outside.id), ("voice", None), ("category", None)):
        request = CreateChannel(name="mine", kind=kind, category_id=category_id, private=True)  # type: ignore[arg-type]
        private = await do_create_channel(house.actions, garden.ben, garden.group_id, request)
        assert private == (await garden.seen(garden.ben))[private.id]
        assert private.id in await garden.seen(garden.anna)
        assert private.id not in await garden.seen(garden.cleo)
        await house.overwrite(garden.ben, private.id, "member", garden.cleo, allow=P.VIEW_CHANNEL)
        assert private.id in await garden.seen(garden.cleo)


async def test_only_text_is_slow(house: House, garden: Garden) -> None:
    voice = voice_channel(await group_view(house.actions, garden.anna, garden.group_id))
    for channel_id in (voice, garden.outside.id):
        slow = do_update_channel(house.actions, garden.anna, channel_id, UpdateChannel(slow_mode_s=5))
        assert await garden.refusal(slow) == "wrong_channel_kind"
    for slow_mode_s in (-1, 6 * 3600 + 1):
        slow = do_update_channel(house.actions, garden.anna, garden.beds.id, UpdateChannel(slow_mode_s=slow_mode_s))
        assert await garden.refusal(slow) == "bad_request"
    request = CreateChannel(name="x", kind="voice", slow_mode_s=5)
    assert await garden.refusal(do_create_channel(house.actions, garden.anna, garden.group_id, request)) == (
        "wrong_channel_kind"
    )
    request = CreateChannel(name="x", kind="text", slow_mode_s=5)
    assert (await do_create_channel(house.actions, garden.anna, garden.group_id, request)).slow_mode_s == 5
