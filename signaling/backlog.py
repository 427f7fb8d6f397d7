"""What was published lately, kept only while somebody's snapshot is being taken.

A snapshot is read after a mark was set. Whatever comes after the mark may or may not be in it; telling it again does no harm,
with one exception: a state that carries a count (a cursor, a channel) must not come after the snapshot that has a later one.
Notices come in the order of the commits and a snapshot is one consistent state, so a message that it holds proves that it holds
all before that message (:func:`held`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeAlias

from server.domain.events import Audience, Event, Gap, MessageCreate, Published, Recount, SessionRevoked
from server.domain.ids import ChannelId, GroupId, MessageId
from signaling import frames

KEPT_MAX: Final = 20_000
"""More than this while one snapshot is read, and that snapshot is taken again."""


class Entry:
    """An event with its audience, and its frame once somebody needs it."""

    __slots__ = ("_frame", "audience", "contacts", "event")

    def __init__(self, published: Published, contacts: frozenset[GroupId] = frozenset()) -> None:
        self.audience: Audience = published.audience
        self.event: Event = published.event
        self.contacts = contacts
        """For an audience of contacts: the groups of that user."""
        self._frame: bytes | None = None

    @property
    def frame(self) -> bytes:
        """The whole WebSocket frame, encoded once."""
        if self._frame is None:
            self._frame = frames.encode(self.event)
        return self._frame


Kept: TypeAlias = Entry | SessionRevoked | Recount | Gap


class Backlog:
    def __init__(self) -> None:
        self._kept: deque[Kept] = deque()
        self._first = 0
        """Number of the first that is kept; numbers only rise."""
        self._marks: dict[object, int] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def append(self, item: Kept) -> None:
        if not self._marks:
            return
        self._kept.append(item)
        if len(self._kept) > KEPT_MAX:
            self._kept.popleft()
            self._first += 1

    @contextmanager
    def mark(self) -> Iterator[int]:
        """Keeps everything from now on, until the block ends."""
        holder = object()
        mark = self._marks[holder] = self._first + len(self._kept)
        try:
            yield mark
        finally:
            del self._marks[holder]
            keep_from = min(self._marks.values(), default=self._first + len(self._kept))
            while self._first < keep_from:
                self._kept.popleft()
                self._first += 1

    def since(self, mark: int) -> list[Kept] | None:
        """Everything after the mark; None when it was too much to keep."""
        if mark < self._first:
            return None
        return [item for number, item in enumerate(self._kept, self._first) if number >= mark]


def held(entries: Iterable[Kept], newest: Mapping[ChannelId, MessageId | None]) -> int:
    """How many of ``entries``, from the first, a state with these newest messages certainly holds."""
    count = 0
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, Entry) and isinstance(entry.event, MessageCreate):
            newest_id = newest.get(entry.event.message.channel_id)
            if newest_id is not None and entry.event.message.id <= newest_id:
                count = number
    return count
