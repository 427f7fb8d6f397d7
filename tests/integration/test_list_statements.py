"""No list asks the database more often because there is more to list.

A new endpoint whose answer has a list needs a line in :data:`LISTS`, and what it lists has to be in :class:`Plenty`.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from server.actions.additions import CreateAddition, do_create_addition
from server.actions.bans import BanRequest, do_ban
from server.actions.bots import CreateBot, do_create_bot
from server.actions.emojis import do_create_emoji
from server.actions.filters import NewFilter, do_create_filter
from server.actions.invites import CreateInvite, do_create_invite
from server.actions.levels import SetLevel, do_put_channel_level
from server.actions.pins import do_pin
from server.actions.reactions import do_react
from server.actions.reports import NewReport, do_report
from server.actions.webhooks import CreateWebhook, do_create_webhook
from server.domain.emoji import reaction_key
from server.domain.entities import FilterAction, LevelKind, RelationKind
from server.domain.ids import ChannelId, FileId, GroupId, MessageId, PasskeyId, UserId
from server.domain.sections import Text
from server.http.routes import ENDPOINTS
from server.ports import PasskeyRecord, StoredFile
from tests.support.actions import House, open_house, text_channel
from tests.support.door import open_door
from tests.support.pictures import picture
from tests.support.statements import counted

pytestmark = pytest.mark.integration

LISTS: Final = {
    "/api/groups/{group}": "",
    "/api/groups/{group}/members": "",
    "/api/groups/{group}/roster": "",
    "/api/groups/{group}/members/search": "q=m",
    "/api/groups/{group}/invites": "",
    "/api/groups/{group}/additions": "",
    "/api/groups/{group}/audit": "",
    "/api/groups/{group}/bans": "",
    "/api/groups/{group}/filters": "",
    "/api/groups/{group}/reports": "",
    "/api/reports": "",
    "/api/users/@me/additions": "",
    "/api/users/@me/relations": "",
    "/api/users/@me/mentions": "",
    "/api/users/@me/levels": "",
    "/api/users/@me/sessions": "",
    "/api/users/@me/factors": "",
    "/api/users/@me/bots": "",
    "/api/groups/{group}/webhooks": "",
    "/api/admin/overview": "",
    "/api/admin/accounts": "",
    "/api/conversations": "",
    "/api/channels/{channel}/messages": "",
    "/api/channels/{channel}/messages/{message}": "",
    "/api/channels/{channel}/messages/{message}/edits": "",
    "/api/channels/{channel}/messages/{message}/reactions/{key}": "",
    "/api/channels/{channel}/pins": "",
    "/api/search": "q=hello",
}
"""Path -> query."""
ONE_ROW: Final = {"/api/users/{user}/profile"}
"""What looks like a list here lies in one row."""
FEW: Final = 2
MORE: Final = 6


def lists(kind: Any) -> bool:
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return False
    return any(typing.get_origin(each.type) in (tuple, list, dict) for each in msgspec.structs.fields(kind))


def test_every_list_is_here() -> None:
    assert {one.path for one in ENDPOINTS if one.method == "GET" and lists(one.answers)} == LISTS.keys() | ONE_ROW


@dataclass
class Plenty:
    """An operator's group, to which one can add some of everything."""

    house: House
    owner: UserId
    group: GroupId
    channel: ChannelId
    message: MessageId
    members: list[UserId] = field(default_factory=list)

    @classmethod
    async def begin(cls, house: House) -> Plenty:
        owner = await house.user("anna", operator=True)
        view = await house.group(owner)
        channel = text_channel(view)
        message = await house.say(owner, channel)
        return cls(house, owner, view.group.id, channel, message.id)

    async def add(self, number: int) -> None:
        for _ in range(number):
            self.house.clock.advance(3600)  # past every limit of rates
            member = await self.house.user(f"member{len(self.members)}")
            self.members.append(member)
            await self.house.bring_in(self.owner, self.group, member)
            await self._of_ones_own(member)
            await self._among_people(member)
            await self._in_the_group(member)
            await self._at_the_message(member)

    async def _of_ones_own(self, member: UserId) -> None:
        house, owner, number = self.house, self.owner, len(self.members)
        await house.token(owner)
        await do_create_bot(house.actions, owner, CreateBot(username=f"robot{number}"))
        passkey = PasskeyRecord(
            id=PasskeyId(house.actions.ids.next(house.clock.ms)),
            user_id=owner,
            credential_id=str(number).encode(),
            public_key=b"",
            sign_count=0,
            synced=False,
            name="Phone",
            created_ms=house.clock.ms,
        )
        file = StoredFile(
            id=FileId(house.actions.ids.next(house.clock.ms)),
            owner_id=member,
            name="a.txt",
            media_type="text/plain",
            size_bytes=9,
        )
        async with house.store.write() as uow:
            assert await uow.factors.add_passkey(passkey)
            await uow.files.add(file)

    async def _among_people(self, member: UserId) -> None:
        actions, owner = self.house.actions, self.owner
        await self.house.relate(owner, member, RelationKind.FRIEND)
        talk = await self.house.talk(owner, member)
        said = await self.house.say(owner, talk.id)
        await do_report(actions, member, talk.id, said.id, NewReport(reason="look"))
        theirs = await self.house.group(member)
        await do_create_addition(actions, member, theirs.group.id, CreateAddition(username="anna"))

    async def _in_the_group(self, member: UserId) -> None:
        actions, owner, group = self.house.actions, self.owner, self.group
        number = len(self.members)
        name = f"x{number}"
        channel = await self.house.channel(owner, group, name)
        await do_put_channel_level(actions, owner, channel.id, SetLevel(level=LevelKind.NONE))
        await self.house.role(owner, group)
        await do_create_webhook(actions, owner, self.channel, CreateWebhook(name=name))
        await do_create_invite(actions, owner, group, CreateInvite())
        await self.house.user(f"guest{number}")
        await do_create_addition(actions, owner, group, CreateAddition(username=f"guest{number}"))
        await do_ban(actions, owner, group, await self.house.user(f"bandit{number}"), BanRequest(), None)
        filtered = NewFilter(name=name, words=(name,), action=FilterAction.REPORT)
        await do_create_filter(actions, owner, group, filtered, None)
        await do_create_emoji(actions, owner, group, name, picture(), None)
        said = await self.house.say(member, self.channel, f"hello <@{owner}>")
        await do_pin(actions, owner, self.channel, said.id)
        await do_report(actions, owner, self.channel, said.id, NewReport(reason="look"))

    async def _at_the_message(self, member: UserId) -> None:
        await do_react(self.house.actions, member, self.channel, self.message, reaction_key("🌻"))
        async with self.house.store.read() as reader:
            message = await reader.messages.get(self.channel, self.message)
        assert message is not None
        await self.house.edit(message, Text("hello" + "".join(f" <@{one}>" for one in self.members)))


async def test_more_rows_take_no_more_statements(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house, open_door(house) as visitor:
        plenty = await Plenty.begin(house)
        ids = {
            "group": str(plenty.group),
            "channel": str(plenty.channel),
            "message": str(plenty.message),
            "key": "🌻",
        }

        async def measured(path: str, query: str) -> tuple[int, int]:
            """Statements, and how much came back."""
            asked = f"{path.format(**ids)}?{query}"
            token = await house.token(plenty.owner)
            await visitor.get(asked, token)  # what is read once and then known
            with counted(house.store) as statements:
                answer = await visitor.get(asked, token)
            assert answer.status == 200, answer.json
            return len(statements), sum(len(each) for each in answer.json.values() if isinstance(each, list | dict))

        await plenty.add(FEW)
        before = {path: await measured(path, query) for path, query in LISTS.items()}
        await plenty.add(MORE)
        after = {path: await measured(path, query) for path, query in LISTS.items()}
    assert {path: count for path, (count, _) in after.items()} == {path: count for path, (count, _) in before.items()}
    assert [path for path in LISTS if after[path][1] < before[path][1] + MORE - 1] == [], "nothing was added to these"
