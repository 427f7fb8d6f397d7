"""Who is in voice, in memory. No I/O, no clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Generic, TypeVar

from media.control import ParticipantId
from server.domain.entities import VoiceState
from server.domain.ids import ChannelId, GroupId, SessionId, UserId
from signaling.voice.link import MediaLink
from signaling.voice.negotiation import MediaOffer
from signaling.voice.placement import NodeId


@dataclasses.dataclass(slots=True, eq=False)
class Participant:
    """One media connection of one person. Until it is ``announced`` (the node has taken it), nobody is told of it."""

    number: ParticipantId
    user_id: UserId
    session_id: SessionId
    """The log-in that made or last renewed it."""
    group_id: GroupId
    channel_id: ChannelId
    node: NodeId
    link: MediaLink
    """To the life of the node that it is on: once that is over, so is the participant."""
    media: MediaOffer
    """What was negotiated; an ICE restart does not change its shape."""
    said_muted: bool
    """As the person chose; ``muted`` also counts ``deafened``."""
    deafened: bool
    may_speak: bool
    connected: bool = False
    announced: bool = False
    slot_ssrcs: tuple[int, ...] = ()
    answers: int = 0
    """How often its offers were answered."""

    @property
    def muted(self) -> bool:
        """Who hears nothing says nothing."""
        return self.said_muted or self.deafened

    @property
    def state(self) -> VoiceState:
        return VoiceState(
            channel_id=self.channel_id,
            user_id=self.user_id,
            participant=self.number,
            muted=self.muted,
            deafened=self.deafened,
            may_speak=self.may_speak,
            connected=self.connected,
        )


K = TypeVar("K")


class _Index(Generic[K]):
    """Participants by some property of theirs, in the order they came; empty keys are forgotten."""

    def __init__(self) -> None:
        self._found: dict[K, dict[ParticipantId, Participant]] = {}

    def add(self, key: K, participant: Participant) -> None:
        self._found.setdefault(key, {})[participant.number] = participant

    def remove(self, key: K, participant: Participant) -> None:
        left = self._found[key]
        del left[participant.number]
        if not left:
            del self._found[key]

    def of(self, key: K) -> tuple[Participant, ...]:
        return tuple(self._found.get(key, {}).values())

    def keys(self) -> Collection[K]:
        return self._found.keys()

    def sizes(self, keys: Iterable[K]) -> dict[K, int]:
        return {key: len(self._found.get(key, ())) for key in keys}


class Roster:
    """A :class:`server.ports.VoiceRoster`; only the desk changes it."""

    def __init__(self) -> None:
        self._by_number: dict[ParticipantId, Participant] = {}
        self._by_user: _Index[UserId] = _Index()
        self._by_session: _Index[SessionId] = _Index()
        self._by_channel: _Index[ChannelId] = _Index()
        self._by_group: _Index[GroupId] = _Index()
        self._by_node: _Index[NodeId] = _Index()
        self._slots: dict[ChannelId, tuple[int, ...]] = {}

    # ------------------------------------------------------------------------------------------------------- questions

    def states(self, channel_ids: Collection[ChannelId]) -> tuple[VoiceState, ...]:
        """Everyone who is announced in these channels."""
        return tuple(each.state for channel_id in channel_ids for each in self.in_channel(channel_id) if each.announced)

    def get(self, number: int) -> Participant | None:
        return self._by_number.get(ParticipantId(number))

    def holds(self, participant: Participant) -> bool:
        return self._by_number.get(participant.number) is participant

    def numbers(self) -> Collection[ParticipantId]:
        """Those in use."""
        return self._by_number.keys()

    def of_user(self, user_id: UserId) -> Participant | None:
        """The announced one: there is at most one, beside one that may be on its way."""
        return next((each for each in self._by_user.of(user_id) if each.announced), None)

    def of_session(self, session_id: SessionId) -> tuple[Participant, ...]:
        return self._by_session.of(session_id)

    def in_channel(self, channel_id: ChannelId) -> tuple[Participant, ...]:
        return self._by_channel.of(channel_id)

    def in_group(self, group_id: GroupId) -> tuple[Participant, ...]:
        return self._by_group.of(group_id)

    def groups(self) -> Collection[GroupId]:
        """Those with somebody in voice."""
        return tuple(self._by_group.keys())

    def on_node(self, node: NodeId) -> tuple[Participant, ...]:
        return self._by_node.of(node)

    def loads(self, nodes: Iterable[NodeId]) -> Mapping[NodeId, int]:
        return self._by_node.sizes(nodes)

    def node_of(self, channel_id: ChannelId) -> NodeId | None:
        """Where the room lives; None for one that nobody is in."""
        return next((each.node for each in self.in_channel(channel_id)), None)

    def slots(self, channel_id: ChannelId) -> tuple[int, ...] | None:
        """Who is heard in each slot, as the node last said; None before it said so."""
        return self._slots.get(channel_id)

    # --------------------------------------------------------------------------------------------------------- changes

    def add(self, participant: Participant) -> None:
        self._by_number[participant.number] = participant
        self._by_user.add(participant.user_id, participant)
        self._by_session.add(participant.session_id, participant)
        self._by_channel.add(participant.channel_id, participant)
        self._by_group.add(participant.group_id, participant)
        self._by_node.add(participant.node, participant)

    def remove(self, participant: Participant) -> None:
        """What is said of an empty room's slots goes with its last participant."""
        del self._by_number[participant.number]
        self._by_user.remove(participant.user_id, participant)
        self._by_session.remove(participant.session_id, participant)
        self._by_channel.remove(participant.channel_id, participant)
        self._by_group.remove(participant.group_id, participant)
        self._by_node.remove(participant.node, participant)
        if not self.in_channel(participant.channel_id):
            self._slots.pop(participant.channel_id, None)

    def move_session(self, participant: Participant, session_id: SessionId) -> None:
        self._by_session.remove(participant.session_id, participant)
        participant.session_id = session_id
        self._by_session.add(session_id, participant)

    def set_slots(self, channel_id: ChannelId, slots: tuple[int, ...]) -> None:
        """Of a room that somebody is in."""
        self._slots[channel_id] = slots
