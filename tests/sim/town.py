"""A small model of groups and conversations: docs/protocol.md read once more, and nothing of the application's rules.

It says what becomes of a request as an HTTP status, who may view what, what is unread for whom, and what pings them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

# ------------------------------------------------------------------------------------------------------------ the table

VIEW_CHANNEL: Final = 1 << 0
READ_HISTORY: Final = 1 << 1
SEND_MESSAGES: Final = 1 << 2
MANAGE_MESSAGES: Final = 1 << 3
KICK_MEMBERS: Final = 1 << 7
MANAGE_CHANNELS: Final = 1 << 8
MANAGE_ROLES: Final = 1 << 9
TIME_OUT_MEMBERS: Final = 1 << 11
ADMINISTRATOR: Final = 1 << 12
MENTION_EVERYONE: Final = 1 << 13
ATTACH_FILES: Final = 1 << 14
ADD_REACTIONS: Final = 1 << 15
PIN_MESSAGES: Final = 1 << 16
BAN_MEMBERS: Final = 1 << 18
ALL: Final = (1 << 22) - 1
IN_CONVERSATION: Final = (
    VIEW_CHANNEL | READ_HISTORY | SEND_MESSAGES | ATTACH_FILES | ADD_REACTIONS | PIN_MESSAGES | MENTION_EVERYONE
)
READING: Final = VIEW_CHANNEL | READ_HISTORY
"""What is left in time-out, and where there is a block."""
OWNER_RANK: Final = 1 << 40

OK, BAD, FORBIDDEN, HIDDEN, TAKEN = 200, 400, 403, 404, 409

EVERYONE: Final = "everyone"
HERE: Final = "here"
Reason: TypeAlias = int | str
"""Why a message pings: a user, a role, everyone, those who are here."""


@dataclass
class Names:
    """Whom a message pings, as it says itself."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False
    here: bool = False

    @property
    def reasons(self) -> set[Reason]:
        words: set[Reason] = {EVERYONE} if self.everyone else set()
        return words | ({HERE} if self.here else set()) | {*self.users, *self.roles}


@dataclass
class Post:
    id: int
    author: int
    text: str
    names: Names
    pinged: dict[Reason, set[int] | None]
    """Whom, for each reason that stands; None: whoever reads."""
    edited: bool = False
    pinned: bool = False
    reactions: dict[str, set[int]] = field(default_factory=dict)

    def pings(self, user: int) -> bool:
        return any(users is None or user in users for users in self.pinged.values())


@dataclass
class Place:
    """Where messages are written."""

    id: int
    posts: dict[int, Post] = field(default_factory=dict)
    last: int = 0
    """Of the newest that ever was."""
    read: dict[int, int] = field(default_factory=dict)
    """Cursors; 0: nothing."""

    def ids(self) -> list[int]:
        return sorted(self.posts)


@dataclass
class Channel(Place):
    group: int = 0
    kind: str = "text"
    category: int | None = None
    overwrites: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)


@dataclass
class Talk(Place):
    """A conversation."""

    direct: bool = True
    owner: int | None = None
    members: set[int] = field(default_factory=set)


@dataclass
class Role:
    permissions: int
    position: int
    mentionable: bool = False


@dataclass
class Member:
    roles: set[int] = field(default_factory=set)
    timed_out_until: int = 0


@dataclass
class Group:
    id: int
    owner: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, Member] = field(default_factory=dict)
    kept: dict[int, int] = field(default_factory=dict)
    """Time-outs of those who left in one."""
    banned: set[int] = field(default_factory=set)


@dataclass
class Pair:
    """Two people."""

    asks: set[int] = field(default_factory=set)
    blocks: set[int] = field(default_factory=set)
    friends: bool = False


@dataclass
class Town:
    now: int = 0
    groups: dict[int, Group] = field(default_factory=dict)
    talks: dict[int, Talk] = field(default_factory=dict)
    pairs: dict[frozenset[int], Pair] = field(default_factory=dict)
    connected: set[int] = field(default_factory=set)

    # ------------------------------------------------------------------------------------------------------- permissions

    def base(self, group: Group, user: int) -> int:
        """In the group, whatever the time; nothing for strangers."""
        member = group.members.get(user)
        if member is None:
            return 0
        bits = group.roles[group.id].permissions
        for role in member.roles:
            bits |= group.roles[role].permissions
        return ALL if bits & ADMINISTRATOR or user == group.owner else bits

    def laid_over(self, channel: Channel, user: int) -> int:
        """In a channel, whatever the time, and whether it can be viewed or not."""
        group = self.groups[channel.group]
        bits = self.base(group, user)
        if bits == ALL or not bits:
            return bits
        category = None if channel.category is None else group.channels.get(channel.category)
        for layer in (category, channel):
            if layer is not None:
                bits = _one_layer(bits, layer.overwrites, group.id, group.members[user].roles, user)
        return bits

    def active(self, group: Group, user: int) -> bool:
        member = group.members.get(user)
        return member is not None and (user == group.owner or member.timed_out_until <= self.now)

    def in_group(self, group: Group, user: int) -> int:
        bits = self.base(group, user)
        return bits if self.active(group, user) else bits & READING

    def in_channel(self, channel: Channel, user: int) -> int:
        bits = self.laid_over(channel, user)
        if not bits & VIEW_CHANNEL:
            return 0
        return bits if self.active(self.groups[channel.group], user) else bits & READING

    def rank(self, group: Group, user: int) -> int:
        if user == group.owner:
            return OWNER_RANK
        return max((group.roles[role].position for role in group.members[user].roles), default=0)

    def may(self, user: int, place: Place) -> int:
        """What the user may do there; 0 where it does not exist for them."""
        if isinstance(place, Channel):
            return self.in_channel(place, user)
        assert isinstance(place, Talk)
        if user not in place.members:
            return 0
        return READING if place.direct and self.pair(*place.members).blocks else IN_CONVERSATION

    def views(self, user: int, place: Place) -> bool:
        return self.may(user, place) & VIEW_CHANNEL != 0

    def free(self, user: int, place: Place) -> bool:
        """Neither in time-out nor blocked there."""
        if isinstance(place, Channel):
            return self.active(self.groups[place.group], user)
        assert isinstance(place, Talk)
        return not (place.direct and self.pair(*place.members).blocks)

    def asked(self, user: int, place: Place, need: int) -> int:
        """The status of a request about a place that needs these permissions."""
        if not self.views(user, place):
            return HIDDEN
        if isinstance(place, Channel) and place.kind != "text":
            return BAD
        return OK if self.may(user, place) & need == need else FORBIDDEN

    def asked_group(self, user: int, group: Group, need: int) -> int:
        if user not in group.members:
            return HIDDEN
        return OK if self.in_group(group, user) & need == need else FORBIDDEN

    # ---------------------------------------------------------------------------------------------------------- people

    def pair(self, one: int, other: int) -> Pair:
        return self.pairs.setdefault(frozenset((one, other)), Pair())

    def word(self, user: int, other: int) -> str | None:
        pair = self.pair(user, other)
        if pair.blocks:
            return "blocked" if user in pair.blocks else None
        if pair.friends:
            return "friend"
        if pair.asks:
            return "outgoing" if user in pair.asks else "incoming"
        return None

    def has_blocked(self, user: int, other: int) -> bool:
        return user != other and user in self.pair(user, other).blocks

    def share_group(self, user: int, other: int) -> bool:
        return any(user in group.members and other in group.members for group in self.groups.values())

    def knows(self, user: int, other: int) -> bool:
        share_talk = any({user, other} <= talk.members for talk in self.talks.values())
        return self.share_group(user, other) or share_talk or self.word(user, other) is not None

    # --------------------------------------------------------------------------------------------------------- reading

    def places(self) -> Iterator[Place]:
        for group in self.groups.values():
            yield from group.channels.values()
        yield from self.talks.values()

    def view_of(self, user: int) -> set[int]:
        """All that exists for the user: groups, channels, conversations."""
        seen = {group.id for group in self.groups.values() if user in group.members}
        return seen | {place.id for place in self.places() if self.views(user, place)}

    def readers(self, place: Place) -> set[int]:
        of: Collection[int] = place.members if isinstance(place, Talk) else ()
        if isinstance(place, Channel):
            of = self.groups[place.group].members
        return {user for user in of if self.views(user, place)}

    def counts(self, user: int, place: Place) -> tuple[int, int]:
        """Unread, and mentions."""
        unread = [
            post
            for post in place.posts.values()
            if post.id > place.read.get(user, 0) and post.author != user and not self.has_blocked(user, post.author)
        ]
        return len(unread), sum(post.pings(user) for post in unread)

    # --------------------------------------------------------------------------------------------------------- writing

    def names(self, author: int, place: Place, named: Names) -> Names:
        """Whom of those whom it names a message by this author pings."""
        readers = self.readers(place)
        wide = self.may(author, place) & MENTION_EVERYONE != 0
        users = (one for one in dict.fromkeys(named.users) if one != author and one in readers)
        known = self.groups[place.group].roles if isinstance(place, Channel) else {}
        roles = (one for one in dict.fromkeys(named.roles) if one in known and one != everyones(place))
        return Names(
            users=tuple(one for one in users if not self.has_blocked(one, author)),
            roles=tuple(one for one in roles if wide or known[one].mentionable),
            everyone=named.everyone and wide,
            here=named.here and wide,
        )

    def write(self, author: int, place: Place, post_id: int, text: str, names: Names) -> None:
        others = self.readers(place) - {author}
        pinged: dict[Reason, set[int] | None] = {user: {user} for user in names.users}
        for role in names.roles:
            assert isinstance(place, Channel)
            members = self.groups[place.group].members
            pinged[role] = {user for user in others if role in members[user].roles}
        if names.everyone:
            pinged[EVERYONE] = None
        if names.here:
            pinged[HERE] = others & self.connected
        place.posts[post_id] = Post(post_id, author, text, names, pinged)
        place.last = place.read[author] = post_id

    def edit(self, post: Post, text: str, names: Names) -> None:
        """Pings nobody anew; who is no longer named is no longer counted."""
        post.text, post.names, post.edited = text, names, True
        post.pinged = {reason: users for reason, users in post.pinged.items() if reason in names.reasons}

    # ----------------------------------------------------------------------------------------------------- coming, going

    def come_in(self, group: Group, user: int) -> None:
        group.members[user] = Member(timed_out_until=group.kept.pop(user, 0))
        for channel in group.channels.values():
            if channel.last:
                channel.read[user] = channel.last

    def go_out(self, group: Group, user: int) -> None:
        member = group.members.pop(user)
        if member.timed_out_until > self.now:
            group.kept[user] = member.timed_out_until
        for channel in group.channels.values():
            channel.overwrites.pop(("member", user), None)
            channel.read.pop(user, None)

    def delete_role(self, group: Group, role: int) -> None:
        del group.roles[role]
        for member in group.members.values():
            member.roles.discard(role)
        for channel in group.channels.values():
            channel.overwrites.pop(("role", role), None)

    def delete_channel(self, group: Group, channel_id: int) -> None:
        del group.channels[channel_id]
        for channel in group.channels.values():
            if channel.category == channel_id:
                channel.category = None

    def leave_talk(self, talk: Talk, user: int) -> None:
        talk.members.discard(user)
        talk.read.pop(user, None)
        if not talk.members:
            del self.talks[talk.id]
        elif talk.owner == user:
            talk.owner = min(talk.members)


def everyones(place: Place) -> int | None:
    """The role that everyone has."""
    return place.group if isinstance(place, Channel) else None


def _one_layer(
    bits: int, overwrites: dict[tuple[str, int], tuple[int, int]], everyone: int, roles: Collection[int], user: int
) -> int:
    allow, deny = overwrites.get(("role", everyone), (0, 0))
    bits = (bits & ~deny) | allow
    of_roles = [overwrites[key] for role in roles if (key := ("role", role)) in overwrites]
    for _, deny in of_roles:
        bits &= ~deny
    for allow, _ in of_roles:
        bits |= allow
    allow, deny = overwrites.get(("member", user), (0, 0))
    return (bits & ~deny) | allow
