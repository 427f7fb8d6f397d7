"""Session records just read, so that a request need not ask the database whether its log-in still counts."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

from server.domain.events import Gap, Notice, SessionRevoked
from server.domain.ids import SessionId


class _Record(Protocol):
    @property
    def id(self) -> SessionId: ...


_R = TypeVar("_R", bound=_Record)


class SessionCache(Generic[_R]):
    """Keeps the ``capacity`` last used records, each for ``fresh_s`` seconds; forgets a revoked one at once.

    Give :meth:`receive` to ``Bus.subscribe``. Times are those of ``Clock.monotonic_s``.
    """

    def __init__(self, *, fresh_s: float = 60.0, capacity: int = 10_000) -> None:
        self._fresh_s = fresh_s
        self._capacity = capacity
        self._records: OrderedDict[SessionId, tuple[float, _R]] = OrderedDict()
        self._revocations = 0
        self.hits = 0
        self.misses = 0

    @property
    def revocations(self) -> int:
        """Take it before reading a record that is to be put."""
        return self._revocations

    def get(self, session_id: SessionId, now_s: float) -> _R | None:
        found = self._records.get(session_id)
        if found is None:
            self.misses += 1
            return None
        read_s, record = found
        if now_s - read_s > self._fresh_s:
            self.misses += 1
            del self._records[session_id]
            return None
        self.hits += 1
        self._records.move_to_end(session_id)
        return record

    def put(self, record: _R, now_s: float, revocations: int) -> None:
        """Nothing is kept when a session was revoked since ``revocations`` was taken: it may have been this one."""
        if revocations != self._revocations:
            return
        self._records[record.id] = (now_s, record)
        self._records.move_to_end(record.id)
        if len(self._records) > self._capacity:
            self._records.popitem(last=False)

    def receive(self, notice: Notice) -> None:
        if isinstance(notice, SessionRevoked):
            self._revocations += 1
            self._records.pop(notice.session_id, None)
        elif isinstance(notice, Gap):
            self._revocations += 1
            self._records.clear()
