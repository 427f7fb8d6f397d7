"""Which passwords are guessed first: the lists that come with zxcvbn, kept in memory, and its estimate."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from zxcvbn import zxcvbn
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from server.domain.errors import Unavailable

LOOKED_AT_MAX: Final = 72
"""Characters; the estimate of a long password takes the square of its length."""
WAITING_MAX: Final = 32


class ZxcvbnCritic:
    """Implements :class:`server.ports.PasswordCritic`.

    One thread estimates, one password after the other: the library keeps words of its caller in a dictionary that all share.
    """

    def __init__(self, *, shortest: int = 8, waiting_max: int = WAITING_MAX) -> None:
        """Passwords below ``shortest`` characters are refused for that, and need not be known."""
        passwords = FREQUENCY_LISTS["passwords"]
        words = passwords.split(",") if isinstance(passwords, str) else passwords
        self._common = frozenset(word.casefold() for word in words if len(word) >= shortest)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="zxcvbn")
        self._waiting_max = waiting_max
        self._pending = 0

    def __len__(self) -> int:
        """How many common passwords it knows."""
        return len(self._common)

    def is_common(self, password: str) -> bool:
        return password.casefold() in self._common

    async def score(self, password: str, words: Collection[str]) -> int:
        if password == "":
            return 0
        if self._pending > self._waiting_max:
            raise Unavailable("busy", "Too many people choose a password at this moment. Try again in a few seconds.")
        self._pending += 1
        future = asyncio.get_running_loop().run_in_executor(
            self._pool, _estimate, password[:LOOKED_AT_MAX], [word[:LOOKED_AT_MAX] for word in words]
        )
        future.add_done_callback(self._done)
        # Someone who goes away frees no thread: the place is given back when the work ends.
        return await asyncio.shield(future)

    def close(self) -> None:
        """What waits is dropped."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _done(self, future: asyncio.Future[int]) -> None:
        self._pending -= 1
        if not future.cancelled():
            future.exception()  # seen, even when nobody waits any more


def _estimate(password: str, words: list[str]) -> int:
    found: dict[str, Any] = zxcvbn(password, user_inputs=words)
    return int(found["score"])
