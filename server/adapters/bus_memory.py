"""The bus of a single process."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import structlog

from server.domain.events import Notice
from server.ports import Around

_log = structlog.get_logger(__name__)


class MemoryBus:
    """Implements :class:`server.ports.Bus`: each notice goes to all subscribers before the next one, without a task switch.

    So a receiver only takes notice (puts it into a queue, drops a cache entry) and returns. One that fails harms nobody else.
    """

    def __init__(self) -> None:
        self._receivers: dict[object, Callable[[Notice], None]] = {}
        self._arounds: dict[object, Around] = {}

    async def publish(self, notices: Sequence[Notice]) -> None:
        self.deliver(notices)

    def deliver(self, notices: Sequence[Notice]) -> None:
        """To all subscribers; over when this returns."""
        with ExitStack() as stack:
            if len(notices) > 1:
                for around in tuple(self._arounds.values()):
                    stack.enter_context(around())
            self._deliver(notices)

    def _deliver(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            for key, receive in tuple(self._receivers.items()):
                if key in self._receivers:  # not one that an earlier receiver has unsubscribed
                    self._give(receive, notice)

    def subscribe(self, receive: Callable[[Notice], None], around: Around | None = None) -> Callable[[], None]:
        key = object()
        self._receivers[key] = receive
        if around is not None:
            self._arounds[key] = around

        def unsubscribe() -> None:
            self._receivers.pop(key, None)
            self._arounds.pop(key, None)

        return unsubscribe

    def _give(self, receive: Callable[[Notice], None], notice: Notice) -> None:
        try:
            receive(notice)
        except Exception as error:
            # What went wrong and where, without what it was about (notices hold what people write), and without reading
            # sources from the disk for a traceback in the midst of a delivery.
            _log.error(
                "bus.receiver_failed",
                notice=type(notice).__name__,
                error=type(error).__name__,
                where=[
                    f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}:{line}"
                    for frame, line in traceback.walk_tb(error.__traceback__)
                ],
            )
