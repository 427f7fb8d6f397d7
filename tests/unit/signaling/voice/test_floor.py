from __future__ import annotations

from collections.abc import Callable, Sequence

from media.control import Connected, Disconnect, Disconnected, ParticipantId, RoomId, Slots, Speaking, Update
from server.domain.events import (
    Event,
    Notice,
    Published,
    ToChannel,
    ToUsers,
    VoiceLeave,
    VoiceReset,
    VoiceSlots,
    VoiceSpeaking,
    VoiceUpdate,
)
from server.ports import Around
from signaling.voice.floor import Floor
from signaling.voice.outbox import Outbox
from signaling.voice.placement import NodeId
from signaling.voice.roster import Participant, Roster
from tests.support.silent_link import SilentLink
from tests.unit.signaling.voice.test_roster import OTHER, ROOM, person


class NoBus:
    async def publish(self, notices: Sequence[Notice]) -> None:
        raise NotImplementedError

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        raise NotImplementedError


class Room:
    """A floor, and what it told."""

    def __init__(self, *people: Participant) -> None:
        self.roster = Roster()
        self.outbox = Outbox(NoBus())
        self.floor = Floor(self.roster, self.outbox)
        for each in people:
            self.roster.add(each)

    def told(self) -> list[Published]:
        waiting, self.outbox._waiting = self.outbox._waiting, []
        return waiting

    def events(self) -> list[Event]:
        return [each.event for each in self.told()]


def orders(participant: Participant) -> list[object]:
    assert isinstance(participant.link, SilentLink)
    return list(participant.link.orders)


def test_announcing_tells_the_channel() -> None:
    anna = person(1, announced=False)
    room = Room(anna)
    room.floor.announce(anna)

    assert room.told() == [Published(ToChannel(anna.group_id, ROOM), VoiceUpdate(state=anna.state))]
    assert orders(anna) == []


def test_changes_go_to_the_node_and_to_the_channel_once() -> None:
    anna = person(1)
    room = Room(anna)
    room.floor.set_mutes(anna, None, None)
    room.floor.set_may_speak(anna, True)
    assert room.told() == []
    room.floor.set_mutes(anna, None, True)
    room.floor.set_mutes(anna, True, None)
    room.floor.set_may_speak(anna, False)

    assert orders(anna) == [
        Update(ParticipantId(1), may_speak=True, muted=True, deafened=True),
        Update(ParticipantId(1), may_speak=False, muted=True, deafened=True),
    ]
    assert len(room.events()) == 2
    room.floor.set_mutes(anna, None, False)
    assert anna.muted, "muted while deafened: that stays"


def test_one_who_is_not_announced_is_changed_and_ended_in_silence() -> None:
    anna = person(1, announced=False)
    room = Room(anna)
    room.floor.set_mutes(anna, True, None)
    room.floor.node_said(Connected(ParticipantId(1)))
    room.floor.end(anna, "no_permission")

    assert room.told() == []
    assert orders(anna)[-1] == Disconnect(ParticipantId(1))
    assert not room.roster.holds(anna)


def test_ending_tells_the_channel_and_with_a_reason_the_user() -> None:
    anna, boris = person(1), person(2, user=2)
    room = Room(anna, boris)
    room.floor.end(anna)
    assert room.events() == [VoiceLeave(channel_id=ROOM, user_id=anna.user_id, participant=1)]
    room.floor.end(boris, "removed")
    leave, reset = room.told()
    assert leave.audience == ToChannel(boris.group_id, ROOM)
    assert reset == Published(
        ToUsers((boris.user_id,)), VoiceReset(channel_id=ROOM, participant=2, reason="removed", retry=False)
    )


def test_what_a_node_says_of_those_who_are_there() -> None:
    anna = person(1)
    room = Room(anna)
    for event in (
        Connected(ParticipantId(1)),
        Connected(ParticipantId(1)),
        Speaking(RoomId(ROOM), ParticipantId(1), True),
        Slots(RoomId(ROOM), (ParticipantId(1),)),
        Disconnected(ParticipantId(1), "connect_timeout"),
    ):
        room.floor.node_said(event)

    kinds = [type(event) for event in room.events()]
    assert kinds == [VoiceUpdate, VoiceSpeaking, VoiceSlots, VoiceLeave, VoiceReset]
    assert anna.connected


def test_what_a_node_says_of_those_who_are_gone() -> None:
    room = Room(person(1))
    for event in (
        Connected(ParticipantId(9)),
        Speaking(RoomId(ROOM), ParticipantId(9), True),
        Slots(RoomId(OTHER), (ParticipantId(1),)),
        Disconnected(ParticipantId(9), "dtls_failed"),
    ):
        room.floor.node_said(event)

    assert room.told() == []
    assert room.roster.slots(OTHER) is None


def test_a_lost_node_takes_its_own_people_with_it() -> None:
    here, there, coming = person(1), person(2, user=2, channel=OTHER, node=1), person(3, user=3, announced=False)
    room = Room(here, there, coming)
    room.floor.node_lost(NodeId(0))

    reset = VoiceReset(channel_id=ROOM, participant=1, reason="media_restarted", retry=True)
    assert room.events()[1:] == [reset]
    assert set(room.roster.numbers()) == {2, 3}
