from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from server.adapters.password_critic import ZxcvbnCritic
from server.domain.errors import Unavailable


@pytest.fixture
async def critic() -> AsyncIterator[ZxcvbnCritic]:
    critic = ZxcvbnCritic()
    yield critic
    critic.close()


async def test_it_knows_more_common_passwords_than_are_asked_for(critic: ZxcvbnCritic) -> None:
    """OWASP ASVS 5.0, 6.2.4: at least the 3000 most common that are long enough."""
    assert len(critic) >= 3000
    for password in ("password", "PassWord", "iloveyou", "1qaz2wsx", "qwertyuiop", "trustno1"):
        assert critic.is_common(password), password
    assert not critic.is_common("correct horse battery")


async def test_scores_tell_bad_from_good(critic: ZxcvbnCritic) -> None:
    assert await critic.score("p@ssword1", []) <= 1
    assert await critic.score("correct horse battery staple", []) == 4
    assert await critic.score("", []) == 0


async def test_what_anybody_would_try_first_counts_for_nothing(critic: ZxcvbnCritic) -> None:
    assert await critic.score("zyzzogeton", ["zyzzogeton"]) < await critic.score("zyzzogeton", [])


async def test_long_ones_are_cut(critic: ZxcvbnCritic) -> None:
    assert await critic.score("correct horse battery staple " * 1000, ["x" * 100_000]) == 4


async def test_when_too_many_ask_further_ones_are_told(critic: ZxcvbnCritic) -> None:
    busy = ZxcvbnCritic(waiting_max=1)
    results = await asyncio.gather(*(busy.score("some words", []) for _ in range(4)), return_exceptions=True)
    assert [type(one) for one in results].count(Unavailable) == 2
    assert await busy.score("some words", []) >= 0
    busy.close()
