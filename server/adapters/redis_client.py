"""How Redis is spoken to: no call waits long, and none is made again behind our back."""

from __future__ import annotations

from typing import Final

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

CONNECTIONS_MAX: Final = 8

FAILURES: Final = (RedisError, OSError, TimeoutError)
"""What a Redis that is away, hangs, or refuses may raise."""


def open_client(url: str, *, within_s: float) -> Redis:
    """Each step (a connection, a call) may take ``within_s``. Nothing is connected yet; ``aclose`` it at the end.

    Raises :class:`ValueError` for what is no address of a Redis.
    """
    pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
        url,
        max_connections=CONNECTIONS_MAX,
        timeout=within_s,
        socket_timeout=within_s,
        socket_connect_timeout=within_s,
        retry=Retry(NoBackoff(), 0),
        protocol=2,  # so that no notice of the server's makes the library reconnect by itself
        driver_info=None,  # or each connection would look for the library's own version on the disk
    )
    return Redis.from_pool(pool)
