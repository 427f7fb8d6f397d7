"""Groups: what they are made of, who is in them, and the ways in."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal, Protocol

from server.domain.entities import Addition, Channel, Emoji, Group, Invite, Member, Overwrite, Role
from server.domain.ids import AdditionId, ChannelId, EmojiId, GroupId, MessageId, RoleId, Snowflake, UserId
from server.ports.outside import Picture


class Groups(Protocol):
    async def add(self, group: Group) -> None: ...

    async def get(self, group_id: GroupId) -> Group | None: ...

    async def by_ids(self, group_ids: Collection[GroupId]) -> list[Group]: ...

    async def owned_by(self, user_id: UserId, limit: int) -> list[Group]:
        """By id."""
        ...

    async def update(self, group: Group) -> None:
        """Name and owner."""
        ...

    async def delete(self, group_id: GroupId) -> None:
        """With its channels, messages, cursors, roles, members, invites and additions."""
        ...


class Channels(Protocol):
    async def add(self, channel: Channel) -> None: ...

    async def get(self, channel_id: ChannelId) -> Channel | None:
        """With its overwrites."""
        ...

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Channel]:
        """By group, position, id; with their overwrites; a constant number of statements."""
        ...

    async def update(self, channel: Channel) -> None:
        """Name, topic, position, category and slow mode."""
        ...

    async def put_in_order(self, channels: Collection[Channel]) -> None:
        """Position and category of each, in one statement."""
        ...

    async def delete(self, channel_id: ChannelId) -> None: ...

    async def put_overwrite(self, channel_id: ChannelId, overwrite: Overwrite) -> None: ...

    async def delete_overwrite(
        self, channel_id: ChannelId, target: Literal["role", "member"], target_id: Snowflake
    ) -> bool: ...

    async def written_ms(self, channel_id: ChannelId, user_id: UserId) -> int | None:
        """When the user wrote last in a channel that was slow then."""
        ...

    async def note_writing(self, channel_id: ChannelId, user_id: UserId, now_ms: int) -> None: ...

    async def lock_writer(self, channel_id: ChannelId) -> MessageId | None:
        """Serialises writers of the channel until the transaction ends; returns its ``last_message_id``."""
        ...


class Roles(Protocol):
    async def add(self, role: Role) -> None: ...

    async def update(self, role: Role) -> None: ...

    async def put_in_order(self, roles: Collection[Role]) -> None:
        """Position of each, in one statement."""
        ...

    async def delete(self, group_id: GroupId, role_id: RoleId) -> None:
        """With its assignments and overwrites."""
        ...

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Role]: ...


class Members(Protocol):
    async def add(self, member: Member) -> bool:
        """False when the user is a member already."""
        ...

    async def remove(self, group_id: GroupId, user_id: UserId) -> bool:
        """With the member's overwrites and cursors in that group."""
        ...

    async def get(self, group_id: GroupId, user_id: UserId) -> Member | None: ...

    async def of_user(self, user_id: UserId) -> list[Member]: ...

    async def by_users(self, group_id: GroupId, user_ids: Collection[UserId]) -> list[Member]: ...

    async def by_roles(self, group_id: GroupId, role_ids: Collection[RoleId]) -> list[Member]:
        """Who has any of the roles."""
        ...

    async def in_groups(self, group_ids: Collection[GroupId], user_ids: Collection[UserId]) -> list[Member]:
        """Memberships of any of the users in any of the groups; a constant number of statements."""
        ...

    async def page(self, group_id: GroupId, after: UserId | None, limit: int) -> list[Member]:
        """By user id."""
        ...

    async def named(self, group_id: GroupId, beginning: bytes, limit: int) -> list[UserId]:
        """Those with a user name, display name or nickname whose key (:func:`server.domain.names.name_key`) begins so.

        In the order of these keys.
        """
        ...

    async def counts(self, group_ids: Collection[GroupId]) -> dict[GroupId, int]: ...

    async def joined_since(self, group_id: GroupId, since_ms: int) -> int:
        """How many of those who are members came in after that."""
        ...

    async def sharing(self, user_id: UserId, other_ids: Collection[UserId]) -> set[UserId]:
        """Those of the others who are in a group with the user."""
        ...

    async def next_ids(self, group_id: GroupId, after: UserId, limit: int) -> list[UserId]:
        """In order."""
        ...

    async def ids(self, group_id: GroupId) -> list[UserId]: ...

    async def put_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None: ...

    async def drop_role(self, group_id: GroupId, user_id: UserId, role_id: RoleId) -> None: ...

    async def time_out(self, group_id: GroupId, user_id: UserId, until_ms: int | None) -> None: ...

    async def set_nickname(self, group_id: GroupId, user_id: UserId, nickname: str | None) -> None: ...

    async def keep_time_out(self, group_id: GroupId, user_id: UserId, until_ms: int) -> None:
        """For someone who goes, in case they come back."""
        ...

    async def take_time_out(self, group_id: GroupId, user_id: UserId) -> int | None:
        """What was kept for someone who comes back, once."""
        ...


class Emojis(Protocol):
    async def add(self, emoji: Emoji, picture: Picture) -> bool:
        """False when the group has one of that name."""
        ...

    async def get(self, emoji_id: EmojiId) -> Emoji | None: ...

    async def of_groups(self, group_ids: Collection[GroupId]) -> list[Emoji]: ...

    async def picture(self, emoji_id: EmojiId) -> Picture | None: ...

    async def rename(self, emoji: Emoji, name: str) -> bool:
        """False when the group has another one of that name."""
        ...

    async def delete(self, emoji_id: EmojiId) -> None: ...


class Invites(Protocol):
    async def add(self, invite: Invite) -> None: ...

    async def get(self, code: str) -> Invite | None: ...

    async def of_group(self, group_id: GroupId) -> list[Invite]: ...

    async def use(self, code: str, now_ms: int) -> bool:
        """Counts one use, unless the invite is gone, expired or used up (False)."""
        ...

    async def delete(self, code: str) -> bool: ...


class Additions(Protocol):
    async def add(self, addition: Addition) -> bool:
        """False when that user was asked into that group already."""
        ...

    async def get(self, addition_id: AdditionId) -> Addition | None: ...

    async def of_user(self, user_id: UserId) -> list[Addition]: ...

    async def of_inviter(self, user_id: UserId) -> list[Addition]:
        """Those whom the user asked."""
        ...

    async def of_group(self, group_id: GroupId) -> list[Addition]: ...

    async def delete(self, addition_id: AdditionId) -> bool: ...
