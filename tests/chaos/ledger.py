"""What has been acknowledged: what the server must know in the end, whatever became of its processes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from server.domain.ids import ChannelId, MessageId, UserId


@dataclass
class Note:
    """A message as its author knows it."""

    id: MessageId
    channel_id: ChannelId
    author_id: UserId
    nonce: str
    text: str
    pinged: frozenset[UserId]
    everyone: bool
    edited: bool = False
    deleted: bool = False


@dataclass
class Ledger:
    notes: dict[MessageId, Note] = field(default_factory=dict)
    nonces: set[tuple[UserId, str]] = field(default_factory=set)
    reactions: dict[tuple[ChannelId, MessageId, str], set[UserId]] = field(default_factory=lambda: defaultdict(set))
    cursors: dict[tuple[UserId, ChannelId], MessageId | None] = field(default_factory=dict)
    acknowledged: int = 0
    """Requests of any kind."""
    repeated: int = 0
    """Those that were sent again because a kill came before the answer."""

    def written(self, note: Note) -> None:
        assert note.id not in self.notes, f"two messages were acknowledged as {note.id}"
        assert (note.author_id, note.nonce) not in self.nonces
        self.nonces.add((note.author_id, note.nonce))
        self.notes[note.id] = note
        here = (note.author_id, note.channel_id)
        self.cursors[here] = max(self.cursors.get(here) or note.id, note.id)

    def of(self, author_id: UserId, channel_id: ChannelId) -> list[Note]:
        """What is there, oldest first."""
        return sorted(
            (
                note
                for note in self.notes.values()
                if note.author_id == author_id and note.channel_id == channel_id and not note.deleted
            ),
            key=lambda note: note.id,
        )

    def there(self, channel_id: ChannelId) -> list[Note]:
        found = (note for note in self.notes.values() if note.channel_id == channel_id and not note.deleted)
        return sorted(found, key=lambda note: note.id)

    def counts(self, user_id: UserId, channel_id: ChannelId) -> tuple[int, int]:
        """Unread, and mentions."""
        read = self.cursors.get((user_id, channel_id)) or 0
        unread = [note for note in self.there(channel_id) if note.id > read and note.author_id != user_id]
        return len(unread), sum(note.everyone or user_id in note.pinged for note in unread)

    def reacted(self, channel_id: ChannelId) -> Iterator[tuple[MessageId, str, int]]:
        """At messages that are there."""
        for (in_channel, message_id, emoji), user_ids in self.reactions.items():
            if in_channel == channel_id and user_ids and not self.notes[message_id].deleted:
                yield message_id, emoji, len(user_ids)

    def took(self, answers: Iterable[bool]) -> None:
        """Answers, and whether each had to be asked for again."""
        for again in answers:
            self.acknowledged += 1
            self.repeated += again
