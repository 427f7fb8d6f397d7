"""``python -m bench.chat.profile``: where the service's CPU goes when one room of so many readers is written to.

First the CPU of each thread without a profiler, then the functions of the main thread with one
(:mod:`bench.chat.profiled_service`), all for each message sent: with a thousand readers, divide by a thousand for a delivery;
with one, it is the send that is seen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import pstats
import signal
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from bench.chat import profiled_service
from bench.chat.delivery import WARM_UP_S, run
from bench.chat.orders import Go
from bench.chat.peers.parley import PEOPLE, Parley
from bench.chat.peers.peer import started
from bench.child import child
from bench.process import allow_many_files

SHOWN: Final = 40


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.chat.profile", description=__doc__)
    parser.add_argument("--readers", type=int, default=PEOPLE, help=f"at most {PEOPLE}, which is the default")
    parser.add_argument("--per-s", type=float, default=20.0, help="messages a second (default 20)")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each of the two runs (default 6)")
    return parser.parse_args()


def thread_cpu_s(pid: int) -> dict[str, float]:
    """By name and number of the thread (``/proc/<pid>/task/<tid>/schedstat``, whose first field is nanoseconds)."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        name = (task / "comm").read_text().strip()
        found[f"{name} {task.name}"] = int((task / "schedstat").read_text().split()[0]) / 1e9
    return found


async def profile(readers: int, go: Go) -> None:
    parley = Parley(module=profiled_service.__name__, variable=profiled_service.VARIABLE)
    async with started(parley), child("bench.chat.fleet") as fleet:
        await fleet.ask(msgspec.json.encode(parley.orders(readers)))
        await run(fleet, msgspec.structs.replace(go, seconds=WARM_UP_S))
        before = thread_cpu_s(parley.pid)
        report = await run(fleet, go)
        for name, after_s in thread_cpu_s(parley.pid).items():
            spent_us = (after_s - before.get(name, 0.0)) / report.sent * 1e6
            if spent_us >= 1:
                print(f"{spent_us:10.0f} us a message   thread {name}")
        os.kill(parley.pid, signal.SIGUSR1)
        report = await run(fleet, go)
        os.kill(parley.pid, signal.SIGUSR2)
        await run(fleet, msgspec.structs.replace(go, seconds=WARM_UP_S))  # signals are heeded when there is work
        print(table(pstats.Stats(str(parley.output)), report.sent))


def table(stats: pstats.Stats, messages: int) -> str:
    """The dearest functions by their own time, with microseconds and calls for each message."""
    rows = cast(dict[tuple[str, int, str], tuple[Any, int, float, float, Any]], vars(stats)["stats"])
    lines = ["  own us    all us     calls  (each message)"]
    for (file, line, name), (_, calls, own_s, all_s, _) in sorted(rows.items(), key=lambda row: -row[1][2])[:SHOWN]:
        where = f"{'/'.join(Path(file).parts[-2:])}:{line} {name}" if line else name
        lines.append(f"{own_s / messages * 1e6:8.1f}  {all_s / messages * 1e6:8.1f}  {calls / messages:8.1f}  {where}")
    return "\n".join(lines)


def main() -> None:
    arguments = _arguments()
    allow_many_files()
    asyncio.run(profile(arguments.readers, Go(seconds=arguments.seconds, per_s=arguments.per_s)))


if __name__ == "__main__":
    main()
