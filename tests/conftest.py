"""For all tests: a blocked event loop fails the test, and Hypothesis does the same work every time in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from blockbuster import blockbuster_ctx
from hypothesis import HealthCheck, Phase, settings

from tests.support.engines import mariadb, postgres
from tests.support.redis_server import redis, redis_process
from tests.support.server import parley_server

__all__ = ["mariadb", "no_blocked_loop", "parley_server", "postgres", "redis", "redis_process"]

OUR_CODE = ["parley", "server", "media", "signaling", "db", "certs"]

settings.register_profile(
    "dev", deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, database=None)
settings.register_profile(
    "long", parent=settings.get_profile("dev"), max_examples=10_000, phases=[Phase.generate, Phase.shrink]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session", autouse=True)
def no_blocked_loop() -> Iterator[None]:
    """Sleeping, waiting for a lock, and blocking files and sockets raise when our code does so inside an event loop."""
    with blockbuster_ctx(scanned_modules=OUR_CODE) as blocking:
        # The media node looks once, as it starts and before it serves anyone, whether it lives in a container.
        blocking.functions["os.stat"].can_block_in("media/node.py", "_warnings")
        # /proc/self/statm is the kernel's memory, not a disk.
        blocking.functions["io.TextIOWrapper.read"].can_block_in("media/node.py", "_resident_bytes")
        blocking.functions["io.BufferedReader.read"].can_block_in("media/node.py", "_resident_bytes")
        # Alembic reads its steps in an event loop that serves nobody else.
        for function in blocking.functions.values():
            function.can_block_in("db/migrations/__init__.py", "_run")
            # So is that of `parley doctor`; PostgreSQL's driver looks for a file of passwords.
            function.can_block_in("db/inspection.py", "_server")
        yield


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are numbered, not shown: many are random, and every worker of pytest-xdist must name a test alike."""
    return argname if isinstance(val, bytes) else None
