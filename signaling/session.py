"""One client's connection and its session; sans-IO.

A :class:`Connection` is one socket: it says which frames may come now and when silence ends it. A :class:`Session` is what
outlives the socket: it counts the events, keeps those that may have to be sent again, and says whether a client that comes
back has missed nothing. Both read no clock: ``now_s`` is a monotonic time in seconds, the caller's.

The driver's rule: give every frame to :meth:`Connection.take` or :meth:`Connection.spend` before acting on it, every event to
:meth:`Session.record` before writing it, and ask :meth:`Connection.overdue` and :meth:`Session.expired` about once a second.
An illegal step raises and changes nothing.
"""

from __future__ import annotations

import enum
from collections import deque
from collections.abc import Mapping
from typing import Final

from server.domain.ids import SessionId, UserId
from server.domain.scopes import Scope
from signaling.limits import Kind, Rates, TokenBucket

HEARTBEAT_INTERVAL_S: Final = 25.0
HEARTBEATS_MISSED: Final = 2
"""So many intervals without a heartbeat end a connection."""
IDENTIFY_WITHIN_S: Final = 10.0
RESUME_WITHIN_S: Final = 120.0
REPLAY_BYTES: Final = 1 << 20


class IllegalStep(Exception):
    """This may not happen now."""


# ------------------------------------------------------------------------------------------------------------ connection


class Phase(enum.Enum):
    """Where a connection is."""

    GREETED = "greeted"
    """``hello`` was sent; ``identify`` or ``resume`` must follow."""
    OPENING = "opening"
    """The token is looked at and the snapshot is taken."""
    RETURNED = "returned"
    """``not_resumed`` was sent; ``identify`` must follow."""
    LIVE = "live"
    CLOSED = "closed"


class Step(enum.Enum):
    """What moves a connection on."""

    IDENTIFY = "identify"
    RESUME = "resume"
    OPENED = "opened"
    NOT_RESUMED = "not_resumed"
    HEARTBEAT = "heartbeat"
    REQUEST = "request"
    CLOSE = "close"


_CONNECTION: Final[Mapping[tuple[Phase, Step], Phase]] = {
    (Phase.GREETED, Step.IDENTIFY): Phase.OPENING,
    (Phase.GREETED, Step.RESUME): Phase.OPENING,
    (Phase.OPENING, Step.OPENED): Phase.LIVE,
    (Phase.OPENING, Step.NOT_RESUMED): Phase.RETURNED,
    (Phase.RETURNED, Step.IDENTIFY): Phase.OPENING,
    (Phase.LIVE, Step.HEARTBEAT): Phase.LIVE,
    (Phase.LIVE, Step.REQUEST): Phase.LIVE,
    (Phase.GREETED, Step.CLOSE): Phase.CLOSED,
    (Phase.OPENING, Step.CLOSE): Phase.CLOSED,
    (Phase.RETURNED, Step.CLOSE): Phase.CLOSED,
    (Phase.LIVE, Step.CLOSE): Phase.CLOSED,
}


class Overdue(enum.Enum):
    """What a silent client owes."""

    IDENTIFY = "identify"
    HEARTBEAT = "heartbeat"


class Connection:
    """One socket."""

    __slots__ = ("_buckets", "_deadline_s", "_rates", "phase")

    def __init__(self, rates: Rates, now_s: float) -> None:
        self.phase = Phase.GREETED
        self._rates = rates
        self._deadline_s: float | None = now_s + IDENTIFY_WITHIN_S
        self._buckets: dict[Kind, TokenBucket] = {}

    def take(self, step: Step, now_s: float) -> None:
        """Moves on. Raises :class:`IllegalStep`."""
        phase = _CONNECTION.get((self.phase, step))
        if phase is None:
            raise IllegalStep(f"no {step.value} while {self.phase.value}")
        self.phase = phase
        if phase is Phase.LIVE:
            if step is not Step.REQUEST:
                self._deadline_s = now_s + HEARTBEATS_MISSED * HEARTBEAT_INTERVAL_S
        elif phase is Phase.RETURNED:
            self._deadline_s = now_s + IDENTIFY_WITHIN_S
        else:
            self._deadline_s = None

    def spend(self, kind: Kind, now_s: float) -> float:
        """Counts one of ``kind``: 0.0, or the seconds to wait, and then it does not count."""
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = TokenBucket(self._rates.of(kind), now_s)
        return bucket.take(now_s)

    def overdue(self, now_s: float) -> Overdue | None:
        """What should have come by now; the connection is then to be closed."""
        if self._deadline_s is None or now_s < self._deadline_s:
            return None
        return Overdue.HEARTBEAT if self.phase is Phase.LIVE else Overdue.IDENTIFY


# --------------------------------------------------------------------------------------------------------------- session


class State(enum.Enum):
    """Whether a socket carries the session."""

    ATTACHED = "attached"
    DETACHED = "detached"
    ENDED = "ended"


class Change(enum.Enum):
    DETACH = "detach"
    ATTACH = "attach"
    END = "end"


_SESSION: Final[Mapping[tuple[State, Change], State]] = {
    (State.ATTACHED, Change.DETACH): State.DETACHED,
    (State.DETACHED, Change.ATTACH): State.ATTACHED,
    (State.ATTACHED, Change.END): State.ENDED,
    (State.DETACHED, Change.END): State.ENDED,
}


class Session:
    """What one client was sent, from its ``ready`` on."""

    __slots__ = ("_gone_s", "_ring", "_ring_bytes", "key", "login_id", "scopes", "sent", "state", "user_id")

    def __init__(self, key: str, user_id: UserId, login_id: SessionId, scopes: frozenset[Scope] | None = None) -> None:
        self.key = key
        """What ``resume`` names; a secret of the client's."""
        self.user_id = user_id
        self.login_id = login_id
        """The log-in whose token opened this; its revocation ends it."""
        self.scopes = scopes
        """What a bot may ask for; None: not a bot."""
        self.sent = 0
        """Events counted so far."""
        self.state = State.ATTACHED
        self._ring: deque[bytes] = deque()
        self._ring_bytes = 0
        self._gone_s = 0.0

    def record(self, frame: bytes) -> None:
        """Counts an event and keeps it for replay (the caller's own bytes object: all receivers share one)."""
        self.sent += 1
        self._ring.append(frame)
        self._ring_bytes = kept = self._ring_bytes + len(frame)
        if kept > REPLAY_BYTES:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        while self._ring_bytes > REPLAY_BYTES:
            self._ring_bytes -= len(self._ring.popleft())

    @property
    def kept_bytes(self) -> int:
        return self._ring_bytes

    def acknowledge(self, received: int) -> bool:
        """The client has the first ``received`` events: forgets them. False when that many were never sent."""
        waiting = self.sent - received
        if waiting < 0:
            return False
        if waiting:
            while len(self._ring) > waiting:
                self._ring_bytes -= len(self._ring.popleft())
        else:  # as good as always: all of them at once
            self._ring.clear()
            self._ring_bytes = 0
        return True

    def missed(self, received: int) -> tuple[bytes, ...] | None:
        """The events after the first ``received``, in order; None when they are not all here, or were never sent."""
        count = self.sent - received
        if not 0 <= count <= len(self._ring):
            return None
        start = len(self._ring) - count
        return tuple(frame for index, frame in enumerate(self._ring) if index >= start)

    def detach(self, now_s: float) -> None:
        """The socket is gone; the client has :data:`RESUME_WITHIN_S` to come back. Raises :class:`IllegalStep`."""
        self._change(Change.DETACH)
        self._gone_s = now_s

    def attach(self) -> None:
        """A new socket carries on. Raises :class:`IllegalStep`."""
        self._change(Change.ATTACH)

    def end(self) -> None:
        """Nothing can be resumed from here. Raises :class:`IllegalStep`."""
        self._change(Change.END)
        self._ring.clear()
        self._ring_bytes = 0

    def expired(self, now_s: float) -> bool:
        return self.state is State.DETACHED and now_s >= self._gone_s + RESUME_WITHIN_S

    def _change(self, change: Change) -> None:
        state = _SESSION.get((self.state, change))
        if state is None:
            raise IllegalStep(f"cannot {change.value} a session that is {self.state.value}")
        self.state = state
