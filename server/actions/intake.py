"""How many bytes of strangers come in at once; kept in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from server.domain.errors import TooMany, Unavailable
from server.domain.ids import FileId, UserId

PER_USER: Final = 4
TOGETHER: Final = 64
"""Each holds a part in memory."""


class Intake:
    """Places for uploads; and nobody finishes the same one twice at a time."""

    def __init__(self, *, per_user: int = PER_USER, together: int = TOGETHER) -> None:
        self._per_user = per_user
        self._together = together
        self._busy: Counter[UserId] = Counter()
        self._held: set[FileId] = set()

    @contextmanager
    def place(self, user_id: UserId) -> Iterator[None]:
        """Raises rate_limited, busy."""
        if self._busy[user_id] >= self._per_user:
            raise TooMany("rate_limited", f"At most {self._per_user} uploads at a time.", retry_after_s=1.0)
        if self._busy.total() >= self._together:
            raise Unavailable("busy", "The server is busy with other uploads. Try again in a moment.")
        self._busy[user_id] += 1
        try:
            yield
        finally:
            self._busy[user_id] -= 1
            if not self._busy[user_id]:
                del self._busy[user_id]

    @contextmanager
    def alone(self, file_id: FileId) -> Iterator[None]:
        """Raises rate_limited while another request has the same upload."""
        if file_id in self._held:
            raise TooMany("rate_limited", "Another request is at this upload. Wait for its answer.", retry_after_s=1.0)
        self._held.add(file_id)
        try:
            yield
        finally:
            self._held.discard(file_id)
