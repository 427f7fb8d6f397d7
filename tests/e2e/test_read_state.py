"""What counts as read: what was in view, told to every window of the account."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.scene import MakePerson, gather
from tests.support.browser import PASSWORD, Person
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

TALL: Final = "\n".join(["line"] * 20)
COUNT: Final = 40


def write_tall(server: ParleyServer, username: str, channel_id: str) -> None:
    login = {"username": username, "password": PASSWORD, "tokens": "body"}
    status, session = server.request("POST", "/api/auth/login", login)
    assert status == 200, session
    for number in range(COUNT):
        sections = [{"kind": "text", "text": f"{TALL}\nend {number}"}]
        body = {"nonce": f"tall-{number}", "sections": sections}
        status, answer = server.request("POST", f"/api/channels/{channel_id}/messages", body, session["access_token"])
        assert status == 201, answer


def unread(person: Person, counts: range) -> Locator:
    """The badge of the channel, if it says one of these."""
    words = re.compile(f"^({'|'.join(map(str, counts))}) unread messages?$")
    return person.get("unread-general").get_by_text(words)


def test_tall_messages_stay_unread_until_they_were_in_view(parley_server: ParleyServer, person: MakePerson) -> None:
    _, boris = gather(parley_server, person, "anna", "boris")
    channel = boris.page.url
    boris.page.get_by_role("link", name="Home").click()
    write_tall(parley_server, "anna", channel.rsplit("/", 1)[1])
    other = person(parley_server.address, "boris")
    other.log_in()
    expect(other.page.get_by_role("link", name=f"Garden, {COUNT} unread messages")).to_be_visible()

    boris.page.goto(channel)
    expect(boris.get("unread-line")).to_be_in_viewport()
    expect(unread(boris, range(COUNT - 3, COUNT))).to_be_attached()

    boris.page.mouse.move(640, 400)
    boris.page.mouse.wheel(0, 3000)
    fewer = range(2, COUNT - 3)
    expect(unread(boris, fewer)).to_be_attached()
    garden = re.compile(f"^Garden, ({'|'.join(map(str, fewer))}) unread messages$")
    expect(other.page.get_by_role("link", name=garden)).to_be_visible()

    boris.get("to-present").click()
    expect(boris.message(f"end {COUNT - 1}")).to_be_in_viewport()
    expect(boris.get("unread-general")).to_be_hidden()
    expect(other.page.get_by_role("link", name="Garden", exact=True)).to_be_visible()
