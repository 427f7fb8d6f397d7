"""Webhooks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from db.repos.base import Repository, given
from db.tables.accounts import users
from db.tables.automata import webhooks
from server.domain.entities import Webhook
from server.domain.ids import ChannelId, GroupId, WebhookId
from server.ports import StoredWebhook

_ADD = insert(webhooks)
_ALL = select(webhooks, users.c.display_name).join_from(webhooks, users, users.c.id == webhooks.c.id)
_GET = _ALL.where(webhooks.c.id == given("webhook_id"))
_OF_GROUP = _ALL.where(webhooks.c.group_id == given("of_group")).order_by(webhooks.c.id)
_SET = update(webhooks).where(webhooks.c.id == given("webhook_id"))
_DELETE = delete(webhooks).where(webhooks.c.id == given("webhook_id"))


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(
        id=row.id,
        group_id=row.group_id,
        channel_id=row.channel_id,
        name=row.display_name,
        creator_id=row.creator_id,
        used_ms=row.used_ms,
    )


class SqlWebhooks(Repository):
    __slots__ = ()

    async def add(self, webhook: Webhook, token_hash: bytes) -> None:
        self._later(
            _ADD,
            id=webhook.id,
            group_id=webhook.group_id,
            channel_id=webhook.channel_id,
            creator_id=webhook.creator_id,
            token_hash=token_hash,
        )

    async def get(self, webhook_id: WebhookId) -> StoredWebhook | None:
        row = await self._first(_GET, webhook_id=webhook_id)
        return None if row is None else StoredWebhook(_webhook(row), row.token_hash)

    async def of_group(self, group_id: GroupId) -> list[Webhook]:
        return [_webhook(row) for row in await self._all(_OF_GROUP, of_group=group_id)]

    async def move(self, webhook_id: WebhookId, channel_id: ChannelId) -> None:
        self._later(_SET, webhook_id=webhook_id, channel_id=channel_id)

    async def set_token(self, webhook_id: WebhookId, token_hash: bytes) -> None:
        self._later(_SET, webhook_id=webhook_id, token_hash=token_hash)

    async def note_use(self, webhook_id: WebhookId, now_ms: int) -> None:
        self._later(_SET, webhook_id=webhook_id, used_ms=now_ms)

    async def delete(self, webhook_id: WebhookId) -> None:
        self._later(_DELETE, webhook_id=webhook_id)
