"""The bus of a single process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import structlog

from server.domain.events import Notice

_log = structlog.get_logger(__name__)


class MemoryBus:
    """Implements :class:`server.ports.Bus`: each notice goes to all subscribers before the next one, without a task switch.

    So a receiver only takes notice (puts it into a queue, drops a cache entry) and returns. One that fails harms nobody else.
    """

    def __init__(self) -> None:
        self._receivers: dict[object, Callable[[Notice], None]] = {}

    async def publish(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            for key, receive in tuple(self._receivers.items()):
                if key in self._receivers:  # not one that an earlier receiver has unsubscribed
                    self._deliver(receive, notice)

    def subscribe(self, receive: Callable[[Notice], None]) -> Callable[[], None]:
        key = object()
        self._receivers[key] = receive

        def unsubscribe() -> None:
            self._receivers.pop(key, None)

        return unsubscribe

    def _deliver(self, receive: Callable[[Notice], None], notice: Notice) -> None:
        try:
            receive(notice)
        except Exception:
            # What went wrong, without what it was about: notices hold what people write.
            _log.exception("bus_receiver_failed", notice=type(notice).__name__)
