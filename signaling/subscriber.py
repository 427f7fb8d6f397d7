"""A session and the socket that carries it at the moment."""

from __future__ import annotations

from typing import Protocol

from signaling.frames import CloseCode
from signaling.session import Session, State


class Sink(Protocol):
    """Where frames go. Nothing here waits, and nothing raises because a client is slow or gone."""

    def write(self, data: bytes) -> None:
        """Hands finished frames (with their WebSocket headers) to the socket; closes it when too much waits there already."""
        ...

    def write_at_once(self, frames: list[bytes]) -> None:
        """The same for a snapshot or a replay: what waits because of these does not count as slowness."""
        ...

    def close(self, code: CloseCode) -> None:
        """Says goodbye and cuts the line soon after, whether the client answers or not."""
        ...

    def abort(self) -> None:
        """Cuts the line."""
        ...


class Subscriber:
    """What events are delivered to. Without a sink, they wait in the session for the client to come back."""

    __slots__ = ("session", "sink")

    def __init__(self, session: Session, sink: Sink | None) -> None:
        self.session = session
        self.sink = sink

    def detach(self, sink: Sink, now_s: float) -> None:
        """That socket is gone; nothing happens when another one carries the session by now."""
        if self.sink is sink:
            self.sink = None
            if self.session.state is State.ATTACHED:
                self.session.detach(now_s)

    def end(self, code: CloseCode) -> None:
        """Closes, for good: the session cannot be resumed."""
        sink, self.sink = self.sink, None
        if self.session.state is not State.ENDED:
            self.session.end()
        if sink is not None:
            sink.close(code)
