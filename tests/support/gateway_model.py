"""What a client knows, kept by the rules of docs/protocol.md: a snapshot, and each event laid over it."""

from __future__ import annotations

from functools import singledispatchmethod

import msgspec

from server.domain.entities import (
    Addition,
    Channel,
    ChannelKind,
    Conversation,
    Cursor,
    Emoji,
    Group,
    Level,
    LevelKind,
    Me,
    Member,
    Message,
    Reaction,
    RelationKind,
    Role,
    User,
    VoiceState,
)
from server.domain.events import (
    AdditionCreate,
    AdditionDelete,
    AnnouncementUpdate,
    ChannelDelete,
    ChannelUpdate,
    ConversationDelete,
    ConversationUpdate,
    ConversationView,
    CursorUpdate,
    EmojiDelete,
    EmojiUpdate,
    Event,
    GroupJoin,
    GroupLeave,
    GroupUpdate,
    GroupView,
    LevelUpdate,
    MemberJoin,
    MemberLeave,
    MemberUpdate,
    MessageCreate,
    MessageDelete,
    MessageDeleteBulk,
    MessageUpdate,
    MeUpdate,
    PresenceUpdate,
    ReactionUpdate,
    RelationDelete,
    RelationUpdate,
    ReportUpdate,
    RoleDelete,
    RoleUpdate,
    TypingStart,
    UserUpdate,
    VoiceLeave,
    VoiceReset,
    VoiceSlots,
    VoiceSpeaking,
    VoiceUpdate,
)
from server.domain.ids import AdditionId, ChannelId, EmojiId, GroupId, MessageId, RoleId, Snowflake, UserId
from signaling.frames import Ready

_replace = msgspec.structs.replace


class GroupState(msgspec.Struct):
    """The mutable twin of :class:`server.domain.events.GroupView`."""

    group: Group
    channels: dict[ChannelId, Channel]
    roles: dict[RoleId, Role]
    emojis: dict[EmojiId, Emoji]
    member: Member
    member_count: int
    cursors: dict[ChannelId, Cursor]
    voice: dict[int, VoiceState]

    @classmethod
    def of(cls, view: GroupView) -> GroupState:
        return cls(
            group=view.group,
            channels={channel.id: channel for channel in view.channels},
            roles={role.id: role for role in view.roles},
            emojis={emoji.id: emoji for emoji in view.emojis},
            member=view.member,
            member_count=view.member_count,
            cursors={cursor.channel_id: cursor for cursor in view.cursors},
            voice={state.participant: state for state in view.voice},
        )


class ConversationState(msgspec.Struct):
    """The mutable twin of :class:`server.domain.events.ConversationView`."""

    conversation: Conversation
    cursor: Cursor
    last_message: Message | None
    """None also when the last one that is known was deleted: clients ask for the one before."""

    @classmethod
    def of(cls, view: ConversationView) -> ConversationState:
        return cls(view.conversation, view.cursor, view.last_message)


class ClientModel:
    """Compare two with :meth:`seen`."""

    def __init__(self, ready: Ready) -> None:
        self.me: Me = ready.me
        self.announcement = ready.announcement
        self.groups: dict[GroupId, GroupState] = {view.group.id: GroupState.of(view) for view in ready.groups}
        self.conversations = {view.conversation.id: ConversationState.of(view) for view in ready.conversations}
        self.relations = {relation.user.id: relation for relation in ready.relations}
        self.additions: dict[AdditionId, Addition] = {addition.id: addition for addition in ready.additions}
        self.users: dict[UserId, User] = {user.id: user for user in ready.users}
        self.levels: dict[tuple[str, Snowflake], Level] = {(one.scope, one.target_id): one for one in ready.levels}
        self.messages: dict[ChannelId, dict[MessageId, Message]] = {}
        """Those that came as events; not part of a snapshot."""

    def seen(self) -> dict[str, object]:
        """What a fresh snapshot must show just the same."""
        shown = self._in_voice() | self._in_conversations()
        return {
            "me": self.me,
            "announcement": self.announcement,
            "groups": self.groups,
            "conversations": self.conversations,
            "relations": self.relations,
            "levels": {key: level for key, level in self.levels.items() if self._sees(level)},
            "additions": self.additions,
            "users": {user_id: user for user_id, user in self.users.items() if user_id in shown},
        }

    @property
    def blocked(self) -> set[UserId]:
        return {user_id for user_id, one in self.relations.items() if one.kind is RelationKind.BLOCKED}

    def unknown_in_voice(self) -> set[UserId]:
        return self._in_voice() - set(self.users)

    def without_last_message(self) -> list[ChannelId]:
        """Conversations that had messages, and whose last one was deleted."""
        return [
            channel_id
            for channel_id, state in self.conversations.items()
            if state.last_message is None and state.conversation.last_message_id is not None
        ]

    def _in_voice(self) -> set[UserId]:
        return {state.user_id for group in self.groups.values() for state in group.voice.values()}

    def _in_conversations(self) -> set[UserId]:
        states = self.conversations.values()
        wrote = {state.last_message.author_id for state in states if state.last_message is not None}
        return wrote | {user_id for state in states for user_id in state.conversation.member_ids}

    def drop_messages(self) -> None:
        """After ``not_resumed``."""
        self.messages.clear()

    def _sees(self, level: Level) -> bool:
        """Levels of what one does not see, or no longer, say nothing; they come back with it."""
        if level.scope == "group":
            return level.target_id in self.groups
        return level.target_id in self.conversations or self._of_channel(ChannelId(level.target_id)) is not None

    def counts(self, message: Message) -> bool:
        """Whether it counts for this reader, as long as it is unread."""
        return message.author_id != self.me.id and message.author_id not in self.blocked

    def pings(self, message: Message) -> bool:
        """Whether the reader counts it as a mention; for ``here`` the server counts."""
        mentions = message.mentions
        if mentions is None:
            return False
        group = self._of_channel(message.channel_id)
        my_roles = () if group is None else group.member.role_ids
        return mentions.everyone or self.me.id in mentions.user_ids or not set(my_roles).isdisjoint(mentions.role_ids)

    def _of_channel(self, channel_id: ChannelId) -> GroupState | None:
        return next((group for group in self.groups.values() if channel_id in group.channels), None)

    def _cursor(self, channel_id: ChannelId) -> Cursor:
        if channel_id in self.conversations:
            return self.conversations[channel_id].cursor
        group = self._of_channel(channel_id)
        assert group is not None, "a message of a channel that is not in view"
        return group.cursors[channel_id]

    def _set_cursor(self, cursor: Cursor) -> None:
        group = self._of_channel(cursor.channel_id)
        if cursor.channel_id in self.conversations:
            self.conversations[cursor.channel_id].cursor = cursor
        elif group is not None:
            group.cursors[cursor.channel_id] = cursor

    def _moved_last(self, message: Message) -> bool:
        """Whether the channel had no message like it or newer."""
        state = self.conversations.get(message.channel_id)
        group = self._of_channel(message.channel_id)
        if state is not None:
            known, last_id = None, state.conversation.last_message_id
        else:
            assert group is not None, "a message of a channel that is not in view"
            known = group.channels[message.channel_id]
            last_id = known.last_message_id
        if last_id is not None and message.id <= last_id:
            return False
        if state is not None:
            state.conversation = _replace(state.conversation, last_message_id=message.id)
            state.last_message = message
        elif group is not None and known is not None:
            group.channels[known.id] = _replace(known, last_message_id=message.id)
        return True

    @singledispatchmethod
    def apply(self, event: Event) -> None:
        raise NotImplementedError(type(event).__name__)

    @apply.register
    def _(self, event: UserUpdate) -> None:
        self.users[event.user.id] = event.user
        relation = self.relations.get(event.user.id)
        if relation is not None:
            self.relations[event.user.id] = _replace(relation, user=event.user)
        if event.user.id == self.me.id:
            self.me = _replace(self.me, username=event.user.username, display_name=event.user.display_name)

    @apply.register
    def _(self, event: AnnouncementUpdate) -> None:
        self.announcement = event.announcement

    @apply.register
    def _(self, event: MeUpdate) -> None:
        self.me = event.me

    @apply.register
    def _(self, event: RelationUpdate) -> None:
        self.relations[event.relation.user.id] = event.relation

    @apply.register
    def _(self, event: RelationDelete) -> None:
        self.relations.pop(event.user_id, None)

    @apply.register
    def _(self, event: GroupJoin) -> None:
        self.groups[event.view.group.id] = GroupState.of(event.view)

    @apply.register
    def _(self, event: GroupUpdate) -> None:
        self.groups[event.group.id].group = event.group

    @apply.register
    def _(self, event: GroupLeave) -> None:
        gone = self.groups.pop(event.group_id, None)
        for channel_id in gone.channels if gone is not None else ():
            self.messages.pop(channel_id, None)

    @apply.register
    def _(self, event: ChannelUpdate) -> None:
        channel = event.channel
        group = self.groups[channel.group_id]
        if channel.id not in group.channels:
            group.voice |= {state.participant: state for state in event.voice}
            if channel.kind is ChannelKind.TEXT:
                assert event.cursor is not None, "a text channel comes into view with its cursor"
        group.channels[channel.id] = channel
        if event.cursor is not None:
            group.cursors[channel.id] = event.cursor

    @apply.register
    def _(self, event: ChannelDelete) -> None:
        group = self.groups[event.group_id]
        group.channels.pop(event.channel_id, None)
        group.cursors.pop(event.channel_id, None)
        self.messages.pop(event.channel_id, None)
        group.voice = {key: state for key, state in group.voice.items() if state.channel_id != event.channel_id}

    @apply.register
    def _(self, event: RoleUpdate) -> None:
        self.groups[event.role.group_id].roles[event.role.id] = event.role

    @apply.register
    def _(self, event: RoleDelete) -> None:
        group = self.groups[event.group_id]
        group.roles.pop(event.role_id, None)
        left = tuple(role_id for role_id in group.member.role_ids if role_id != event.role_id)
        group.member = _replace(group.member, role_ids=left)
        for channel in group.channels.values():
            overwrites = tuple(one for one in channel.overwrites if one.target_id != event.role_id)
            group.channels[channel.id] = _replace(channel, overwrites=overwrites)

    @apply.register
    def _(self, event: MemberJoin) -> None:
        self.users[event.user.id] = event.user
        self.groups[event.member.group_id].member_count = event.member_count

    @apply.register
    def _(self, event: MemberUpdate) -> None:
        group = self.groups[event.member.group_id]
        if event.member.user_id == self.me.id:
            group.member = event.member

    @apply.register
    def _(self, event: MemberLeave) -> None:
        self.groups[event.group_id].member_count = event.member_count

    @apply.register
    def _(self, event: MessageCreate) -> None:
        message = event.message
        self.users[event.author.id] = event.author
        known = self.messages.setdefault(message.channel_id, {})
        known[message.id] = message
        if not self._moved_last(message):
            return
        cursor = self._cursor(message.channel_id)
        if message.author_id == self.me.id:
            self._set_cursor(_replace(cursor, last_read_id=message.id, unread=0, mentions=0))
        elif self.counts(message):
            mentions = cursor.mentions + self.pings(message)
            self._set_cursor(_replace(cursor, unread=cursor.unread + 1, mentions=mentions))

    @apply.register
    def _(self, event: MessageUpdate) -> None:
        known = self.messages.get(event.message.channel_id, {})
        if event.message.id in known:
            known[event.message.id] = event.message
        state = self.conversations.get(event.message.channel_id)
        if state is not None and state.last_message is not None and state.last_message.id == event.message.id:
            state.last_message = event.message

    @apply.register
    def _(self, event: MessageDelete) -> None:
        message = self.messages.get(event.channel_id, {}).pop(event.message_id, None)
        state = self.conversations.get(event.channel_id)
        if state is not None and state.last_message is not None and state.last_message.id == event.message_id:
            state.last_message = None
        cursor = self._cursor(event.channel_id)
        if message is None or not self.counts(message):
            return
        if cursor.last_read_id is None or message.id > cursor.last_read_id:
            mentions = cursor.mentions - self.pings(message)
            self._set_cursor(_replace(cursor, unread=cursor.unread - 1, mentions=mentions))

    @apply.register
    def _(self, event: MessageDeleteBulk) -> None:
        for message_id in event.message_ids:
            self.apply(MessageDelete(channel_id=event.channel_id, message_id=message_id))

    @apply.register
    def _(self, event: ReactionUpdate) -> None:
        known = self.messages.get(event.channel_id, {})
        message = known.get(event.message_id)
        if message is not None:
            known[message.id] = _with_reaction(message, event)
        state = self.conversations.get(event.channel_id)
        if state is not None and state.last_message is not None and state.last_message.id == event.message_id:
            state.last_message = _with_reaction(state.last_message, event)

    @apply.register
    def _(self, event: EmojiUpdate) -> None:
        self.groups[event.emoji.group_id].emojis[event.emoji.id] = event.emoji

    @apply.register
    def _(self, event: EmojiDelete) -> None:
        self.groups[event.group_id].emojis.pop(event.emoji_id, None)

    @apply.register
    def _(self, event: CursorUpdate) -> None:
        self._set_cursor(event.cursor)

    @apply.register
    def _(self, event: ConversationUpdate) -> None:
        self.users |= {user.id: user for user in event.users}
        state = self.conversations.get(event.conversation.id)
        if state is None:
            assert event.cursor is not None, "whoever comes in is told their cursor"
            self.conversations[event.conversation.id] = ConversationState(event.conversation, event.cursor, None)
            return
        state.conversation = event.conversation
        if event.cursor is not None:
            state.cursor = event.cursor

    @apply.register
    def _(self, event: ConversationDelete) -> None:
        self.conversations.pop(event.channel_id, None)
        self.messages.pop(event.channel_id, None)

    @apply.register
    def _(self, event: LevelUpdate) -> None:
        level = event.level
        self.levels[level.scope, level.target_id] = level
        if level.level is LevelKind.DEFAULT and level.muted_until_ms is None:
            del self.levels[level.scope, level.target_id]

    @apply.register
    def _(self, event: AdditionCreate) -> None:
        self.additions[event.addition.id] = event.addition

    @apply.register
    def _(self, event: AdditionDelete) -> None:
        self.additions.pop(event.addition_id, None)

    @apply.register
    def _(self, event: VoiceUpdate) -> None:
        group = self._of_channel(event.state.channel_id)
        assert group is not None, "voice of a channel that is not in view"
        group.voice[event.state.participant] = event.state

    @apply.register
    def _(self, event: VoiceLeave) -> None:
        for group in self.groups.values():
            group.voice.pop(event.participant, None)

    @apply.register(ReportUpdate)
    @apply.register(PresenceUpdate)
    @apply.register(TypingStart)
    @apply.register(VoiceSpeaking)
    @apply.register(VoiceSlots)
    @apply.register(VoiceReset)
    def _(self, event: Event) -> None:
        """Of the moment: part of no snapshot."""


def _with_reaction(message: Message, event: ReactionUpdate) -> Message:
    """How many reacted so now; one that is there keeps its place."""
    counts = {one.emoji: one.count for one in message.reactions} | {event.emoji: event.count}
    now = (Reaction(emoji=emoji, count=count) for emoji, count in counts.items() if count)
    return _replace(message, reactions=tuple(now))
