from __future__ import annotations

from typing import Final

from db.store import SqlStore
from server.domain.entities import Preview, PreviewImage
from server.ports import ReadPage
from tests.support.rows import GENERAL, message, message_id

URL: Final = "https://a.org/ä"
IMAGES: Final = [f"{number:032x}" for number in range(4)]


def preview(number: int, url: str = URL) -> Preview:
    return Preview(url=url, title="Größe 🌹", image=PreviewImage(id=IMAGES[number], width=8, height=9))


async def test_what_was_read_of_a_page_is_found_until_it_is_forgotten(world: SqlStore) -> None:
    page = ReadPage(read_ms=10, preview=preview(1))
    async with world.write() as uow:
        await uow.previews.add_image(IMAGES[1], 10)
        await uow.previews.keep(URL, page)
        await uow.previews.keep("https://b.org", ReadPage(read_ms=20, preview=None))
    async with world.read() as reader:
        assert await reader.previews.find(URL) == page
        assert await reader.previews.find("https://b.org") == ReadPage(read_ms=20, preview=None)
        assert await reader.previews.find("https://c.org") is None
    async with world.write() as uow:
        await uow.previews.keep(URL, ReadPage(read_ms=30, preview=None))
        assert await uow.previews.find(URL) == ReadPage(read_ms=30, preview=None)
        await uow.previews.forget(30)
        assert await uow.previews.find("https://b.org") is None
        assert await uow.previews.find(URL) is not None


async def test_messages_show_previews(world: SqlStore) -> None:
    shown = (preview(1), preview(2, "https://b.org"), preview(1, "https://c.org"))
    async with world.write() as uow:
        await uow.messages.add(message(7))
        for image_id in IMAGES[1:3]:
            await uow.previews.add_image(image_id, 1)
        await uow.previews.show(GENERAL, message_id(7), shown)
    async with world.write() as uow:
        found = await uow.messages.get(GENERAL, message_id(7))
        assert found is not None
        assert found.previews == shown
        assert await uow.previews.abandoned_images(9, 9) == []
        await uow.previews.show(GENERAL, message_id(7), shown[:1])
        assert await uow.previews.abandoned_images(9, 9) == [IMAGES[2]]
        await uow.messages.delete(GENERAL, message_id(7))
        assert await uow.previews.abandoned_images(9, 9) == IMAGES[1:3]


async def test_they_can_be_turned_off(world: SqlStore) -> None:
    async with world.write() as uow:
        await uow.messages.add(message(7))
        await uow.previews.add_image(IMAGES[1], 1)
        assert not await uow.previews.are_off(GENERAL, message_id(7))
        await uow.previews.show(GENERAL, message_id(7), (preview(1),))
        await uow.previews.turn_off(GENERAL, message_id(7))
        assert await uow.previews.are_off(GENERAL, message_id(7))
        assert not await uow.previews.are_off(GENERAL, message_id(8))
        assert (await uow.messages.by_ids(GENERAL, [message_id(7)]))[0].previews == ()


async def test_pictures_that_nothing_holds(world: SqlStore) -> None:
    async with world.write() as uow:
        for number, image_id in enumerate(IMAGES):
            await uow.previews.add_image(image_id, 10 * number)
        await uow.previews.keep(URL, ReadPage(read_ms=10, preview=preview(1)))
        assert await uow.previews.abandoned_images(30, 9) == [IMAGES[0], IMAGES[2]]
        assert await uow.previews.abandoned_images(30, 1) == [IMAGES[0]]
        await uow.previews.delete_images([IMAGES[0], IMAGES[1]])
        await uow.previews.delete_images([])
        assert await uow.previews.abandoned_images(99, 9) == IMAGES[2:]
        assert await uow.previews.find(URL) == ReadPage(read_ms=10, preview=preview(1))
