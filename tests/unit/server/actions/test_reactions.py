from __future__ import annotations

import pytest

from server.actions.audit import AuditQuery, get_audit
from server.actions.emojis import do_create_emoji, do_delete_emoji
from server.actions.members import TimeOut, do_time_out
from server.actions.messages import PageQuery, get_message, get_messages
from server.actions.overwrites import PutOverwrite, do_put_overwrite
from server.actions.reactions import ReactorsQuery, do_react, do_remove_reaction, do_unreact, get_reactors
from server.domain.access import everyone_role_id
from server.domain.entities import AuditAction, Message, Reaction
from server.domain.errors import ParleyError
from server.domain.events import ReactionUpdate, ToChannel
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import House, no_message, text_channel
from tests.support.pictures import picture


class Scene:
    """Anna's group with Ben in it, and a message of Anna's; Cleo is elsewhere, with a group of her own."""

    def __init__(self, group_id: GroupId, channel_id: ChannelId, message: Message, *people: UserId) -> None:
        self.group_id, self.channel_id, self.message = group_id, channel_id, message
        self.anna, self.ben, self.cleo = people

    async def react(self, house: House, user_id: UserId, emoji: str) -> None:
        await do_react(house.actions, user_id, self.channel_id, self.message.id, emoji)

    async def refused(self, house: House, user_id: UserId, emoji: str) -> str:
        with pytest.raises(ParleyError) as refused:
            await self.react(house, user_id, emoji)
        return refused.value.code


@pytest.fixture
async def scene(house: House) -> Scene:
    people = [await house.user(name) for name in ("anna", "ben", "cleo")]
    view = await house.group(people[0], people[1])
    channel_id = text_channel(view)
    message = await house.say(people[0], channel_id)
    house.published()
    return Scene(view.group.id, channel_id, message, *people)


async def test_a_reaction_is_told_with_what_is_there_now(house: House, scene: Scene) -> None:
    await scene.react(house, scene.ben, "🌻")
    await scene.react(house, scene.anna, "🌻")
    await scene.react(house, scene.anna, "🌻")
    await do_unreact(house.actions, scene.ben, scene.channel_id, scene.message.id, "🌻")
    told = house.published()
    assert {audience for audience, _ in told} == {ToChannel(scene.group_id, scene.channel_id)}
    events = [event for _, event in told if isinstance(event, ReactionUpdate)]
    assert [(one.user_id, one.reacted, one.count) for one in events] == [
        (scene.ben, True, 1),
        (scene.anna, True, 2),
        (scene.ben, False, 1),
    ]


async def test_pages_show_counts_and_ones_own(house: House, scene: Scene) -> None:
    await scene.react(house, scene.ben, "🌻")
    await scene.react(house, scene.anna, "👍")
    page = await get_messages(house.actions, scene.ben, scene.channel_id, PageQuery())
    assert page.messages[-1].reactions == (Reaction(emoji="🌻", count=1), Reaction(emoji="👍", count=1))
    assert page.reacted == {scene.message.id: ("🌻",)}
    written = await get_message(house.actions, scene.anna, scene.channel_id, scene.message.id)
    assert written.reacted == ("👍",)


async def test_who_reacted_comes_by_pages(house: House, scene: Scene) -> None:
    for user_id in (scene.anna, scene.ben):
        await scene.react(house, user_id, "🌻")
    ask = (house.actions, scene.ben, scene.channel_id, scene.message.id, "🌻")
    first = await get_reactors(*ask, ReactorsQuery(limit=1))
    assert ([user.id for user in first.users], first.has_more) == ([scene.anna], True)
    second = await get_reactors(*ask, ReactorsQuery(after=scene.anna))
    assert ([user.id for user in second.users], second.has_more) == ([scene.ben], False)


async def test_without_the_permission_one_joins_in_only(house: House, scene: Scene) -> None:
    nobody = PutOverwrite(allow=0, deny=int(Permission.ADD_REACTIONS))
    everyone = everyone_role_id(scene.group_id)
    await do_put_overwrite(house.actions, scene.anna, scene.channel_id, "role", everyone, nobody)
    assert await scene.refused(house, scene.ben, "🌻") == "forbidden"
    await scene.react(house, scene.anna, "🌻")
    await scene.react(house, scene.ben, "🌻")


async def test_who_may_not(house: House, scene: Scene) -> None:
    assert await scene.refused(house, scene.cleo, "🌻") == "unknown_channel"
    await do_time_out(house.actions, scene.anna, scene.group_id, scene.ben, TimeOut(until_ms=house.clock.ms + 1000))
    assert await scene.refused(house, scene.ben, "🌻") == "timed_out"
    with pytest.raises(ParleyError) as refused:
        await do_react(house.actions, scene.anna, scene.channel_id, no_message(), "🌻")
    assert refused.value.code == "unknown_message"
    assert await scene.refused(house, scene.anna, "sunflower") == "bad_emoji"


async def test_a_message_has_so_many_kinds(house: House, scene: Scene) -> None:
    few = house.with_limits(Limits(reactions_max=2))
    await scene.react(few, scene.ben, "🌻")
    await scene.react(few, scene.ben, "👍")
    assert await scene.refused(few, scene.ben, "🎉") == "too_many"
    await scene.react(few, scene.anna, "👍")


async def test_own_emoji_work_in_their_group_alone(house: House, scene: Scene) -> None:
    rose = await do_create_emoji(house.actions, scene.anna, scene.group_id, "rose", picture(), None)
    other = await house.group(scene.cleo)
    tulip = await do_create_emoji(house.actions, scene.cleo, other.group.id, "tulip", picture(), None)
    await scene.react(house, scene.ben, str(int(rose.id)))
    assert await scene.refused(house, scene.ben, str(int(tulip.id))) == "unknown_emoji"
    await do_delete_emoji(house.actions, scene.anna, scene.group_id, rose.id)
    await do_unreact(house.actions, scene.ben, scene.channel_id, scene.message.id, str(int(rose.id)))
    assert await scene.refused(house, scene.ben, str(int(rose.id))) == "unknown_emoji"


async def test_moderators_take_away_reactions_of_others(house: House, scene: Scene) -> None:
    await scene.react(house, scene.anna, "🌻")
    ask = (house.actions, scene.ben, scene.channel_id, scene.message.id, "🌻", scene.anna)
    with pytest.raises(ParleyError) as refused:
        await do_remove_reaction(*ask)
    assert refused.value.code == "forbidden"
    await house.appoint(scene.anna, scene.group_id, scene.ben, Permission.MANAGE_MESSAGES)
    await do_remove_reaction(*ask, reason="off topic")
    await do_remove_reaction(*ask)
    (entry,) = (
        await get_audit(house.actions, scene.anna, scene.group_id, AuditQuery(action=AuditAction.REACTION_DELETE))
    ).entries
    assert (entry.actor_id, entry.reason, entry.changes["emoji"]) == (scene.ben, "off topic", "🌻")
