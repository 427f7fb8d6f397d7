from __future__ import annotations

import hashlib

import pytest

from server.actions.links import Purpose, make_link, read_link, use_link
from server.domain.errors import Forbidden
from tests.support.actions import House


@pytest.mark.parametrize(("kind", "other", "lifetime_s"), [("verify", "recover", 86_400), ("recover", "verify", 3_600)])
async def test_a_link_works_once_in_its_time_and_is_kept_as_a_hash(
    house: House, kind: Purpose, other: Purpose, lifetime_s: int
) -> None:
    async with house.store.write() as uow:
        token = await make_link(house.actions, uow, kind, None, "anna@example.org")
    assert len(token) == 43
    async with house.store.write() as uow:
        link = await uow.links.get(hashlib.sha256(token.encode()).digest())
        assert link is not None
        assert token.encode() not in link.token_hash
        assert await read_link(house.actions, uow, kind, token) == link
        with pytest.raises(Forbidden):
            await read_link(house.actions, uow, other, token)
        house.clock.advance(lifetime_s - 1)
        await read_link(house.actions, uow, kind, token)
        house.clock.advance(1)
        with pytest.raises(Forbidden):
            await use_link(house.actions, uow, kind, token)
        house.clock.advance(-1)
        assert await use_link(house.actions, uow, kind, token) == link
        with pytest.raises(Forbidden) as refused:
            await use_link(house.actions, uow, kind, token)
    assert refused.value.code == "bad_link"


@pytest.mark.parametrize("token", ["", "x", "\ud800", "x" * 100_000, "ä"])
async def test_what_is_no_token_is_no_link(house: House, token: str) -> None:
    async with house.store.read() as reader:
        with pytest.raises(Forbidden) as refused:
            await read_link(house.actions, reader, "verify", token)
    assert refused.value.code == "bad_link"
