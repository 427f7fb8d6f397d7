"""A voice desk without a media node: it only knows who is where, and tells."""

from __future__ import annotations

from collections.abc import Collection

from server.domain.entities import VoiceState
from server.domain.errors import Conflict, Invalid
from server.domain.events import (
    Event,
    Published,
    ToChannel,
    ToUsers,
    VoiceLeave,
    VoiceReset,
    VoiceSlots,
    VoiceSpeaking,
    VoiceUpdate,
)
from server.domain.ids import ChannelId, GroupId, UserId
from server.ports import Bus
from signaling.voice_port import Answer, Caller, Offer, Prepared, Update


class FakeVoiceDesk:
    """Implements :class:`signaling.voice_port.VoiceDesk` and :class:`server.ports.VoiceRoster`."""

    def __init__(self, bus: Bus) -> None:
        self.channels: dict[ChannelId, GroupId] = {}
        """Where people may join; put them in before anybody does."""
        self.ignored: dict[int, tuple[int, ...]] = {}
        self._bus = bus
        self._states: dict[int, VoiceState] = {}
        self._next = 1

    def states(self, channel_ids: Collection[ChannelId]) -> tuple[VoiceState, ...]:
        return tuple(state for state in self._states.values() if state.channel_id in channel_ids)

    async def prepare(self, caller: Caller, channel_id: ChannelId) -> Prepared:
        return Prepared(ice_servers=(), slots=8)

    async def offer(self, caller: Caller, offer: Offer) -> Answer:
        if offer.channel_id not in self.channels:
            raise Invalid("wrong_channel_kind", "This works in voice channels only.")
        participant = self._next
        self._next += 1
        state = VoiceState(
            channel_id=offer.channel_id,
            user_id=caller.user_id,
            participant=participant,
            muted=offer.muted,
            deafened=offer.deafened,
            connected=True,
        )
        self._states[participant] = state
        await self._tell(offer.channel_id, VoiceUpdate(state=state))
        return Answer(
            negotiation=offer.negotiation,
            sdp=f"answer to {offer.sdp}",
            participant=participant,
            slots=(0,) * 8,
            participants=self.states((offer.channel_id,)),
        )

    async def update(self, caller: Caller, update: Update) -> VoiceState:
        old = self._own(caller, update.participant)
        state = VoiceState(
            channel_id=old.channel_id,
            user_id=old.user_id,
            participant=old.participant,
            muted=old.muted if update.muted is None else update.muted,
            deafened=old.deafened if update.deafened is None else update.deafened,
            connected=old.connected,
        )
        self._states[old.participant] = state
        await self._tell(state.channel_id, VoiceUpdate(state=state))
        return state

    async def ignore(self, caller: Caller, participant: int, ignored: tuple[int, ...]) -> None:
        self.ignored[self._own(caller, participant).participant] = ignored

    async def leave(self, caller: Caller, participant: int) -> None:
        state = self._states.pop(participant, None)
        if state is not None:
            gone = VoiceLeave(channel_id=state.channel_id, user_id=state.user_id, participant=participant)
            await self._tell(state.channel_id, gone)

    async def speak(self, participant: int, *, speaking: bool) -> None:
        channel_id = self._states[participant].channel_id
        await self._tell(channel_id, VoiceSpeaking(channel_id=channel_id, participant=participant, speaking=speaking))
        await self._tell(channel_id, VoiceSlots(channel_id=channel_id, slots=(participant if speaking else 0, 0)))

    async def reset(self, participant: int) -> None:
        state = self._states[participant]
        event = VoiceReset(channel_id=state.channel_id, participant=participant, reason="media_restarted", retry=True)
        await self._bus.publish([Published(ToUsers((state.user_id,)), event)])

    def participant_of(self, user_id: UserId) -> int:
        return next(state.participant for state in self._states.values() if state.user_id == user_id)

    def _own(self, caller: Caller, participant: int) -> VoiceState:
        state = self._states.get(participant)
        if state is None or state.user_id != caller.user_id:
            raise Conflict("not_in_voice", "You are not in voice.")
        return state

    async def _tell(self, channel_id: ChannelId, event: Event) -> None:
        await self._bus.publish([Published(ToChannel(self.channels[channel_id], channel_id), event)])
