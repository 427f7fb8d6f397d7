"""HTML in which text cannot become markup: whatever is not a :class:`Markup` already is escaped."""

from __future__ import annotations

import html
from typing import Final

_VOID: Final = frozenset({"meta", "link", "br", "hr"})


class Markup(str):
    """HTML as it stands."""

    __slots__ = ()


def join(*parts: str) -> Markup:
    return Markup("".join(part if isinstance(part, Markup) else html.escape(part) for part in parts))


def element(name: str, /, *inside: str, **attributes: str) -> Markup:
    """``element("a", "Groups", href="#groups")``; ``class_`` is written ``class``."""
    written = "".join(f' {key.rstrip("_")}="{html.escape(value)}"' for key, value in attributes.items())
    return Markup(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(*inside)}</{name}>")


def prose(text: str) -> Markup:
    """Text in which backticks mark what is code."""
    parts = text.split("`")
    return join(*(element("code", part) if at % 2 else part for at, part in enumerate(parts)))
