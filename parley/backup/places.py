"""What of the data folder belongs into a backup."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

FILES: Final = "blobs"
"""The folder of what people uploaded."""
SECRETS: Final = ("secrets", "certs")
"""The folders of keys and certificates."""
ASIDE: Final = "before-restore-"
"""How the folders begin in which a restore keeps what was there before."""
STAGING: Final = ".restoring"
"""Where a restore unpacks."""
UNTOUCHED: Final = frozenset({".lock", STAGING})
"""Neither copied nor moved."""


def plain_files(root: Path, folder: str) -> Iterator[tuple[str, Path]]:
    """Name (``folder/...``) and path of each plain file below ``root/folder``, of one folder after the other.

    What is still being written is left out. A link is followed for ``folder`` itself alone.
    """
    waiting = [(folder, root / folder)]
    while waiting:
        name, path = waiting.pop()
        try:
            entries = sorted(os.scandir(path), key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append((f"{name}/{entry.name}", path / entry.name))
            elif entry.is_file(follow_symlinks=False) and not _unfinished(entry.name):
                yield f"{name}/{entry.name}", path / entry.name


def _unfinished(name: str) -> bool:
    """``#``: obstore's, of an upload under way; ``.part``: our own."""
    return "#" in name or name.endswith(".part")


def is_plain(mode: int) -> bool:
    return stat.S_ISREG(mode)
