"""What tests/sim/test_model.py looks at: events that came, what people see, histories, and what a change gave to whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from server.actions.messages import PageQuery, get_messages
from server.domain import events
from server.domain.entities import Channel as RealChannel
from server.domain.entities import Cursor, Message
from server.domain.events import Event
from server.domain.ids import ChannelId, Snowflake, UserId
from server.domain.sections import Text
from tests.sim import town as model
from tests.sim.stage import Device, Stage
from tests.sim.town import Channel, Group, Names, Place, Talk, Town
from tests.support.gateway_model import ClientModel, GroupState

PAGE: int = 100

OF_MESSAGES = (
    *(events.MessageCreate, events.MessageUpdate, events.MessageDelete, events.MessageDeleteBulk),
    *(events.ReactionUpdate, events.TypingStart, events.CursorUpdate),
)


def check_heard(heard: Sequence[Event], before: set[int], after: set[int]) -> None:
    """Nobody is told of what they may not know. ``before`` and ``after`` are what exists for the one who heard it."""
    for event in heard:
        if isinstance(event, OF_MESSAGES):
            assert _channel_of(event) in after, f"told of a hidden channel: {event}"
            continue
        about = _subject_of(event)
        if about is not None:
            assert about in before | after, f"told of what does not exist for them: {event}"


def _channel_of(event: Any) -> int:
    for part in ("message", "cursor"):
        if hasattr(event, part):
            return int(getattr(event, part).channel_id)
    return int(event.channel_id)


def _subject_of(event: Event) -> int | None:
    match event:
        case events.ChannelUpdate(channel=channel):
            return int(channel.id)
        case events.ChannelDelete(channel_id=channel_id) | events.ConversationDelete(channel_id=channel_id):
            return int(channel_id)
        case events.ConversationUpdate(conversation=conversation):
            return int(conversation.id)
        case events.GroupJoin(view=view):
            return int(view.group.id)
        case events.GroupUpdate(group=group):
            return int(group.id)
        case events.RoleUpdate(role=role):
            return int(role.group_id)
        case events.MemberJoin(member=member) | events.MemberUpdate(member=member):
            return int(member.group_id)
        case events.RoleDelete() | events.MemberLeave() | events.GroupLeave():
            return int(event.group_id)
    return None


# ----------------------------------------------------------------------------------------------------- what people see


async def check_view(town: Town, stage: Stage, device: Device) -> None:
    """A new client is told what the model says, and one that heard it bit by bit knows the same."""
    fresh = await stage.fresh(device)
    user = int(device.user_id)
    groups = {group.id: group for group in town.groups.values() if user in group.members}
    assert {int(key) for key in fresh.groups} == groups.keys()
    for key, state in fresh.groups.items():
        _check_group(town, groups[int(key)], state, user)
    _check_talks(town, fresh, user)
    others = {int(one.user.id): one.kind.value for one in fresh.relations.values()}
    words = {other: town.word(user, other) for pair in town.pairs if user in pair for other in pair - {user}}
    assert others == {other: word for other, word in words.items() if word is not None}
    if device.online:
        shown, wanted = _sorted(await stage.shown(device)), _sorted(fresh.seen())
        for part, value in wanted.items():
            assert shown[part] == value, f"{part}: the client has {shown[part]}, and a new one is told {value}"


def _sorted(seen: dict[str, Any]) -> dict[str, Any]:
    """The order of reactions is the server's: one whose first friend goes comes later from then on, and no event says so."""
    for state in seen["conversations"].values():
        if state.last_message is not None:
            ordered = tuple(sorted(state.last_message.reactions, key=lambda one: one.emoji))
            state.last_message = msgspec.structs.replace(state.last_message, reactions=ordered)
    return seen


def _check_group(town: Town, group: Group, state: GroupState, user: int) -> None:
    assert int(state.group.owner_id) == group.owner
    assert state.member_count == len(group.members)
    member = group.members[user]
    assert {int(one) for one in state.member.role_ids} == member.roles
    assert (state.member.timed_out_until_ms or 0) == member.timed_out_until
    roles = {int(one.id): model.Role(one.permissions, one.position, one.mentionable) for one in state.roles.values()}
    assert roles == group.roles
    seen = {channel.id: channel for channel in group.channels.values() if town.views(user, channel)}
    assert {int(one) for one in state.channels} == seen.keys()
    for channel in state.channels.values():
        _check_channel(seen[int(channel.id)], channel)
        if seen[int(channel.id)].kind == "text":
            _check_cursor(town, user, seen[int(channel.id)], state.cursors[channel.id])


def _check_channel(expected: Channel, found: RealChannel) -> None:
    assert found.kind.value == expected.kind
    assert (None if found.category_id is None else int(found.category_id)) == expected.category
    overwrites = {(one.target, int(one.target_id)): (one.allow, one.deny) for one in found.overwrites}
    assert overwrites == expected.overwrites
    assert int(found.last_message_id or 0) == expected.last


def _check_cursor(town: Town, user: int, place: Place, cursor: Cursor) -> None:
    found = (cursor.unread, cursor.mentions, int(cursor.last_read_id or 0))
    assert found == (*town.counts(user, place), place.read.get(user, 0)), f"cursor of {user} in {place.id}"


def _check_talks(town: Town, fresh: ClientModel, user: int) -> None:
    talks = {talk.id: talk for talk in town.talks.values() if user in talk.members}
    assert {int(key) for key in fresh.conversations} == talks.keys()
    for key, state in fresh.conversations.items():
        talk = talks[int(key)]
        assert {int(one) for one in state.conversation.member_ids} == talk.members
        assert (None if state.conversation.owner_id is None else int(state.conversation.owner_id)) == talk.owner
        assert int(state.conversation.last_message_id or 0) == talk.last
        newest = None if state.last_message is None else int(state.last_message.id)
        assert newest == max(talk.posts, default=None)
        _check_cursor(town, user, talk, state.cursor)


# ----------------------------------------------------------------------------------------------------------- histories


def names_of(message: Message) -> Names:
    mentions = message.mentions
    if mentions is None:
        return Names()
    users, roles = (tuple(int(one) for one in some) for some in (mentions.user_ids, mentions.role_ids))
    return Names(users=users, roles=roles, everyone=mentions.everyone, here=mentions.here)


async def check_history(town: Town, stage: Stage, place: Place) -> None:
    """As the first one reads it who may."""
    able = (user for user in sorted(town.readers(place)) if town.may(user, place) & model.READ_HISTORY)
    reader = next(able, None)
    if reader is None or (isinstance(place, Channel) and place.kind != "text"):
        return
    query = PageQuery(limit=PAGE)
    channel_id = ChannelId(Snowflake(place.id))
    page = await get_messages(stage.actions, UserId(Snowflake(reader)), channel_id, query)
    found = [_told(message) for message in page.messages]
    assert found == [_expected(place, post_id) for post_id in place.ids()][-PAGE:]


def _told(message: Message) -> tuple[object, ...]:
    text = "".join(section.text for section in message.sections if isinstance(section, Text))
    reactions = {one.emoji: one.count for one in message.reactions}
    edited = message.edited_ms is not None
    return int(message.id), int(message.author_id), text, names_of(message), message.pinned, edited, reactions


def _expected(place: Place, post_id: int) -> tuple[object, ...]:
    post = place.posts[post_id]
    reactions = {emoji: len(users) for emoji, users in post.reactions.items() if users}
    return post.id, post.author, post.text, post.names, post.pinned, post.edited, reactions


# ------------------------------------------------------------------------------------------------------------- raising


class Raise:
    """Nobody gives what they have not: looks at what a change of a group gave to anybody."""

    def __init__(self, town: Town, group: Group, people: Sequence[int]) -> None:
        self._town = town
        self._group = group
        self._people = people
        self._had = self._all()
        self._owned = {
            (user, channel.id): town.in_channel(channel, user) for user in people for channel in group.channels.values()
        }

    def _all(self) -> dict[tuple[int, int], int]:
        return {
            (user, channel.id): self._town.laid_over(channel, user)
            for user in self._people
            for channel in self._group.channels.values()
        }

    def check(self, actor: int) -> None:
        for (user, channel_id), bits in self._all().items():
            gained = bits & ~self._had[user, channel_id]
            own = self._owned[actor, channel_id]
            assert not gained & ~own, f"{actor} gave {gained & ~own:#x} in {channel_id} to {user}, and has it not there"


__all__ = ["Raise", "Talk", "check_heard", "check_history", "check_view", "names_of"]
