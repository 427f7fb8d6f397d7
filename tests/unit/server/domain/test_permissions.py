from __future__ import annotations

import pytest

from server.domain.entities import Overwrite
from server.domain.ids import Snowflake
from server.domain.permissions import (
    ALL,
    EVERYONE,
    IN_CHANNELS,
    IN_CONVERSATIONS,
    MODERATOR,
    NOTHING,
    TIMED_OUT,
    Permission,
    given,
    given_beneath,
    in_channel,
    names,
    of_roles,
)

P = Permission
GROUP, MOD, OTHER, ANNA, BEN = (Snowflake(number) for number in (1, 2, 3, 10, 11))


def role(target_id: Snowflake, allow: Permission = NOTHING, deny: Permission = NOTHING) -> Overwrite:
    return Overwrite(target="role", target_id=target_id, allow=int(allow), deny=int(deny))


def member(target_id: Snowflake, allow: Permission = NOTHING, deny: Permission = NOTHING) -> Overwrite:
    return Overwrite(target="member", target_id=target_id, allow=int(allow), deny=int(deny))


def evaluate(base: Permission, *overwrites: Overwrite) -> Permission:
    """For Anna, who has the role MOD."""
    return Permission(in_channel(base, [overwrites], everyone_id=GROUP, role_ids=(MOD,), user_id=ANNA))


def test_the_bits_are_those_of_the_protocol() -> None:
    assert [(one.name.lower(), one.bit_length() - 1) for one in P if one.name is not None] == [
        ("view_channel", 0),
        ("read_history", 1),
        ("send_messages", 2),
        ("manage_messages", 3),
        ("connect", 4),
        ("speak", 5),
        ("create_invite", 6),
        ("kick_members", 7),
        ("manage_channels", 8),
        ("manage_roles", 9),
        ("manage_group", 10),
        ("time_out_members", 11),
        ("administrator", 12),
        ("mention_everyone", 13),
        ("attach_files", 14),
        ("add_reactions", 15),
        ("pin_messages", 16),
        ("manage_emojis", 17),
        ("ban_members", 18),
        ("view_audit_log", 19),
        ("manage_nicknames", 20),
        ("change_nickname", 21),
    ]
    assert sum(P) == ALL
    assert IN_CHANNELS | P.CHANGE_NICKNAME == IN_CHANNELS | EVERYONE | P.CHANGE_NICKNAME
    assert IN_CHANNELS in ALL
    assert IN_CONVERSATIONS in IN_CHANNELS
    assert MODERATOR in ALL
    assert P.ADMINISTRATOR not in MODERATOR
    assert TIMED_OUT == P.VIEW_CHANNEL | P.READ_HISTORY


def test_roles_are_added_up() -> None:
    assert of_roles([]) == NOTHING
    assert of_roles([int(P.VIEW_CHANNEL), int(P.SPEAK)]) == P.VIEW_CHANNEL | P.SPEAK
    assert of_roles([int(P.ADMINISTRATOR)]) == ALL
    assert of_roles([int(P.SPEAK) | 1 << 40]) == P.SPEAK


def test_administrators_are_beyond_overwrites() -> None:
    assert evaluate(ALL, role(GROUP, deny=EVERYONE), member(ANNA, deny=EVERYONE)) == ALL


def test_overwrites_are_laid_over_one_another_in_order() -> None:
    base = P.VIEW_CHANNEL | P.SPEAK
    assert evaluate(base) == base
    assert evaluate(base, role(GROUP, deny=P.SPEAK)) == P.VIEW_CHANNEL
    assert evaluate(base, role(MOD, allow=P.SPEAK), role(GROUP, deny=P.SPEAK)) == base
    assert evaluate(base, member(ANNA, deny=P.SPEAK), role(MOD, allow=P.SPEAK)) == P.VIEW_CHANNEL
    assert evaluate(base, member(ANNA, allow=P.CONNECT), role(MOD, deny=P.CONNECT)) == base | P.CONNECT


def test_the_channel_lies_over_its_category() -> None:
    category, channel = [role(GROUP, deny=P.SPEAK)], [role(MOD, allow=P.SPEAK)]

    def layered(*layers: list[Overwrite]) -> int:
        return in_channel(EVERYONE, layers, everyone_id=GROUP, role_ids=(MOD,), user_id=ANNA)

    assert layered(category) & P.SPEAK == 0
    assert layered(category, channel) & P.SPEAK
    assert layered(channel, category) & P.SPEAK == 0
    assert (
        layered([role(GROUP, deny=P.VIEW_CHANNEL)], [role(GROUP, allow=P.VIEW_CHANNEL)])
        == EVERYONE & IN_CHANNELS | P.CHANGE_NICKNAME
    )


def test_of_one_step_an_allow_goes_over_a_deny() -> None:
    overwrites = (role(MOD, deny=P.SPEAK), role(OTHER, allow=P.SPEAK))
    both = in_channel(EVERYONE, [overwrites], everyone_id=GROUP, role_ids=(MOD, OTHER), user_id=ANNA)
    assert both & P.SPEAK
    assert P.SPEAK not in evaluate(EVERYONE, *overwrites)


def test_what_is_about_others_does_not_count() -> None:
    assert evaluate(EVERYONE, role(OTHER, deny=P.SPEAK), member(BEN, deny=P.SPEAK)) == EVERYONE
    assert evaluate(EVERYONE, member(MOD, deny=P.SPEAK), role(ANNA, deny=P.SPEAK)) == EVERYONE


def test_without_the_view_there_is_nothing() -> None:
    assert evaluate(EVERYONE, role(GROUP, deny=P.VIEW_CHANNEL)) == NOTHING
    assert evaluate(P.SPEAK) == NOTHING
    assert evaluate(P.SPEAK, member(ANNA, allow=P.VIEW_CHANNEL)) == P.VIEW_CHANNEL | P.SPEAK


def test_an_overwrite_speaks_of_channels_alone() -> None:
    everything = member(ANNA, allow=ALL)
    assert evaluate(EVERYONE, everything) == IN_CHANNELS | EVERYONE
    assert evaluate(EVERYONE | P.KICK_MEMBERS, everything) == IN_CHANNELS | EVERYONE | P.KICK_MEMBERS


@pytest.mark.parametrize(
    ("before", "after", "gives"),
    [
        (None, None, NOTHING),
        (None, member(ANNA, allow=P.SPEAK, deny=P.CONNECT), P.SPEAK),
        (member(ANNA, allow=P.SPEAK, deny=P.CONNECT), None, P.CONNECT),
        (member(ANNA, allow=P.SPEAK), member(ANNA, allow=P.SPEAK | P.CONNECT), P.CONNECT),
        (member(ANNA, deny=P.SPEAK), member(ANNA, allow=P.SPEAK), P.SPEAK),
        (member(ANNA, deny=P.SPEAK), member(ANNA, deny=P.SPEAK), NOTHING),
    ],
)
def test_what_a_change_can_give(before: Overwrite | None, after: Overwrite | None, gives: Permission) -> None:
    assert given(before, after) == gives


def test_names_are_in_words() -> None:
    assert names(int(P.SPEAK | P.VIEW_CHANNEL)) == ("view_channel", "speak")
    assert names(0) == ()


def beneath(before: list[Overwrite], after: list[Overwrite], own: list[Overwrite]) -> Permission:
    return given_beneath(before, after, own, everyone_id=GROUP)


def test_a_change_of_the_category_gives_in_the_channel_what_that_does_not_speak_of() -> None:
    opens = [role(MOD, allow=P.SPEAK | P.CONNECT)]
    assert beneath([], opens, []) == P.SPEAK | P.CONNECT
    assert beneath(opens, [], []) == NOTHING
    assert beneath(opens, opens, []) == NOTHING
    assert beneath([], opens, [role(MOD, deny=P.SPEAK)]) == P.CONNECT
    assert beneath([], opens, [role(MOD, allow=P.SPEAK)]) == P.CONNECT
    assert beneath([], opens, [role(OTHER, deny=P.SPEAK)]) == P.SPEAK | P.CONNECT
    assert beneath([], opens, [member(MOD, deny=P.SPEAK)]) == P.SPEAK | P.CONNECT


def test_what_the_channel_says_to_everyone_stands_in_any_case() -> None:
    assert beneath([], [role(MOD, allow=P.SPEAK)], [role(GROUP, deny=P.SPEAK)]) == NOTHING


def test_a_deny_that_ends_gives_back() -> None:
    assert beneath([role(MOD, deny=P.SPEAK)], [], []) == P.SPEAK
    assert beneath([role(MOD, deny=P.SPEAK)], [role(OTHER, allow=P.CONNECT)], []) == P.SPEAK | P.CONNECT
