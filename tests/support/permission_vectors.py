"""Cases for any implementation of the permission rules: ``tests/vectors/permissions.json``.

    python -m tests.support.permission_vectors

writes them anew after a change of the rules; a test says when that was forgotten. Each case has ``group``, ``roles``, ``channels``
and ``member`` as in a ``GroupView``, ``now_ms``, and what is ``expected``: the bits in the group, and in each channel.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

from server.domain import codec
from server.domain.access import GroupAccess, everyone_role_id
from server.domain.entities import Channel, ChannelKind, Group, Member, Overwrite, Role
from server.domain.ids import ChannelId, GroupId, RoleId, Snowflake, UserId
from server.domain.permissions import ALL, EVERYONE, IN_CHANNELS, NOTHING, Permission

PATH: Final = Path(__file__).parents[1] / "vectors" / "permissions.json"
RANDOM_CASES: Final = 120

NOW_MS: Final = 1_800_000_000_000
GROUP: Final = GroupId(Snowflake(100))
OWNER, READER = UserId(Snowflake(1)), UserId(Snowflake(2))
ROLES: Final = tuple(RoleId(Snowflake(number)) for number in (201, 202, 203))
CHANNEL, CATEGORY = ChannelId(Snowflake(301)), ChannelId(Snowflake(302))

P = Permission
Case = tuple[str, GroupAccess, Member]


def access(
    roles: dict[RoleId, Permission],
    *overwrites: Overwrite,
    everyone: Permission = EVERYONE,
    category: tuple[Overwrite, ...] | None = None,
) -> GroupAccess:
    """A channel with ``overwrites``, in a category when that has some."""
    all_roles = [_role(everyone_role_id(GROUP), everyone, 0)]
    all_roles += [_role(role_id, bits, position) for position, (role_id, bits) in enumerate(roles.items(), 1)]
    channels = [
        Channel(
            id=CHANNEL,
            group_id=GROUP,
            kind=ChannelKind.TEXT,
            name="general",
            category_id=None if category is None else CATEGORY,
            overwrites=overwrites,
        )
    ]
    if category is not None:
        channels.append(
            Channel(id=CATEGORY, group_id=GROUP, kind=ChannelKind.CATEGORY, name="garden", overwrites=category)
        )
    return GroupAccess.of(Group(id=GROUP, name="Gardeners", owner_id=OWNER), all_roles, channels)


def _role(role_id: RoleId, bits: Permission, position: int) -> Role:
    return Role(id=role_id, group_id=GROUP, name=f"role {role_id}", permissions=int(bits), position=position)


def member(*role_ids: RoleId, user_id: UserId = READER, until_ms: int | None = None) -> Member:
    return Member(group_id=GROUP, user_id=user_id, role_ids=role_ids, joined_ms=0, timed_out_until_ms=until_ms)


def of_role(role_id: Snowflake, allow: Permission = NOTHING, deny: Permission = NOTHING) -> Overwrite:
    return Overwrite(target="role", target_id=role_id, allow=int(allow), deny=int(deny))


def of_member(user_id: Snowflake, allow: Permission = NOTHING, deny: Permission = NOTHING) -> Overwrite:
    return Overwrite(target="member", target_id=user_id, allow=int(allow), deny=int(deny))


def named_cases() -> list[Case]:
    first, second, _ = ROLES
    two = {first: P.MANAGE_MESSAGES, second: P.KICK_MEMBERS}
    hide = of_role(GROUP, deny=P.VIEW_CHANNEL)
    return [
        ("everyone's role alone", access({}), member()),
        ("the owner has everything, with no role", access({}, everyone=NOTHING), member(user_id=OWNER)),
        ("the owner is beyond overwrites", access({}, of_member(OWNER, deny=IN_CHANNELS)), member(user_id=OWNER)),
        ("the owner is beyond time-outs", access({}), member(user_id=OWNER, until_ms=NOW_MS + 1)),
        ("roles are added up", access(two), member(first, second)),
        ("a role one has not counts for nothing", access(two), member(first)),
        ("a role that is gone counts for nothing", access({}), member(first)),
        ("an administrator has everything", access({first: P.ADMINISTRATOR}, hide), member(first)),
        (
            "an administrator in time-out reads everywhere",
            access({first: P.ADMINISTRATOR}, hide),
            member(first, until_ms=NOW_MS + 1),
        ),
        ("everyone's overwrite denies", access({}, of_role(GROUP, deny=P.SEND_MESSAGES)), member()),
        ("everyone's overwrite allows", access({}, of_role(GROUP, allow=P.MANAGE_MESSAGES)), member()),
        (
            "a role's allow goes over everyone's deny",
            access(two, of_role(first, allow=P.SPEAK), of_role(GROUP, deny=P.SPEAK)),
            member(first),
        ),
        (
            "of two roles the allow goes over the deny",
            access(two, of_role(first, allow=P.SPEAK), of_role(second, deny=P.SPEAK)),
            member(first, second),
        ),
        (
            "the member's deny goes over a role's allow",
            access(two, of_role(first, allow=P.SPEAK), of_member(READER, deny=P.SPEAK)),
            member(first),
        ),
        (
            "the member's allow goes over a role's deny",
            access(two, of_role(first, deny=P.SPEAK), of_member(READER, allow=P.SPEAK)),
            member(first),
        ),
        ("an overwrite for somebody else does not count", access({}, of_member(OWNER, deny=P.SPEAK)), member()),
        ("without the view there is nothing", access({}, hide), member()),
        ("the view comes back with a role", access(two, hide, of_role(first, allow=P.VIEW_CHANNEL)), member(first)),
        (
            "in the group the view decides nothing",
            access({first: P.KICK_MEMBERS}, everyone=NOTHING),
            member(first),
        ),
        ("in time-out one reads", access(two), member(first, until_ms=NOW_MS + 1)),
        ("in time-out one sees no more than before", access(two, hide), member(first, until_ms=NOW_MS + 1)),
        ("a category's overwrite counts in its channels", access({}, category=(hide,)), member()),
        (
            "the channel's overwrite lies over its category's",
            access({}, of_role(GROUP, allow=P.VIEW_CHANNEL), category=(hide,)),
            member(),
        ),
        (
            "a member's own overwrite on the category stands under the channel's for everyone",
            access({}, of_role(GROUP, deny=P.SPEAK), category=(of_member(READER, allow=P.SPEAK),)),
            member(),
        ),
        ("a time-out that ends now has ended", access(two), member(first, until_ms=NOW_MS)),
    ]


def random_cases() -> list[Case]:
    source = random.Random(20_261_121)

    def bits(of: Permission) -> Permission:
        return Permission(source.getrandbits(24) & source.getrandbits(24) & int(of))

    def overwrite() -> Overwrite:
        allow, deny = bits(IN_CHANNELS), bits(IN_CHANNELS)
        target = source.choice([GROUP, *ROLES, READER, OWNER])
        make = of_member if target in (READER, OWNER) else of_role
        return make(Snowflake(target), allow, Permission(int(deny) & ~int(allow)))

    cases: list[Case] = []
    for number in range(RANDOM_CASES):
        roles = {role_id: bits(ALL) for role_id in ROLES}
        overwrites = {(one.target, one.target_id): one for one in (overwrite() for _ in range(source.randrange(6)))}
        has = tuple(role_id for role_id in ROLES if source.random() < 0.5)
        until_ms = source.choice([None, None, None, NOW_MS - 1, NOW_MS + 1])
        user_id = source.choice([READER] * 9 + [OWNER])
        everyone = bits(ALL & ~P.ADMINISTRATOR) | source.choice([NOTHING, EVERYONE])
        category = tuple(overwrite() for _ in range(2)) if source.random() < 0.4 else None
        if category is not None and category[0].target_id == category[1].target_id:
            category = category[:1]
        case = access(roles, *overwrites.values(), everyone=everyone, category=category)
        cases.append((f"random {number}", case, member(*has, user_id=user_id, until_ms=until_ms)))
    return cases


def _written(case: Case) -> dict[str, Any]:
    name, group, who = case
    channels = sorted(group.channels.values(), key=lambda channel: channel.id)
    expected = {
        "group": int(group.permissions(who, None, NOW_MS)),
        "channels": {str(int(one.id)): int(group.permissions(who, one.id, NOW_MS)) for one in channels},
    }
    plain = {"group": group.group, "roles": list(group.roles.values()), "channels": channels, "member": who}
    written: dict[str, Any] = json.loads(codec.encode(plain))
    return {"name": name, "now_ms": NOW_MS, **written, "expected": expected}


def generate() -> str:
    """The file's text: one case a line."""
    lines = [json.dumps(_written(case), separators=(",", ":")) for case in named_cases() + random_cases()]
    return "[\n" + ",\n".join(lines) + "\n]\n"


if __name__ == "__main__":
    PATH.write_text(generate(), encoding="utf-8")
