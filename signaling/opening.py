"""How a client comes in: its token, its snapshot, and the moment from which it gets events.

The snapshot is read after a mark was set in the hub's backlog, and then, without waiting in between, the session enters the
hub and is given what was published since the mark. That is right as long as nothing of it changed who may see what; if it did
(seldom), the snapshot is taken again.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from server.actions.context import Actions
from server.actions.sessions import Authenticated, authenticate
from server.actions.snapshot import Snapshot, load_access, snapshot
from server.domain.access import GroupAccess
from server.domain.entities import Me
from server.domain.errors import Unauthenticated
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    ConversationDelete,
    Gap,
    GroupJoin,
    GroupLeave,
    GroupUpdate,
    MemberUpdate,
    MessageCreate,
    MessageDelete,
    MessageDeleteBulk,
    MeUpdate,
    Recount,
    RoleDelete,
    RoleUpdate,
    SessionRevoked,
    ToChannel,
    ToContacts,
    ToEveryone,
    ToGroup,
    ToPermitted,
    ToUsers,
    UserUpdate,
)
from server.domain.ids import GroupId, UserId
from server.domain.scopes import OF_GATEWAY
from signaling import frames
from signaling.backlog import Entry, held
from signaling.frames import CloseCode
from signaling.hub import Hub
from signaling.limits import Rate, TokenBucket
from signaling.session import RESUME_WITHIN_S, Session
from signaling.subscriber import Sink, Subscriber

SOCKETS_MAX: Final = 20
"""Of one account, at the same time; as many more sessions may wait for their clients."""
IDENTIFY_RATE: Final = Rate(40, 0.5)
"""Of one account; resuming counts too."""
SNAPSHOTS_AT_ONCE: Final = 3
"""When everyone comes back together: the database has readers for others too."""
ATTEMPTS: Final = 8


class Refused(Exception):
    """The socket is to be closed."""

    def __init__(self, code: CloseCode) -> None:
        super().__init__(code.name)
        self.code = code


class Admission(msgspec.Struct, frozen=True):
    """A session that is in the hub; ``frames`` are to be written before anything else."""

    subscriber: Subscriber
    frames: list[bytes]


class Opener:
    def __init__(self, actions: Actions, hub: Hub) -> None:
        self._actions = actions
        self._hub = hub
        self._snapshots = asyncio.Semaphore(SNAPSHOTS_AT_ONCE)
        self._buckets: dict[UserId, TokenBucket] = {}

    async def identify(self, token: str, sink: Sink) -> Admission:
        """Raises :class:`Refused`, and :class:`server.domain.errors.Unavailable`. Nothing waits between entering and returning."""
        first = await self._authenticate(token)
        self._spend(first.user_id)
        self._count_sockets(first.user_id)
        async with self._snapshots:
            for _ in range(ATTEMPTS):
                with self._hub.backlog.mark() as mark:
                    login = await self._authenticate(token)  # again: it may have been revoked before the mark
                    taken = await self._snapshot(login)
                    group_ids = [view.group.id for view in taken.groups]
                    missing = [group_id for group_id in group_ids if group_id not in self._hub.rooms]
                    access = await load_access(self._actions, missing) if missing else {}
                    if not await self._hub.settled(group_ids):
                        continue
                    since = self._since(mark, taken, login)
                if since is not None and all(one in self._hub.rooms or one in access for one in group_ids):
                    return self._admit(login, taken, access, since, sink)
        raise Refused(CloseCode.INTERNAL)

    async def resume(self, frame: frames.Resume, sink: Sink) -> Admission | None:
        """None when it cannot be proved that the client would miss nothing. Raises as :meth:`identify` does."""
        login = await self._authenticate(frame.token)
        self._spend(login.user_id)
        found = self._hub.resume(frame.session, login.session_id, frame.received, sink)
        if found is None:
            return None
        subscriber, missed = found
        return Admission(subscriber, [*missed, frames.encode(frames.Resumed(replayed=len(missed)))])

    def forget_rested(self) -> None:
        """Called now and then: who has not come for a while may come often again."""
        now_s = self._actions.clock.monotonic_s()
        self._buckets = {user_id: bucket for user_id, bucket in self._buckets.items() if not bucket.full(now_s)}

    # --------------------------------------------------------------------------------------------------------- who comes

    async def _authenticate(self, token: str) -> Authenticated:
        try:
            login = await authenticate(self._actions, token)
        except Unauthenticated as error:
            raise _refusal(error) from error
        if login.scopes is not None and not login.scopes >= OF_GATEWAY:
            raise Refused(CloseCode.BAD_TOKEN)
        return login

    async def _snapshot(self, login: Authenticated) -> Snapshot:
        try:
            return await snapshot(self._actions, login.user_id)
        except Unauthenticated as error:
            raise _refusal(error) from error

    def _spend(self, user_id: UserId) -> None:
        now_s = self._actions.clock.monotonic_s()
        bucket = self._buckets.get(user_id)
        if bucket is None:
            bucket = self._buckets[user_id] = TokenBucket(IDENTIFY_RATE, now_s)
        if bucket.take(now_s) > 0:
            raise Refused(CloseCode.TOO_MANY_SOCKETS)

    # ----------------------------------------------------------------------------------------------------- the same moment

    def _since(self, mark: int, taken: Snapshot, login: Authenticated) -> list[Entry | Recount] | None:
        """What the snapshot may lack; None when it has to be taken again."""
        items = self._hub.backlog.since(mark)
        if items is None or any(isinstance(item, Gap) for item in items):
            return None
        if any(isinstance(item, SessionRevoked) and item.session_id == login.session_id for item in items):
            raise Refused(CloseCode.REVOKED)
        newest = {channel.id: channel.last_message_id for view in taken.groups for channel in view.channels}
        newest |= {view.conversation.id: view.conversation.last_message_id for view in taken.conversations}
        certain = held(items, newest)
        later = [
            item
            for number, item in enumerate(items)
            # Profiles may be older than the rest: they come from a cache, which is as new as what this process was told.
            if isinstance(item, Entry | Recount)
            and (number >= certain or (isinstance(item, Entry) and isinstance(item.event, UserUpdate)))
        ]
        group_ids = {view.group.id for view in taken.groups}
        upset = any(isinstance(item, Entry) and _upsets(item, login.user_id, group_ids) for item in later)
        return None if upset else later

    def _admit(
        self,
        login: Authenticated,
        taken: Snapshot,
        access: dict[GroupId, GroupAccess],
        since: list[Entry | Recount],
        sink: Sink,
    ) -> Admission:
        self._make_room_for(login.user_id)
        key = self._actions.random_bytes(16).hex()
        session = Session(key, login.user_id, login.session_id, login.scopes)
        subscriber = Subscriber(session, sink)
        self._hub.enter(subscriber, _latest(taken.me, since))
        for view in taken.groups:
            room = self._hub.room(view.group.id)
            if room.access is None:
                room.learn(access[view.group.id])
            if login.user_id not in room.seats:
                told = (channel.id for channel in view.channels)
                room.sit(view.member, told, self._hub.users[login.user_id])
                self._hub.groups_of[login.user_id].add(view.group.id)
        out = [frames.encode(_ready(key, taken))]
        for item in since:
            self._follow(item)
            if isinstance(item, Entry) and self._concerns(item, login.user_id):
                session.record(item.frame)
                out.append(item.frame)
        return Admission(subscriber, out)

    def _follow(self, item: Entry | Recount) -> None:
        """What the hub did when it was told, and may not have done for the newcomer."""
        if isinstance(item, Recount):
            self._hub.count_again(item.group_id, item.channel_id, item.message_id)
        elif isinstance(item.audience, ToChannel):
            event, audience = item.event, item.audience
            if isinstance(event, MessageCreate):
                self._note_message(audience)
            elif isinstance(event, MessageDelete):
                self._hub.count_again(audience.group_id, audience.channel_id, event.message_id)
            elif isinstance(event, MessageDeleteBulk):
                self._hub.count_again(audience.group_id, audience.channel_id, max(event.message_ids))

    def _make_room_for(self, user_id: UserId) -> None:
        """Raises :class:`Refused`; lets the oldest sessions go that nobody came back for."""
        self._count_sockets(user_id)
        waiting = [subscriber for subscriber in self._hub.users.get(user_id, ()) if subscriber.sink is None]
        for subscriber in waiting[: max(0, len(waiting) - SOCKETS_MAX + 1)]:
            self._hub.leave(subscriber, CloseCode.GOING_AWAY)

    def _count_sockets(self, user_id: UserId) -> None:
        if sum(subscriber.sink is not None for subscriber in self._hub.users.get(user_id, ())) >= SOCKETS_MAX:
            raise Refused(CloseCode.TOO_MANY_SOCKETS)

    def _note_message(self, audience: ToChannel) -> None:
        room = self._hub.rooms.get(audience.group_id)
        if room is not None:
            room.note_message(audience.channel_id)

    def _concerns(self, entry: Entry, user_id: UserId) -> bool:
        mine = self._hub.groups_of[user_id]
        match entry.audience:
            case ToEveryone():
                return True
            case ToUsers(user_ids=user_ids):
                return user_id in user_ids
            case ToContacts(user_id=changed, others=others):
                return user_id == changed or user_id in others or not mine.isdisjoint(entry.contacts)
            case ToPermitted(group_id=group_id, permissions=permissions, channel_id=within):
                now_ms = self._actions.clock.now_ms()
                return group_id in mine and user_id in self._hub.rooms[group_id].permitted(permissions, within, now_ms)
            case ToGroup(group_id=group_id):
                return group_id in mine
            case ToChannel(group_id=group_id, channel_id=channel_id):
                return group_id in mine and channel_id in self._hub.rooms[group_id].seats[user_id].told


def _upsets(entry: Entry, user_id: UserId, group_ids: set[GroupId]) -> bool:
    """Whether the event changes which groups, channels and conversations the user sees.

    Whoever comes into a conversation is told all of it, so that one who goes out is all that upsets.
    """
    event, audience = entry.event, entry.audience
    if isinstance(event, (GroupJoin, GroupLeave, ConversationDelete)):
        return isinstance(audience, ToGroup) or (isinstance(audience, ToUsers) and user_id in audience.user_ids)
    if not isinstance(audience, (ToGroup, ToChannel)) or audience.group_id not in group_ids:
        return False
    if isinstance(event, MemberUpdate):
        return event.member.user_id == user_id
    return isinstance(event, (GroupUpdate, RoleUpdate, RoleDelete, ChannelUpdate, ChannelDelete))


def _latest(me: Me, since: list[Entry | Recount]) -> Me:
    """What somebody says of themselves, as far as they have said it by now."""
    said = (item.event.me for item in since if isinstance(item, Entry) and isinstance(item.event, MeUpdate))
    return [me, *(one for one in said if one.id == me.id)][-1]


def _refusal(error: Unauthenticated) -> Refused:
    return Refused(CloseCode.REVOKED if error.code == "session_revoked" else CloseCode.BAD_TOKEN)


def _ready(key: str, taken: Snapshot) -> frames.Ready:
    return frames.Ready(
        session=key,
        me=taken.me,
        groups=taken.groups,
        conversations=taken.conversations,
        relations=taken.relations,
        levels=taken.levels,
        additions=taken.additions,
        users=taken.users,
        announcement=taken.announcement,
        resume_within_ms=int(RESUME_WITHIN_S * 1000),
    )
