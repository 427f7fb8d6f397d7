"""One room, so many readers, one message at a time: what each delivery costs the server, and how long it takes.

For each number of readers and each peer: a fresh server process and a fresh fleet (:mod:`bench.chat.fleet`), where each client
reads and writes in turn. What is charged is the CPU time of the server's whole process tree, the archive's durable writes
included, from the first message until the last delivery.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import msgspec

from bench.chat.options import Options
from bench.chat.orders import Go, Report
from bench.chat.peers.ejabberd import Ejabberd
from bench.chat.peers.floor import Floor
from bench.chat.peers.parley import Parley
from bench.chat.peers.peer import ChatPeer, started
from bench.chat.peers.prosody import Prosody
from bench.child import Child, child
from bench.packages import NotHereError
from bench.process import tree_cpu_s, tree_rss_kib
from bench.report import Result

_T = TypeVar("_T")

MESSAGES_PER_S: Final = {100: 50.0, 1000: 20.0}
"""By readers. At a thousand, more would measure how fast the clients' process reads."""
SETTLE_S: Final = 3.0
"""After the start, before idle memory is read: some give back then what starting took."""
WARM_UP_S: Final = 1.0
"""A run that does not count."""
BEHIND: Final = 1.5
"""A run that takes so many times its seconds was more than the server can do."""


@dataclasses.dataclass
class Figures:
    """Of one number of readers."""

    cpu: Result
    p50: Result
    p99: Result
    idle: Result
    """The same for all numbers."""
    connection: Result

    @classmethod
    def of(cls, readers: int, idle: Result) -> Figures:
        return cls(
            cpu=Result(f"chat/deliver-{readers}", "us CPU a delivery"),
            p50=Result(f"chat/deliver-{readers}-p50", "ms"),
            p99=Result(f"chat/deliver-{readers}-p99", "ms"),
            idle=idle,
            connection=Result(f"chat/memory-connection-{readers}", "KiB"),
        )

    @property
    def own(self) -> list[Result]:
        return [self.cpu, self.p50, self.p99, self.connection]


async def measure(options: Options) -> list[Result]:
    idle = Result("chat/memory-idle", "MiB")
    results: list[Result] = []
    missing: set[str] = set()
    for readers, per_s in MESSAGES_PER_S.items():
        figures = Figures.of(readers, idle)
        if options.wants(idle.name, *(result.name for result in figures.own)):
            await _room(readers, Go(seconds=options.seconds, per_s=per_s), figures, options, missing)
            results += figures.own
    return [result for result in (idle, *results) if result.runs]


async def _room(readers: int, go: Go, figures: Figures, options: Options, missing: set[str]) -> None:
    frame = ""
    makers: dict[str, Callable[[], ChatPeer]] = {
        "parley": Parley,
        "floor": lambda: Floor(frame),
        "ejabberd": Ejabberd,
        "ejabberd_files": lambda: Ejabberd("mnesia"),
        "prosody": Prosody,
        "prosody_files": lambda: Prosody("internal"),
    }
    for name, make in makers.items():
        if name not in options.peers or name in missing:
            continue
        peer = make()
        try:
            async with started(peer):
                report = await _peer(peer, readers, go, figures, options.runs)
                frame = frame or report.frame
        except NotHereError as reason:
            print(f"  {name} is left out: {reason}", flush=True)
            missing.add(name)
        except (RuntimeError, TimeoutError, OSError) as error:
            print(f"  {name} failed with {readers} readers: {str(error) or type(error).__name__}", flush=True)


async def _peer(peer: ChatPeer, readers: int, go: Go, figures: Figures, runs: int) -> Report:
    await asyncio.sleep(SETTLE_S)
    idle_kib = tree_rss_kib(peer.pid)
    figures.idle.add(peer.name, idle_kib / 1024)
    async with child("bench.chat.fleet") as fleet:
        await fleet.ask(msgspec.json.encode(peer.orders(readers)))
        figures.connection.add(peer.name, (tree_rss_kib(peer.pid) - idle_kib) / readers)
        report = await run(fleet, msgspec.structs.replace(go, seconds=WARM_UP_S))
        for _ in range(runs):
            report, cpu_s = await charged(peer.pid, lambda: run(fleet, go))
            cpu_us = cpu_s / report.delivered * 1e6
            figures.cpu.add(peer.name, cpu_us)
            figures.p50.add(peer.name, report.p50_ms)
            figures.p99.add(peer.name, report.p99_ms)
            print(f"  {figures.cpu.name} {peer.name}: {cpu_us:.2f} us, p99 {report.p99_ms:.1f} ms", flush=True)
            if report.took_s > BEHIND * go.seconds:
                figures.p99.notes[peer.name] = (
                    f"with {readers} readers it falls behind: delays are those of a growing queue"
                )
    if peer.note:
        figures.cpu.notes[peer.name] = peer.note
    return report


async def run(fleet: Child, go: Go) -> Report:
    """Raises RuntimeError when something was refused or did not come."""
    report = msgspec.json.decode(await fleet.ask(msgspec.json.encode(go)), type=Report)
    if report.refused:
        raise RuntimeError(f"{report.refused} messages were refused: {report.refusal}")
    if report.delivered != report.expected:
        raise RuntimeError(f"{report.delivered} of {report.expected} deliveries came")
    return report


async def charged(pid: int, work: Callable[[], Awaitable[_T]]) -> tuple[_T, float]:
    """What ``work`` gave, and the CPU seconds that the process and its descendants spent meanwhile."""
    before_s = tree_cpu_s(pid)
    result = await work()
    return result, tree_cpu_s(pid) - before_s
