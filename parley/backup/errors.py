"""What can be wrong with a backup, for the person at the terminal."""

from __future__ import annotations


class BackupError(Exception):
    """``str()`` is one line: what is wrong and what to do about it."""
