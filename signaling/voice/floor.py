"""Everyone in voice, and what follows when one of them comes, changes or goes: the node is told first, then the others."""

from __future__ import annotations

from media.control import (
    Connected,
    Disconnect,
    Disconnected,
    ParticipantId,
    Slots,
    Speaking,
    Update,
)
from server.domain.events import (
    Event,
    ToChannel,
    ToUsers,
    VoiceLeave,
    VoiceReset,
    VoiceSlots,
    VoiceSpeaking,
    VoiceUpdate,
)
from server.domain.ids import ChannelId, Snowflake
from signaling.voice.link import NodeEvent
from signaling.voice.outbox import Outbox
from signaling.voice.placement import NodeId
from signaling.voice.roster import Participant, Roster


class Floor:
    """Nothing here waits."""

    def __init__(self, roster: Roster, outbox: Outbox) -> None:
        self.roster = roster
        self._outbox = outbox

    # --------------------------------------------------------------------------------------------------------- changes

    def announce(self, participant: Participant) -> None:
        """The node has taken it: from now on others know of it."""
        participant.announced = True
        self._tell_state(participant)

    def set_mutes(self, participant: Participant, muted: bool | None, deafened: bool | None) -> None:
        """None: as it is."""
        before = participant.state
        participant.said_muted = participant.said_muted if muted is None else muted
        participant.deafened = participant.deafened if deafened is None else deafened
        if participant.state != before:
            self._changed(participant)

    def set_may_speak(self, participant: Participant, may_speak: bool) -> None:
        if participant.may_speak != may_speak:
            participant.may_speak = may_speak
            self._changed(participant)

    def end(self, participant: Participant, reason: str | None = None, *, retry: bool = False) -> None:
        """Off the node and out of the roster. ``reason``: the user did not ask for it, and is told."""
        self.roster.remove(participant)
        participant.link.order(Disconnect(participant.number))
        if not participant.announced:
            return
        channel_id, number = participant.channel_id, participant.number
        gone = VoiceLeave(channel_id=channel_id, user_id=participant.user_id, participant=number)
        self._tell_channel(participant, gone)
        if reason is not None:
            self.tell_reset(participant, reason, retry=retry)

    def tell_reset(self, participant: Participant, reason: str, *, retry: bool = False) -> None:
        reset = VoiceReset(
            channel_id=participant.channel_id, participant=participant.number, reason=reason, retry=retry
        )
        self._outbox.tell(ToUsers((participant.user_id,)), reset)

    def _changed(self, participant: Participant) -> None:
        number, may_speak = participant.number, participant.may_speak
        participant.link.order(Update(number, may_speak, participant.muted, participant.deafened))
        self._tell_state(participant)

    def _tell_state(self, participant: Participant) -> None:
        if participant.announced:
            self._tell_channel(participant, VoiceUpdate(state=participant.state))

    def _tell_channel(self, participant: Participant, event: Event) -> None:
        self._outbox.tell(ToChannel(participant.group_id, participant.channel_id), event)

    # ----------------------------------------------------------------------------------------------- what a node says

    def node_said(self, event: NodeEvent) -> None:
        """Of participants and rooms that are gone by now, nothing is passed on."""
        match event:
            case Connected(number):
                self._connected(number)
            case Disconnected(number):
                participant = self.roster.get(number)
                if participant is not None:
                    self.end(participant, "connection_lost", retry=True)
            case Speaking():
                self._speaking(event)
            case Slots():
                self._slots(event)

    def node_lost(self, node: NodeId) -> None:
        """The node has forgotten everyone. Those on their way in learn it from their request."""
        for participant in self.roster.on_node(node):
            if participant.announced:
                self.end(participant, "media_restarted", retry=True)

    def _connected(self, number: ParticipantId) -> None:
        participant = self.roster.get(number)
        if participant is not None and not participant.connected:
            participant.connected = True
            self._tell_state(participant)

    def _speaking(self, event: Speaking) -> None:
        participant = self.roster.get(event.participant)
        if participant is not None:
            number, channel_id = participant.number, participant.channel_id
            self._tell_channel(
                participant, VoiceSpeaking(channel_id=channel_id, participant=number, speaking=event.speaking)
            )

    def _slots(self, event: Slots) -> None:
        channel_id = ChannelId(Snowflake(event.room))
        anyone = next(iter(self.roster.in_channel(channel_id)), None)
        if anyone is not None:
            self.roster.set_slots(channel_id, event.slots)
            self._tell_channel(anyone, VoiceSlots(channel_id=channel_id, slots=event.slots))
