"""How events leave for the sockets: each at once, or those that come together as one write.

A write costs many times what it takes to prepare it, so of the events of one commit each socket gets one buffer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from signaling.subscriber import Subscriber


class Delivery:
    """What stands in :meth:`to` runs once for each receiver of each event: not a call too many."""

    def __init__(self) -> None:
        self._gathered: dict[Subscriber, list[bytes]] | None = None
        self.events = 0
        """How many were given to a session so far."""

    def to(self, receivers: Collection[Subscriber], frame: bytes) -> None:
        """Counts an event for each of them, and writes it.

        In two rounds: each write turns the processor's caches over, so whatever comes between two of them is slow.
        """
        self.events += len(receivers)
        for subscriber in receivers:
            subscriber.session.record(frame)
        gathered = self._gathered
        if gathered is not None:
            for subscriber in receivers:
                gathered.setdefault(subscriber, []).append(frame)
            return
        for subscriber in receivers:
            sink = subscriber.sink
            if sink is not None:
                sink.write(frame)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """What is delivered meanwhile is written at the end. Nobody waits in this block, or writes to the sockets otherwise."""
        if self._gathered is not None:
            yield
            return
        gathered = self._gathered = {}
        try:
            yield
        finally:
            self._gathered = None
            for subscriber, frames in gathered.items():
                if subscriber.sink is not None:  # else they wait in the session, if it has not ended
                    subscriber.sink.write(frames[0] if len(frames) == 1 else b"".join(frames))
