"""The voice section: CPU for each forwarded packet, time to join, memory for each participant.

For each scenario and peer: a fresh server process, a fresh fleet, everyone connects, the speakers begin, and after a
moment to settle come the runs: windows of some seconds in which the server's CPU time is read before and after, and
the clients' count of received packets as well.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses

from bench.clients import FleetProcess
from bench.network import Network, best_network
from bench.node import measure_delay, measure_join, measure_memory
from bench.packages import NotHereError, ensure
from bench.peers.floor import Floor
from bench.peers.janus import Janus
from bench.peers.mumble import Mumble
from bench.peers.parley_node import ParleyNode
from bench.peers.peer import Peer
from bench.process import cpu_s
from bench.report import Result
from bench.scenarios import VOICE, Scenario
from bench.service import busy_service

SERVICE_PORT = 18_099
PACKAGES = {"parley": "iproute2", "janus": "janus", "janus_one_loop": "janus", "mumble": "mumble-server"}
ENOUGH = 0.97
CPU_UNIT = "us CPU per forwarded packet"


@dataclasses.dataclass(frozen=True)
class Options:
    """What the command line may change."""

    runs: int = 3
    seconds: float = 6.0
    settle_s: float = 2.0
    peers: frozenset[str] = frozenset({"parley", "floor", "janus", "janus_one_loop", "mumble"})
    only: str = ""
    """Part of a scenario's name."""
    loopback: bool = False
    """Stay on loopback even where a veth pair can be had; Janus is left out then."""


def _peers(scenario: Scenario) -> list[Peer]:
    peers: list[Peer] = [ParleyNode(), Floor(), Janus(one_loop=False), Janus(one_loop=True)]
    if scenario.name == "1x50":
        peers.append(Mumble())
    return peers


async def measure(options: Options) -> list[Result]:
    """All scenarios; what cannot run here is said and left out."""
    results: list[Result] = []
    missing: set[str] = set()
    ensure(*sorted({package for peer, package in PACKAGES.items() if peer in options.peers}))
    with best_network(options.loopback) as network:
        print(f"voice: {network.kind}, {options.runs} runs of {options.seconds:g} s", flush=True)
        for scenario in VOICE:
            if options.only in scenario.name:
                results += await _scenario(scenario, network, options, missing)
        if options.only in "join":
            results += await measure_join(network, options.runs)
        if options.only in "memory":
            results += await measure_memory(network, options.runs)
        if options.only in "delay":
            results += await measure_delay("voice/delay", network, options.runs, options.seconds)
            results += await _delay_beside_service(network, options)
    return results


async def _delay_beside_service(network: Network, options: Options) -> list[Result]:
    name = "voice/delay-busy-service"
    try:
        return await measure_delay(name, network, options.runs, options.seconds, lambda: busy_service(SERVICE_PORT))
    except (RuntimeError, OSError) as error:
        print(f"  {name} is left out: {error}", flush=True)
        return []


async def _scenario(scenario: Scenario, network: Network, options: Options, missing: set[str]) -> list[Result]:
    result = Result(f"voice/{scenario.name}", CPU_UNIT)
    for peer in _peers(scenario):
        if peer.name not in options.peers or peer.name in missing:
            continue
        try:
            await _peer(peer, scenario, network, options, result)
        except NotHereError as reason:
            print(f"  {peer.name} is left out: {reason}", flush=True)
            missing.add(peer.name)
        except (RuntimeError, TimeoutError, OSError) as error:
            print(f"  {peer.name} failed at {scenario.name}: {str(error) or type(error).__name__}", flush=True)
    return [result] if result.runs else []


async def _peer(peer: Peer, scenario: Scenario, network: Network, options: Options, result: Result) -> None:
    fleet = FleetProcess()
    try:
        await peer.start(network)
        await peer.connect(scenario, fleet)
        if peer.note:
            result.notes[peer.name] = peer.note
        await fleet.call("talk", True)
        await asyncio.sleep(options.settle_s)
        for _ in range(options.runs):
            window = await _window(peer, scenario, fleet, options.seconds)
            print(f"  {scenario.name} {peer.name}: {window}", flush=True)
            result.add(peer.name, window.cpu_us)
        await _check(peer, fleet)
    finally:
        await fleet.stop()
        await peer.stop()


@dataclasses.dataclass(frozen=True)
class _Window:
    """One run."""

    cpu_us: float
    """Of the server, for each packet that arrived."""
    spoken: float
    """Share of the frames due that the speakers sent: less than all when the machine is too busy."""
    arrived: float
    """Share of the packets due for those frames that reached the listeners."""

    def __str__(self) -> str:
        words = f"{self.cpu_us:.2f} us, {self.arrived:.1%} arrived"
        if self.spoken < ENOUGH:
            words += f" (THE MACHINE IS TOO BUSY: speakers could send {self.spoken:.0%} of their frames)"
        return words


async def _window(peer: Peer, scenario: Scenario, fleet: FleetProcess, seconds: float) -> _Window:
    before, cpu_before = await fleet.call("totals"), cpu_s(peer.pid)
    await asyncio.sleep(seconds)
    after, cpu_after = await fleet.call("totals"), cpu_s(peer.pid)
    packets, frames = after.received - before.received, after.sent - before.sent
    if not packets:
        raise RuntimeError("nothing arrived")
    due = scenario.frames_per_s * seconds
    spoken = frames / due if frames else 1.0  # the floor has no speakers
    arrived = packets / (scenario.packets_per_s * seconds * spoken)
    return _Window((cpu_after - cpu_before) / packets * 1e6, spoken, arrived)


async def _check(peer: Peer, fleet: FleetProcess) -> None:
    """The packets were real: a sample was decrypted."""
    total = await fleet.call("totals")
    if peer.name in ("parley", "janus", "janus_one_loop") and (not total.verified or total.broken):
        raise RuntimeError(f"{total.broken} of {total.broken + total.verified} packets looked at were not authentic")


async def run(arguments: argparse.Namespace) -> list[Result]:
    """Entry of ``python -m bench voice``."""
    options = Options(runs=arguments.runs, seconds=arguments.seconds, only=arguments.only, loopback=arguments.loopback)
    if arguments.peers:
        options = dataclasses.replace(options, peers=frozenset(arguments.peers.split(",")))
    return await measure(options)
