from __future__ import annotations

import pytest

from server.actions.messages import get_message
from server.actions.previews import do_remove_previews, get_preview_image
from server.domain.errors import ParleyError
from server.domain.events import MessageUpdate
from server.domain.sections import Text
from server.ports import LinkedPage
from tests.support.actions import House, text_channel

PAGE = "https://page.example.org"


async def test_an_author_takes_previews_off_for_good(house: House) -> None:
    anna, ben = await house.user("anna"), await house.user("ben")
    general = text_channel(await house.group(anna, ben))
    house.links.pages[PAGE] = LinkedPage(title="Roses")
    previewer = house.actions.previewer
    previewer.start()
    written = await house.say(ben, general, PAGE)
    await previewer.settle()
    with pytest.raises(ParleyError) as refused:
        await do_remove_previews(house.actions, anna, general, written.id)
    assert refused.value.code == "forbidden"
    house.published()
    await do_remove_previews(house.actions, ben, general, written.id)
    ((_, event),) = house.published()
    assert event == MessageUpdate(message=written)
    await do_remove_previews(house.actions, ben, general, written.id)
    assert house.published() == []
    edited = await house.edit(written, Text(f"{PAGE} again"))
    await previewer.settle()
    assert (await get_message(house.actions, anna, general, written.id)).message == edited
    assert edited.previews == ()


async def test_taken_off_before_they_came(house: House) -> None:
    anna = await house.user("anna")
    general = text_channel(await house.group(anna))
    written = await house.say(anna, general, PAGE)
    await do_remove_previews(house.actions, anna, general, written.id)
    house.actions.previewer.start()
    await house.actions.previewer.settle()
    assert house.links.read_urls == []


@pytest.mark.parametrize("image_id", ["", "x", "../../files/00/1", "AB" * 16, "ab" * 16, "ab" * 17])
async def test_pictures_that_are_not_there(house: House, image_id: str) -> None:
    with pytest.raises(ParleyError) as refused:
        await get_preview_image(house.actions, image_id)
    assert refused.value.code == "unknown_image"
