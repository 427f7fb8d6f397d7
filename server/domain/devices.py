"""What a browser says of itself, in words for people."""

from __future__ import annotations

from typing import Final

_PROGRAMS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
"""The first that fits: many say of themselves that they are others, too."""
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_SHOWN_MAX: Final = 40


def device_name(user_agent: str) -> str:
    """As in "Firefox on Linux"; of other programs the first word of what they say; empty when they say nothing."""
    program = next((name for mark, name in _PROGRAMS if mark in user_agent), None)
    if program is None:
        return user_agent.partition(" ")[0][:_SHOWN_MAX]
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), None)
    return program if system is None else f"{program} on {system}"
