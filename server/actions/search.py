"""Searching what one may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec

from server.actions.authority import group_seat
from server.actions.context import Actions
from server.actions.people import members_in, names_in
from server.actions.places import GroupPlace, place_of
from server.actions.requests import Request
from server.actions.views import read_access
from server.domain import search as rules
from server.domain.access import GroupAccess
from server.domain.entities import Channel, ChannelKind, Member, Message, User
from server.domain.errors import Invalid
from server.domain.ids import ChannelId, GroupId, MessageId, Snowflake, UserId
from server.domain.names import fold_username
from server.domain.numbers import check_range
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.domain.search import Match, Question
from server.ports import Reader

_BATCH: Final = 200
_BATCHES: Final = 20
"""So many batches of what fits are looked through for what the reader may see; then the reader is asked to go on from there."""
_CHANNELS_AT_ONCE: Final = 32
"""Up to so many channels are looked through by name; more by their groups."""


class SearchQuery(Request, frozen=True, kw_only=True):
    q: str = ""
    group: GroupId | None = None
    channel: ChannelId | None = None
    before: MessageId | None = None
    """Where the page before ended."""
    limit: int = 25


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    message: Message
    channel_id: ChannelId
    group_id: GroupId | None
    context_before: tuple[Message, ...]
    """The message before it in the channel, if there is one."""
    context_after: tuple[Message, ...]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    results: tuple[Hit, ...]
    """Newest first."""
    users: tuple[User, ...]
    """Who wrote what is here, and whom it names."""
    members: tuple[Member, ...]
    """The memberships of these people in the groups of the messages."""
    next: MessageId | None
    """Ask on with this as ``before``; None: that was all."""


class _Scope(msgspec.Struct, frozen=True):
    """Where the reader looks: channels that they may read, with their groups."""

    groups: dict[ChannelId, GroupId | None]
    channels: dict[ChannelId, Channel]
    """Those of groups."""

    def terms(self) -> list[str]:
        """Every message in these channels has one of them (and perhaps others that the reader may not see)."""
        if len(self.groups) <= _CHANNELS_AT_ONCE:
            return [rules.channel_term(channel_id) for channel_id in self.groups]
        of_groups = {group_id for group_id in self.groups.values() if group_id is not None}
        alone = [channel_id for channel_id, group_id in self.groups.items() if group_id is None]
        return [rules.group_term(one) for one in sorted(of_groups)] + [rules.channel_term(one) for one in alone]

    def only(self, channel_ids: Collection[ChannelId]) -> _Scope:
        return _Scope({one: group for one, group in self.groups.items() if one in channel_ids}, self.channels)


async def get_search(actions: Actions, user_id: UserId, query: SearchQuery) -> SearchPage:
    """What fits ``q`` in all that one may read, in one group or in one channel.

    Raises bad_search, too_long, and what one may not see as unknown_group, unknown_channel.
    """
    await actions.limiter.hit(Rule.SEARCH, str(user_id))
    limit = check_range(query.limit, "limit", 1, actions.limits.search_page_max)
    question = rules.parse(query.q, actions.limits.search_length)
    async with actions.store.read() as reader:
        scope = await _scope(actions, reader, user_id, query)
        scope = scope.only(_named_channels(scope, question)) if question.channels else scope
        match = rules.match(
            question,
            within=scope.terms(),
            authors=await _people(actions, reader, question.authors, "from"),
            mentioned=await _people(actions, reader, question.mentioned, "mentions"),
        )
        if query.before is not None:
            match = msgspec.structs.replace(match, before=min(match.before, query.before))
        keys, next_id = await _find(reader, match, scope, limit)
        page = await _shown(reader, scope, keys, next_id)
    shown = _messages(page.results)
    certain, _ = names_in(shown)
    authors = {message.author_id for message in shown}
    users = await actions.profiles.by_ids(authors | certain | {member.user_id for member in page.members})
    return msgspec.structs.replace(page, users=tuple(users.values()))


# -------------------------------------------------------------------------------------------------------------- where


async def _scope(actions: Actions, reader: Reader, user_id: UserId, query: SearchQuery) -> _Scope:
    now_ms = actions.clock.now_ms()
    if query.channel is not None:
        place = await place_of(reader, user_id, query.channel, now_ms)
        place.require(Permission.READ_HISTORY)
        channels = {place.id: place.channel} if isinstance(place, GroupPlace) else {}
        return _Scope({place.id: place.group_id}, channels)
    if query.group is not None:
        seat = await group_seat(reader, user_id, query.group, now_ms, channels=True)
        return _of_groups([(seat.access, seat.member)], now_ms)
    members = await reader.members.of_user(user_id)
    access = await read_access(reader, [member.group_id for member in members])
    scope = _of_groups([(access[one.group_id], one) for one in members if one.group_id in access], now_ms)
    for conversation in await reader.conversations.of_user(user_id):
        scope.groups[conversation.id] = None
    return scope


def _of_groups(seats: Iterable[tuple[GroupAccess, Member]], now_ms: int) -> _Scope:
    channels = {
        channel.id: channel
        for access, member in seats
        for channel in access.channels.values()
        if channel.kind is ChannelKind.TEXT
        and Permission.READ_HISTORY in access.permissions(member, channel.id, now_ms)
    }
    return _Scope({one.id: one.group_id for one in channels.values()}, channels)


def _named_channels(scope: _Scope, question: Question) -> set[ChannelId]:
    """Those of the scope that are called so, or have that id. Raises bad_search."""
    found: set[ChannelId] = set()
    for name in question.channels:
        folded = name.casefold()
        fits = {
            channel_id
            for channel_id in scope.groups
            if str(int(channel_id)) == name
            or (channel_id in scope.channels and scope.channels[channel_id].name.casefold() == folded)
        }
        if not fits:
            raise Invalid("bad_search", f"There is no channel {name} here, or you may not read it.", where="in")
        found |= fits
    return found


async def _people(actions: Actions, reader: Reader, names: Iterable[str], where: str) -> list[UserId]:
    """By user name or id. Raises bad_search."""
    found: list[UserId] = []
    limits = actions.limits
    for name in names:
        if name.isascii() and name.isdigit() and 16 <= len(name) <= 19:
            found.append(UserId(Snowflake(name)))
            continue
        key = fold_username(name, shortest=limits.username_min, longest=limits.username_max)
        user = None if key is None else await reader.users.by_username(key)
        if user is None:
            raise Invalid("bad_search", f"Nobody has the user name {name}.", where=where)
        found.append(user.id)
    return found


# --------------------------------------------------------------------------------------------------------------- what


async def _find(
    reader: Reader, match: Match, scope: _Scope, limit: int
) -> tuple[list[tuple[ChannelId, MessageId]], MessageId | None]:
    """The newest that fit and may be read, and where to go on."""
    found: list[tuple[ChannelId, MessageId]] = []
    for _ in range(_BATCHES):
        batch = await reader.search.find(match, _BATCH)
        for key in batch:
            if key[0] in scope.groups:
                found.append(key)
                if len(found) > limit:
                    return found[:limit], found[limit - 1][1]
        if len(batch) < _BATCH:
            return found, None
        match = msgspec.structs.replace(match, before=batch[-1][1])
    return found, MessageId(Snowflake(match.before))


def _messages(results: Iterable[Hit]) -> list[Message]:
    return [message for hit in results for message in (hit.message, *hit.context_before, *hit.context_after)]


async def _shown(
    reader: Reader,
    scope: _Scope,
    keys: list[tuple[ChannelId, MessageId]],
    next_id: MessageId | None,
) -> SearchPage:
    beside = await reader.search.beside(keys)
    around = [(key[0], one) for key, both in beside.items() for one in both if one is not None]
    messages = await reader.messages.by_keys({*keys, *around})

    def context(channel_id: ChannelId, message_id: MessageId | None) -> tuple[Message, ...]:
        found = None if message_id is None else messages.get((channel_id, message_id))
        return () if found is None else (found,)

    results: list[Hit] = []
    for channel_id, message_id in keys:
        if (channel_id, message_id) not in messages:
            continue
        before_id, after_id = beside.get((channel_id, message_id), (None, None))
        results.append(
            Hit(
                message=messages[channel_id, message_id],
                channel_id=channel_id,
                group_id=scope.groups[channel_id],
                context_before=context(channel_id, before_id),
                context_after=context(channel_id, after_id),
            )
        )
    members = await members_in(reader, _messages(results), scope.groups)
    return SearchPage(results=tuple(results), users=(), members=tuple(members), next=next_id)
