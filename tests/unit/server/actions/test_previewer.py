from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image

from server.actions import previewer as module
from server.actions.context import Actions
from server.actions.files import do_collect_files
from server.actions.messages import do_delete_message, get_message
from server.actions.previewer import AT_ONCE, IMAGE_ABANDONED_MS, KEPT_FOR_NOTHING_MS, KEPT_MS, Previewer
from server.actions.previews import do_collect_previews, get_preview_image
from server.domain.entities import Message, Preview
from server.domain.errors import ParleyError
from server.domain.events import MessageCreate, MessageUpdate, ToChannel, ToUsers
from server.domain.ids import ChannelId, MessageId, Snowflake, UserId
from server.domain.rates import Rate, Rule
from server.domain.sections import Code, Text
from server.ports import LinkedPage
from tests.support.actions import House, text_channel
from tests.support.pictures import picture

PAGE = "https://page.example.org"
OTHER = "https://other.example.org/x"


@pytest.fixture
async def working(house: House) -> AsyncIterator[House]:
    """Pages: one with a picture, one without."""
    house.links.pages[PAGE] = LinkedPage(title="Roses", description="All", site_name="G", image=picture(100))
    house.links.pages[OTHER] = LinkedPage(title="Other")
    house.actions.previewer.start()
    yield house
    await house.actions.previewer.close()


async def room(house: House) -> tuple[UserId, ChannelId]:
    anna = await house.user("anna")
    return anna, text_channel(await house.group(anna))


async def now(house: House, message: Message) -> Message:
    """When the previewer has nothing to do any more."""
    await house.actions.previewer.settle()
    return (await get_message(house.actions, message.author_id, message.channel_id, message.id)).message


async def test_a_preview_follows_the_message(working: House) -> None:
    anna, general = await room(working)
    working.published()
    written = await working.say(anna, general, f"look at {PAGE}, and {OTHER}")
    assert written.previews == ()
    shown = await now(working, written)
    first, second = shown.previews
    assert (first.url, first.title, first.description, first.site_name) == (PAGE, "Roses", "All", "G")
    assert first.image is not None
    assert (first.image.width, first.image.height) == (100, 100)
    assert second == Preview(url=OTHER, title="Other")
    (audience, created), (other_audience, updated) = working.published()
    assert isinstance(created, MessageCreate)
    assert audience == other_audience
    assert isinstance(audience, ToChannel)
    assert updated == MessageUpdate(message=shown)
    drawn = await get_preview_image(working.actions, first.image.id)
    assert drawn.media_type == "image/webp"
    assert Image.open(io.BytesIO(drawn.data)).size == (100, 100)


async def test_in_a_conversation_its_members_are_told(working: House) -> None:
    anna, ben = await working.user("anna"), await working.user("ben")
    channel_id = await working.conversation(anna, ben)
    written = await working.say(anna, channel_id, PAGE)
    assert len((await now(working, written)).previews) == 1
    assert working.published()[-1][0] == ToUsers((anna, ben))


async def test_nobody_waits_for_a_page(working: House) -> None:
    anna, general = await room(working)
    working.links.open.clear()
    written = await working.say(anna, general, PAGE)
    assert (await get_message(working.actions, anna, general, written.id)).message == written
    working.links.open.set()
    assert (await now(working, written)).previews != ()


@pytest.mark.parametrize("text", ["nothing", f"<{PAGE}>", f"`{PAGE}`", "https://gone.example.org"])
async def test_texts_without_a_preview(working: House, text: str) -> None:
    anna, general = await room(working)
    written = await working.say(anna, general, text)
    working.published()
    assert await now(working, written) == written
    assert working.published() == []


async def test_code_has_none_and_a_copy_has_its_own(working: House) -> None:
    anna, general = await room(working)
    written = (await working.write(anna, general, Code(PAGE), Text("x"))).message
    assert (await now(working, written)).previews == ()
    assert working.links.read_urls == []


async def test_a_page_is_asked_once_in_a_while(working: House) -> None:
    anna, general = await room(working)
    first = await now(working, await working.say(anna, general, PAGE))
    working.clock.ms += KEPT_MS - 1
    second = await now(working, await working.say(anna, general, f"{PAGE} again"))
    assert working.links.read_urls == [PAGE]
    assert first.previews == second.previews
    working.clock.ms += 1
    third = await now(working, await working.say(anna, general, f"{PAGE} anew"))
    assert working.links.read_urls == [PAGE, PAGE]
    assert third.previews != second.previews


async def test_a_page_that_gave_nothing_is_left_alone_for_a_shorter_while(working: House) -> None:
    anna, general = await room(working)
    gone = "https://gone.example.org"
    for wait_ms in (0, KEPT_FOR_NOTHING_MS - 1, 1):
        working.clock.ms += wait_ms
        await now(working, await working.say(anna, general, gone))
    assert working.links.read_urls == [gone, gone]


async def test_a_page_is_asked_once_at_a_time(working: House) -> None:
    anna, general = await room(working)
    working.links.open.clear()
    written = [await working.say(anna, general, f"{PAGE} {number}") for number in range(AT_ONCE)]
    await working.links.asked.wait()
    working.links.open.set()
    for one in written:
        assert len((await now(working, one)).previews) == 1
    assert working.links.read_urls == [PAGE]


async def test_an_edit_keeps_what_it_links_to_still(working: House) -> None:
    anna, general = await room(working)
    written = await now(working, await working.say(anna, general, f"{PAGE} {OTHER}"))
    working.published()
    edited = await working.edit(written, Text(f"now {OTHER}"))
    assert [one.url for one in edited.previews] == [OTHER]
    assert await now(working, edited) == edited
    assert [type(event) for _, event in working.published()] == [MessageUpdate]
    back = await now(working, await working.edit(edited, Text(f"{OTHER} {PAGE}")))
    assert [one.url for one in back.previews] == [OTHER, PAGE]
    assert working.links.read_urls == [PAGE, OTHER]
    assert (await now(working, await working.edit(back, Text("none")))).previews == ()


async def test_what_was_changed_or_deleted_meanwhile_shows_nothing_old(working: House) -> None:
    anna, general = await room(working)
    working.links.open.clear()
    written = await working.say(anna, general, PAGE)
    await working.links.asked.wait()
    edited = await working.edit(written, Text("something else"))
    deleted = await working.say(anna, general, PAGE)
    await do_delete_message(working.actions, anna, general, deleted.id)
    working.published()
    working.links.open.set()
    assert await now(working, edited) == edited
    assert working.published() == []


@pytest.mark.parametrize("image", [b"no picture", picture(module.IMAGE_LEAST_PX - 1), b""])
async def test_a_page_without_a_picture_worth_showing(working: House, image: bytes) -> None:
    anna, general = await room(working)
    working.links.pages[PAGE] = LinkedPage(title="Roses", image=image)
    (preview,) = (await now(working, await working.say(anna, general, PAGE))).previews
    assert (preview.title, preview.image) == ("Roses", None)


async def test_a_picture_alone_is_shown_and_nothing_alone_is_not(working: House) -> None:
    anna, general = await room(working)
    working.links.pages |= {PAGE: LinkedPage(image=picture(2000)), OTHER: LinkedPage(description="no title")}
    (preview,) = (await now(working, await working.say(anna, general, f"{OTHER} {PAGE}"))).previews
    assert preview.image is not None
    assert (preview.title, preview.image.width, preview.image.height) == ("", 640, 640)


@pytest.mark.parametrize("rule", [Rule.PREVIEW, Rule.PREVIEW_HOST])
async def test_who_writes_a_great_many_links_gets_few_previews(house: House, rule: Rule) -> None:
    limited = house.with_rates({rule: Rate(2, 60)})
    house.actions.previewer._limiter = limited.actions.limiter
    house.actions.previewer.start()
    anna, general = await room(house)
    links = [f"{PAGE}/{number}" for number in range(3)]
    house.links.pages |= {link: LinkedPage(title="x") for link in links}
    shown = await now(house, await house.say(anna, general, " ".join(links)))
    assert [one.url for one in shown.previews] == links[:2]
    house.clock.advance(61)
    shown = await now(house, await house.say(anna, general, links[2]))
    assert len(shown.previews) == 1


async def test_what_comes_in_a_rush_has_none(working: House, monkeypatch: pytest.MonkeyPatch) -> None:
    anna, general = await room(working)
    working.links.open.clear()
    written = [await working.say(anna, general, f"{PAGE} {number}") for number in range(AT_ONCE)]
    await working.links.asked.wait()
    previewer = working.actions.previewer
    for number in range(module.WAITING_MAX + AT_ONCE + 50):
        previewer.want(replace_id(written[0], number))
    working.links.open.set()
    await previewer.settle()
    late = await working.say(anna, general, PAGE)
    assert len((await now(working, late)).previews) == 1


def replace_id(message: Message, number: int) -> Message:
    return Message(
        id=MessageId(Snowflake(message.id + number)),
        channel_id=message.channel_id,
        author_id=message.author_id,
        sections=message.sections,
    )


async def test_a_failure_stops_nothing(working: House) -> None:
    anna, general = await room(working)

    async def broken(url: str) -> LinkedPage | None:
        raise RuntimeError(url)

    read, working.links.read = working.links.read, broken  # type: ignore[method-assign]
    for number in range(AT_ONCE + 1):
        await now(working, await working.say(anna, general, f"{PAGE} {number}"))
    working.links.read = read  # type: ignore[method-assign]
    assert len((await now(working, await working.say(anna, general, PAGE))).previews) == 1


async def test_switched_off(house: House) -> None:
    off = Previewer(
        store=house.store,
        blobs=house.actions.blobs,
        images=house.actions.images,
        links=None,
        limiter=house.actions.limiter,
        clock=house.clock,
        random_bytes=house.actions.random_bytes,
        limits=house.actions.limits,
    )
    assert (off.on, house.actions.previewer.on) == (False, True)
    quiet: Actions = replace(house.actions, previewer=off)
    anna, general = await room(replace(house, actions=quiet))
    off.start()
    written = await replace(house, actions=quiet).say(anna, general, PAGE)
    await off.settle()
    await off.close()
    assert (await get_message(quiet, anna, general, written.id)).message.previews == ()


async def test_pictures_go_when_nothing_holds_them(working: House) -> None:
    anna, general = await room(working)
    working.links.pages[OTHER] = LinkedPage(image=picture(64))
    held = await now(working, await working.say(anna, general, PAGE))
    gone = await now(working, await working.say(anna, general, OTHER))
    (kept_image,), (gone_image,) = [[p.image.id for p in one.previews if p.image] for one in (held, gone)]
    async with working.store.write() as uow:
        await uow.messages.delete(general, gone.id)
    assert await do_collect_previews(working.actions) == 0
    working.clock.ms += IMAGE_ABANDONED_MS + 1
    assert await do_collect_previews(working.actions) == 1
    assert await do_collect_files(working.actions) == 0
    await get_preview_image(working.actions, kept_image)
    with pytest.raises(ParleyError) as missing:
        await get_preview_image(working.actions, gone_image)
    assert missing.value.code == "unknown_image"
