"""Programs that write here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from server.domain.entities import Bot, Webhook
from server.domain.ids import ChannelId, GroupId, SessionId, UserId, WebhookId
from server.domain.scopes import Scope


class StoredWebhook(msgspec.Struct, frozen=True):
    webhook: Webhook
    token_hash: bytes
    """SHA-256; the token itself is kept nowhere."""


class Webhooks(Protocol):
    """Their accounts are in :class:`server.ports.Users`, under the same ids."""

    async def add(self, webhook: Webhook, token_hash: bytes) -> None: ...

    async def get(self, webhook_id: WebhookId) -> StoredWebhook | None: ...

    async def of_group(self, group_id: GroupId) -> list[Webhook]:
        """By id."""
        ...

    async def move(self, webhook_id: WebhookId, channel_id: ChannelId) -> None: ...

    async def set_token(self, webhook_id: WebhookId, token_hash: bytes) -> None: ...

    async def note_use(self, webhook_id: WebhookId, now_ms: int) -> None: ...

    async def delete(self, webhook_id: WebhookId) -> None:
        """Its account stays: it wrote what it wrote."""
        ...


class BotToken(msgspec.Struct, frozen=True, kw_only=True):
    id: SessionId
    """A token is a log-in that has no end: what ends log-ins ends it too."""
    bot_id: UserId
    name: str
    token_hash: bytes
    """SHA-256; the token itself is kept nowhere."""
    scopes: tuple[Scope, ...]
    used_ms: int | None = None


class Bots(Protocol):
    """Their accounts are in :class:`server.ports.Users`."""

    async def add(self, bot: Bot) -> None: ...

    async def get(self, bot_id: UserId) -> Bot | None: ...

    async def of_owner(self, owner_id: UserId) -> list[Bot]:
        """By id."""
        ...

    async def named(self, username_key: str) -> Bot | None:
        """One that is in use."""
        ...

    async def set_public(self, bot_id: UserId, *, public: bool) -> None: ...

    async def add_token(self, token: BotToken) -> None: ...

    async def token(self, token_id: SessionId) -> BotToken | None:
        """None also while the account of its bot, or of the bot's owner, is disabled or about to be deleted."""
        ...

    async def tokens_of(self, bot_ids: Collection[UserId]) -> list[BotToken]:
        """By id."""
        ...

    async def token_ids(self, user_id: UserId) -> list[SessionId]:
        """Of the bot, or of all bots of this owner."""
        ...

    async def note_use(self, token_id: SessionId, now_ms: int) -> None: ...

    async def delete_token(self, bot_id: UserId, token_id: SessionId) -> bool:
        """False when there is none."""
        ...
