"""Webhooks: addresses at which other services write into a channel. Who manages the group makes them.

The token is shown to the one who makes it, once; what is kept of it is its SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from server.actions.audit import Change, differences, record
from server.actions.authority import Seat, channel_seat, group_seat, require_kind, unknown_channel
from server.actions.context import Actions
from server.actions.requests import Request
from server.domain.entities import AuditAction, ChannelKind, User, UserKind, Webhook
from server.domain.errors import Conflict, NotFound
from server.domain.events import ToGroup, UserUpdate
from server.domain.ids import ChannelId, GroupId, UserId, WebhookId
from server.domain.names import clean_line
from server.domain.permissions import Permission
from server.domain.rates import Rule
from server.ports import UnitOfWork

_TOKEN_BYTES: Final = 32


class CreateWebhook(Request, frozen=True, kw_only=True):
    name: str


class UpdateWebhook(Request, frozen=True, kw_only=True):
    name: str | UnsetType = UNSET
    channel_id: ChannelId | UnsetType = UNSET
    """A text channel of the same group."""


class WebhookList(msgspec.Struct, frozen=True, kw_only=True):
    webhooks: tuple[Webhook, ...]


class WebhookWithToken(msgspec.Struct, frozen=True, kw_only=True):
    webhook: Webhook
    token: str
    """Shown now and never again. Whoever has it writes: ``POST /api/webhooks/{webhook}/{token}``."""


def unknown_webhook() -> NotFound:
    return NotFound("unknown_webhook", "There is no such webhook, or its token is another.")


async def get_webhooks(actions: Actions, user_id: UserId, group_id: GroupId) -> WebhookList:
    """Needs MANAGE_GROUP."""
    async with actions.store.read() as reader:
        seat = await group_seat(reader, user_id, group_id, actions.clock.now_ms())
        seat.require(Permission.MANAGE_GROUP)
        return WebhookList(webhooks=tuple(await reader.webhooks.of_group(group_id)))


async def do_create_webhook(
    actions: Actions, user_id: UserId, channel_id: ChannelId, request: CreateWebhook, reason: str | None = None
) -> WebhookWithToken:
    """Needs MANAGE_GROUP. Raises too_many."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    name = _clean(actions, request.name)
    token, token_hash = _new_token(actions)
    async with actions.store.write() as uow:
        now_ms = actions.clock.now_ms()
        seat, channel = await channel_seat(uow, user_id, channel_id, now_ms)
        seat.require(Permission.MANAGE_GROUP)
        require_kind(channel, ChannelKind.TEXT)
        limit = actions.limits.webhooks_per_group
        if len(await uow.webhooks.of_group(channel.group_id)) >= limit:
            raise Conflict("too_many", f"A group has at most {limit} webhooks. Delete one first.", limit=limit)
        webhook = Webhook(
            id=WebhookId(actions.ids.next(now_ms)),
            group_id=channel.group_id,
            channel_id=channel_id,
            name=name,
            creator_id=user_id,
        )
        await uow.users.add_automaton(_author(webhook))
        await uow.webhooks.add(webhook, token_hash)
        await _record(actions, uow, seat, AuditAction.WEBHOOK_CREATE, webhook, reason, _shown(webhook))
    return WebhookWithToken(webhook=webhook, token=token)


async def do_update_webhook(
    actions: Actions, user_id: UserId, webhook_id: WebhookId, request: UpdateWebhook, reason: str | None = None
) -> Webhook:
    """Needs MANAGE_GROUP. Its name shows on what it wrote before, too."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat, before = await _own(actions, uow, user_id, webhook_id)
        webhook = before
        if isinstance(request.name, str):
            webhook = msgspec.structs.replace(webhook, name=_clean(actions, request.name))
        if not isinstance(request.channel_id, UnsetType):
            _, channel = await channel_seat(uow, user_id, request.channel_id, seat.now_ms)
            if channel.group_id != webhook.group_id:
                raise unknown_channel()
            require_kind(channel, ChannelKind.TEXT)
            webhook = msgspec.structs.replace(webhook, channel_id=channel.id)
        if webhook == before:
            return webhook
        await _put(uow, before, webhook)
        await _record(actions, uow, seat, AuditAction.WEBHOOK_UPDATE, webhook, reason, differences(before, webhook))
    return webhook


async def _put(uow: UnitOfWork, before: Webhook, webhook: Webhook) -> None:
    if webhook.channel_id != before.channel_id:
        await uow.webhooks.move(webhook.id, webhook.channel_id)
    if webhook.name != before.name:
        await uow.users.rename_automaton(_author(webhook))
        uow.publish(ToGroup(webhook.group_id), UserUpdate(user=_author(webhook)))


async def do_renew_webhook(
    actions: Actions, user_id: UserId, webhook_id: WebhookId, reason: str | None = None
) -> WebhookWithToken:
    """Another token in the place of the one there was, which counts no more. Needs MANAGE_GROUP."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    token, token_hash = _new_token(actions)
    async with actions.store.write() as uow:
        seat, webhook = await _own(actions, uow, user_id, webhook_id)
        await uow.webhooks.set_token(webhook_id, token_hash)
        await _record(actions, uow, seat, AuditAction.WEBHOOK_UPDATE, webhook, reason, {"token": True})
    return WebhookWithToken(webhook=webhook, token=token)


async def do_delete_webhook(
    actions: Actions, user_id: UserId, webhook_id: WebhookId, reason: str | None = None
) -> None:
    """Needs MANAGE_GROUP. What it wrote stays."""
    await actions.limiter.hit(Rule.CHANGE, str(user_id))
    async with actions.store.write() as uow:
        seat, webhook = await _own(actions, uow, user_id, webhook_id)
        await uow.webhooks.delete(webhook_id)
        await _record(actions, uow, seat, AuditAction.WEBHOOK_DELETE, webhook, reason, _shown(webhook))


async def _own(actions: Actions, uow: UnitOfWork, user_id: UserId, webhook_id: WebhookId) -> tuple[Seat, Webhook]:
    """To strangers there is none."""
    found = await uow.webhooks.get(webhook_id)
    if found is None or await uow.members.get(found.webhook.group_id, user_id) is None:
        raise unknown_webhook()
    seat = await group_seat(uow, user_id, found.webhook.group_id, actions.clock.now_ms())
    seat.require(Permission.MANAGE_GROUP)
    return seat, found.webhook


def _author(webhook: Webhook) -> User:
    return User(id=UserId(webhook.id), username="", display_name=webhook.name, kind=UserKind.WEBHOOK)


def _shown(webhook: Webhook) -> dict[str, Change]:
    return {"name": webhook.name, "channel_id": webhook.channel_id}


async def _record(
    actions: Actions,
    uow: UnitOfWork,
    seat: Seat,
    action: AuditAction,
    webhook: Webhook,
    reason: str | None,
    changes: dict[str, Change],
) -> None:
    await record(actions, uow, seat, action, "webhook", webhook.id, reason=reason, changes=changes)


def _clean(actions: Actions, name: str) -> str:
    return clean_line(name, "name", longest=actions.limits.display_name_max)


def _new_token(actions: Actions) -> tuple[str, bytes]:
    token = base64.urlsafe_b64encode(actions.random_bytes(_TOKEN_BYTES)).rstrip(b"=").decode()
    return token, hash_of(token)


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
