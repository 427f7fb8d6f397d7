"""Who asks, and what they may do there. Every action begins here; what one may not see does not exist."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.access import GroupAccess, is_timed_out
from server.domain.entities import Channel, ChannelKind, Member, Message, RelationKind, Role, User
from server.domain.errors import Forbidden, Invalid, NotFound, Unauthenticated
from server.domain.ids import ChannelId, GroupId, MessageId, UserId
from server.domain.permissions import Permission, names
from server.domain.relations import Tie
from server.ports import Desk, Reader


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of a group who asks for something, at a moment. ``access`` may hold only the channels in question."""

    access: GroupAccess
    member: Member
    now_ms: int

    @property
    def is_owner(self) -> bool:
        return self.member.user_id == self.access.group.owner_id

    def permissions(self, channel_id: ChannelId | None = None) -> Permission:
        return self.access.permissions(self.member, channel_id, self.now_ms)

    def may(self, permission: Permission, channel_id: ChannelId | None = None) -> bool:
        return permission in self.permissions(channel_id)

    def require(self, permission: Permission, channel_id: ChannelId | None = None) -> None:
        """Raises :class:`Forbidden`: timed_out, forbidden."""
        lacking = permission & ~self.permissions(channel_id)
        if not lacking:
            return
        self.require_not_timed_out()
        raise Forbidden(
            "forbidden",
            "You are not allowed to do this here. Ask a moderator for the permission.",
            permission=names(lacking)[0],
        )

    def require_not_timed_out(self) -> None:
        """Raises :class:`Forbidden` (timed_out) for someone in time-out: reading is what is left to them."""
        if not self.is_owner and is_timed_out(self.member, self.now_ms):
            raise Forbidden(
                "timed_out",
                "You are in time-out and can only read for now.",
                until_ms=self.member.timed_out_until_ms,
            )

    def require_above(self, other: Member) -> None:
        """Raises :class:`Forbidden` (above_you) unless ``other`` stands below."""
        if not self.access.stands_above(self.member, other):
            raise Forbidden("above_you", "Only someone who stands above this member can do that.")

    def require_above_role(self, role: Role) -> None:
        """Raises :class:`Forbidden` (above_you) unless ``role`` is below one's own highest."""
        if not self.access.may_touch(self.member, role):
            raise Forbidden("above_you", "You can only change roles that stand below your own highest role.")

    def require_all(self, given: Permission, channel_id: ChannelId | None = None) -> None:
        """Raises :class:`Forbidden` when one would give permissions that one has not."""
        lacking = given & ~self.permissions(channel_id)
        if lacking:
            raise Forbidden(
                "forbidden",
                "You cannot give permissions that you do not have yourself.",
                permission=names(lacking)[0],
            )


async def group_seat(
    reader: Reader, user_id: UserId, group_id: GroupId, now_ms: int, *, channels: bool = False
) -> Seat:
    """With all channels when asked for; raises :class:`NotFound` (unknown_group), to strangers too."""
    member = await reader.members.get(group_id, user_id)
    group = await reader.groups.get(group_id) if member is not None else None
    if member is None or group is None:
        raise unknown_group()
    roles = await reader.roles.of_groups([group_id])
    of_group = await reader.channels.of_groups([group_id]) if channels else []
    return Seat(GroupAccess.of(group, roles, of_group), member, now_ms)


async def channel_seat(reader: Reader, user_id: UserId, channel_id: ChannelId, now_ms: int) -> tuple[Seat, Channel]:
    """With this one channel and its category; raises :class:`NotFound` (unknown_channel) to all who may not view it."""
    return seat_at(await reader.desks.at(channel_id, user_id), now_ms)


def seat_at(desk: Desk, now_ms: int) -> tuple[Seat, Channel]:
    """As :func:`channel_seat`."""
    channel, group, member = desk.channel, desk.group, desk.member
    if channel is None or group is None or member is None:
        raise unknown_channel()
    around = (channel,) if desk.category is None else (desk.category, channel)
    seat = Seat(GroupAccess.of(group, desk.roles, around), member, now_ms)
    if not seat.access.may_view(member, channel.id):
        raise unknown_channel()
    return seat, channel


async def whole_seat(reader: Reader, seat: Seat) -> Seat:
    """With all channels of its group."""
    group = seat.access.group
    of_group = await reader.channels.of_groups([group.id])
    access = GroupAccess.of(group, seat.access.roles.values(), of_group)
    return Seat(access, seat.member, seat.now_ms)


def require_kind(channel: Channel, kind: ChannelKind) -> None:
    """Raises :class:`Invalid` (wrong_channel_kind)."""
    if channel.kind is not kind:
        raise Invalid("wrong_channel_kind", f"This works in {kind.value} channels only.", kind=kind.value)


async def member_of(reader: Reader, group_id: GroupId, user_id: UserId) -> Member:
    """Raises :class:`NotFound` (unknown_member)."""
    member = await reader.members.get(group_id, user_id)
    if member is None:
        raise unknown_member()
    return member


async def public_user(reader: Reader, user_id: UserId) -> User:
    """The one who asks, as others see them; raises :class:`Unauthenticated` when the account is gone."""
    return still_there((await reader.users.by_ids([user_id])).get(user_id))


def still_there(user: User | None) -> User:
    """Raises :class:`Unauthenticated` for None: the account is gone."""
    if user is None:
        raise Unauthenticated("unauthenticated", "This account is gone. Log in with another.")
    return user


def unknown_group() -> NotFound:
    return NotFound("unknown_group", "There is no such group, or you are not in it.")


def unknown_channel() -> NotFound:
    return NotFound("unknown_channel", "There is no such channel, or you may not see it.")


async def message_of(reader: Reader, channel_id: ChannelId, message_id: MessageId) -> Message:
    """Raises :class:`NotFound` (unknown_message)."""
    message = await reader.messages.get(channel_id, message_id)
    if message is None:
        raise unknown_message()
    return message


def unknown_message() -> NotFound:
    return NotFound("unknown_message", "There is no such message in this channel. It may have been deleted.")


def unknown_file() -> NotFound:
    return NotFound("unknown_file", "There is no such file, or you may not see it.")


def unknown_member() -> NotFound:
    return NotFound("unknown_member", "This person is not in the group.")


def unknown_user() -> NotFound:
    return NotFound("unknown_user", "There is no such person, or you share neither a group nor a conversation.")


def cannot_message(tie: Tie, other_id: UserId) -> Forbidden:
    """Whether that person has blocked the one who asks, or just does not hear from them, is not told."""
    if tie.mine is RelationKind.BLOCKED:
        return Forbidden("cannot_message", "You have blocked this person. Unblock them first.", user_id=other_id)
    return Forbidden("cannot_message", "This person takes no message or request from you.", user_id=other_id)
