"""The voice desk: what clients ask of voice, checked and handed on. Implements :class:`signaling.voice_port.VoiceDesk`.

A voice connection belongs to its user, not to a socket: it outlives the gateway session.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection, Iterator, Sequence
from weakref import WeakValueDictionary

import msgspec

from media.control import Ignore, ParticipantId
from server.actions.context import Actions
from server.actions.voice import VoiceSeat, check_voice_join
from server.domain.entities import VoiceState
from server.domain.errors import Conflict, Unavailable
from server.domain.events import Gap, Notice, SessionRevoked
from server.domain.ids import ChannelId, SessionId, UserId
from server.domain.rates import Rule
from signaling.voice.floor import Floor
from signaling.voice.joining import Attempt, Joiner
from signaling.voice.link import MediaLink, MediaNode, NodeEvent
from signaling.voice.outbox import Outbox
from signaling.voice.placement import NodeId, choose_node
from signaling.voice.review import Reviewer, Standing, group_touched
from signaling.voice.roster import Participant, Roster
from signaling.voice_port import Answer, Caller, IceServer, Offer, Prepared, Update


class DeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    ice_servers: tuple[IceServer, ...] = ()
    participants_per_room: int = 500


class _Ear:
    """Listens to one node."""

    def __init__(self, node: NodeId, floor: Floor) -> None:
        self._node = node
        self._floor = floor

    def node_said(self, event: NodeEvent) -> None:
        self._floor.node_said(event)

    def node_lost(self) -> None:
        self._floor.node_lost(self._node)


class Desk:
    """:meth:`open` it before use, :meth:`close` it at the end."""

    def __init__(
        self, actions: Actions, roster: Roster, nodes: Sequence[MediaNode], settings: DeskSettings | None = None
    ) -> None:
        """``roster`` is the one that ``actions.voice`` reads; ``nodes`` is not empty."""
        self._actions = actions
        self._roster = roster
        self._settings = settings or DeskSettings()
        self._nodes = {NodeId(index): node for index, node in enumerate(nodes)}
        self._outbox = Outbox(actions.bus)
        self._floor = Floor(roster, self._outbox)
        self._joiner = Joiner(self._floor, actions.random_bytes, actions.pause, self._settings.participants_per_room)
        self._reviewer = Reviewer(actions, self._floor)
        self._locks: WeakValueDictionary[UserId, asyncio.Lock] = WeakValueDictionary()
        self._attempts: set[Attempt] = set()
        self._changes = 0
        """Notices so far that may have changed somebody's permissions."""
        self._tasks: list[asyncio.Task[None]] = []
        self._unsubscribe: Callable[[], None] | None = None

    def open(self) -> None:
        for node, media in self._nodes.items():
            media.subscribe(_Ear(node, self._floor))
        self._unsubscribe = self._actions.bus.subscribe(self._receive)
        self._tasks = [
            asyncio.create_task(self._outbox.run(), name="voice events"),
            asyncio.create_task(self._reviewer.run(), name="voice permissions"),
        ]

    async def close(self) -> None:
        """Idempotent. The media connections are the nodes' to end."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        await self._joiner.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -------------------------------------------------------------------------------------------------------- requests

    async def prepare(self, caller: Caller, channel_id: ChannelId) -> Prepared:
        """Raises unknown_channel, wrong_channel_kind, forbidden, timed_out, too_many, voice_unavailable."""
        seat = await check_voice_join(self._actions, caller.user_id, channel_id)
        self._joiner.check_room(caller.user_id, seat.channel)
        link = await self._nodes[self._place(channel_id)].link()
        return Prepared(ice_servers=self._settings.ice_servers, slots=link.ready.slots)

    async def offer(self, caller: Caller, offer: Offer) -> Answer:
        """Raises what :meth:`prepare` does, and bad_sdp, rate_limited, session_revoked."""
        await self._actions.limiter.hit(Rule.VOICE_OFFER, str(caller.user_id))
        lock = self._locks.setdefault(caller.user_id, asyncio.Lock())
        async with lock:
            with self._working_on(Attempt(caller, offer)) as attempt:
                changes = self._changes
                seat = await check_voice_join(self._actions, caller.user_id, offer.channel_id)
                try:
                    return await self._negotiate(attempt, seat)
                finally:
                    if changes != self._changes:
                        # It may have lost since what was checked, and the notice of that came before it was in the roster.
                        self._reviewer.touch(seat.channel.group_id)

    async def update(self, caller: Caller, update: Update) -> VoiceState:
        """Raises not_in_voice."""
        participant = self._own(caller, update.participant)
        self._floor.set_mutes(participant, update.muted, update.deafened)
        return participant.state

    async def ignore(self, caller: Caller, participant: int, ignored: tuple[int, ...]) -> None:
        """Raises not_in_voice. Who is not in the room is passed over."""
        listener = self._own(caller, participant)
        others = {each.number for each in self._roster.in_channel(listener.channel_id)} - {listener.number}
        named = others.intersection(map(ParticipantId, ignored))
        listener.link.order(Ignore(listener.number, tuple(sorted(named))))

    async def leave(self, caller: Caller, participant: int) -> None:
        """Raises not_in_voice for somebody else's participant; one that is gone is passed over."""
        if self._roster.get(participant) is not None:
            self._floor.end(self._own(caller, participant))

    def states(self, channel_ids: Collection[ChannelId]) -> tuple[VoiceState, ...]:
        return self._roster.states(channel_ids)

    def _own(self, caller: Caller, number: int) -> Participant:
        participant = self._roster.get(number)
        if participant is None or participant.user_id != caller.user_id or not participant.announced:
            raise Conflict("not_in_voice", "You are not in this voice channel any more. Join it again.")
        return participant

    # ----------------------------------------------------------------------------------------------------------- offers

    async def _negotiate(self, attempt: Attempt, seat: VoiceSeat) -> Answer:
        node, link = await self._link(seat)
        try:
            return await self._joiner.answer(attempt, seat, node, link)
        except Unavailable:
            if link.alive:
                raise
        # The node died under it: once more, with the one that comes in its place.
        return await self._joiner.answer(attempt, seat, *await self._link(seat))

    async def _link(self, seat: VoiceSeat) -> tuple[NodeId, MediaLink]:
        node = self._place(seat.channel.id)
        return node, await self._nodes[node].link()

    def _place(self, channel_id: ChannelId) -> NodeId:
        return choose_node(self._roster.node_of(channel_id), self._roster.loads(self._nodes))

    @contextlib.contextmanager
    def _working_on(self, attempt: Attempt) -> Iterator[Attempt]:
        self._attempts.add(attempt)
        try:
            yield attempt
        finally:
            self._attempts.remove(attempt)

    # ---------------------------------------------------------------------------------------------------------- notices

    def _receive(self, notice: Notice) -> None:
        if isinstance(notice, SessionRevoked):
            self._revoke(notice.session_id)
            return
        if isinstance(notice, Gap):
            self._changes += 1
            self._reviewer.touch_all()
            return
        group_id = group_touched(notice)
        if group_id is not None:
            self._changes += 1
            self._reviewer.touch(group_id)

    def _revoke(self, session_id: SessionId) -> None:
        for attempt in self._attempts:
            if attempt.caller.session_id == session_id:
                attempt.revoked = True
        for participant in self._roster.of_session(session_id):
            self._floor.end(participant, Standing.REMOVED.value)
