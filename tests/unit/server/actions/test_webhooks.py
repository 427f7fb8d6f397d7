from __future__ import annotations

import pytest

from server.actions.audit import AuditQuery, get_audit
from server.actions.channels import CreateChannel, do_create_channel
from server.actions.messages import PageQuery, get_messages
from server.actions.webhook_calls import CallWebhook, do_call_webhook
from server.actions.webhooks import (
    CreateWebhook,
    UpdateWebhook,
    WebhookWithToken,
    do_create_webhook,
    do_delete_webhook,
    do_renew_webhook,
    do_update_webhook,
    get_webhooks,
)
from server.domain.entities import AuditAction, UserKind
from server.domain.errors import ParleyError
from server.domain.events import GroupView, ToGroup, UserUpdate
from server.domain.ids import Snowflake, UserId, WebhookId
from server.domain.limits import Limits
from server.domain.permissions import Permission
from tests.support.actions import HOME, House, text_channel, voice_channel

NEWS = CreateWebhook(name=" News ")


async def made(house: House, owner: UserId, view: GroupView) -> WebhookWithToken:
    return await do_create_webhook(house.actions, owner, text_channel(view), NEWS)


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


async def test_its_token_is_shown_once_and_kept_nowhere(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    new = await made(house, anna, view)
    assert len(new.token) == 43
    assert new.webhook.name == "News"
    listed = await get_webhooks(house.actions, anna, view.group.id)
    assert listed.webhooks == (new.webhook,)
    async with house.store.read() as reader:
        stored = await reader.webhooks.get(new.webhook.id)
    assert stored is not None
    assert new.token not in repr(stored)


async def test_who_manages_the_group_may_and_others_do_not_know_of_it(house: House) -> None:
    anna, boris, mallory = await house.user("anna"), await house.user("boris"), await house.user("mallory")
    view = await house.group(anna, boris)
    new = await made(house, anna, view)
    one, actions = new.webhook.id, house.actions
    channel = text_channel(view)
    for who, code in ((boris, "forbidden"), (mallory, "unknown_webhook")):
        assert await refused(do_update_webhook(actions, who, one, UpdateWebhook(name="x"))) == code
        assert await refused(do_renew_webhook(actions, who, one)) == code
        assert await refused(do_delete_webhook(actions, who, one)) == code
    assert await refused(get_webhooks(actions, boris, view.group.id)) == "forbidden"
    assert await refused(get_webhooks(actions, mallory, view.group.id)) == "unknown_group"
    assert await refused(do_create_webhook(actions, boris, channel, NEWS)) == "forbidden"
    assert await refused(do_create_webhook(actions, mallory, channel, NEWS)) == "unknown_channel"
    await house.appoint(anna, view.group.id, boris, Permission.MANAGE_GROUP)
    await do_renew_webhook(actions, boris, one)
    assert await refused(do_delete_webhook(actions, anna, WebhookId(Snowflake(1)))) == "unknown_webhook"


async def test_where_and_how_many(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    voice = voice_channel(view)
    assert await refused(do_create_webhook(house.actions, anna, voice, NEWS)) == "wrong_channel_kind"
    few = house.with_limits(Limits(webhooks_per_group=1))
    new = await made(few, anna, view)
    assert await refused(made(few, anna, view)) == "too_many"
    elsewhere = text_channel(await house.group(anna))
    for channel_id, code in ((voice, "wrong_channel_kind"), (elsewhere, "unknown_channel")):
        request = UpdateWebhook(channel_id=channel_id)
        assert await refused(do_update_webhook(house.actions, anna, new.webhook.id, request)) == code


async def test_a_new_name_shows_at_once(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    new = await made(house, anna, view)
    await do_call_webhook(house.actions, new.webhook.id, new.token, CallWebhook(text="hello"), HOME)
    house.published()
    renamed = await do_update_webhook(house.actions, anna, new.webhook.id, UpdateWebhook(name="Weather"))
    assert renamed.name == "Weather"
    ((audience, event),) = house.published()
    assert audience == ToGroup(view.group.id)
    assert isinstance(event, UserUpdate)
    assert (event.user.display_name, event.user.kind) == ("Weather", UserKind.WEBHOOK)
    page = await get_messages(house.actions, anna, text_channel(view), PageQuery())
    assert [user.display_name for user in page.users] == ["Weather"]
    same = await do_update_webhook(house.actions, anna, new.webhook.id, UpdateWebhook(name="Weather"))
    assert same == renamed


async def test_moved_it_writes_elsewhere(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    new = await made(house, anna, view)
    other = await do_create_channel(house.actions, anna, view.group.id, CreateChannel(name="x", kind="text"))
    await do_update_webhook(house.actions, anna, new.webhook.id, UpdateWebhook(channel_id=other.id))
    call = await do_call_webhook(house.actions, new.webhook.id, new.token, CallWebhook(text="hello"), HOME)
    assert call.channel_id == other.id


async def test_a_renewed_token_and_a_deleted_webhook_are_of_no_use(house: House) -> None:
    anna = await house.user("anna")
    view = await house.group(anna)
    new = await made(house, anna, view)
    one, call, actions = new.webhook.id, CallWebhook(text="hello"), house.actions
    again = await do_renew_webhook(actions, anna, one)
    assert again.token != new.token
    assert await refused(do_call_webhook(actions, one, new.token, call, HOME)) == "unknown_webhook"
    await do_call_webhook(actions, one, again.token, call, HOME)
    await do_delete_webhook(actions, anna, one, "no news")
    assert await refused(do_call_webhook(actions, one, again.token, call, HOME)) == "unknown_webhook"
    page = await get_messages(actions, anna, text_channel(view), PageQuery())
    assert len(page.messages) == 1
    log = await get_audit(actions, anna, view.group.id, AuditQuery())
    assert [(one.action, one.reason) for one in log.entries] == [
        (AuditAction.WEBHOOK_DELETE, "no news"),
        (AuditAction.WEBHOOK_UPDATE, ""),
        (AuditAction.WEBHOOK_CREATE, ""),
    ]
    assert all(again.token not in repr(one) for one in log.entries)
