"""What one must know of a group to say who may do what there: its owner, roles and channels with overwrites.

Actions load it to decide; the gateway keeps one for each group with open sockets and moves it along with :meth:`GroupAccess.apply`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from server.domain import permissions as rules
from server.domain.entities import Channel, Group, Member, Overwrite, Role
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    Event,
    GroupUpdate,
    RoleDelete,
    RoleUpdate,
)
from server.domain.ids import ChannelId, GroupId, RoleId, UserId
from server.domain.permissions import ALL, TIMED_OUT, Permission

OWNER_RANK: Final = sys.maxsize
"""Above every role."""
_ALL: Final = int(ALL)
_VIEW_CHANNEL: Final = int(Permission.VIEW_CHANNEL)


class GroupAccess(msgspec.Struct, frozen=True):
    """A value: never changed, only replaced. ``channels`` may hold a part of the group's, for questions about that part; the
    category of a channel has to be in it.

    ``Channel.last_message_id`` in it is as old as the channel's last update.
    """

    group: Group
    roles: Mapping[RoleId, Role]
    channels: Mapping[ChannelId, Channel]

    @classmethod
    def of(cls, group: Group, roles: Iterable[Role], channels: Iterable[Channel]) -> GroupAccess:
        """Takes from ``roles`` and ``channels`` those of the group."""
        return cls(
            group,
            {role.id: role for role in roles if role.group_id == group.id},
            {channel.id: channel for channel in channels if channel.group_id == group.id},
        )

    # ---------------------------------------------------------------------------------------------------- permissions

    def permissions(self, member: Member, channel_id: ChannelId | None, now_ms: int) -> Permission:
        """What ``member`` may do in a channel, or (None) in the group as a whole; nothing in a channel that is not here.

        The rules: docs/protocol.md, "Permissions".
        """
        full = Permission(self._untimed(member, channel_id))
        if member.user_id != self.group.owner_id and is_timed_out(member, now_ms):
            return full & TIMED_OUT
        return full

    def _untimed(self, member: Member, channel_id: ChannelId | None) -> int:
        channel = None if channel_id is None else self.channels.get(channel_id)
        if channel_id is not None and channel is None:
            return 0
        if member.user_id == self.group.owner_id:
            return _ALL
        base = rules.of_roles([role.permissions for role in self.roles_of(member)])
        if channel is None:
            return base
        return rules.in_channel(
            base,
            self._layers(channel),
            everyone_id=self.group.id,
            role_ids=member.role_ids,
            user_id=member.user_id,
        )

    def _layers(self, channel: Channel) -> tuple[tuple[Overwrite, ...], ...]:
        category = self.category_of(channel)
        return (channel.overwrites,) if category is None else (category.overwrites, channel.overwrites)

    def category_of(self, channel: Channel) -> Channel | None:
        return None if channel.category_id is None else self.channels.get(channel.category_id)

    def channels_in(self, category_id: ChannelId) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.category_id == category_id]

    def may_view(self, member: Member, channel_id: ChannelId) -> bool:
        """Whatever the time: a time-out leaves the view."""
        return self._untimed(member, channel_id) & _VIEW_CHANNEL != 0

    def all_view(self, channel_id: ChannelId) -> bool:
        """Whether every member may certainly view the channel: everyone's role does, and nothing here takes it away."""
        channel, everyone = self.channels.get(channel_id), self.roles.get(everyone_role_id(self.group.id))
        if channel is None or everyone is None or not everyone.permissions & _VIEW_CHANNEL:
            return False
        return not any(overwrite.deny & _VIEW_CHANNEL for layer in self._layers(channel) for overwrite in layer)

    def visible_channels(self, member: Member) -> tuple[Channel, ...]:
        """By position, then id."""
        seen = (channel for channel in self.channels.values() if self.may_view(member, channel.id))
        return tuple(sorted(seen, key=lambda channel: (channel.position, channel.id)))

    def viewers(self, channel_id: ChannelId, members: Iterable[Member]) -> tuple[UserId, ...]:
        """Those of ``members`` who may view the channel, in their order.

        There may be very many, and those alike in roles and without an overwrite of their own are looked at once.
        """
        channel = self.channels.get(channel_id)
        layers = () if channel is None else self._layers(channel)
        alone = {one.target_id for layer in layers for one in layer if one.target == "member"} | {self.group.owner_id}
        alike: dict[tuple[RoleId, ...], bool] = {}
        seen: list[UserId] = []
        for member in members:
            if member.user_id in alone:
                may_view = self.may_view(member, channel_id)
            elif (known := alike.get(member.role_ids)) is not None:
                may_view = known
            else:
                may_view = alike[member.role_ids] = self.may_view(member, channel_id)
            if may_view:
                seen.append(member.user_id)
        return tuple(seen)

    # ------------------------------------------------------------------------------------------------------ hierarchy

    def roles_of(self, member: Member) -> tuple[Role, ...]:
        """Everyone's among them; ids of roles that are gone count for nothing."""
        ids = (everyone_role_id(self.group.id), *member.role_ids)
        return tuple([self.roles[role_id] for role_id in ids if role_id in self.roles])

    def rank(self, member: Member) -> int:
        """The highest position among the member's roles; :data:`OWNER_RANK` for the owner."""
        if member.user_id == self.group.owner_id:
            return OWNER_RANK
        return max((role.position for role in self.roles_of(member)), default=0)

    def stands_above(self, member: Member, other: Member) -> bool:
        """Nobody stands above an equal, nor above oneself."""
        return self.rank(member) > self.rank(other)

    def may_touch(self, member: Member, role: Role) -> bool:
        """Whether the role is below the member's own highest one."""
        return self.rank(member) > role.position

    # ------------------------------------------------------------------------------------------------------ transitions

    def apply(self, event: Event) -> GroupAccess:
        """The group after ``event``; itself when the event is not about what is in here, or changes nothing."""
        match event:
            case GroupUpdate(group=group) if group.id == self.group.id:
                return msgspec.structs.replace(self, group=group)
            case ChannelUpdate(channel=channel) if channel.group_id == self.group.id:
                return self.with_channel(channel)
            case ChannelDelete(group_id=group_id, channel_id=channel_id) if group_id == self.group.id:
                return self.without_channel(channel_id)
            case RoleUpdate(role=role) if role.group_id == self.group.id:
                return self.with_role(role)
            case RoleDelete(group_id=group_id, role_id=role_id) if group_id == self.group.id:
                return self.without_role(role_id)
            case _:
                return self

    def with_channel(self, channel: Channel) -> GroupAccess:
        return msgspec.structs.replace(self, channels={**self.channels, channel.id: channel})

    def without_channel(self, channel_id: ChannelId) -> GroupAccess:
        """The channels of a category that goes stay, in none."""
        left = {
            key: msgspec.structs.replace(channel, category_id=None) if channel.category_id == channel_id else channel
            for key, channel in self.channels.items()
            if key != channel_id
        }
        return msgspec.structs.replace(self, channels=left)

    def with_role(self, role: Role) -> GroupAccess:
        return msgspec.structs.replace(self, roles={**self.roles, role.id: role})

    def without_role(self, role_id: RoleId) -> GroupAccess:
        """Its overwrites go with it."""
        return msgspec.structs.replace(
            self,
            roles={key: role for key, role in self.roles.items() if key != role_id},
            channels={key: _without_overwrites(channel, role_id) for key, channel in self.channels.items()},
        )


def _without_overwrites(channel: Channel, role_id: RoleId) -> Channel:
    left = without_role(channel.overwrites, role_id)
    return channel if len(left) == len(channel.overwrites) else msgspec.structs.replace(channel, overwrites=left)


def without_role(overwrites: Iterable[Overwrite], role_id: RoleId) -> tuple[Overwrite, ...]:
    """Those that are not about the role."""
    return tuple(one for one in overwrites if one.target != "role" or one.target_id != role_id)


def is_timed_out(member: Member, now_ms: int) -> bool:
    return member.timed_out_until_ms is not None and member.timed_out_until_ms > now_ms


def drop_role(member: Member, role_id: RoleId) -> Member:
    """The member after that role was deleted."""
    if role_id not in member.role_ids:
        return member
    return msgspec.structs.replace(member, role_ids=tuple(one for one in member.role_ids if one != role_id))


def everyone_role_id(group_id: GroupId) -> RoleId:
    """The role that everyone has carries the id of its group."""
    return RoleId(group_id)
