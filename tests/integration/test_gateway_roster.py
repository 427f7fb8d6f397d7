"""The list of members, and who is really connected."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.actions.members import UpdateMember, do_remove_member, do_update_member
from server.actions.roles import CreateRole, do_assign_role, do_create_role
from server.actions.roster import RosterPage, RosterQuery, get_roster
from tests.support.gateway_scene import together
from tests.support.gateway_server import gateway_server

pytestmark = pytest.mark.integration


def listed(page: RosterPage) -> list[tuple[int, bool]]:
    return [(entry.user_id, page.sections[entry.section].online) for entry in page.entries]


async def test_who_is_connected_stands_first(tmp_path: Path) -> None:
    async with gateway_server(tmp_path) as server:
        view, (anna, ben, cleo) = await together(server, "anna", "ben", "cleo")
        actions, group_id = server.actions, view.group.id

        async def roster() -> RosterPage:
            await server.quiet()
            return await get_roster(actions, anna.user_id, group_id, RosterQuery())

        assert listed(await roster()) == [(one.user_id, False) for one in (anna, ben, cleo)]
        cleos = await server.online(cleo)
        await server.online(ben)
        assert listed(await roster()) == [(ben.user_id, True), (cleo.user_id, True), (anna.user_id, False)]
        request = CreateRole(name="helpers", hoisted=True)
        role = await do_create_role(actions, anna.user_id, group_id, request)
        await do_assign_role(actions, anna.user_id, group_id, cleo.user_id, role.id)
        await do_update_member(actions, anna.user_id, group_id, cleo.user_id, UpdateMember(nickname="Chloe"))
        await cleos.beat()
        page = await roster()
        assert listed(page) == [(cleo.user_id, True), (ben.user_id, True), (anna.user_id, False)]
        assert page.sections[0].role_id == role.id
        assert page.members[0].nickname == "Chloe"
        await do_remove_member(actions, cleo.user_id, group_id, cleo.user_id)
        assert listed(await roster()) == [(ben.user_id, True), (anna.user_id, False)]
