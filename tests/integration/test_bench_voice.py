"""The bench measures what it says: a real node, real clients, packets that arrive and are authentic."""

from __future__ import annotations

import asyncio

import pytest

from bench.clients import FleetProcess
from bench.network import LOOPBACK
from bench.peers.floor import Floor
from bench.peers.parley_node import ParleyNode
from bench.peers.peer import Peer
from bench.process import cpu_s, rss_kib
from bench.scenarios import Scenario

pytestmark = pytest.mark.integration


async def _received(fleet: FleetProcess, wanted: int) -> int:
    received = 0
    while received < wanted:
        received = (await fleet.call("totals")).received
    return received


@pytest.mark.parametrize("peer", [ParleyNode(), Floor()], ids=lambda peer: peer.name)
async def test_packets_arrive(peer: Peer) -> None:
    scenario = Scenario("2x(2x1)", 2, 2, 1, conversation=True)
    fleet = FleetProcess()
    try:
        await peer.start(LOOPBACK)
        await peer.connect(scenario, fleet)
        await fleet.call("talk", True)
        async with asyncio.timeout(20):
            await _received(fleet, 4 * scenario.packets_per_s // 10)
        total = await fleet.call("totals")
        assert total.broken == 0
        assert not total.failure
        if isinstance(peer, ParleyNode):
            assert total.verified >= scenario.people
        assert cpu_s(peer.pid) > 0
        assert rss_kib(peer.pid) > 1000
    finally:
        await fleet.stop()
        await peer.stop()


async def test_a_probe_times_each_packet() -> None:
    node, fleet = ParleyNode(), FleetProcess()
    try:
        await node.start(LOOPBACK)
        await node.connect(Scenario("1x2", 1, 1, 2), fleet)
        await fleet.call("probe", [2])
        await fleet.call("talk", True)
        delays: list[float] = []
        async with asyncio.timeout(20):
            while len(delays) < 20:
                delays += await fleet.call("delays")
        assert all(0 < delay < 10_000_000 for delay in delays)
    finally:
        await fleet.stop()
        await node.stop()
