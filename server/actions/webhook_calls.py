"""What other services write, by a webhook: text and code, in the name of the webhook, which is nobody's."""

from __future__ import annotations

import hmac

import msgspec

from server.actions.authority import Seat
from server.actions.contents import Contents, write_beside
from server.actions.context import Actions, Origin
from server.actions.messages import check_nonce
from server.actions.pings import ping, resolve
from server.actions.places import GroupPlace
from server.actions.reports import report_by_filter
from server.actions.requests import Request
from server.actions.webhooks import hash_of, unknown_webhook
from server.domain.access import GroupAccess
from server.domain.entities import FilterAction, Member, Message, User, Webhook, WordFilter
from server.domain.errors import Invalid
from server.domain.events import MessageCreate
from server.domain.ids import ChannelId, MessageId, UserId, WebhookId
from server.domain.mentions import AllowedMentions, Named, check_mentions
from server.domain.rates import Rule, address_key
from server.domain.search import index, texts
from server.domain.sections import Code, NewSection, Text, check_sections
from server.ports import Desk, UnitOfWork


class CallWebhook(Request, frozen=True, kw_only=True):
    sections: tuple[NewSection, ...] = ()
    """Text and code."""
    text: str = ""
    """In the place of ``sections``: one section of text."""
    nonce: str | None = None
    """The same one again gives the first message back."""
    allowed_mentions: AllowedMentions | None = None
    """Whom the message pings of those whom it names: unless given, nobody. Never everyone."""


class WebhookMessage(msgspec.Struct, frozen=True, kw_only=True):
    id: MessageId
    channel_id: ChannelId


def check_call(actions: Actions, request: CallWebhook) -> tuple[tuple[Text | Code, ...], Named, AllowedMentions]:
    """Raises bad_request, bad_nonce, and what is wrong with sections and mentions."""
    if request.text and request.sections:
        raise Invalid("bad_request", "Send either text or sections.", where="text")
    if request.nonce is not None:
        check_nonce(actions, request.nonce)
    sections = check_sections((Text(request.text),) if request.text else request.sections, actions.limits)
    written = tuple(section for section in sections if isinstance(section, Text | Code))
    if len(written) != len(sections):
        raise Invalid("bad_request", "A webhook writes text and code only.", where="sections")
    allowed = request.allowed_mentions or AllowedMentions(user_ids=(), role_ids=())
    narrowed = msgspec.structs.replace(allowed, everyone=False)
    return written, check_mentions(written, narrowed, actions.limits), narrowed


async def do_call_webhook(
    actions: Actions, webhook_id: WebhookId, token: str, request: CallWebhook, origin: Origin
) -> WebhookMessage:
    """Who has the token needs nothing else. Raises unknown_webhook, word_filtered, rate_limited."""
    await actions.limiter.hit(Rule.WEBHOOK_LOOK, address_key(origin.address))
    async with actions.store.read() as reader:
        found = await reader.webhooks.get(webhook_id)
    # Compared in any case: how long it takes tells nothing.
    good = hmac.compare_digest(hash_of(token), b"" if found is None else found.token_hash)
    if found is None or not good:
        raise unknown_webhook()
    await actions.limiter.hit(Rule.WEBHOOK_WRITE, str(webhook_id))
    written, named, allowed = check_call(actions, request)
    if named.many:
        await actions.limiter.hit(Rule.PING_MANY, str(webhook_id))
    async with actions.store.write() as uow:
        message, is_new = await _write(actions, uow, found.webhook, request.nonce, written, named, allowed)
    if is_new:
        actions.previewer.want(message)
    return WebhookMessage(id=message.id, channel_id=message.channel_id)


async def _write(
    actions: Actions,
    uow: UnitOfWork,
    webhook: Webhook,
    nonce: str | None,
    sections: tuple[Text | Code, ...],
    named: Named,
    allowed: AllowedMentions,
) -> tuple[Message, bool]:
    """The message, and whether it is new."""
    now_ms, author_id = actions.clock.now_ms(), UserId(webhook.id)
    current = await uow.webhooks.get(webhook.id)  # deleted or moved a moment ago
    if current is None:
        raise unknown_webhook()
    channel_id = current.webhook.channel_id
    desk = await uow.desks.of_writer(channel_id, author_id, nonce or "")
    place, author = _place(desk, current.webhook, now_ms)
    if desk.written is not None:
        return desk.written, False
    hit = await _screen(actions, uow, place, sections)
    message = Message(
        id=MessageId(actions.ids.next(now_ms, after=desk.last_message_id or 0)),
        channel_id=channel_id,
        author_id=author_id,
        sections=sections,
        mentions=await resolve(uow, place, named, allowed, None),
        nonce=nonce,
    )
    await uow.messages.add(message)
    await uow.search.add(index(message, place.group_id))
    await write_beside(uow, message, Contents(sections=sections))
    await uow.webhooks.note_use(webhook.id, now_ms)
    named_users = await uow.users.by_ids(() if message.mentions is None else message.mentions.user_ids)
    event = MessageCreate(message=message, author=author, users=tuple(named_users.values()))
    uow.publish(place.audience, event)
    await ping(actions, uow, place, message)
    if hit is not None:
        await report_by_filter(actions, uow, place, message, hit)
    return message, True


def _place(desk: Desk, webhook: Webhook, now_ms: int) -> tuple[GroupPlace, User]:
    """The channel, with the webhook in the place of a member without roles: it writes there whatever members may."""
    channel, group, author = desk.channel, desk.group, desk.user
    if channel is None or group is None or author is None:
        raise unknown_webhook()
    around = (channel,) if desk.category is None else (desk.category, channel)
    member = Member(group_id=group.id, user_id=UserId(webhook.id), joined_ms=webhook.id.created_ms)
    return GroupPlace(Seat(GroupAccess.of(group, desk.roles, around), member, now_ms), channel), author


async def _screen(
    actions: Actions, uow: UnitOfWork, place: GroupPlace, sections: tuple[Text | Code, ...]
) -> WordFilter | None:
    """The filter that wants a report. Raises word_filtered; there is nobody to put in time-out."""
    book = await actions.word_books.of_group(uow, place.channel.group_id)
    hit = book.find(texts(sections), ()) if book else None
    if hit is not None and hit.action is not FilterAction.REPORT:
        raise Invalid(
            "word_filtered",
            "This group does not take messages with words of this kind. Change the text.",
            filter=hit.name,
        )
    return hit
