"""Memory that the interpreter and the C library would not manage well by themselves."""

from __future__ import annotations

import contextlib
import ctypes
import gc
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


def set_aside_what_stays() -> None:
    """From now on, what is there is not looked through for garbage any more. Call it once, when everything has been loaded.

    That is half of what there is with a thousand people connected, and looking through it holds everybody up.
    """
    gc.collect()
    gc.freeze()
