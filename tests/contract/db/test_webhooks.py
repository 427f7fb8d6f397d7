from __future__ import annotations

from db.store import SqlStore
from server.domain.entities import User, UserKind, Webhook
from server.domain.ids import Snowflake, UserId, WebhookId
from server.ports import StoredWebhook
from tests.support.rows import ANNA, ELSEWHERE, GENERAL, GROUP, OTHER_GROUP, RANDOM

FIRST, SECOND = WebhookId(Snowflake(601)), WebhookId(Snowflake(602))


def webhook(id_: WebhookId, name: str = "news") -> Webhook:
    return Webhook(id=id_, group_id=GROUP, channel_id=GENERAL, name=name, creator_id=ANNA)


def author(id_: WebhookId, name: str = "news") -> User:
    return User(id=UserId(id_), username="", display_name=name, kind=UserKind.WEBHOOK)


async def test_from_first_to_last(world: SqlStore) -> None:
    async with world.write() as uow:
        for id_ in (FIRST, SECOND):
            assert await uow.users.add_automaton(author(id_))
            await uow.webhooks.add(webhook(id_), b"1" * 32)
    async with world.write() as uow:
        await uow.users.rename_automaton(author(FIRST, "weather"))
        await uow.webhooks.move(FIRST, RANDOM)
        await uow.webhooks.set_token(FIRST, b"2" * 32)
        await uow.webhooks.note_use(FIRST, 7)
    moved = Webhook(id=FIRST, group_id=GROUP, channel_id=RANDOM, name="weather", creator_id=ANNA, used_ms=7)
    async with world.read() as reader:
        assert await reader.webhooks.get(FIRST) == StoredWebhook(moved, b"2" * 32)
        assert await reader.webhooks.get(SECOND) == StoredWebhook(webhook(SECOND), b"1" * 32)
        assert await reader.webhooks.of_group(GROUP) == [moved, webhook(SECOND)]
        assert await reader.webhooks.of_group(OTHER_GROUP) == []
        assert await reader.users.by_ids([UserId(FIRST)]) == {UserId(FIRST): author(FIRST, "weather")}
    async with world.write() as uow:
        await uow.webhooks.delete(FIRST)
        await uow.channels.delete(GENERAL)
    async with world.read() as reader:
        assert await reader.webhooks.of_group(GROUP) == []
        assert len(await reader.users.by_ids([UserId(FIRST), UserId(SECOND)])) == 2


async def test_an_automaton_may_have_a_name_of_its_own(world: SqlStore) -> None:
    bot = User(id=UserId(Snowflake(603)), username="robot", display_name="Robot", kind=UserKind.BOT)
    async with world.write() as uow:
        assert not await uow.users.add_automaton(bot, "anna")
        assert await uow.users.add_automaton(bot, "robot")
    async with world.read() as reader:
        assert await reader.users.by_ids([bot.id]) == {bot.id: bot}
        assert await reader.users.by_username("robot") is None
        assert await reader.users.credentials("robot") is None
        assert await reader.channels.get(ELSEWHERE) is not None
