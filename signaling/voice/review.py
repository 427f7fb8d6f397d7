"""What a change of permissions means for those who are in voice: it takes effect at once."""

from __future__ import annotations

import asyncio
import enum
import logging
from collections.abc import Collection, Mapping
from typing import Final

import msgspec

from server.actions.context import Actions
from server.domain.access import GroupAccess
from server.domain.entities import Member
from server.domain.errors import ParleyError
from server.domain.events import (
    ChannelDelete,
    ChannelUpdate,
    GroupLeave,
    GroupUpdate,
    MemberLeave,
    MemberUpdate,
    Notice,
    Published,
    RoleDelete,
    RoleUpdate,
)
from server.domain.ids import ChannelId, GroupId, SessionId, UserId
from server.domain.permissions import Permission
from server.ports import Store
from signaling.voice.floor import Floor
from signaling.voice.roster import Participant

log = logging.getLogger(__name__)

AGAIN_S: Final = 1.0
"""The pause after the database could not be read."""


def group_touched(notice: Notice) -> GroupId | None:
    """The group in which somebody may now have other permissions."""
    if not isinstance(notice, Published):
        return None
    match notice.event:
        case GroupUpdate(group=group):
            return group.id
        case ChannelUpdate(channel=channel):
            return channel.group_id
        case RoleUpdate(role=role):
            return role.group_id
        case MemberUpdate(member=member):
            return member.group_id
        case GroupLeave(group_id=group_id) | ChannelDelete(group_id=group_id):
            return group_id
        case RoleDelete(group_id=group_id) | MemberLeave(group_id=group_id):
            return group_id
        case _:
            return None


class Standing(enum.Enum):
    """How somebody stands in a channel; the values that end it are reasons of ``voice.reset``."""

    SPEAKER = "speaker"
    LISTENER = "listener"
    NO_PERMISSION = "no_permission"
    CHANNEL_DELETED = "channel_deleted"
    REMOVED = "removed"

    @property
    def may_stay(self) -> bool:
        return self in (Standing.SPEAKER, Standing.LISTENER)


class GroupNow(msgspec.Struct, frozen=True):
    """As much of a group as it takes to judge those of its members who are in voice."""

    access: GroupAccess | None
    """None: the group is gone."""
    members: Mapping[UserId, Member]
    revoked: Collection[SessionId] = ()
    """Those of their log-ins that are over."""

    def standing(self, user_id: UserId, channel_id: ChannelId, now_ms: int) -> Standing:
        if self.access is None or channel_id not in self.access.channels:
            return Standing.CHANNEL_DELETED
        member = self.members.get(user_id)
        if member is None:
            return Standing.REMOVED
        permissions = self.access.permissions(member, channel_id, now_ms)
        # Nobody who may not view a channel has any permission in it.
        if Permission.CONNECT not in permissions:
            return Standing.NO_PERMISSION
        return Standing.SPEAKER if Permission.SPEAK in permissions else Standing.LISTENER


async def read_group(
    store: Store, group_id: GroupId, user_ids: Collection[UserId], session_ids: Collection[SessionId] = ()
) -> GroupNow:
    """The same few statements for any number of people."""
    async with store.read() as reader:
        group = await reader.groups.get(group_id)
        if group is None:
            return GroupNow(None, {})
        revoked = await reader.sessions.revoked(session_ids)
        roles = await reader.roles.of_groups([group_id])
        channels = await reader.channels.of_groups([group_id])
        members = await reader.members.by_users(group_id, user_ids)
    return GroupNow(GroupAccess.of(group, roles, channels), {member.user_id: member for member in members}, revoked)


class Reviewer:
    """Looks anew at everyone in voice in the groups that were touched.

    A time-out that begins takes the connection with it, so one that ends leaves nobody here to look at.
    """

    def __init__(self, actions: Actions, floor: Floor) -> None:
        self._actions = actions
        self._floor = floor
        self._touched: set[GroupId] = set()
        self._any = asyncio.Event()

    def touch(self, group_id: GroupId) -> None:
        if self._floor.roster.in_group(group_id):
            self._touched.add(group_id)
            self._any.set()

    def touch_all(self) -> None:
        for group_id in self._floor.roster.groups():
            self.touch(group_id)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._any.wait()
            self._any.clear()
            touched, self._touched = self._touched, set()
            failed = [group_id for group_id in sorted(touched) if not await self._tried(group_id)]
            if failed:
                await self._actions.pause(AGAIN_S)
                for group_id in failed:
                    self.touch(group_id)

    async def _tried(self, group_id: GroupId) -> bool:
        try:
            await self._review(group_id)
        except ParleyError as error:
            log.error("the voice permissions of group %d could not be read: %s", group_id, error)
            return False
        except Exception:
            # A permission that was taken must take effect, whatever went wrong the first time.
            log.exception("the voice permissions of group %d could not be applied", group_id)
            return False
        return True

    async def _review(self, group_id: GroupId) -> None:
        participants = self._floor.roster.in_group(group_id)
        user_ids, session_ids = ({each.user_id for each in participants}, {each.session_id for each in participants})
        now = await read_group(self._actions.store, group_id, user_ids, session_ids)
        now_ms = self._actions.clock.now_ms()
        for participant in participants:
            if not self._floor.roster.holds(participant):
                continue
            if participant.session_id in now.revoked:
                self._judge(participant, Standing.REMOVED)
            else:
                self._judge(participant, now.standing(participant.user_id, participant.channel_id, now_ms))

    def _judge(self, participant: Participant, standing: Standing) -> None:
        if standing.may_stay:
            self._floor.set_may_speak(participant, standing is Standing.SPEAKER)
        else:
            self._floor.end(participant, standing.value)
