from __future__ import annotations

from typing import Any

import msgspec

from server.domain.access import GroupAccess
from server.domain.entities import Channel, ChannelKind, Cursor, Group, Overwrite, VoiceState
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    Event,
    GroupUpdate,
    MemberUpdate,
    MessageCreate,
    RoleDelete,
    RoleUpdate,
    TypingStart,
)
from server.domain.ids import ChannelId, RoleId, SessionId, Snowflake, UserId
from server.domain.permissions import Permission
from signaling import frames
from signaling.delivery import Delivery
from signaling.room import Opened, Room
from signaling.session import Session
from signaling.subscriber import Subscriber
from tests.support.rows import (
    ANNA,
    BEN,
    CLEO,
    GENERAL,
    GROUP,
    MODERATOR,
    RANDOM,
    VOICE,
    channel,
    member,
    message,
    message_id,
    role,
    user,
)
from tests.support.sink import FakeSink

VIEW = int(Permission.VIEW_CHANNEL)
EVERYONE = RoleId(GROUP)
HIDDEN = (
    Overwrite(target="role", target_id=EVERYONE, deny=VIEW),
    Overwrite(target="role", target_id=MODERATOR, allow=VIEW),
)


class Scene:
    """Anna owns the group, Ben and Cleo are in it. ``RANDOM`` is for moderators."""

    def __init__(self) -> None:
        self.voice: tuple[VoiceState, ...] = ()
        self.room = Room(GROUP, lambda _: self.voice, Delivery().to)
        self.sinks: dict[UserId, FakeSink] = {}
        group = Group(id=GROUP, name="group", owner_id=ANNA)
        roles = [role(EVERYONE, position=0, permissions=VIEW), role(MODERATOR)]
        channels = [channel(GENERAL), channel(RANDOM, overwrites=HIDDEN), channel(VOICE, kind=ChannelKind.VOICE)]
        self.room.learn(GroupAccess.of(group, roles, channels))
        for user_id in (ANNA, BEN, CLEO):
            self.sit(user_id)

    def sit(self, user_id: UserId) -> None:
        sink = self.sinks[user_id] = FakeSink()
        subscriber = Subscriber(Session(str(user_id), user_id, SessionId(Snowflake(user_id))), sink)
        row = member(user_id)
        self.room.sit(row, self.room.visible(row), [subscriber])

    def happen(self, event: Event, channel_id: ChannelId | None = None) -> None:
        self.room.handle(event, channel_id, frames.encode(event))

    def heard(self, user_id: UserId) -> list[str]:
        return [frame["type"] for frame in self.take(user_id)]

    def take(self, user_id: UserId) -> list[dict[str, Any]]:
        return self.sinks[user_id].take()


def written(number: int, channel_id: ChannelId) -> MessageCreate:
    return MessageCreate(message=message(number, channel_id=channel_id), author=user(ANNA, "anna"))


def with_message(id_: ChannelId, overwrites: tuple[Overwrite, ...] = ()) -> Channel:
    return msgspec.structs.replace(channel(id_, overwrites=overwrites), last_message_id=message_id(1))


def test_an_event_of_a_channel_goes_to_those_who_know_it() -> None:
    scene = Scene()
    scene.happen(TypingStart(channel_id=RANDOM, user_id=ANNA), RANDOM)
    assert [scene.heard(one) for one in (ANNA, BEN, CLEO)] == [["typing.start"], [], []]
    scene.happen(TypingStart(channel_id=GENERAL, user_id=ANNA), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN, CLEO)] == [["typing.start"]] * 3


def test_everyone_gets_the_same_bytes() -> None:
    scene = Scene()
    scene.happen(written(1, GENERAL), GENERAL)
    (ours,), (theirs,) = scene.sinks[ANNA].written, scene.sinks[BEN].written
    assert ours is theirs


def test_a_channel_without_messages_comes_into_view_at_once() -> None:
    scene = Scene()
    scene.happen(MemberUpdate(member=member(BEN, role_ids=(MODERATOR,))))
    first, second = scene.take(BEN)
    assert first["type"] == "member.update"
    assert second["type"] == "channel.update"
    assert second["channel"]["id"] == str(int(RANDOM))
    assert second["cursor"] == {"channel_id": str(int(RANDOM)), "last_read_id": None, "unread": 0, "mentions": 0}
    assert not scene.room.untold
    assert scene.heard(CLEO) == ["member.update"]
    scene.happen(written(1, RANDOM), RANDOM)
    assert scene.heard(BEN) == ["message.create"]


def test_a_channel_with_messages_waits_for_its_cursor() -> None:
    scene = Scene()
    scene.happen(written(1, RANDOM), RANDOM)
    scene.happen(MemberUpdate(member=member(BEN, role_ids=(MODERATOR,))))
    assert scene.heard(BEN) == ["member.update"]
    assert scene.room.untold == {BEN: frozenset({RANDOM})}
    scene.happen(written(2, RANDOM), RANDOM)
    assert scene.heard(BEN) == [], "not before the channel itself"
    cursor = Cursor(channel_id=RANDOM, last_read_id=None, unread=2)
    scene.room.tell(BEN, {RANDOM}, [Opened(with_message(RANDOM), cursor)])
    assert scene.heard(BEN) == ["channel.update"]
    assert not scene.room.untold
    scene.happen(written(3, RANDOM), RANDOM)
    assert scene.heard(BEN) == ["message.create"]


def test_what_went_out_of_view_meanwhile_is_not_told() -> None:
    scene = Scene()
    scene.room.note_message(RANDOM)
    scene.happen(MemberUpdate(member=member(BEN, role_ids=(MODERATOR,))))
    scene.happen(MemberUpdate(member=member(BEN)))
    scene.take(BEN)
    cursor = Cursor(channel_id=RANDOM, last_read_id=None, unread=2)
    scene.room.tell(BEN, {RANDOM}, [Opened(with_message(RANDOM), cursor)])
    assert scene.heard(BEN) == []


def test_what_came_into_view_after_the_question_still_waits() -> None:
    scene = Scene()
    scene.room.note_message(RANDOM)
    scene.happen(MemberUpdate(member=member(BEN, role_ids=(MODERATOR,))))
    scene.room.tell(BEN, set(), [])
    assert scene.room.untold == {BEN: frozenset({RANDOM})}
    scene.room.stand_up(BEN)
    assert not scene.room.untold
    scene.room.tell(BEN, {RANDOM}, [])


def test_losing_a_role_takes_the_channel_away_at_once() -> None:
    scene = Scene()
    scene.happen(MemberUpdate(member=member(BEN, role_ids=(MODERATOR,))))
    scene.take(BEN)
    scene.happen(RoleDelete(group_id=GROUP, role_id=MODERATOR))
    assert scene.heard(BEN) == ["role.delete", "channel.delete"]
    assert scene.heard(CLEO) == ["member.update", "role.delete"]
    scene.happen(written(1, RANDOM), RANDOM)
    assert scene.heard(BEN) == []


def test_a_renamed_channel_is_told_to_those_who_know_it() -> None:
    scene = Scene()
    renamed = msgspec.structs.replace(channel(RANDOM, overwrites=HIDDEN), name="renamed")
    scene.happen(ChannelUpdate(channel=renamed), RANDOM)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["channel.update"], []]


def test_an_overwrite_hides_and_reveals() -> None:
    scene = Scene()
    own = Overwrite(target="member", target_id=BEN, deny=VIEW)
    scene.happen(ChannelUpdate(channel=channel(GENERAL, overwrites=(own,))), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN, CLEO)] == [
        ["channel.update"],
        ["channel.delete"],
        ["channel.update"],
    ]
    scene.happen(ChannelUpdate(channel=channel(GENERAL)), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN, CLEO)] == [["channel.update"]] * 3


def test_a_category_hides_and_reveals_its_channels() -> None:
    scene = Scene()
    outside = channel(ChannelId(Snowflake(3010)), kind=ChannelKind.CATEGORY)
    scene.happen(ChannelUpdate(channel=outside), outside.id)
    scene.happen(ChannelUpdate(channel=msgspec.structs.replace(channel(GENERAL), category_id=outside.id)), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["channel.update", "channel.update"]] * 2
    for user_id in (ANNA, BEN, CLEO):
        scene.take(user_id)

    hidden = msgspec.structs.replace(outside, overwrites=HIDDEN)
    scene.happen(ChannelUpdate(channel=hidden), outside.id)
    assert scene.heard(ANNA) == ["channel.update"]
    assert {frame["channel_id"] for frame in scene.take(BEN)} == {str(int(GENERAL)), str(int(outside.id))}
    scene.happen(written(1, GENERAL), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["message.create"], []]

    scene.happen(ChannelDelete(group_id=GROUP, channel_id=outside.id), outside.id)
    assert scene.heard(ANNA) == ["channel.delete"]
    assert scene.room.untold == {BEN: frozenset({GENERAL}), CLEO: frozenset({GENERAL})}


def test_a_channel_moves_into_a_hidden_category() -> None:
    scene = Scene()
    outside = channel(ChannelId(Snowflake(3010)), kind=ChannelKind.CATEGORY, overwrites=HIDDEN)
    scene.happen(ChannelUpdate(channel=outside), outside.id)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["channel.update"], []]
    moved = msgspec.structs.replace(channel(GENERAL), category_id=outside.id)
    scene.happen(ChannelUpdate(channel=moved), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["channel.update"], ["channel.delete"]]
    scene.happen(ChannelUpdate(channel=channel(GENERAL)), GENERAL)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["channel.update"]] * 2


def test_a_role_counts_for_someone_with_overwrites_of_their_own_too() -> None:
    scene = Scene()
    own = Overwrite(target="member", target_id=BEN, allow=int(Permission.SPEAK))
    scene.happen(ChannelUpdate(channel=channel(GENERAL, overwrites=(own,))), GENERAL)
    scene.take(BEN)
    scene.happen(MemberUpdate(member=member(BEN, role_ids=(MODERATOR,))))
    assert scene.heard(BEN) == ["member.update", "channel.update"]
    scene.happen(MemberUpdate(member=member(BEN)))
    assert scene.heard(BEN) == ["member.update", "channel.delete"]


def test_a_new_name_or_place_leaves_the_views_as_they_are() -> None:
    scene = Scene()
    view = scene.room.visible(member(BEN))
    scene.happen(GroupUpdate(group=Group(id=GROUP, name="renamed", owner_id=ANNA)))
    scene.happen(RoleUpdate(role=msgspec.structs.replace(role(MODERATOR), name="chief", position=9)))
    scene.happen(ChannelUpdate(channel=channel(GENERAL, position=7)), GENERAL)
    assert scene.room.visible(member(BEN)) is view
    assert scene.heard(BEN) == ["group.update", "role.update", "channel.update"]
    assert scene.room.access is not None
    assert scene.room.access.channels[GENERAL].position == 7


def test_a_voice_channel_comes_into_view_with_those_in_it() -> None:
    scene = Scene()
    deny = Overwrite(target="role", target_id=EVERYONE, deny=VIEW)
    hidden = channel(VOICE, kind=ChannelKind.VOICE, overwrites=(deny,))
    scene.happen(ChannelUpdate(channel=hidden), VOICE)
    scene.voice = (VoiceState(channel_id=VOICE, user_id=ANNA, participant=7, muted=False, deafened=False),)
    scene.take(BEN)
    scene.happen(ChannelUpdate(channel=channel(VOICE, kind=ChannelKind.VOICE)), VOICE)
    (frame,) = scene.take(BEN)
    assert frame["cursor"] is None
    assert [state["participant"] for state in frame["voice"]] == [7]


def test_a_deleted_channel_is_told_to_those_who_knew_it() -> None:
    scene = Scene()
    scene.room.note_message(RANDOM)
    scene.happen(ChannelDelete(group_id=GROUP, channel_id=RANDOM), RANDOM)
    assert [scene.heard(one) for one in (ANNA, BEN)] == [["channel.delete"], []]
    scene.happen(written(1, RANDOM), RANDOM)
    assert scene.heard(ANNA) == []


def test_a_change_of_everyones_role_acts_on_everyone_but_the_owner() -> None:
    scene = Scene()
    scene.happen(RoleUpdate(role=role(EVERYONE, position=0, permissions=0)))
    assert scene.heard(ANNA) == ["role.update"]
    for user_id in (BEN, CLEO):
        assert scene.heard(user_id) == ["role.update", "channel.delete", "channel.delete"]


def test_a_new_owner_sees_everything() -> None:
    scene = Scene()
    scene.happen(GroupUpdate(group=Group(id=GROUP, name="group", owner_id=BEN)))
    assert scene.heard(BEN) == ["group.update", "channel.update"]
    assert scene.heard(ANNA) == ["group.update", "channel.delete"]


def test_members_alike_share_one_view() -> None:
    scene = Scene()
    ben, cleo = (scene.room.visible(member(one)) for one in (BEN, CLEO))
    assert ben is cleo


def test_a_room_that_is_not_read_yet_shows_and_changes_nothing() -> None:
    room, sink = Room(GROUP, lambda _: (), Delivery().to), FakeSink()
    row = member(BEN)
    assert room.visible(row) == frozenset()
    room.sit(row, [GENERAL], [Subscriber(Session("key", BEN, SessionId(Snowflake(1))), sink)])
    event = RoleUpdate(role=role(EVERYONE, position=0, permissions=0))
    room.handle(event, None, frames.encode(event))
    assert [frame["type"] for frame in sink.take()] == ["role.update"]
    assert room.knows(GENERAL, [BEN])
    assert not room.knows(RANDOM, [BEN])


def test_who_knows_what() -> None:
    scene = Scene()
    assert scene.room.knowing(RANDOM) == [ANNA]
    assert scene.room.knowing(GENERAL) == [ANNA, BEN, CLEO]
    assert scene.room.knows(RANDOM, [BEN]), "it is this group's"
