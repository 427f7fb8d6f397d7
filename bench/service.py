"""The whole service at work: people log in (Argon2id) and get their snapshots, at a steady pace, over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp

PEOPLE: Final = 40
"""Accounts, all in one group."""
LOGINS_PER_S: Final = 4.0
SNAPSHOTS_PER_S: Final = 20.0
PASSWORD: Final = "a phrase that nobody else would take 7"
_ORIGIN_HOST: Final = "localhost"
_START_S: Final = 30.0


class Service:
    """``python -m parley run`` on a data folder of its own, with a free port for media.

    It trusts this machine as a proxy, so that each request comes from an address of its own: the rate limits, which are
    not what is measured, stay as they are.
    """

    def __init__(self, port: int) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="parley-bench-service-")
        self.data = Path(self._folder.name)
        self.port = port
        self._process: asyncio.subprocess.Process | None = None
        self._addresses = itertools.count(1)
        self.address = f"http://127.0.0.1:{port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self, http: aiohttp.ClientSession, module: str = "parley", **variables: str) -> None:
        """``module`` is run with the command line of ``parley`` and ``variables`` in its environment.

        Raises RuntimeError when it does not get healthy.
        """
        environment = os.environ | {
            "PARLEY_TRUSTED_PROXIES": "127.0.0.1",
            "PARLEY_MEDIA_PORT": "0",
            "PARLEY_LOG_LEVEL": "error",
        }
        environment |= variables
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", module, "run", "--data", self._folder.name, "--port", str(self.port)),
            env=environment,
            cwd=Path(__file__).parent.parent,
            stdout=asyncio.subprocess.DEVNULL,
        )
        loop = asyncio.get_running_loop()
        give_up = loop.time() + _START_S
        while loop.time() < give_up and self._process.returncode is None:
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"{self.address}/health", headers=self.headers()) as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.1)
        raise RuntimeError("the service did not start")

    def headers(self, token: str = "") -> dict[str, str]:
        """As a proxy that did TLS would send them, each time for another client."""
        number = next(self._addresses)
        forwarded = f"198.51.{number >> 8 & 255}.{number & 255}"
        made = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "Host": _ORIGIN_HOST}
        return made | {"Authorization": f"Bearer {token}"} if token else made

    async def post(self, http: aiohttp.ClientSession, path: str, body: dict[str, Any], token: str = "") -> Any:
        """Raises RuntimeError with the server's own words."""
        async with http.post(self.address + path, json=body, headers=self.headers(token)) as answer:
            found = await answer.json()
            if answer.status >= 400:
                raise RuntimeError(f"{path}: {found}")
            return found

    async def halt(self) -> None:
        """Ends the process and keeps its data: it can be started again."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), 15)
            except TimeoutError:
                self._process.kill()
                await self._process.wait()

    async def stop(self) -> None:
        await self.halt()
        self._folder.cleanup()


class Busy:
    """People who log in and open the gateway, one after another."""

    def __init__(self, service: Service, http: aiohttp.ClientSession) -> None:
        self._service = service
        self._http = http
        self._tokens: list[str] = []
        self.logins = 0
        self.snapshots = 0
        self.failures = 0

    @property
    def note(self) -> str:
        return f", beside {self.logins} logins and {self.snapshots} snapshots ({self.failures} failed)"

    async def prepare(self) -> None:
        """Accounts, a group, everyone in it."""
        for number in range(PEOPLE):
            body = {"username": f"bench{number}", "password": PASSWORD, "tokens": "body"}
            session = await self._service.post(self._http, "/api/auth/signup", body)
            self._tokens.append(session["access_token"])
        owner = self._tokens[0]
        view = await self._service.post(self._http, "/api/groups", {"name": "Bench"}, owner)
        path = f"/api/groups/{view['group']['id']}/invites"
        invite = await self._service.post(self._http, path, {}, owner)
        for token in self._tokens[1:]:
            await self._service.post(self._http, f"/api/invites/{invite['code']}/accept", {}, token)

    async def log_in_all_the_time(self) -> None:
        for number in itertools.count():
            body = {"username": f"bench{number % PEOPLE}", "password": PASSWORD, "tokens": "body"}
            try:
                await self._service.post(self._http, "/api/auth/login", body)
                self.logins += 1
            except (RuntimeError, aiohttp.ClientError):
                self.failures += 1
            await asyncio.sleep(1 / LOGINS_PER_S)

    async def take_snapshots_all_the_time(self) -> None:
        for number in itertools.count():
            try:
                await self._snapshot(self._tokens[number % PEOPLE])
                self.snapshots += 1
            except (RuntimeError, aiohttp.ClientError):
                self.failures += 1
            await asyncio.sleep(1 / SNAPSHOTS_PER_S)

    async def _snapshot(self, token: str) -> None:
        url = f"{self._service.address}/gateway"
        async with self._http.ws_connect(url, headers=self._service.headers()) as socket:
            await socket.send_json({"type": "identify", "token": token})
            async for frame in socket:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    break
                if frame.json()["type"] == "ready":
                    return
        raise RuntimeError("no snapshot came")


@contextlib.asynccontextmanager
async def busy_service(port: int) -> AsyncIterator[Busy]:
    """The service, at work for as long as this is entered. Raises RuntimeError."""
    service = Service(port)
    async with aiohttp.ClientSession() as http:
        try:
            await service.start(http)
            busy = Busy(service, http)
            await busy.prepare()
            tasks = [
                asyncio.create_task(busy.log_in_all_the_time()),
                asyncio.create_task(busy.take_snapshots_all_the_time()),
            ]
            try:
                yield busy
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await service.stop()
