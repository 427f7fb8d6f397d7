from __future__ import annotations

import asyncio
import os
import socket
import stat
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import structlog

from parley.admin import command
from parley.admin.client import AdminError, give
from parley.admin.door import open_door
from parley.admin.orders import ORDERS, Nothing, Order
from parley.admin.place import SOCKET
from server.actions.context import Actions
from tests.support.actions import House, open_house


async def ask(folder: Path, order: str, **request: object) -> Any:
    return await asyncio.to_thread(lambda: give(folder, order, **request))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Deeper than the path of a socket may be long."""
    deep = tmp_path / ("x" * 120) / "data"
    deep.mkdir(parents=True)
    return deep


async def test_every_order_reaches_its_action(tmp_path: Path, folder: Path) -> None:
    async with open_house(tmp_path) as house, AsyncExitStack() as stack:
        await house.user("anna")
        await open_door(folder, house.actions, stack)
        assert "/signup?owner=" in (await ask(folder, "owner-link"))["url"]
        assert (await ask(folder, "announce", text="hello", until_ms=None))["text"] == "hello"
        assert await ask(folder, "silence") == {}
        assert (await ask(folder, "stats"))["totals"]["accounts"] == 1
        assert await ask(folder, "ban", username="ANNA", reason="spam") == {}
        (anna,) = (await ask(folder, "users", query="a"))["accounts"]
        assert anna["disabled_ms"] is not None
        assert await ask(folder, "unban", username="anna") == {}
        assert {"owner-link", "announce", "silence", "stats", "ban", "users", "unban"} <= ORDERS.keys()


async def test_the_socket_is_for_this_user_alone_and_goes_with_the_server(tmp_path: Path, folder: Path) -> None:
    (folder / SOCKET).touch()  # of a server that was killed
    async with open_house(tmp_path) as house, AsyncExitStack() as stack:
        await open_door(folder, house.actions, stack)
        mode = (folder / SOCKET).stat().st_mode
        assert (stat.S_ISSOCK(mode), stat.S_IMODE(mode)) == (True, 0o600)
        assert os.umask(os.umask(0o22)) != 0o177
    assert not (folder / SOCKET).exists()


async def test_what_is_refused_is_one_line(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_actions: Actions, _request: Nothing) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("parley.admin.door.ORDERS", {**ORDERS, "fail": Order(Nothing, fail)})
    async with open_house(tmp_path) as house, AsyncExitStack() as stack:
        await open_door(folder, house.actions, stack)
        for order, request, words in (
            ("ban", {"username": "nobody"}, "no account with this user name"),
            ("ban", {"username": ""}, "no account with this user name"),
            ("ban", {}, "username"),
            ("announce", {"text": ""}, "text"),
            ("nonsense", {}, "does not know that order"),
        ):
            with pytest.raises(AdminError, match=words):
                await ask(folder, order, **request)
        with structlog.testing.capture_logs(), pytest.raises(AdminError, match="log says more"):
            await ask(folder, "fail")


def test_without_a_server_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(AdminError, match="No server runs on the data folder"):
        give(tmp_path / "nothing", "stats")
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / SOCKET))
    with pytest.raises(AdminError, match="No server runs on the data folder"):
        give(tmp_path, "stats")


async def test_what_the_terminal_shows(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with open_house(tmp_path) as house, AsyncExitStack() as stack:
        await _furnish(house)
        await open_door(folder, house.actions, stack)

        def all_of_it() -> None:
            command.owner_link(folder)
            command.announce(folder, "hello", None)
            command.announce(folder, "hello", 2)
            command.silence(folder)
            command.ban(folder, "anna", "spam")
            command.users(folder, "")
            command.unban(folder, "anna")
            command.reset_factor(folder, "anna")
            command.stats(folder)

        await asyncio.to_thread(all_of_it)
    said = capsys.readouterr().out
    for words in (
        "becomes an operator, once",
        "until you take it back",
        "Nothing is announced",
        "anna is out",
        "banned since",
        "olga",
        "0 files, 0 bytes",
        "files size      0 bytes",
        "anna may log in again",
        "logs in with the password alone",
        "accounts        2",
    ):
        assert words in said
    assert len([line for line in said.splitlines() if " log-ins " in line]) == 2


async def _furnish(house: House) -> None:
    await house.user("anna")
    await house.user("olga", operator=True)
