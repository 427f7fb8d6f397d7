"""``python -m media --control-fd N``: the media node as a child process, on an inherited end of a socketpair."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable

from media.node import Node

_COLLECT_AFTER = 50_000
"""Allocations between two looks of the garbage collector: the hot path makes no cycles, and a full look takes 20 ms."""

_NICE = -5
"""Priority among the machine's processes (setpriority(2)), as sound servers have it."""


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 after Stop, after the end of the control stream and after SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m media", description="Parley's media node, started by the service.")
    parser.add_argument("--control-fd", type=int, required=True, help="inherited stream socket to the service")
    parser.add_argument("--log-level", default="INFO", choices=("DEBUG", "INFO", "WARNING", "ERROR"))
    options = parser.parse_args(arguments)
    logging.basicConfig(level=options.log_level, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")
    try:
        stream = socket.socket(fileno=options.control_fd)
    except OSError as error:
        parser.error(f"--control-fd {options.control_fd} is not an open socket: {error.strerror}")
    # Ctrl-C reaches the whole process group; the service drains voice first and then tells the node.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Voice before all else on a busy machine; where that is not permitted, it goes as it goes.
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    gc.collect()
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER, 20, 50)
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(_serve(stream))
    return 0


async def _serve(stream: socket.socket) -> None:
    node = Node(stream)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, node.stop)
    await node.run()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


if __name__ == "__main__":
    sys.exit(main())
