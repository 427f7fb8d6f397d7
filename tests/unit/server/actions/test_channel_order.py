"""Which positions come out of it: tests/unit/server/domain/test_order.py."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from server.actions.audit import AuditQuery, get_audit
from server.actions.channel_order import ChannelPlace, OrderChannels, do_order_channels
from server.actions.snapshot import group_view
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Channel
from server.domain.errors import ParleyError
from server.domain.events import ChannelUpdate, ToChannel
from server.domain.ids import ChannelId, GroupId, Snowflake, UserId
from server.domain.permissions import Permission
from tests.support.actions import House, text_channel, voice_channel
from tests.support.statements import counted

P = Permission


@dataclass
class Garden:
    """Anna owns it, Ben manages its channels; general and Voice lie outside, beds and paths in the categories north and south."""

    house: House
    group_id: GroupId
    anna: UserId
    ben: UserId
    general: ChannelId
    voice: ChannelId
    north: ChannelId
    south: ChannelId
    beds: ChannelId
    paths: ChannelId

    async def order(self, user_id: UserId, *places: tuple[ChannelId, ChannelId | None]) -> tuple[Channel, ...]:
        request = OrderChannels(channels=tuple(ChannelPlace(id=one, category_id=category) for one, category in places))
        return (await do_order_channels(self.house.actions, user_id, self.group_id, request, "tidy")).channels

    async def refusal(self, user_id: UserId, *places: tuple[ChannelId, ChannelId | None]) -> str:
        with pytest.raises(ParleyError) as refused:
            await self.order(user_id, *places)
        return f"{refused.value.code} {refused.value.data.get('permission', '')}".strip()

    async def shown(self, user_id: UserId) -> list[tuple[ChannelId, ChannelId | None]]:
        view = await group_view(self.house.actions, user_id, self.group_id)
        return [(channel.id, channel.category_id) for channel in view.channels]


@pytest.fixture
async def garden(house: House) -> Garden:
    anna, ben = await house.user("anna"), await house.user("ben")
    view = await house.group(anna, ben)
    group_id = view.group.id
    await house.appoint(anna, group_id, ben, P.MANAGE_CHANNELS, position=5)
    north = (await house.category(anna, group_id, "north")).id
    beds = (await house.channel(anna, group_id, "beds", north)).id
    south = (await house.category(anna, group_id, "south")).id
    paths = (await house.channel(anna, group_id, "paths", south)).id
    house.published()
    return Garden(house, group_id, anna, ben, text_channel(view), voice_channel(view), north, south, beds, paths)


async def test_everything_stands_as_it_was_put(house: House, garden: Garden) -> None:
    places = [
        (garden.south, None),
        (garden.beds, garden.south),
        (garden.paths, garden.south),
        (garden.voice, None),
        (garden.north, None),
        (garden.general, garden.north),
    ]
    changed = await garden.order(garden.ben, *places)
    assert await garden.shown(garden.anna) == places
    assert {event for _, event in house.published()} == {ChannelUpdate(channel=one) for one in changed}
    assert await garden.order(garden.ben, *places) == ()
    assert house.published() == []
    page = await get_audit(house.actions, garden.anna, garden.group_id, AuditQuery(actor=garden.ben))
    assert sorted((one.action, one.target_id, one.reason) for one in page.entries) == [
        (AuditAction.CHANNEL_ORDER, str(int(garden.group_id)), "tidy"),
        (AuditAction.CHANNEL_UPDATE, str(int(garden.general)), "tidy"),
        (AuditAction.CHANNEL_UPDATE, str(int(garden.beds)), "tidy"),
    ]


async def test_one_that_is_dragged_moves_alone(house: House, garden: Garden) -> None:
    places = await garden.shown(garden.anna)
    (moved,) = await garden.order(garden.ben, places[0], *places[2:], places[1])
    assert house.published() == [(ToChannel(garden.group_id, garden.voice), ChannelUpdate(channel=moved))]
    assert await garden.shown(garden.anna) == [places[0], *places[2:], places[1]]


async def test_what_one_cannot_see_keeps_its_place_and_is_not_told(house: House, garden: Garden) -> None:
    everyone = everyone_role_id(garden.group_id)
    await house.overwrite(garden.anna, garden.general, "role", everyone, deny=P.VIEW_CHANNEL)
    await house.overwrite(garden.anna, garden.north, "role", everyone, deny=P.VIEW_CHANNEL)
    await house.overwrite(garden.anna, garden.beds, "role", everyone, allow=P.VIEW_CHANNEL)
    changed = await garden.order(
        garden.ben, (garden.beds, None), (garden.south, None), (garden.paths, garden.south), (garden.voice, None)
    )
    assert garden.general not in [one.id for one in changed]
    assert await garden.shown(garden.anna) == [
        (garden.general, None),
        (garden.south, None),
        (garden.paths, garden.south),
        (garden.voice, None),
        (garden.north, None),
        (garden.beds, garden.north),
    ], "beds stays in a category that Ben does not see"
    assert await garden.refusal(garden.ben, (garden.general, None)) == "unknown_channel"
    assert await garden.refusal(garden.ben, (garden.paths, garden.north)) == "unknown_channel"


async def test_what_an_order_may_say(garden: Garden) -> None:
    nowhere = ChannelId(Snowflake(1))
    assert await garden.refusal(garden.ben, (nowhere, None)) == "unknown_channel"
    assert await garden.refusal(garden.ben, (garden.beds, nowhere)) == "unknown_channel"
    assert await garden.refusal(garden.ben, (garden.beds, garden.general)) == "wrong_channel_kind"
    assert await garden.refusal(garden.ben, (garden.north, garden.south)) == "bad_request"
    assert await garden.refusal(garden.ben, (garden.general, None), (garden.general, None)) == "bad_request"


async def test_the_order_is_for_those_who_manage_channels(house: House, garden: Garden) -> None:
    cleo, dora = await house.user("cleo"), await house.user("dora")
    await house.bring_in(garden.anna, garden.group_id, cleo)
    assert await garden.refusal(cleo, (garden.general, None)) == "forbidden manage_channels"
    assert await garden.refusal(dora, (garden.general, None)) == "unknown_group"


async def test_dragging_gives_nothing_that_one_has_not(house: House, garden: Garden) -> None:
    await house.overwrite(garden.anna, garden.north, "role", everyone_role_id(garden.group_id), deny=P.SEND_MESSAGES)
    assert await garden.refusal(garden.ben, (garden.beds, garden.south)) == "forbidden send_messages"
    assert await garden.refusal(garden.ben, (garden.beds, None)) == "forbidden send_messages"
    await house.overwrite(garden.anna, garden.south, "member", garden.ben, deny=P.MANAGE_CHANNELS)
    assert await garden.refusal(garden.ben, (garden.general, garden.south)) == "forbidden manage_channels"
    assert await garden.shown(garden.anna) == await garden.shown(garden.anna)


async def test_a_large_order_is_a_handful_of_statements(house: House, garden: Garden) -> None:
    for number in range(20):
        await house.channel(garden.anna, garden.group_id, f"more {number}")
    places = await garden.shown(garden.anna)
    into_north = [(one, garden.north if one not in (garden.north, garden.south) else None) for one, _ in places[::-1]]
    with counted(house.store) as statements:
        assert len(await garden.order(garden.anna, *into_north)) > 20
    assert len(statements) == 8, statements
