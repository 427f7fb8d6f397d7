"""Debian's Janus with its videoroom plugin, audio only, driven over its WebSocket API.

In the default set-up each handle has a thread and event loop of its own; with ``event_loops = 1`` all share one. Janus
does not use loopback addresses, so it needs the network namespace. Debian's libsrtp2 is built on NSS, whose AES-GCM is
slow for packets this short: the crypto library is named beside the figures.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

import aiohttp

from bench.clients import FleetProcess
from bench.network import Network
from bench.packages import NotHereError
from bench.process import libraries
from bench.rtc_client import RtcSpec
from bench.scenarios import Scenario
from media.control import Fingerprint

_PORT = 8188
_PLUGIN = "janus.plugin.videoroom"
_SETTLE_S = 8.0
"""Janus is busy for some seconds after people connected; measuring earlier would be unfair to it."""

_CONFIG = """
general: {{
  configs_folder = "{folder}"
  plugins_folder = "{libraries}/plugins"
  transports_folder = "{libraries}/transports"
  events_folder = "{libraries}/events"
  loggers_folder = "{libraries}/loggers"
  debug_level = 2
  session_timeout = 600
  {loops}
}}
certificates: {{ }}
media: {{ }}
nat: {{ {nat} }}
plugins: {{ disable = "{disabled}" }}
transports: {{ disable = "{transports}" }}
"""


class Janus:
    """``one_loop``: with ``event_loops = 1``."""

    def __init__(self, *, one_loop: bool) -> None:
        self.name = "janus_one_loop" if one_loop else "janus"
        self.note = ""
        self._one_loop = one_loop
        self._folder = tempfile.TemporaryDirectory(prefix="parley-bench-janus-")
        self._network: Network | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._http: aiohttp.ClientSession | None = None
        self._api: _Api | None = None

    async def start(self, network: Network) -> None:
        program = shutil.which("janus")
        if program is None:
            raise NotHereError("janus is not installed (Debian: apt install janus)")
        if not network.namespace:
            raise NotHereError("janus does not use loopback: run as root for a network namespace")
        self.note = f"libsrtp2 uses {_crypto_of(program)}"
        self._network = network
        self._write_config(Path(self._folder.name), _libraries_folder(), network)
        command = network.command(program, "--configs-folder", self._folder.name)
        self._process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
        )
        self._http = aiohttp.ClientSession()
        self._api = await _Api.open(self._http, f"ws://{network.server_ip}:{_PORT}")

    def _write_config(self, folder: Path, janus_libraries: Path, network: Network) -> None:
        keep = "libjanus_videoroom.so"
        plugins = sorted(path.name for path in (janus_libraries / "plugins").glob("*.so") if path.name != keep)
        transports = sorted(
            path.name for path in (janus_libraries / "transports").glob("*.so") if "websockets" not in path.name
        )
        (folder / "janus.jcfg").write_text(
            _CONFIG.format(
                folder=folder,
                libraries=janus_libraries,
                loops="event_loops = 1" if self._one_loop else "",
                nat=f'ice_enforce_list = "{network.server_ip}"',
                disabled=",".join(plugins),
                transports=",".join(transports),
            )
        )
        (folder / "janus.transport.websockets.jcfg").write_text(
            f'general: {{ json = "compact"\n ws = true\n ws_port = {_PORT}\n wss = false }}\nadmin: {{ }}\n'
        )
        (folder / "janus.plugin.videoroom.jcfg").write_text("general: { }\n")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def connect(self, scenario: Scenario, fleet: FleetProcess) -> None:
        """Publishers first, since a subscriber names the streams it wants; one who speaks and hears has two handles
        and two connections, as every Janus client has."""
        assert self._network is not None
        assert self._api is not None
        fingerprint = await fleet.call("fingerprint")
        join = _Joiner(self._api, self._network, fleet, fingerprint)
        rooms = [await join.room(1 + number) for number in range(scenario.rooms)]
        feeds: dict[int, list[int]] = {}
        for room in rooms:
            feeds[room] = [await join.publisher(room) for _ in range(scenario.speakers)]
        for room in rooms:
            own = feeds[room] if scenario.conversation else [0] * scenario.listeners
            for feed in own:
                await join.subscriber(room, [other for other in feeds[room] if other != feed])
        await asyncio.sleep(_SETTLE_S)

    async def stop(self) -> None:
        if self._api is not None:
            await self._api.close()
        if self._http is not None:
            await self._http.close()
        if self._process is not None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 10)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        self._folder.cleanup()


class _Joiner:
    """Brings clients into rooms, one after another."""

    def __init__(self, api: _Api, network: Network, fleet: FleetProcess, fingerprint: Fingerprint) -> None:
        self._api = api
        self._network = network
        self._fleet = fleet
        self._fingerprint = fingerprint
        self._count = 0

    async def room(self, number: int) -> int:
        handle = await self._api.attach()
        await self._api.ask(
            handle,
            {
                "request": "create",
                "room": number,
                "publishers": 100,
                "audiocodec": "opus",
                "bitrate": 0,
                "notify_joining": False,
            },
        )
        return number

    async def publisher(self, room: int) -> int:
        """The feed's id. Waits until its media flows (``webrtcup``): nobody can subscribe to it before."""
        handle = await self._api.attach()
        joined = await self._api.ask(handle, {"request": "join", "ptype": "publisher", "room": room})
        client, port = await self._open()
        answer = await self._api.ask(
            handle,
            {"request": "configure", "audio": True, "video": False},
            {"type": "offer", "sdp": self._sdp(client, port, "sendonly", "actpass")},
        )
        await self._connect(client, answer["jsep"]["sdp"], "passive", speaks=True)
        await self._api.up(handle)
        return int(joined["plugindata"]["data"]["id"])

    async def subscriber(self, room: int, feeds: list[int]) -> None:
        handle = await self._api.attach()
        streams = [{"feed": feed} for feed in feeds]
        offered = await self._api.ask(
            handle, {"request": "join", "ptype": "subscriber", "room": room, "streams": streams}
        )
        client, port = await self._open()
        answer = self._sdp(client, port, "recvonly", "active", media=len(feeds))
        await self._api.ask(handle, {"request": "start"}, {"type": "answer", "sdp": answer})
        await self._connect(client, offered["jsep"]["sdp"], "active", speaks=False)
        await self._api.up(handle)

    async def _open(self) -> tuple[RtcSpec, int]:
        (port,) = await self._fleet.call("open", 1, self._network.client_ip)
        self._count += 1
        draft = RtcSpec(
            server=("", 0),
            local_ufrag=secrets.token_hex(4),
            local_password=secrets.token_hex(12),
            remote_ufrag="",
            remote_password="",
            role="active",
            fingerprints=(),
            ssrc=0x10000 + self._count,
        )
        return draft, port

    def _sdp(self, client: RtcSpec, port: int, direction: str, setup: str, media: int = 1) -> str:
        mids = [str(number) for number in range(media)]
        lines = ["v=0", f"o=- {client.ssrc} 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {' '.join(mids)}"]
        for mid in mids:
            lines += [
                "m=audio 9 UDP/TLS/RTP/SAVPF 111",
                "c=IN IP4 0.0.0.0",
                f"a=mid:{mid}",
                f"a={direction}",
                "a=rtcp-mux",
                f"a=ice-ufrag:{client.local_ufrag}",
                f"a=ice-pwd:{client.local_password}",
                f"a=fingerprint:{self._fingerprint.algorithm} {self._fingerprint.value}",
                f"a=setup:{setup}",
                "a=rtpmap:111 opus/48000/2",
                "a=fmtp:111 minptime=10;useinbandfec=1",
                "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
            ]
            if direction == "sendonly":
                lines.append(f"a=ssrc:{client.ssrc} cname:bench")
            lines.append(f"a=candidate:1 1 udp 2130706431 {self._network.client_ip} {port} typ host")
            lines.append("a=end-of-candidates")
        return "\r\n".join(lines) + "\r\n"

    async def _connect(self, client: RtcSpec, sdp: str, role: str, *, speaks: bool) -> None:
        attributes = _attributes(sdp)
        algorithm, value = attributes["fingerprint"].split()
        candidate = attributes["candidate"].split()
        spec = RtcSpec(
            server=(candidate[4], int(candidate[5])),
            local_ufrag=client.local_ufrag,
            local_password=client.local_password,
            remote_ufrag=attributes["ice-ufrag"],
            remote_password=attributes["ice-pwd"],
            role="passive" if role == "passive" and attributes["setup"] == "active" else "active",
            fingerprints=(Fingerprint(algorithm, value),),
            ssrc=client.ssrc,
            controlling=speaks,  # who offered
        )
        await self._fleet.call("connect_rtc", [(self._count - 1, spec, speaks)])


class _Api:
    """The Janus API over one WebSocket and one session."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._session = 0
        self._numbers = itertools.count(1)
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._up: dict[int, asyncio.Event] = {}
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._keep_alive())]

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, address: str) -> _Api:
        """Waits for the server to listen. Raises RuntimeError."""
        for _ in range(100):
            try:
                socket = await http.ws_connect(address, protocols=("janus-protocol",), max_msg_size=0)
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
                continue
            api = cls(socket)
            api._session = (await api._request({"janus": "create"}))["data"]["id"]
            return api
        raise RuntimeError("janus does not listen")

    async def attach(self) -> int:
        answer = await self._request({"janus": "attach", "plugin": _PLUGIN})
        handle = int(answer["data"]["id"])
        self._up[handle] = asyncio.Event()
        return handle

    async def ask(self, handle: int, body: dict[str, Any], jsep: dict[str, str] | None = None) -> dict[str, Any]:
        """A plugin request and its answer. Raises RuntimeError when the plugin says no."""
        message: dict[str, Any] = {"janus": "message", "handle_id": handle, "body": body}
        if jsep is not None:
            message["jsep"] = jsep
        answer = await self._request(message)
        data = answer.get("plugindata", {}).get("data", {})
        if "error" in data:
            raise RuntimeError(f"janus: {data['error']}")
        return answer

    async def up(self, handle: int) -> None:
        """Waits for ``webrtcup``."""
        async with asyncio.timeout(20):
            await self._up[handle].wait()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._socket.close()

    async def _request(self, message: dict[str, Any]) -> dict[str, Any]:
        transaction = str(next(self._numbers))
        message["transaction"] = transaction
        if self._session:
            message["session_id"] = self._session
        answer = self._waiting[transaction] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(message)
        async with asyncio.timeout(20):
            found: dict[str, Any] = await answer
            return found

    async def _read(self) -> None:
        async for frame in self._socket:
            message = frame.json()
            kind, transaction = message.get("janus"), message.get("transaction")
            if kind == "webrtcup":
                self._up[message["sender"]].set()
            elif kind == "ack" or transaction not in self._waiting:
                continue
            else:
                future = self._waiting.pop(transaction)
                if kind == "error":
                    future.set_exception(RuntimeError(f"janus: {message['error']['reason']}"))
                else:
                    future.set_result(message)

    async def _keep_alive(self) -> None:
        while True:
            await asyncio.sleep(20)
            await self._request_nothing()

    async def _request_nothing(self) -> None:
        await self._socket.send_json(
            {"janus": "keepalive", "session_id": self._session, "transaction": str(next(self._numbers))}
        )


def _attributes(sdp: str) -> dict[str, str]:
    """The first of each ``a=name:value`` in a description."""
    found: dict[str, str] = {}
    for line in sdp.splitlines():
        if line.startswith("a=") and ":" in line:
            name, value = line[2:].split(":", 1)
            found.setdefault(name, value)
    return found


def _libraries_folder() -> Path:
    for folder in Path("/usr/lib").glob("*/janus"):
        if (folder / "plugins").is_dir():
            return folder
    raise NotHereError("janus' plugins are not where Debian puts them")


def _crypto_of(program: str) -> str:
    """What the libsrtp that Janus uses is built on, from ldd."""
    found = libraries(program, "nss3") + libraries(program, "libcrypto")
    srtp = next(iter(libraries(program, "srtp2")), "libsrtp2")
    for folder in (Path("/usr/lib"), *Path("/usr/lib").glob("*-linux-gnu")):
        if (folder / srtp).exists():
            found = libraries(str(folder / srtp), "nss3") + libraries(str(folder / srtp), "libcrypto") or found
    return ", ".join(found) or "its own AES"
