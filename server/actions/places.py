"""Where messages are written: a channel of a group or a conversation, with the one who asks in it."""

from __future__ import annotations

from dataclasses import dataclass

from server.actions.authority import Seat, cannot_message, require_kind, seat_at, unknown_channel
from server.domain.entities import Channel, ChannelKind, Conversation, ConversationKind, Member
from server.domain.errors import Forbidden
from server.domain.events import Audience, ToChannel, ToUsers
from server.domain.ids import ChannelId, GroupId, UserId
from server.domain.permissions import IN_CONVERSATIONS, TIMED_OUT, Permission, names
from server.domain.relations import NONE, Tie
from server.ports import Desk, Reader


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """A text channel of a group."""

    seat: Seat
    channel: Channel

    @property
    def id(self) -> ChannelId:
        return self.channel.id

    @property
    def user_id(self) -> UserId:
        return self.seat.member.user_id

    @property
    def group_id(self) -> GroupId | None:
        return self.channel.group_id

    @property
    def member(self) -> Member | None:
        """Of the one who asks."""
        return self.seat.member

    @property
    def audience(self) -> Audience:
        return ToChannel(self.channel.group_id, self.channel.id)

    def permissions(self) -> Permission:
        return self.seat.permissions(self.channel.id)

    def may(self, permission: Permission) -> bool:
        return self.seat.may(permission, self.channel.id)

    def require(self, permission: Permission) -> None:
        """Raises :class:`Forbidden`: timed_out, forbidden."""
        self.seat.require(permission, self.channel.id)

    def require_active(self) -> None:
        """Raises :class:`Forbidden` (timed_out) for someone who can only read for now."""
        self.seat.require_not_timed_out()


@dataclass(frozen=True, slots=True)
class ConversationPlace:
    conversation: Conversation
    user_id: UserId
    tie: Tie = NONE
    """With the other one of a direct conversation. A block either way leaves both only what is written there."""

    @property
    def id(self) -> ChannelId:
        return self.conversation.id

    @property
    def group_id(self) -> GroupId | None:
        return None

    @property
    def member(self) -> Member | None:
        return None

    @property
    def audience(self) -> Audience:
        return ToUsers(self.conversation.member_ids)

    @property
    def partner_id(self) -> UserId | None:
        """The other one of a direct conversation."""
        if self.conversation.kind is not ConversationKind.DIRECT:
            return None
        return next((one for one in self.conversation.member_ids if one != self.user_id), None)

    def permissions(self) -> Permission:
        return IN_CONVERSATIONS & TIMED_OUT if self.tie.blocked else IN_CONVERSATIONS

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions()

    def require(self, permission: Permission) -> None:
        """Raises :class:`Forbidden`: forbidden, cannot_message."""
        lacking = permission & ~IN_CONVERSATIONS
        if lacking:
            raise Forbidden("forbidden", "Nobody can do this in a conversation.", permission=names(lacking)[0])
        if not self.may(permission):
            self.require_active()

    def require_active(self) -> None:
        """Raises :class:`Forbidden` (cannot_message) where there is a block; there are no time-outs in conversations."""
        if self.tie.blocked and self.partner_id is not None:
            raise cannot_message(self.tie, self.partner_id)


Place = GroupPlace | ConversationPlace


async def place_of(reader: Reader, user_id: UserId, channel_id: ChannelId, now_ms: int) -> Place:
    """Raises :class:`NotFound` (unknown_channel) to all who may not view it, :class:`Invalid` (wrong_channel_kind)."""
    return place_at(await reader.desks.at(channel_id, user_id), user_id, now_ms)


def place_at(desk: Desk, user_id: UserId, now_ms: int) -> Place:
    """As :func:`place_of`."""
    if desk.conversation is not None:
        if user_id not in desk.conversation.member_ids:
            raise unknown_channel()
        return ConversationPlace(desk.conversation, user_id, desk.tie)
    seat, channel = seat_at(desk, now_ms)
    require_kind(channel, ChannelKind.TEXT)
    return GroupPlace(seat, channel)
