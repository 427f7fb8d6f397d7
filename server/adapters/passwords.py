"""Passwords as Argon2id hashes (RFC 9106)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from server.domain.errors import Unavailable

_T = TypeVar("_T")

TIME_COST: Final = 2
MEMORY_COST_KIB: Final = 19 * 1024
PARALLELISM: Final = 1
"""The least that OWASP ASVS 5.0, 11.4.2 asks for."""


class Argon2Hasher:
    """Implements :class:`server.ports.PasswordHasher`.

    ``workers`` hash at once, each with 19 MiB; ``waiting_max`` more may wait, and further ones are told that the server is busy.
    """

    def __init__(
        self,
        *,
        time_cost: int = TIME_COST,
        memory_cost_kib: int = MEMORY_COST_KIB,
        workers: int = 2,
        waiting_max: int = 64,
    ) -> None:
        self._argon2 = argon2.PasswordHasher(time_cost=time_cost, memory_cost=memory_cost_kib, parallelism=PARALLELISM)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2")
        self._capacity = workers + waiting_max
        self._pending = 0
        self._nobody = self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._in_pool(lambda: self._argon2.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        if password_hash is None:
            await self._in_pool(lambda: self._matches(self._nobody, password))
            return False
        return await self._in_pool(lambda: self._matches(password_hash, password))

    def is_stale(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def close(self) -> None:
        """What waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_pool(self, work: Callable[[], _T]) -> _T:
        if self._pending >= self._capacity:
            raise Unavailable("busy", "Too many people log in at this moment. Try again in a few seconds.")
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

    def _done(self, future: asyncio.Future[_T]) -> None:
        self._pending -= 1
        if not future.cancelled():
            future.exception()  # seen, even when nobody waits any more
