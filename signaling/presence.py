"""Telling presence to those who look: watches, what happens to devices, and who may know of whom.

The hub tells what becomes of sessions, the bus what else matters. Whom a watch shows is read when it is made; what may have
ended that (a block, a friendship, somebody who left) makes it be read again, for the few whom it concerns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from server.actions.context import Actions
from server.actions.presences import Presences, check_watch, sight_of
from server.domain.entities import Me, Presence, RelationKind, Status
from server.domain.events import (
    ConversationDelete,
    GroupLeave,
    MeUpdate,
    Notice,
    PresenceUpdate,
    Published,
    RelationDelete,
    RelationUpdate,
    ToUsers,
)
from server.domain.ids import UserId
from server.domain.presence import offline
from server.domain.rates import Rule
from signaling import frames
from signaling.attendance import Attendance
from signaling.faults import log_unexpected
from signaling.subscriber import Subscriber
from signaling.voice_port import Caller
from signaling.watches import Watch, Watches


class PresenceDesk:
    def __init__(
        self,
        actions: Actions,
        attendance: Attendance,
        sessions: Mapping[str, Subscriber],
        deliver: Callable[[Collection[Subscriber], bytes], None],
    ) -> None:
        """``sessions`` by key: those of the hub; ``deliver`` as :meth:`signaling.delivery.Delivery.to`."""
        self.watches = Watches()
        self._actions = actions
        self._attendance = attendance
        self._appearances = attendance.appearances
        self._sessions = sessions
        self._deliver = deliver
        self._doubtful: dict[UserId, None] = {}
        """Whose watches may show what they may not, or the other way round."""
        self._doubts = 0
        """How often there was a doubt about anybody."""
        self._settling: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------------------------------------------- what happens

    def entered(self, subscriber: Subscriber, me: Me) -> None:
        """A new session, of somebody who says this of themselves."""
        self._tell(self._appearances.arrive(subscriber.session.key, me, self._now_ms()))

    def came_back(self, subscriber: Subscriber) -> None:
        """The session goes on over another socket; its watch went on all the time."""
        self._tell(self._appearances.come_back(subscriber.session.key, self._now_ms()))

    def left(self, subscriber: Subscriber, *, silent: bool) -> None:
        """The socket is gone; ``silent``: nothing was heard of it any more."""
        self._appearances.leave(subscriber.session.key, self._now_s(), silent=silent)

    def ended(self, subscriber: Subscriber) -> None:
        """The session is over."""
        self._appearances.end(subscriber.session.key, self._now_s())
        self.watches.drop(subscriber)

    def tick(self) -> None:
        """About once a second."""
        now_s = self._now_s()
        self.watches.expire(now_s)
        for presence in self._appearances.due(now_s, self._now_ms()):
            self._tell(presence)

    def receive(self, notice: Notice) -> None:
        """Called by the bus."""
        if not isinstance(notice, Published):
            return
        event = notice.event
        if isinstance(event, MeUpdate):
            self._tell(self._appearances.choose(event.me, self._now_ms()))
        elif isinstance(notice.audience, ToUsers):
            for user_id in notice.audience.user_ids:
                if isinstance(event, (GroupLeave, ConversationDelete)):
                    self._doubt({user_id, *self.watches.asking(user_id)})
                elif isinstance(event, RelationDelete):
                    self._doubt((user_id, event.user_id))
                elif isinstance(event, RelationUpdate) and event.relation.kind is RelationKind.BLOCKED:
                    self._doubt((user_id, event.relation.user.id))

    def _tell(self, presence: Presence | None) -> None:
        watchers = [] if presence is None else self.watches.watchers(presence.user_id)
        if presence is not None and watchers:
            self._deliver(watchers, frames.encode(PresenceUpdate(presence=presence)))

    def _now_s(self) -> float:
        return self._actions.clock.monotonic_s()

    def _now_ms(self) -> int:
        return self._actions.clock.now_ms()

    # ----------------------------------------------------------------------------------------------------------- requests

    async def watch(self, caller: Caller, user_ids: Sequence[UserId]) -> Presences:
        """From the answer on, and for five minutes, the caller's session is told of changes. Raises too_many."""
        await self._actions.limiter.hit(Rule.PRESENCE, str(caller.user_id))
        check_watch(self._actions, user_ids)
        doubts = self._doubts
        sight = await sight_of(self._actions, caller.user_id, user_ids)
        subscriber = self._sessions.get(caller.key)
        if subscriber is not None:
            self.watches.put(subscriber, user_ids, sight.shown, self._now_s())
            if doubts != self._doubts:  # what was read may be from before
                self._doubt([caller.user_id])
        seen = self._attendance.presences([one for one in dict.fromkeys(user_ids) if one in sight.known])
        return Presences(presences=tuple(offline(one.user_id) if one.user_id in sight.hidden else one for one in seen))

    async def note_activity(self, caller: Caller, *, idle: bool) -> None:
        """Whether somebody sits at the caller's device."""
        await self._actions.limiter.hit(Rule.PRESENCE, str(caller.user_id))
        self._tell(self._appearances.set_idle(caller.key, self._now_ms(), idle=idle))

    # ------------------------------------------------------------------------------------------------------------- doubts

    def _doubt(self, user_ids: Iterable[UserId]) -> None:
        self._doubts += 1
        for user_id in user_ids:
            if self._watches_of(user_id):
                self._doubtful[user_id] = None
        if self._doubtful and self._settling is None:
            self._settling = asyncio.create_task(self._settle())

    def _watches_of(self, user_id: UserId) -> list[Watch]:
        return self.watches.of(self._attendance.users.get(user_id, ()))

    async def _settle(self) -> None:
        try:
            while self._doubtful:
                user_id = next(iter(self._doubtful))
                del self._doubtful[user_id]
                try:
                    await self._look_again(user_id)
                except Exception as error:
                    log_unexpected("gateway.presence_lost", error)
                    for watch in self._watches_of(user_id):  # better none than one that shows too much
                        self.watches.drop(watch.subscriber)
        finally:
            self._settling = None

    async def _look_again(self, user_id: UserId) -> None:
        """What watches of this user show from now on; differences are told."""
        asked = frozenset[UserId]().union(*(watch.asked for watch in self._watches_of(user_id)))
        sight = await sight_of(self._actions, user_id, asked)
        for watch in self._watches_of(user_id):
            before = watch.shown
            watch.shown = (before - asked) | (sight.shown & watch.asked)
            for presence in self._attendance.presences(sorted(before ^ watch.shown)):
                if presence.status is not Status.OFFLINE:
                    told = presence if presence.user_id in watch.shown else offline(presence.user_id)
                    self._deliver([watch.subscriber], frames.encode(PresenceUpdate(presence=told)))

    async def quiet(self) -> None:
        """Waits until there is no doubt."""
        while self._settling is not None:
            await asyncio.wait([self._settling])

    async def close(self) -> None:
        if self._settling is not None:
            self._settling.cancel()
            await asyncio.wait([self._settling])
