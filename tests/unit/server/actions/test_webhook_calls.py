from __future__ import annotations

import pytest

from server.actions.channels import do_delete_channel
from server.actions.filters import NewFilter, do_create_filter
from server.actions.messages import PageQuery, get_messages
from server.actions.webhook_calls import CallWebhook, WebhookMessage, do_call_webhook
from server.actions.webhooks import CreateWebhook, WebhookWithToken, do_create_webhook
from server.domain.entities import FilterAction, Mentions, UserKind
from server.domain.errors import ParleyError, TooMany
from server.domain.events import GroupView, MessageCreate, ReportUpdate, ToChannel
from server.domain.ids import FileId, Snowflake, UserId
from server.domain.mentions import AllowedMentions
from server.domain.permissions import Permission
from server.domain.rates import Rate, Rule
from server.domain.sections import Code, NewFile, Text
from tests.support.actions import HOME, House, text_channel


class Scene:
    """A group of two with a webhook."""

    def __init__(self, house: House, anna: UserId, boris: UserId, view: GroupView, new: WebhookWithToken) -> None:
        self.house, self.anna, self.boris, self.view, self.new = house, anna, boris, view, new
        self.channel = text_channel(view)

    async def call(self, request: CallWebhook | str = "hello", token: str | None = None) -> WebhookMessage:
        asked = CallWebhook(text=request) if isinstance(request, str) else request
        return await do_call_webhook(
            self.house.actions, self.new.webhook.id, self.new.token if token is None else token, asked, HOME
        )

    def written(self) -> MessageCreate:
        (event,) = (event for _, event in self.house.published() if isinstance(event, MessageCreate))
        return event


@pytest.fixture
async def scene(house: House) -> Scene:
    anna, boris = await house.user("anna"), await house.user("boris")
    view = await house.group(anna, boris)
    new = await do_create_webhook(house.actions, anna, text_channel(view), CreateWebhook(name="News"))
    house.published()
    return Scene(house, anna, boris, view, new)


async def refused(attempt: object) -> str:
    with pytest.raises(ParleyError) as error:
        await attempt  # type: ignore[misc]
    return error.value.code


async def test_what_it_writes_is_a_message_like_any_other(scene: Scene) -> None:
    call = await scene.call(CallWebhook(sections=(Text("build 7"), Code("ok", ""))))
    ((audience, event),) = scene.house.published()
    assert audience == ToChannel(scene.view.group.id, scene.channel)
    assert isinstance(event, MessageCreate)
    assert (event.message.id, event.author.kind, event.member) == (call.id, UserKind.WEBHOOK, None)
    page = await get_messages(scene.house.actions, scene.boris, scene.channel, PageQuery())
    assert page.messages == (event.message,)
    assert page.users == (event.author,)
    assert await scene.house.counts(scene.boris, scene.channel) == (1, 0)


@pytest.mark.parametrize("token", ["", "nonsense", "\udcff", "x" * 10_000])
async def test_without_the_token_there_is_no_webhook(scene: Scene, token: str) -> None:
    assert await refused(scene.call(token=token)) == "unknown_webhook"


async def test_tokens_cannot_be_guessed_fast_nor_a_channel_flooded(scene: Scene) -> None:
    scene.house = scene.house.with_rates({Rule.WEBHOOK_WRITE: Rate(1, 60)})
    await scene.call()
    with pytest.raises(TooMany):
        await scene.call()
    scene.house = scene.house.with_rates({Rule.WEBHOOK_LOOK: Rate(1, 60)})
    assert await refused(scene.call(token="x")) == "unknown_webhook"
    with pytest.raises(TooMany):
        await scene.call(token="x")


async def test_asked_again_it_does_not_write_twice(scene: Scene) -> None:
    first = await scene.call(CallWebhook(text="hello", nonce="1"))
    assert await scene.call(CallWebhook(text="hello", nonce="1")) == first
    assert (await scene.call(CallWebhook(text="hello"))).id != first.id
    assert await refused(scene.call(CallWebhook(text="hello", nonce="a b"))) == "bad_nonce"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (CallWebhook(), "empty_message"),
        (CallWebhook(text="  "), "empty_message"),
        (CallWebhook(text="a", sections=(Text("b"),)), "bad_request"),
        (CallWebhook(sections=(NewFile(FileId(Snowflake(1))),)), "bad_request"),
        (CallWebhook(text="a" * 4001), "too_long"),
    ],
)
async def test_text_and_code_alone(scene: Scene, request_: CallWebhook, code: str) -> None:
    assert await refused(scene.call(request_)) == code


async def test_it_pings_nobody_unless_told_to_and_never_everyone(scene: Scene) -> None:
    everyone = Permission.VIEW_CHANNEL | Permission.READ_HISTORY | Permission.MENTION_EVERYONE
    text = f"<@{int(scene.boris)}> @everyone @here"
    await scene.call(text)
    assert scene.written().message.mentions is None
    await scene.call(CallWebhook(text=text, allowed_mentions=AllowedMentions(everyone=True)))
    assert scene.written().message.mentions == Mentions(user_ids=(scene.boris,))
    assert await scene.house.counts(scene.boris, scene.channel) == (2, 1)
    role = await scene.house.role(scene.anna, scene.view.group.id, everyone)
    await scene.call(CallWebhook(text=f"<@&{int(role.id)}>", allowed_mentions=AllowedMentions()))
    assert scene.written().message.mentions is None, "the role is not for everybody to mention"


async def test_word_filters_hold_it_too_and_put_nobody_in_time_out(scene: Scene) -> None:
    for name, action in (("rude", FilterAction.TIME_OUT), ("odd", FilterAction.REPORT)):
        words = NewFilter(name=name, words=(name,), action=action)
        await do_create_filter(scene.house.actions, scene.anna, scene.view.group.id, words, None)
    scene.house.published()
    assert await refused(scene.call("how rude")) == "word_filtered"
    assert scene.house.published() == []
    await scene.call("how odd")
    told = [event for _, event in scene.house.published()]
    assert [type(event) for event in told] == [MessageCreate, ReportUpdate]


async def test_it_goes_with_its_channel(scene: Scene) -> None:
    await do_delete_channel(scene.house.actions, scene.anna, scene.channel)
    assert await refused(scene.call()) == "unknown_webhook"
