"""Parley's media node, as the service runs it: a child process driven through its control socket."""

from __future__ import annotations

import asyncio
import secrets
import socket
import sys
from collections.abc import Callable

from bench.clients import FleetProcess
from bench.network import Network
from bench.rtc_client import RtcSpec
from bench.scenarios import Scenario
from media.control import (
    Accepted,
    Connect,
    Connected,
    Disconnected,
    Downlink,
    Failed,
    Fingerprint,
    FromNode,
    FromNodeReader,
    IceCredentials,
    NodeConfig,
    ParticipantId,
    Ready,
    Refused,
    RequestId,
    RoomId,
    Start,
    Stop,
    ToNode,
    Uplink,
    encode,
)

_LEVEL_EXTENSION = 1
_PAYLOAD_TYPE = 111


class ParleyNode:
    """Listeners have all their slots open, as the web client does; speakers who hear nobody are deafened."""

    name = "parley"
    note = ""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._decoder = FromNodeReader()
        self._ready: Ready | None = None
        self._server = ("", 0)
        self._client_ip = ""
        self._pending: list[FromNode] = []

    async def start(self, network: Network) -> None:
        self._client_ip = network.client_ip
        ours, theirs = socket.socketpair()
        with theirs:
            descriptor = theirs.fileno()
            command = network.command(sys.executable, "-m", "media", "--control-fd", str(descriptor))
            self._process = await asyncio.create_subprocess_exec(
                *command, "--log-level", "WARNING", pass_fds=[descriptor]
            )
        self._reader, self._writer = await asyncio.open_connection(sock=ours)
        await self._tell(Start(NodeConfig(port=0, bind=(network.server_ip,))))
        answer = await self._next(lambda message: isinstance(message, (Ready, Failed)))
        if not isinstance(answer, Ready):
            raise RuntimeError(f"the media node did not start: {answer}")
        self._ready = answer
        self._server = (answer.candidates[0].ip, answer.candidates[0].port)

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def connect(self, scenario: Scenario, fleet: FleetProcess) -> None:
        await fleet.call("open", scenario.people, self._client_ip)
        fingerprint = await fleet.call("fingerprint")
        specs = []
        for index in range(scenario.people):
            room, place = divmod(index, scenario.members)
            speaks = place < scenario.speakers
            deafened = speaks and not scenario.conversation
            specs.append((index, await self.admit(index + 1, room + 1, fingerprint, speaks, deafened), speaks))
        await fleet.call("connect_rtc", specs)
        await fleet.wait_connected(scenario.people, 30)
        for _ in range(scenario.people):
            answer = await self._next(lambda message: isinstance(message, (Connected, Disconnected)))
            if isinstance(answer, Disconnected):
                raise RuntimeError(f"participant {answer.participant} was let go: {answer.reason}")

    async def admit(
        self, number: int, room: int, fingerprint: Fingerprint, speaks: bool, deafened: bool = False
    ) -> RtcSpec:
        """Tell the node of one participant; what their client needs to know."""
        assert self._ready is not None
        local = IceCredentials(secrets.token_hex(4), secrets.token_hex(12))
        remote = IceCredentials(secrets.token_hex(4), secrets.token_hex(12))
        ssrc = 0x10000 + number
        await self._tell(
            Connect(
                request=RequestId(number),
                room=RoomId(room),
                participant=ParticipantId(number),
                local=local,
                remote=remote,
                fingerprints=(fingerprint,),
                dtls="passive",
                uplink=Uplink(_PAYLOAD_TYPE, ssrc, _LEVEL_EXTENSION) if speaks else None,
                downlinks=tuple(Downlink(str(1 + slot), _PAYLOAD_TYPE) for slot in range(self._ready.slots)),
                may_speak=speaks,
                muted=False,
                deafened=deafened,
            )
        )
        answer = await self._next(
            lambda message: isinstance(message, (Accepted, Refused)) and message.request == number
        )
        if not isinstance(answer, Accepted):
            raise RuntimeError(f"the media node refused: {answer}")
        return RtcSpec(
            server=self._server,
            local_ufrag=remote.ufrag,
            local_password=remote.password,
            remote_ufrag=local.ufrag,
            remote_password=local.password,
            role="active",
            fingerprints=(self._ready.fingerprint,),
            ssrc=ssrc,
            payload_type=_PAYLOAD_TYPE,
            level_extension=_LEVEL_EXTENSION,
        )

    async def stop(self) -> None:
        if self._process is None:
            return
        if self._writer is not None:
            await self._tell(Stop())
        try:
            await asyncio.wait_for(self._process.wait(), 5)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        if self._writer is not None:
            self._writer.close()

    async def _tell(self, message: ToNode) -> None:
        assert self._writer is not None
        self._writer.write(encode(message))
        await self._writer.drain()

    async def _next(self, wanted: Callable[[FromNode], bool]) -> FromNode:
        """The next message that is wanted; others are kept for later. Raises RuntimeError when the node is gone."""
        assert self._reader is not None
        while True:
            for position, message in enumerate(self._pending):
                if wanted(message):
                    return self._pending.pop(position)
            async with asyncio.timeout(30):
                data = await self._reader.read(65536)
            if not data:
                raise RuntimeError("the media node ended")
            self._pending += self._decoder.feed(data)
