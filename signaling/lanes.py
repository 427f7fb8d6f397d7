"""The requests of one connection: in order within a lane, lanes beside one another, and a bounded number in all."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable
from typing import Final, TypeAlias

Job: TypeAlias = Callable[[], Awaitable[None]]

WAITING_MAX: Final = 64
"""Requests of one connection that are being done or wait for their turn."""


class Lanes:
    """A lane has a task only while it has work, so an idle connection costs none. Jobs must not raise."""

    __slots__ = ("_lanes", "_tasks", "_waiting")

    def __init__(self) -> None:
        self._waiting = 0
        self._lanes: dict[Hashable, deque[Job]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def submit(self, lane: Hashable, job: Job) -> bool:
        """False when too many wait already: the job is not done."""
        if self._waiting >= WAITING_MAX:
            return False
        self._waiting += 1
        queue = self._lanes.get(lane)
        if queue is not None:
            queue.append(job)
            return True
        self._lanes[lane] = deque((job,))
        task = asyncio.create_task(self._work(lane))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return True

    async def _work(self, lane: Hashable) -> None:
        queue = self._lanes[lane]
        try:
            while queue:
                await queue.popleft()()
                self._waiting -= 1
        finally:
            del self._lanes[lane]

    async def finish(self) -> None:
        """Waits until everything submitted so far is done."""
        if self._tasks:
            await asyncio.wait(self._tasks)
