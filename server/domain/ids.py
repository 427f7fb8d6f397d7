"""Identifiers: 64-bit snowflakes, given as strings in JSON.

Layout, from the highest bit: 1 zero, 41 bits of milliseconds since :data:`EPOCH_MS`, 10 bits of worker, 12 bits of sequence.
"""

from __future__ import annotations

from typing import Final, NewType

EPOCH_MS: Final = 1_735_689_600_000
"""2025-01-01T00:00:00Z in Unix milliseconds."""

WORKER_BITS: Final = 10
WORKERS: Final = 1 << WORKER_BITS
SEQUENCE_BITS: Final = 12
TIME_SHIFT: Final = WORKER_BITS + SEQUENCE_BITS
MAX_ID: Final = (1 << 63) - 1


class Snowflake(int):
    """An id on its way through the program; :mod:`server.domain.codec` writes it as a JSON string."""

    __slots__ = ()

    @classmethod
    def at(cls, ms: int) -> Snowflake:
        """The lowest id that was made at that time or later."""
        return cls(max(ms - EPOCH_MS, 0) << TIME_SHIFT)

    @property
    def created_ms(self) -> int:
        """Unix milliseconds of the id's birth (as its clock had it)."""
        return (self >> TIME_SHIFT) + EPOCH_MS


UserId = NewType("UserId", Snowflake)
SessionId = NewType("SessionId", Snowflake)
"""A log-in: the family of refresh tokens that began with it."""
GroupId = NewType("GroupId", Snowflake)
ChannelId = NewType("ChannelId", Snowflake)
RoleId = NewType("RoleId", Snowflake)
"""The role that everyone has carries the id of its group."""
MessageId = NewType("MessageId", Snowflake)
AdditionId = NewType("AdditionId", Snowflake)
MailId = NewType("MailId", Snowflake)
EmojiId = NewType("EmojiId", Snowflake)
FileId = NewType("FileId", Snowflake)
UploadId = NewType("UploadId", Snowflake)
"""Becomes the id of the file."""
ReportId = NewType("ReportId", Snowflake)
FilterId = NewType("FilterId", Snowflake)
AuditId = NewType("AuditId", Snowflake)
PasskeyId = NewType("PasskeyId", Snowflake)
WebhookId = NewType("WebhookId", Snowflake)
"""The id of its account too."""


class Snowflakes:
    """Gives out ids of one worker, each greater than the last, whatever the clock does; reads no clock itself."""

    def __init__(self, worker: int = 0, last: int = 0) -> None:
        if not 0 <= worker < WORKERS:
            raise ValueError(f"worker must be 0 to {WORKERS - 1}, not {worker}")
        self._worker = worker
        self._last = last

    def next(self, now_ms: int, after: int = 0) -> Snowflake:
        """An id greater than every earlier one and than ``after`` (the last id of a channel, say)."""
        fresh = (max(now_ms - EPOCH_MS, 0) << TIME_SHIFT) | (self._worker << SEQUENCE_BITS)
        self._last = max(fresh, self._last + 1, after + 1)
        return Snowflake(self._last)
