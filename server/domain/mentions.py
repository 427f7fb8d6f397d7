"""Whom a text names: ``<@user>``, ``<@&role>``, ``@everyone``, ``@here``, outside of code. Pure, in linear time.

A backslash takes the meaning from the sign after it. ``tests/vectors/mentions.json`` holds cases for any implementation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from server.domain.entities import Mentions, Message
from server.domain.ids import MAX_ID, RoleId, Snowflake, UserId
from server.domain.limits import Limits
from server.domain.names import too_long
from server.domain.prose import outside_of_code
from server.domain.sections import Contact, NewSection, Section, Text, unfolded

_SIGN: Final = re.compile(
    r"""(?x)
    \\[!-/:-@\[-`{-~]                    # a backslash and what it takes the meaning from
    | (?P<ticks>`+)
    | <@(?P<role>&?)(?P<id>[0-9]{1,19})>
    | (?<![\w/])@(?P<all>everyone|here)(?!\w)    # neither an address of mail nor of a page
    """
)


class AllowedMentions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may be pinged by a message, of those whom it names; with a list that is not given, all."""

    user_ids: tuple[UserId, ...] | None = None
    role_ids: tuple[RoleId, ...] | None = None
    everyone: bool | None = None
    """False: neither everyone nor those who are here."""
    replied_user: bool | None = None
    """False: not the one whose message this one answers."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What a text names, whether it exists or not; in the order of the text."""

    user_ids: tuple[UserId, ...] = ()
    role_ids: tuple[RoleId, ...] = ()
    everyone: bool = False
    here: bool = False

    def __bool__(self) -> bool:
        return bool(self.user_ids or self.role_ids or self.everyone or self.here)

    @property
    def many(self) -> bool:
        """Whether it may be a great many people."""
        return bool(self.role_ids or self.everyone or self.here)


def named(sections: Iterable[Section | NewSection]) -> Named:
    """By the texts among ``sections``, and not by what they forward."""
    user_ids, role_ids, words = dict[UserId, None](), dict[RoleId, None](), set[str]()
    for section in sections:
        if not isinstance(section, Text) or "@" not in section.text:
            continue
        for sign in outside_of_code(section.text, _SIGN):
            if sign["all"] is not None:
                words.add(sign["all"])
                continue
            number = Snowflake(sign["id"])
            if not 0 < number <= MAX_ID:
                continue
            if sign["role"]:
                role_ids[RoleId(number)] = None
            else:
                user_ids[UserId(number)] = None
    return Named(user_ids=tuple(user_ids), role_ids=tuple(role_ids), everyone="everyone" in words, here="here" in words)


def check_mentions(sections: Iterable[Section | NewSection], allowed: AllowedMentions | None, limits: Limits) -> Named:
    """Whom checked ``sections`` name; raises :class:`Invalid` (too_long)."""
    found = named(sections)
    for ids in (found.user_ids + found.role_ids, *((allowed.user_ids, allowed.role_ids) if allowed else ())):
        if ids is not None and len(ids) > limits.mentions_max:
            raise too_long("mentions", limits.mentions_max)
    return found


def certainly_named(message: Message) -> Iterator[UserId]:
    """People whose names readers of the message may know: who is pinged, and whose card is in it."""
    yield from (message.mentions or Mentions()).user_ids
    for section in unfolded(message.sections):
        if isinstance(section, Contact):
            yield section.user_id


def perhaps_named(message: Message) -> Iterator[UserId]:
    """People that its texts, and those that it forwards, name: anybody, or nobody at all."""
    yield from named(unfolded(message.sections)).user_ids
