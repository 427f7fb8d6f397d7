"""The floor: encrypt with libsrtp, hand to sendmmsg, nothing else.

No forwarder that encrypts for each listener and sends by UDP can cost less on the same machine with the same libraries.
Every 20 ms the frames of all speakers go out as one batch, which no real server could do.
"""

from __future__ import annotations

import asyncio
import json
import struct
import sys
import time
from typing import Any

import numpy as np
from pylibsrtp import Policy

from bench.clients import FleetProcess
from bench.network import Network
from bench.rtc_client import FRAME_S, FRAME_SAMPLES, voice_payload
from bench.scenarios import Scenario
from media.net.udp import ROW_BYTES, open_socket, pack_address
from media.srtp import SrtpContext, length_pointers, protect, row_pointers

_IPV4_ADDRESS_BYTES = 16


class Floor:
    name = "floor"
    note = ""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._network: Network | None = None

    async def start(self, network: Network) -> None:
        self._network = network
        command = network.command(sys.executable, "-m", "bench.peers.floor")
        self._process = await asyncio.create_subprocess_exec(*command, stdin=asyncio.subprocess.PIPE)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def connect(self, scenario: Scenario, fleet: FleetProcess) -> None:
        assert self._network is not None
        assert self._process is not None
        assert self._process.stdin is not None
        ports = await fleet.call("open", scenario.people, self._network.client_ip)
        order = {
            "bind": self._network.server_ip,
            "listeners": [[self._network.client_ip, port] for port in ports],
            "packets": _packets(scenario),
        }
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()


def _packets(scenario: Scenario) -> list[tuple[int, int]]:
    """(listener, stream) of each packet of one frame time."""
    packets = []
    for room in range(scenario.rooms):
        first = room * scenario.members
        for speaker in range(scenario.speakers):
            heard_by = range(0 if scenario.conversation else scenario.speakers, scenario.members)
            packets += [(first + listener, 1 + speaker) for listener in heard_by if listener != speaker]
    return packets


def _run(order: dict[str, Any]) -> None:
    sock = open_socket(order["bind"], 0, 8)
    packets = order["packets"]
    count = len(packets)
    profile = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
    contexts = [SrtpContext(profile, bytes(range(44)), outbound=True) for _ in order["listeners"]]
    known = [np.frombuffer(pack_address(ip, port), np.uint8) for ip, port in order["listeners"]]
    addresses = np.stack([known[listener] for listener, _ in packets])
    address_lengths = np.full(count, _IPV4_ADDRESS_BYTES)
    rows = np.zeros((count, ROW_BYTES), np.uint8)
    lengths = np.zeros(count, np.int32)
    ready = list(
        zip(
            [contexts[listener].pointer for listener, _ in packets],
            row_pointers(rows.ctypes.data, ROW_BYTES, count),
            length_pointers(lengths.ctypes.data, count),
            strict=True,
        )
    )
    ssrcs = np.frombuffer(b"".join(struct.pack("!I", stream) for _, stream in packets), np.uint8).reshape(count, 4)
    at = time.monotonic()
    for sequence in range(1 << 32):
        plain = struct.pack("!BBHII", 0x80, 111, sequence & 0xFFFF, sequence * FRAME_SAMPLES & 0xFFFFFFFF, 0)
        plain += voice_payload(time.time_ns())
        rows[:, : len(plain)] = np.frombuffer(plain, np.uint8)
        rows[:, 8:12] = ssrcs
        lengths[:] = len(plain)
        for context, row, length in ready:
            protect(context, row, length)
        sock.send(rows, lengths, addresses, address_lengths, count)
        at += FRAME_S
        time.sleep(max(0.0, at - time.monotonic()))


if __name__ == "__main__":
    _run(json.loads(sys.stdin.readline()))
