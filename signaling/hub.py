"""Who is connected, and what each of them gets.

Everything published comes to :meth:`Hub.receive`, in the order of the commits, and is delivered before it returns: a write to
each socket, no task and no queue. A group whose members are connected has a :class:`signaling.room.Room`. Two things take a
look into the database, and then what concerns that one room waits for it: a group that nobody here was in until now, and the
cursors of those for whom a channel comes into view.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final

from server.actions.context import Actions
from server.actions.snapshot import channel_for_readers, load_access, memberships, recount
from server.domain.entities import Me
from server.domain.events import (
    CursorUpdate,
    Event,
    Gap,
    GroupJoin,
    GroupLeave,
    MessageDelete,
    MessageDeleteBulk,
    Notice,
    Published,
    Recount,
    SessionRevoked,
    ToChannel,
    ToContacts,
    ToEveryone,
    ToGroup,
    ToPermitted,
    ToUsers,
    VoiceReset,
)
from server.domain.ids import ChannelId, GroupId, MessageId, SessionId, UserId
from signaling.attendance import Attendance
from signaling.backlog import Backlog, Entry, held
from signaling.delivery import Delivery
from signaling.faults import log_unexpected
from signaling.frames import CloseCode
from signaling.presence import PresenceDesk
from signaling.room import Opened, Room
from signaling.subscriber import Sink, Subscriber

QUEUE_MAX: Final = 20_000
"""Events that may wait while the database is asked for one group; over it, its members begin anew."""


class Hub:
    def __init__(self, actions: Actions, attendance: Attendance) -> None:
        self.backlog = Backlog()
        self.delivery = Delivery()
        self.users = attendance.users
        self.sessions: dict[str, Subscriber] = {}
        """By key; also those that wait for their client to come back."""
        self.presence = PresenceDesk(actions, attendance, self.sessions, self.delivery.to)
        self.rooms = attendance.rooms
        self.groups_of: dict[UserId, set[GroupId]] = {}
        """Of those in ``users``: the rooms they sit in."""
        self._busy: set[Room] = set()
        self._actions = actions
        self._tasks: dict[GroupId | str, asyncio.Task[None]] = {}
        self._strangers: deque[Entry] = deque()
        self._uncounted: dict[ChannelId, tuple[GroupId, MessageId]] = {}

    # ------------------------------------------------------------------------------------------------------------ people

    def enter(self, subscriber: Subscriber, me: Me) -> None:
        """From now on the session gets what its user may know. Its rooms are :meth:`room`'s and the caller's to fill."""
        session = subscriber.session
        self.sessions[session.key] = subscriber
        self.users.setdefault(session.user_id, []).append(subscriber)
        self._forget_receivers(self.groups_of.setdefault(session.user_id, set()))
        self.presence.entered(subscriber, me)

    def leave(self, subscriber: Subscriber, code: CloseCode) -> None:
        """Ends a session for good."""
        subscriber.end(code)
        session = subscriber.session
        if self.sessions.pop(session.key, None) is None:
            return
        self.presence.ended(subscriber)
        left = self.users[session.user_id]
        left.remove(subscriber)
        if left:
            self._forget_receivers(self.groups_of[session.user_id])
            return
        del self.users[session.user_id]
        for group_id in self.groups_of.pop(session.user_id):
            self._stand_up(self.rooms[group_id], session.user_id)

    def room(self, group_id: GroupId) -> Room:
        """The group's room; a new one has to :meth:`Room.learn` its access yet."""
        room = self.rooms.get(group_id)
        if room is None:
            room = self.rooms[group_id] = Room(group_id, self._actions.voice.states, self.delivery.to)
        return room

    def expire(self) -> None:
        """Lets sessions go whose clients did not come back in time."""
        now_s = self._actions.clock.monotonic_s()
        for subscriber in [one for one in self.sessions.values() if one.session.expired(now_s)]:
            self.leave(subscriber, CloseCode.GOING_AWAY)

    def detach(self, subscriber: Subscriber, sink: Sink, *, silent: bool = False) -> None:
        """The socket is gone; ``silent``: it was closed because nothing was heard of its client."""
        if subscriber.sink is sink:
            self.presence.left(subscriber, silent=silent)
        subscriber.detach(sink, self._actions.clock.monotonic_s())

    def resume(
        self, key: str, login_id: SessionId, received: int, sink: Sink
    ) -> tuple[Subscriber, tuple[bytes, ...]] | None:
        """The session goes on over ``sink``, with the events that its client misses; None when something may be missing.

        Nothing has been written to ``sink`` yet when this returns, and nothing may be before those events.
        """
        subscriber = self.sessions.get(key)
        if subscriber is None or subscriber.session.login_id != login_id:
            return None
        missed = subscriber.session.missed(received)
        if subscriber.sink is not None:
            earlier = subscriber.sink
            self.detach(subscriber, earlier)
            earlier.abort()
        if missed is None:
            self.leave(subscriber, CloseCode.GOING_AWAY)
            return None
        subscriber.session.acknowledge(received)
        subscriber.session.attach()
        subscriber.sink = sink
        self.presence.came_back(subscriber)
        return subscriber, missed

    def _forget_receivers(self, group_ids: Iterable[GroupId]) -> None:
        for group_id in group_ids:
            self.rooms[group_id].forget_receivers()

    def _stand_up(self, room: Room, user_id: UserId) -> None:
        room.stand_up(user_id)
        if not room.seats and not room.busy:
            del self.rooms[room.group_id]

    # ------------------------------------------------------------------------------------------------------------ notices

    def receive(self, notice: Notice) -> None:
        """Called by the bus."""
        if isinstance(notice, Gap):
            self._begin_anew(notice)
            return
        if isinstance(notice, SessionRevoked):
            self.backlog.append(notice)
            for subscriber in [one for one in self.sessions.values() if one.session.login_id == notice.session_id]:
                self.leave(subscriber, CloseCode.REVOKED)
            return
        if isinstance(notice, Recount):
            self.backlog.append(notice)
            self.count_again(notice.group_id, notice.channel_id, notice.message_id)
            return
        if not isinstance(notice, Published):
            return
        entry = Entry(notice)
        if isinstance(entry.audience, ToContacts):
            group_ids = self.groups_of.get(entry.audience.user_id)
            if group_ids is None:
                self._look_up_contacts(entry)
                return
            entry.contacts = frozenset(group_ids)
        self._route(entry)

    def _begin_anew(self, gap: Gap) -> None:
        """Nobody's events are known to be complete: no session goes on, and no snapshot that is being taken counts."""
        self.backlog.append(gap)
        for subscriber in list(self.sessions.values()):
            self.leave(subscriber, CloseCode.DRAINED)

    def _route(self, entry: Entry) -> None:
        self.backlog.append(entry)
        match entry.audience:
            case ToEveryone():
                self.delivery.to(list(self.sessions.values()), entry.frame)
            case ToUsers(user_ids=user_ids):
                self._to_users(entry, user_ids)
            case ToContacts():
                room = next((room for room in self._busy if room.group_id in entry.contacts), None)
                if room is not None:  # names are told with members and messages too, and must not overtake them
                    self._enqueue(room, entry)
                else:
                    self._to_contacts(entry, entry.audience)
            case ToGroup(group_id=group_id) | ToChannel(group_id=group_id) | ToPermitted(group_id=group_id):
                room = self.rooms.get(group_id)
                if room is not None:
                    self._enqueue(room, entry)

    def _to_users(self, entry: Entry, user_ids: Iterable[UserId]) -> None:
        here = [user_id for user_id in user_ids if user_id in self.users]
        if not here:
            return
        event = entry.event
        if isinstance(event, GroupJoin):
            self._enqueue(self.room(event.view.group.id), entry)
        elif isinstance(event, GroupLeave):
            room = self.rooms.get(event.group_id)
            if room is not None:
                self._enqueue(room, entry)
        else:
            room = self._waited_for(event, here)
            if room is not None:
                room.queue.append(entry)
            else:
                self._deliver_to_users(entry, here)

    def _waited_for(self, event: Event, user_ids: Iterable[UserId]) -> Room | None:
        """The busy room that the event is about: a cursor must not overtake the messages that it counts."""
        if not self._busy or not isinstance(event, (CursorUpdate, VoiceReset)):
            return None
        channel_id = event.cursor.channel_id if isinstance(event, CursorUpdate) else event.channel_id
        return next((room for room in self._busy if room.knows(channel_id, user_ids)), None)

    def _deliver_to_users(self, entry: Entry, user_ids: Iterable[UserId]) -> None:
        for user_id in user_ids:
            self.delivery.to(self.users.get(user_id, ()), entry.frame)

    def _to_contacts(self, entry: Entry, audience: ToContacts) -> None:
        seated = {one for group_id in entry.contacts if group_id in self.rooms for one in self.rooms[group_id].seats}
        seated.update(audience.others, (audience.user_id,))
        self._deliver_to_users(entry, [one for one in seated if one in self.users])

    def _enqueue(self, room: Room, entry: Entry) -> None:
        if room.busy:
            room.queue.append(entry)
            if len(room.queue) > QUEUE_MAX:
                self._give_up(room)
            return
        try:
            self._in_room(room, entry)
        except Exception:
            self._give_up(room)  # better begin anew than miss something
            raise
        if room.untold or room.access is None:
            self._start_reading(room)
        elif not room.seats:
            self.rooms.pop(room.group_id, None)

    def _in_room(self, room: Room, entry: Entry) -> None:
        event, audience = entry.event, entry.audience
        if isinstance(event, GroupJoin):
            self._join(room, event, entry)
        elif isinstance(event, GroupLeave):
            self._leave_group(room, entry)
        elif isinstance(audience, ToUsers):
            self._deliver_to_users(entry, audience.user_ids)
        elif isinstance(audience, ToContacts):
            self._to_contacts(entry, audience)
        elif isinstance(audience, ToPermitted):
            self._deliver_to_users(
                entry, room.permitted(audience.permissions, audience.channel_id, self._actions.clock.now_ms())
            )
        else:
            room.handle(event, audience.channel_id if isinstance(audience, ToChannel) else None, entry.frame)
            if isinstance(event, MessageDelete):
                self.count_again(room.group_id, event.channel_id, event.message_id)
            elif isinstance(event, MessageDeleteBulk):
                self.count_again(room.group_id, event.channel_id, max(event.message_ids))

    def _join(self, room: Room, event: GroupJoin, entry: Entry) -> None:
        view = event.view
        user_id = view.member.user_id
        subscribers = self.users.get(user_id)
        if subscribers is None:
            return
        self.delivery.to(subscribers, entry.frame)
        room.sit(view.member, (channel.id for channel in view.channels), subscribers)
        self.groups_of[user_id].add(room.group_id)
        room.settle(only=room.seats[user_id])

    def _leave_group(self, room: Room, entry: Entry) -> None:
        users = entry.audience.user_ids if isinstance(entry.audience, ToUsers) else tuple(room.seats)
        self._deliver_to_users(entry, users)
        for user_id in users:
            if user_id in room.seats:
                room.stand_up(user_id)
                self.groups_of[user_id].discard(room.group_id)

    # ----------------------------------------------------------------------------------------------------------- look-ups

    async def settled(self, group_ids: Iterable[GroupId]) -> bool:
        """Waits for those of these rooms that are busy; True when none was."""
        tasks = [self._tasks[group_id] for group_id in group_ids if group_id in self._tasks]
        if tasks:
            await asyncio.wait(tasks)
        return not tasks

    async def quiet(self) -> None:
        """Waits until nothing is being read, and what waited for it has been delivered."""
        while self._tasks:
            await asyncio.wait(list(self._tasks.values()))
        await self.presence.quiet()

    def _start_reading(self, room: Room) -> None:
        room.busy = True
        self._busy.add(room)
        self._tasks[room.group_id] = asyncio.create_task(self._read_for(room))

    async def _read_for(self, room: Room) -> None:
        try:
            if room.access is None:
                await self._read_access(room)
            while room.untold or room.queue:
                if room.untold:
                    await self._read_cursors(room)
                while room.queue and not room.untold:
                    self._in_room(room, room.queue.popleft())
        except Exception as error:
            log_unexpected("gateway.room_lost", error, group_id=int(room.group_id))
            self._give_up(room)
        finally:
            room.busy = False
            room.queue.clear()
            self._busy.discard(room)
            self._tasks.pop(room.group_id, None)
            if not room.seats:
                self.rooms.pop(room.group_id, None)

    async def _read_access(self, room: Room) -> None:
        access = await load_access(self._actions, (room.group_id,))
        if room.group_id in access:
            room.learn(access[room.group_id])
            room.settle()

    async def _read_cursors(self, room: Room) -> None:
        asked = dict(room.untold)
        opened: dict[UserId, list[Opened]] = {user_id: [] for user_id in asked}
        newest: dict[ChannelId, MessageId | None] = {}
        for channel_id in sorted(set().union(*asked.values())):
            readers = [user_id for user_id, channel_ids in asked.items() if channel_id in channel_ids]
            found = await channel_for_readers(self._actions, channel_id, readers)
            if found is not None:
                channel, cursors = found
                newest[channel_id] = channel.last_message_id
                for user_id, cursor in cursors.items():
                    opened[user_id].append(Opened(channel, cursor))
        for _ in range(held(room.queue, newest)):
            self._in_room(room, room.queue.popleft())
        for user_id, channel_ids in asked.items():
            room.tell(user_id, channel_ids, opened[user_id])

    def _give_up(self, room: Room) -> None:
        """What the members of this room were told can no longer be made good: they begin anew."""
        room.untold.clear()
        room.queue.clear()
        for user_id in list(room.seats):
            for subscriber in list(self.users[user_id]):
                self.leave(subscriber, CloseCode.INTERNAL)

    def count_again(self, group_id: GroupId, channel_id: ChannelId, message_id: MessageId) -> None:
        """Messages up to this one were deleted, or ping no longer: those who had not read them are to hear their exact count."""
        earlier = self._uncounted.get(channel_id)
        newest = message_id if earlier is None else max(message_id, earlier[1])
        self._uncounted[channel_id] = (group_id, newest)
        if "counts" not in self._tasks:
            self._tasks["counts"] = asyncio.create_task(self._read_counts())

    async def _read_counts(self) -> None:
        """Deletions that come while something is counted are counted together."""
        try:
            while self._uncounted:
                channel_id = next(iter(self._uncounted))
                group_id, message_id = self._uncounted.pop(channel_id)
                room = self.rooms.get(group_id)
                readers = [] if room is None else room.knowing(channel_id)
                if readers:
                    await recount(self._actions, channel_id, message_id, readers)
        except Exception as error:
            log_unexpected("gateway.counts_lost", error, channels=len(self._uncounted) + 1)
            self._uncounted.clear()
        finally:
            self._tasks.pop("counts", None)

    def _look_up_contacts(self, entry: Entry) -> None:
        """Whose profile changed is not connected: the groups must be read. In order, so that the last change is told last."""
        self._strangers.append(entry)
        if "contacts" not in self._tasks:
            self._tasks["contacts"] = asyncio.create_task(self._read_contacts())

    async def _read_contacts(self) -> None:
        try:
            while self._strangers:
                entry = self._strangers[0]
                if isinstance(entry.audience, ToContacts):
                    entry.contacts = frozenset(await memberships(self._actions, entry.audience.user_id))
                self._strangers.popleft()
                self._route(entry)
        except Exception as error:
            log_unexpected("gateway.contacts_lost", error, events=len(self._strangers))
            self._strangers.clear()
        finally:
            self._tasks.pop("contacts", None)

    async def close(self) -> None:
        """Ends every session and what is being read for them."""
        for subscriber in list(self.sessions.values()):
            self.leave(subscriber, CloseCode.GOING_AWAY)
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.presence.close()
