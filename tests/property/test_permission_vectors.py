"""``tests/vectors/permissions.json`` is what other implementations test themselves with: it must be current, and right."""

from __future__ import annotations

import json
from typing import Any

import pytest

from server.domain import codec
from server.domain.access import GroupAccess
from server.domain.entities import Channel, Group, Member, Role
from server.domain.ids import ChannelId, Snowflake
from server.domain.permissions import ALL, EVERYONE, Permission
from tests.support.permission_vectors import CHANNEL, PATH, generate

CASES: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))


def named(name: str) -> dict[str, Any]:
    return next(case for case in CASES if case["name"] == name)


def test_the_file_is_current() -> None:
    current = PATH.read_text(encoding="utf-8") == generate()
    assert current, "run: python -m tests.support.permission_vectors"


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_reader_of_the_file_comes_to_the_same(case: dict[str, Any]) -> None:
    access = GroupAccess.of(
        codec.convert(case["group"], Group),
        codec.convert(case["roles"], list[Role]),
        codec.convert(case["channels"], list[Channel]),
    )
    member = codec.convert(case["member"], Member)
    assert access.permissions(member, None, case["now_ms"]) == case["expected"]["group"]
    for channel_id, expected in case["expected"]["channels"].items():
        found = access.permissions(member, ChannelId(Snowflake(channel_id)), case["now_ms"])
        assert found == expected


@pytest.mark.parametrize(
    ("name", "in_group", "in_channel"),
    [
        ("everyone's role alone", EVERYONE, EVERYONE),
        ("the owner has everything, with no role", ALL, ALL),
        ("an administrator has everything", ALL, ALL),
        ("an administrator in time-out reads everywhere", 3, 3),
        ("of two roles the allow goes over the deny", EVERYONE | 8 | 128, EVERYONE | 8 | 128),
        ("without the view there is nothing", EVERYONE, 0),
        ("in the group the view decides nothing", Permission.KICK_MEMBERS, 0),
        ("in time-out one reads", 3, 3),
        ("in time-out one sees no more than before", 3, 0),
        ("the member's deny goes over a role's allow", EVERYONE | 8, (EVERYONE | 8) & ~int(Permission.SPEAK)),
    ],
)
def test_some_of_it_worked_out_by_hand(name: str, in_group: int, in_channel: int) -> None:
    assert named(name)["expected"] == {"group": in_group, "channels": {str(int(CHANNEL)): in_channel}}
