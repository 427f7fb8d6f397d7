"""One group as the gateway knows it: who may see what, the members who are connected, and what each of them was told.

Sync and in the order of the bus. Who gets an event is decided by what a member was *told* (the channels in the client's
state), and after each change of roles, overwrites or membership what may be seen is compared with it: the difference is told
at once as ``channel.delete`` and ``channel.update``. A channel that comes into view needs the reader's cursor; where that
takes a look into the database, the room only says so (:attr:`Room.untold`), and the hub goes and asks.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable
from typing import TypeAlias

import msgspec

from server.domain.access import GroupAccess, drop_role
from server.domain.entities import Channel, ChannelKind, Cursor, Member, VoiceState
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    Event,
    GroupUpdate,
    MemberUpdate,
    MessageCreate,
    RoleDelete,
    RoleUpdate,
)
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from signaling import frames
from signaling.backlog import Entry
from signaling.subscriber import Subscriber

Deliver: TypeAlias = Callable[[Collection[Subscriber], bytes], None]
VoiceStates: TypeAlias = Callable[[Collection[ChannelId]], tuple[VoiceState, ...]]


class Seat:
    """A member who is connected (or may still resume)."""

    __slots__ = ("member", "subscribers", "told")

    def __init__(self, member: Member, told: frozenset[ChannelId], subscribers: list[Subscriber]) -> None:
        self.member = member
        self.told = told
        """Channels in this member's client, on all devices."""
        self.subscribers = subscribers
        """The hub's own list of the user's sessions."""


class Opened(msgspec.Struct, frozen=True):
    """A channel as one reader finds it on coming in, both read in one consistent state."""

    channel: Channel
    cursor: Cursor


class Room:
    def __init__(self, group_id: GroupId, voice_states: VoiceStates, deliver: Deliver) -> None:
        self.group_id = group_id
        self.access: GroupAccess | None = None
        """None until it has been read."""
        self.seats: dict[UserId, Seat] = {}
        self.busy = False
        """The hub is reading for this room; what comes meanwhile waits in ``queue``."""
        self.queue: deque[Entry] = deque()
        self.untold: dict[UserId, frozenset[ChannelId]] = {}
        """Channels that came into view and whose cursors must be read before they can be told."""
        self._voice_states = voice_states
        self._deliver = deliver
        self._written: set[ChannelId] = set()
        """Channels that had their first message since ``access`` was read."""
        self._personal: set[int] = set()
        """Members with overwrites of their own."""
        self._views: dict[tuple[UserId | None, tuple[RoleId, ...]], frozenset[ChannelId]] = {}
        self._receivers: dict[ChannelId | None, list[Subscriber]] = {}

    # ------------------------------------------------------------------------------------------------------------ people

    def sit(self, member: Member, told: Iterable[ChannelId], subscribers: list[Subscriber]) -> None:
        """A member is here, whose clients know the channels ``told``."""
        self.seats[member.user_id] = Seat(member, frozenset(told), subscribers)
        self.forget_receivers()

    def stand_up(self, user_id: UserId) -> None:
        self.seats.pop(user_id, None)
        self.untold.pop(user_id, None)
        self.forget_receivers()

    def forget_receivers(self) -> None:
        """Somebody's sessions have changed."""
        self._receivers.clear()

    def receivers(self, channel_id: ChannelId | None) -> list[Subscriber]:
        """Sessions of those who know the channel; with None, of all members."""
        found = self._receivers.get(channel_id)
        if found is None:
            found = self._receivers[channel_id] = [
                subscriber
                for seat in self.seats.values()
                if channel_id is None or channel_id in seat.told
                for subscriber in seat.subscribers
            ]
        return found

    def knows(self, channel_id: ChannelId, user_ids: Iterable[UserId]) -> bool:
        """Whether the channel is this group's, as far as it is known here or to these members."""
        if self.access is not None and channel_id in self.access.channels:
            return True
        return any(channel_id in self.seats[user_id].told for user_id in user_ids if user_id in self.seats)

    def knowing(self, channel_id: ChannelId) -> list[UserId]:
        """Members who know the channel."""
        return [user_id for user_id, seat in self.seats.items() if channel_id in seat.told]

    def permitted(self, permissions: int, channel_id: ChannelId | None, now_ms: int) -> list[UserId]:
        """Members who have all of these in the channel or, with None, in the group as a whole."""
        access = self.access
        if access is None:
            return []
        return [
            user_id
            for user_id, seat in self.seats.items()
            if permissions & ~access.permissions(seat.member, channel_id, now_ms) == 0
        ]

    def visible(self, member: Member) -> frozenset[ChannelId]:
        """Channels that ``member`` may view; members alike in roles and without overwrites of their own share one set."""
        access = self.access
        if access is None:
            return frozenset()
        alone = member.user_id == access.group.owner_id or member.user_id in self._personal
        key = (member.user_id if alone else None, member.role_ids)
        view = self._views.get(key)
        if view is None:
            view = frozenset(channel_id for channel_id in access.channels if access.may_view(member, channel_id))
            self._views[key] = view
        return view

    # ------------------------------------------------------------------------------------------------------------ events

    def learn(self, access: GroupAccess) -> None:
        """``access`` holds from now on; :meth:`settle` tells what that changes."""
        self.access = access
        self._views.clear()
        self._personal = {
            overwrite.target_id
            for channel in access.channels.values()
            for overwrite in channel.overwrites
            if overwrite.target == "member"
        }

    def handle(self, event: Event, channel_id: ChannelId | None, frame: bytes) -> None:
        """Delivers an event of the group or, with ``channel_id``, of a channel, and tells what follows from it."""
        if isinstance(event, ChannelUpdate):
            self._update_channel(event, frame)
        elif isinstance(event, ChannelDelete):
            self._delete_channel(event, frame)
        elif isinstance(event, (GroupUpdate, RoleUpdate, RoleDelete)):
            self._deliver(self.receivers(None), frame)
            self._apply(event)
        else:
            self._deliver(self.receivers(channel_id), frame)
            if isinstance(event, MessageCreate):
                self.note_message(event.message.channel_id)
            elif isinstance(event, MemberUpdate):
                self._update_member(event)

    def note_message(self, channel_id: ChannelId) -> None:
        """A channel has messages, whatever ``access`` says."""
        self._written.add(channel_id)

    def _update_channel(self, event: ChannelUpdate, frame: bytes) -> None:
        channel_id = event.channel.id
        knew = [seat for seat in self.seats.values() if channel_id in seat.told]
        self._apply(event)
        for seat in knew:
            if channel_id in seat.told:
                self._deliver(seat.subscribers, frame)

    def _delete_channel(self, event: ChannelDelete, frame: bytes) -> None:
        self._deliver(self.receivers(event.channel_id), frame)
        gone = {event.channel_id}
        for seat in self.seats.values():
            seat.told -= gone
        self._written -= gone
        self._apply(event)

    def _update_member(self, event: MemberUpdate) -> None:
        seat = self.seats.get(event.member.user_id)
        if seat is not None:
            seat.member = event.member
            self.settle(only=seat)

    def _apply(self, event: GroupUpdate | RoleUpdate | RoleDelete | ChannelUpdate | ChannelDelete) -> None:
        """What the event changes for what may be seen is told; most changes (names, order, colours) change nothing of that."""
        if isinstance(event, RoleDelete):
            for seat in self.seats.values():
                seat.member = drop_role(seat.member, event.role_id)
        if self.access is None:
            return
        before, self.access = self.access, self.access.apply(event)
        if _shows_the_same(before, event):
            return
        self.learn(self.access)
        self.settle()

    # -------------------------------------------------------------------------------------- what came into and out of view

    def settle(self, only: Seat | None = None) -> None:
        """Tells everyone (or one) what they may see now and could not before, and the other way round."""
        access = self.access
        if access is None:
            return
        self.forget_receivers()
        made: dict[tuple[ChannelId, bool], bytes] = {}
        for seat in [only] if only is not None else list(self.seats.values()):
            view = self.visible(seat.member)
            self.untold.pop(seat.member.user_id, None)
            if view is seat.told or view == seat.told:
                seat.told = view
                continue
            self._tell_lost(seat, view, made)
            self._tell_gained(seat, view, access, made)

    def _tell_lost(self, seat: Seat, view: frozenset[ChannelId], made: dict[tuple[ChannelId, bool], bytes]) -> None:
        """``made`` holds the frames by channel and whether it is in view: the same for all who see the same."""
        for channel_id in sorted(seat.told - view):
            frame = made.get((channel_id, False))
            if frame is None:
                frame = frames.encode(ChannelDelete(group_id=self.group_id, channel_id=channel_id))
                made[channel_id, False] = frame
            self._deliver(seat.subscribers, frame)
        seat.told &= view

    def _tell_gained(
        self, seat: Seat, view: frozenset[ChannelId], access: GroupAccess, made: dict[tuple[ChannelId, bool], bytes]
    ) -> None:
        untold = set()
        for channel_id in sorted(view - seat.told):
            channel = access.channels[channel_id]
            if self._has_messages(channel):
                untold.add(channel_id)
                continue
            frame = made.get((channel_id, True))
            if frame is None:
                frame = made[channel_id, True] = self._unread_frame(channel)
            self._deliver(seat.subscribers, frame)
        seat.told = view - untold
        if untold:
            self.untold[seat.member.user_id] = frozenset(untold)

    def _has_messages(self, channel: Channel) -> bool:
        return channel.id in self._written or channel.last_message_id is not None

    def _unread_frame(self, channel: Channel) -> bytes:
        """A channel without messages comes into view: everyone's cursor is the same."""
        text = channel.kind is ChannelKind.TEXT
        return self._coming_into_view(
            channel, Cursor(channel_id=channel.id, last_read_id=None, unread=0) if text else None
        )

    def _coming_into_view(self, channel: Channel, cursor: Cursor | None) -> bytes:
        return frames.encode(ChannelUpdate(channel=channel, cursor=cursor, voice=self._voice_states((channel.id,))))

    def tell(self, user_id: UserId, asked: Collection[ChannelId], opened: Iterable[Opened]) -> None:
        """The cursors of ``asked`` have been read: what is still in view and untold is told."""
        untold = self.untold.pop(user_id, frozenset())
        seat = self.seats.get(user_id)
        if seat is None:
            return
        if later := untold.difference(asked):
            self.untold[user_id] = later
        found = [one for one in opened if one.channel.id in untold]
        for one in found:
            self._deliver(seat.subscribers, self._coming_into_view(one.channel, one.cursor))
        seat.told |= {one.channel.id for one in found}
        self.forget_receivers()


def _shows_the_same(
    before: GroupAccess, event: GroupUpdate | RoleUpdate | RoleDelete | ChannelUpdate | ChannelDelete
) -> bool:
    """Whether the event leaves to everyone what they may view."""
    match event:
        case GroupUpdate(group=group):
            return group.owner_id == before.group.owner_id
        case RoleUpdate(role=role):
            known = before.roles.get(role.id)
            return known is not None and known.permissions == role.permissions
        case ChannelUpdate(channel=channel):
            there = before.channels.get(channel.id)
            return (
                there is not None
                and there.overwrites == channel.overwrites
                and there.category_id == channel.category_id
            )
        case _:
            return False
