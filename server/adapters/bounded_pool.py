"""Threads for work that would hold up the event loop: few at once, and no endless queue before them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from server.domain.errors import Unavailable

_T = TypeVar("_T")


class BoundedPool:
    """``workers`` work at once and ``waiting_max`` more may wait; further ones are told that the server is busy."""

    def __init__(
        self,
        name: str,
        *,
        workers: int = 1,
        waiting_max: int = 32,
        busy: str = "The server is busy at this moment. Try again in a few seconds.",
    ) -> None:
        """``busy`` is what those are told for whom there is no place."""
        self._busy = busy
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._capacity = workers + waiting_max
        self._pending = 0

    async def run(self, work: Callable[[], _T]) -> _T:
        """Raises what ``work`` raises, and :class:`Unavailable` (busy, shutting_down)."""
        if self._pending >= self._capacity:
            raise Unavailable("busy", self._busy)
        self._pending += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(self._done)
        try:
            # Someone who goes away frees no thread: the place is given back when the work ends.
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            if future.cancelled():
                raise Unavailable("shutting_down", "The server is stopping. Try again in a minute.") from None
            raise

    def close(self) -> None:
        """What waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, future: asyncio.Future[_T]) -> None:
        self._pending -= 1
        if not future.cancelled():
            future.exception()  # seen, even when nobody waits any more
