"""Who is named in what was written: readers show names, and know only ids."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from server.actions.places import ConversationPlace, Place
from server.domain.entities import Member, Message
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.mentions import certainly_named, perhaps_named
from server.ports import Reader


def names_in(messages: Iterable[Message]) -> tuple[set[UserId], set[UserId]]:
    """Whose names readers may know, and whom the texts name besides: they may be anybody."""
    certain, perhaps = set[UserId](), set[UserId]()
    for message in messages:
        certain.update(certainly_named(message))
        perhaps.update(perhaps_named(message))
    return certain, perhaps - certain


async def named_in(reader: Reader, place: Place, messages: Iterable[Message]) -> set[UserId]:
    """Of those whom the messages name, whose names readers of the place may know: who is pinged, whose card it is, and who else
    is here."""
    certain, perhaps = names_in(messages)
    if not perhaps:
        return certain
    if isinstance(place, ConversationPlace):
        return certain | (perhaps & set(place.conversation.member_ids))
    return certain | {member.user_id for member in await members_here(reader, place, perhaps)}


async def members_in(
    reader: Reader, messages: Iterable[Message], groups: Mapping[ChannelId, GroupId | None]
) -> list[Member]:
    """The memberships, in the groups of the messages, of those who wrote them or are named in them. ``groups``: by channel."""
    people: dict[GroupId, set[UserId]] = {}
    for message in messages:
        group_id = groups[message.channel_id]
        if group_id is not None:
            people.setdefault(group_id, set()).update({message.author_id}, *names_in([message]))
    everybody = set[UserId]().union(*people.values())
    members = await reader.members.in_groups(people.keys(), everybody)
    return [member for member in members if member.user_id in people[member.group_id]]


async def members_here(reader: Reader, place: Place, user_ids: Collection[UserId]) -> list[Member]:
    """Of those who are in the place's group still."""
    return [] if place.group_id is None else await reader.members.by_users(place.group_id, user_ids)
