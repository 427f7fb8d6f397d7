"""The addresses of pages in what was written, of which a preview may be shown. Pure, in linear time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from server.domain.entities import Preview
from server.domain.limits import Limits
from server.domain.prose import outside_of_code
from server.domain.sections import Section, Text, unfolded

_LINK: Final = re.compile(
    r"""(?xi)
    \\[!-/:-@\[-`{-~]                       # a backslash and what it takes the meaning from
    | (?P<ticks>`+)
    | <https?://[^\s<>]*>                   # shown as a link alone: the author wants no preview
    | (?<![^\W_])(?P<link>https?://(?:[^\W_]|\[)[^\s<>"`|\\^\x00-\x1f\x7f]*)
    """
)
_AFTER: Final = ".,;:!?'*_~"
"""What ends a sentence or an emphasis, and seldom an address."""
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}


def links_in(sections: Sequence[Section], limits: Limits) -> tuple[str, ...]:
    """The first different ones, outside of code and of ``<`` ``>``; what is forwarded counts too."""
    found: dict[str, None] = {}
    for section in unfolded(sections):
        if not isinstance(section, Text) or "://" not in section.text:
            continue
        for sign in outside_of_code(section.text, _LINK):
            link = _without_what_follows(sign["link"])
            if len(link) <= limits.link_max:
                found[link] = None
            if len(found) == limits.previews_max:
                return tuple(found)
    return tuple(found)


def _without_what_follows(link: str) -> str:
    """Without the dot behind a sentence; a bracket belongs to the address that opens it: https://a.org/tomato_(fruit)"""
    surplus = {closing: link.count(closing) - link.count(opening) for closing, opening in _BRACKETS.items()}
    end = len(link)
    while True:  # it begins with letters, so it ends before there is nothing left
        last = link[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _AFTER:
            break
        end -= 1
    return link[:end]


def still_shown(previews: Sequence[Preview], links: Sequence[str]) -> tuple[Preview, ...]:
    """Those of the previews that belong to one of the links, in the order of the links."""
    by_url = {preview.url: preview for preview in previews}
    return tuple(by_url[link] for link in links if link in by_url)
