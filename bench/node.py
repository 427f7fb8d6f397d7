"""The node by itself: forwarding delay, time to join, memory.

Delay: from before the speaker's send to arrival at a listener's socket, by the kernel's clock.

At about 60% of one core; once with an idle machine around the node, and once while the whole service logs people in
and sends snapshots next to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol

from bench.clients import FleetProcess
from bench.network import Network
from bench.peers.parley_node import ParleyNode
from bench.process import cpu_s, rss_kib
from bench.report import Result
from bench.scenarios import DELAY, Scenario

PROBES: Final = 10
"""Listeners whose packets are all timed."""

FURTHER: Final = 200
"""Participants whose memory is measured."""

ENOUGH: Final = 0.97
"""Share of the packets due that must come for a figure to mean something."""

UNIT: Final = "ms from the speaker's socket to a listener's"


class Note(Protocol):
    """What goes on beside the measurement."""

    @property
    def note(self) -> str: ...


Load = Callable[[], AbstractAsyncContextManager[Note]]
"""Something that keeps the machine busy while it is entered."""


class _Nothing:
    note = ""


@contextlib.asynccontextmanager
async def no_load() -> AsyncIterator[Note]:
    yield _Nothing()


async def measure_delay(
    name: str, network: Network, runs: int, seconds: float, load: Load = no_load, scenario: Scenario = DELAY
) -> list[Result]:
    """Medians and 99th percentiles of ``runs`` windows under the names ``<name>-p50`` and ``<name>-p99``."""
    middle, tail = Result(f"{name}-p50", UNIT), Result(f"{name}-p99", UNIT)
    node, fleet = ParleyNode(), FleetProcess()
    try:
        await node.start(network)
        await node.connect(scenario, fleet)
        # Evenly over the listeners: those at the end of a batch wait longest.
        places = [scenario.speakers + scenario.listeners * number // PROBES for number in range(PROBES)]
        await fleet.call("probe", places)
        await fleet.call("talk", True)
        await asyncio.sleep(2)
        async with load() as beside:
            for _ in range(runs):
                await fleet.call("delays")
                used = cpu_s(node.pid)
                await asyncio.sleep(seconds)
                share = (cpu_s(node.pid) - used) / seconds
                delays = await fleet.call("delays")
                percentiles = statistics.quantiles(delays, n=100)
                middle.add("parley", percentiles[49] / 1000)
                tail.add("parley", percentiles[98] / 1000)
                due = PROBES * scenario.frames_per_s * seconds
                busy = "" if len(delays) > ENOUGH * due else f" (THE MACHINE IS TOO BUSY: {len(delays) / due:.0%} came)"
                print(
                    f"  {name}: p50 {percentiles[49] / 1000:.2f} ms, p99 {percentiles[98] / 1000:.2f} ms,"
                    f" {len(delays)} packets, node at {share:.0%} of a core{busy}",
                    flush=True,
                )
                middle.notes["parley"] = tail.notes["parley"] = f"node at {share:.0%} of a core{beside.note}{busy}"
    finally:
        await fleet.stop()
        await node.stop()
    return [middle, tail]


async def measure_join(network: Network, runs: int) -> list[Result]:
    """One person joins a room in which someone speaks: from the service's Connect to the first authentic packet."""
    result = Result("voice/join", "ms from the request to the first authentic packet")
    node, fleet = ParleyNode(), FleetProcess()
    count = max(10, runs)
    try:
        await node.start(network)
        await node.connect(Scenario("join", 1, 1, 1), fleet)
        await fleet.call("talk", True)
        await fleet.call("open", count, network.client_ip)
        fingerprint = await fleet.call("fingerprint")
        for index in range(2, 2 + count):
            spec = await node.admit(index + 1, 1, fingerprint, speaks=False)
            await fleet.call("connect_rtc", [(index, spec, False)])
            tally = await fleet.wait_first_packet(index, 10)
            result.add("parley", (tally.first_packet_at - tally.started_at) * 1000)
    finally:
        await fleet.stop()
        await node.stop()
    return [result]


async def measure_memory(network: Network, runs: int) -> list[Result]:
    """What each further participant adds to the node's resident memory, once the first fifty are there."""
    result = Result("voice/memory", "KiB resident for each further participant")
    for _ in range(runs):
        node, fleet = ParleyNode(), FleetProcess()
        try:
            await node.start(network)
            await node.connect(Scenario("first", 1, 1, 49), fleet)
            await fleet.call("talk", True)
            await asyncio.sleep(2)
            before = rss_kib(node.pid)
            await fleet.call("open", FURTHER, network.client_ip)
            fingerprint = await fleet.call("fingerprint")
            specs = [
                (50 + number, await node.admit(51 + number, 1, fingerprint, speaks=False), False)
                for number in range(FURTHER)
            ]
            await fleet.call("connect_rtc", specs)
            await fleet.wait_connected(50 + FURTHER, 30)
            await asyncio.sleep(6)  # a receiver report from each, which ends the handshake's leavings
            result.add("parley", (rss_kib(node.pid) - before) / FURTHER)
        finally:
            await fleet.stop()
            await node.stop()
    return [result]
