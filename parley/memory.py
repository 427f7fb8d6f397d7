"""Gives the memory of password hashing back to the system."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
"""From glibc's malloc.h (mallopt(3))."""
_LARGE_BYTES: Final = 1 << 20


def give_large_blocks_back() -> None:
    """From now on, blocks of 1 MiB and more leave the process when they are freed; no effect without glibc.

    Otherwise glibc learns from the first 19 MiB of Argon2id that such blocks are common, and keeps one for each thread for ever.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
