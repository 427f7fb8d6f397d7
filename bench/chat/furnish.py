"""Fills a data folder of Parley's with more people and messages than could come in through the door in a minute.

One account, one membership and one message are made through the API. Their rows are then copied in the database of the halted
service, with other ids: so whatever else a row has is as the service writes it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from bench.service import PASSWORD, Service
from server.adapters.tokens import JwtTokens, SigningKey
from server.domain.ids import SessionId, Snowflake, UserId

GROUPS_OF_ONE: Final = 25
"""An account may make so many groups in an hour, and a few more."""
_MS: Final = 1 << 22
"""A millisecond in a snowflake."""
_DAY: Final = 86_400_000 * _MS
"""So much older than what was really made are the copies; no id of theirs is taken."""
TEXT: Final = "Nine words or so, as most of what people write: {number}. Sometimes it is a longer sentence."

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    user_id: int
    session_id: int


@dataclass(frozen=True)
class Group:
    id: int
    channels: tuple[int, ...]
    """Text channels, in their order."""


class Town:
    """The service and who is in it: :meth:`build` while it runs, halt it, fill its database, start it again."""

    def __init__(self, service: Service, http: aiohttp.ClientSession) -> None:
        self.service = service
        self.http = http
        self.accounts: list[Account] = []
        self.groups: list[Group] = []
        self._guest = Account(0, 0)
        self._guest_token = ""
        self._invite = ""
        """To the first group."""
        self._message_id = 0

    async def build(self, groups: int, text_channels: int = 1) -> None:
        """Groups of strangers, through the API; the guest comes into the first and writes a message there. Raises RuntimeError."""
        for first in range(0, groups, GROUPS_OF_ONE):
            owner = (await self._sign_up(f"owner{first}"))["access_token"]
            for number in range(first, min(first + GROUPS_OF_ONE, groups)):
                self.groups.append(await self._group(owner, f"Group {number}", text_channels))
        guest = await self._sign_up("guest")
        self._guest = Account(int(guest["me"]["id"]), int(guest["session_id"]))
        self._guest_token = guest["access_token"]
        await self._come_in()

    async def _sign_up(self, name: str) -> Any:
        return await self._post("/api/auth/signup", {"username": name, "password": PASSWORD, "tokens": "body"})

    async def _group(self, owner: str, name: str, text_channels: int) -> Group:
        view = await self._post("/api/groups", {"name": name}, owner)
        group_id = int(view["group"]["id"])
        channels = [int(channel["id"]) for channel in view["channels"] if channel["kind"] == "text"]
        for number in range(len(channels), text_channels):
            body = {"kind": "text", "name": f"channel-{number}"}
            channels.append(int((await self._post(f"/api/groups/{group_id}/channels", body, owner))["id"]))
        if not self._invite:
            self._invite = (await self._post(f"/api/groups/{group_id}/invites", {}, owner))["code"]
        return Group(group_id, tuple(channels))

    async def _come_in(self) -> None:
        await self._post(f"/api/invites/{self._invite}/accept", {}, self._guest_token)
        body = {"nonce": "1", "sections": [{"kind": "text", "text": TEXT.format(number=0)}]}
        path = f"/api/channels/{self.groups[0].channels[0]}/messages"
        self._message_id = int((await self._post(path, body, self._guest_token))["message"]["id"])

    async def _post(self, path: str, body: dict[str, Any], token: str = "") -> Any:
        return await self.service.post(self.http, path, body, token)

    # ----------------------------------------------------------------------------------- in the database of the halted service

    def people(self, database: sqlite3.Connection, count: int) -> None:
        """Accounts that are logged in, all with the guest's password."""
        self.accounts = [
            Account(self._guest.user_id - _DAY - number * _MS, self._guest.session_id - _DAY - number * _MS)
            for number in range(count)
        ]
        names = [f"bench{number}" for number in range(count)]
        users = (
            {"id": account.user_id, "username": name, "username_key": name, "display_name": name}
            for account, name in zip(self.accounts, names, strict=True)
        )
        copy(database, "users", {"id": self._guest.user_id}, users)
        sessions = ({"id": account.session_id, "user_id": account.user_id} for account in self.accounts)
        copy(database, "sessions", {"id": self._guest.session_id}, sessions)

    def members(self, database: sqlite3.Connection, group: Group, accounts: Iterable[Account]) -> None:
        first = {"group_id": self.groups[0].id, "user_id": self._guest.user_id}
        rows = ({"group_id": group.id, "user_id": account.user_id} for account in accounts)
        copy(database, "members", first, rows)

    def messages(
        self, database: sqlite3.Connection, channel_id: int, count: int, authors: Sequence[Account]
    ) -> list[int]:
        """By these authors in turn, a second apart, before the guest's message; their ids, oldest first."""
        first = {"channel_id": self.groups[0].channels[0], "id": self._message_id}
        ids = [self._message_id - (count - number) * 1000 * _MS for number in range(count)]
        rows = (
            {
                "channel_id": channel_id,
                "id": message_id,
                "author_id": authors[number % len(authors)].user_id,
                "nonce": None,
            }
            for number, message_id in enumerate(ids)
        )
        copy(database, "messages", first, rows)
        database.execute(
            "UPDATE channels SET last_message_id = max(coalesce(last_message_id, 0), ?) WHERE id = ?",
            (ids[-1], channel_id),
        )
        return ids

    def read(self, database: sqlite3.Connection, account: Account, channel_id: int, message_id: int) -> None:
        """The account has read the channel up to that message."""
        first = {"channel_id": self.groups[0].channels[0], "user_id": self._guest.user_id}
        change = {"channel_id": channel_id, "user_id": account.user_id, "message_id": message_id}
        copy(database, "cursors", first, [change])

    def database(self) -> sqlite3.Connection:
        return sqlite3.connect(self.service.data / "parley.db")

    # ------------------------------------------------------------------------------------------------------------- tokens

    def token(self, account: Account) -> str:
        """An access token, good from now on for a quarter of an hour."""
        key = SigningKey("1", (self.service.data / "secrets" / "tokens.key").read_bytes())
        tokens = JwtTokens([key], issuer="parley")
        user_id, session_id = UserId(Snowflake(account.user_id)), SessionId(Snowflake(account.session_id))
        return tokens.issue(user_id, session_id, int(time.time() * 1000))


def copy(database: sqlite3.Connection, table: str, key: Row, changes: Iterable[Row]) -> None:
    """For each of ``changes`` the row with that key once more, changed so. Raises RuntimeError when there is no such row."""
    where = " AND ".join(f"{column} = :{column}" for column in key)
    cursor = database.execute(f"SELECT * FROM {table} WHERE {where}", dict(key))
    columns = [column[0] for column in cursor.description]
    values = cursor.fetchone()
    if values is None:
        raise RuntimeError(f"no row in {table} has {dict(key)}")
    row = dict(zip(columns, values, strict=True))
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{column}' for column in columns)})"
    database.executemany(insert, (row | dict(change) for change in changes))
