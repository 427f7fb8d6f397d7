"""Passwords as Argon2id hashes (RFC 9106)."""

from __future__ import annotations

from typing import Final

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from server.adapters.bounded_pool import BoundedPool

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
        busy = "Too many people log in at this moment. Try again in a few seconds."
        self._pool = BoundedPool("argon2", workers=workers, waiting_max=waiting_max, busy=busy)
        self._nobody = self._argon2.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        return await self._pool.run(lambda: self._argon2.hash(password))

    async def verify(self, password_hash: str | None, password: str) -> bool:
        if password_hash is None:
            await self._pool.run(lambda: self._matches(self._nobody, password))
            return False
        return await self._pool.run(lambda: self._matches(password_hash, password))

    def is_stale(self, password_hash: str) -> bool:
        return self._argon2.check_needs_rehash(password_hash)

    def close(self) -> None:
        """What waits is dropped."""
        self._pool.close()

    def _matches(self, password_hash: str, password: str) -> bool:
        try:
            return self._argon2.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False
