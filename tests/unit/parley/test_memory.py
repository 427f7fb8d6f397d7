from __future__ import annotations

import gc
import subprocess
import sys

from parley.memory import set_aside_what_stays

SCRIPT = """
import ctypes, sys
from parley.memory import give_large_blocks_back
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
if sys.argv[1] == "yes":
    give_large_blocks_back()

def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096

def use(size):
    block = libc.malloc(size)
    ctypes.memset(block, 1, size)
    return block

libc.free(use(19 << 20))
before = resident()
block, above = use(19 << 20), use(4096)  # a small block on top, as other allocations are
libc.free(block)
print(resident() - before)
"""


def left_over(given_back: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, given_back], capture_output=True, text=True, check=True, timeout=30
    )
    return int(done.stdout)


def test_a_hash_leaves_nothing_behind() -> None:
    assert left_over("yes") < 1 << 20


def test_what_was_set_aside_is_not_looked_through() -> None:
    before = gc.get_freeze_count()
    try:
        stays = [object()]
        set_aside_what_stays()
        assert gc.get_freeze_count() > before
        assert not any(one is stays for one in gc.get_objects())
    finally:
        gc.unfreeze()
