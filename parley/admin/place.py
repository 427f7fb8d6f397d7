"""Where ``parley admin`` reaches a running server: a Unix socket in its data folder, which only the user that runs it can open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SOCKET: Final = "admin.sock"


@contextmanager
def socket_path(folder: Path) -> Iterator[str]:
    """A short one, while the block lasts: the kernel takes no more than 107 bytes, and folders may be deep.

    Raises :class:`OSError`.
    """
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}/{SOCKET}"
    finally:
        os.close(handle)
