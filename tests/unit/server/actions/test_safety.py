from __future__ import annotations

import pytest

from server.actions.invites import CreateInvite, do_accept_invite, do_create_invite
from server.actions.safety import UpdateSafety, do_update_safety, get_safety
from server.domain.entities import Safety
from server.domain.errors import ParleyError, TooMany
from server.domain.ids import UserId
from tests.support.actions import House


async def code(attempt: object) -> str:
    with pytest.raises(ParleyError) as refused:
        await attempt  # type: ignore[misc]
    return refused.value.code


class Gate:
    """Anna's group, and people who want to come in."""

    def __init__(self, house: House, anna: UserId, group_id: int, invite: str) -> None:
        self.house, self.anna, self.group_id, self.invite = house, anna, group_id, invite

    async def set(self, request: UpdateSafety) -> Safety:
        return await do_update_safety(self.house.actions, self.anna, self.group_id, request, "raid")  # type: ignore[arg-type]

    async def come(self, name: str) -> None:
        await do_accept_invite(self.house.actions, await self.house.user(name), self.invite)


@pytest.fixture
async def gate(house: House) -> Gate:
    anna = await house.user("anna")
    group_id = (await house.group(anna)).group.id
    invite = await do_create_invite(house.actions, anna, group_id, CreateInvite())
    return Gate(house, anna, group_id, invite.code)


async def test_invitations_are_paused_for_a_time(house: House, gate: Gate) -> None:
    await gate.set(UpdateSafety(invites_paused_until_ms=house.clock.ms + 60_000))
    assert await code(gate.come("ben")) == "invites_paused"
    house.clock.advance(61)
    await gate.come("cleo")
    await gate.set(UpdateSafety(invites_paused_until_ms=house.clock.ms + 60_000))
    await gate.set(UpdateSafety(invites_paused_until_ms=None))
    await gate.come("dora")


async def test_so_many_come_in_a_minute(house: House, gate: Gate) -> None:
    house.clock.advance(120)
    await gate.set(UpdateSafety(joins_per_minute=2))
    await gate.come("ben")
    await gate.come("cleo")
    with pytest.raises(TooMany) as refused:
        await gate.come("dora")
    assert (refused.value.code, refused.value.retry_after_s) == ("too_many_joins", 60.0)
    house.clock.advance(61)
    await gate.come("emil")


async def test_accounts_must_have_an_age(house: House, gate: Gate) -> None:
    await gate.set(UpdateSafety(minimum_account_age_s=3600))
    young = await house.user("ben")
    with pytest.raises(ParleyError) as refused:
        await do_accept_invite(house.actions, young, gate.invite)
    assert (refused.value.code, refused.value.data["wait_s"]) == ("account_too_young", 3600)
    house.clock.advance(3600)
    await do_accept_invite(house.actions, young, gate.invite)


async def test_it_is_for_managers_and_within_bounds(house: House, gate: Gate) -> None:
    ben = await house.user("ben")
    await do_accept_invite(house.actions, ben, gate.invite)
    assert await code(get_safety(house.actions, ben, gate.group_id)) == "forbidden"  # type: ignore[arg-type]
    for request in (
        UpdateSafety(joins_per_minute=0),
        UpdateSafety(minimum_account_age_s=-1),
        UpdateSafety(invites_paused_until_ms=2**60),
    ):
        assert await code(gate.set(request)) == "bad_request"
    assert await get_safety(house.actions, gate.anna, gate.group_id) == Safety(group_id=gate.group_id)  # type: ignore[arg-type]
