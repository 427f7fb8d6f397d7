"""The chat section: deliveries beside peers, sends, history, the snapshot."""

from __future__ import annotations

import argparse
from collections.abc import Awaitable, Callable
from typing import Final

from bench.chat import delivery, reading, sending
from bench.chat.options import Options
from bench.packages import ensure
from bench.report import Result

PACKAGES: Final = {
    "ejabberd": ("ejabberd", "erlang-p1-sqlite3"),
    "ejabberd_files": ("ejabberd",),
    "prosody": ("prosody", "lua-dbi-sqlite3"),
    "prosody_files": ("prosody",),
}
_PARTS: Final[tuple[Callable[[Options], Awaitable[list[Result]]], ...]] = (
    delivery.measure,
    sending.measure,
    reading.measure,
)


async def run(arguments: argparse.Namespace) -> list[Result]:
    """Entry of ``python -m bench chat``."""
    options = Options.of(arguments)
    ensure(*sorted({package for peer in options.peers for package in PACKAGES.get(peer, ())}))
    print(f"chat: loopback, {options.runs} runs of {options.seconds:g} s", flush=True)
    results: list[Result] = []
    for part in _PARTS:
        results += await part(options)
    return results
