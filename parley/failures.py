"""Why the server does not start, for the person at the terminal."""

from __future__ import annotations


class CannotStart(Exception):
    """``str()`` is one line: what is wrong and what to do about it."""
