"""What messages can do: call for people, take reactions and files, be forwarded, found again, and count as unread."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.e2e.scene import MakePerson, gather
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_a_mention_calls_and_a_reaction_answers(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("hello")
    anna.page.get_by_role("link", name="Home").click()
    box = boris.get("message-input")
    box.press_sequentially("hey @an")
    boris.get("suggest-@anna").wait_for()
    box.press("Enter")
    expect(box).to_have_value("hey @anna ")
    box.press_sequentially("see #gene")
    boris.get("suggest-#general").wait_for()
    box.press("Tab")
    box.press("Enter")
    expect(boris.message("hey @anna see #general")).to_have_attribute("data-state", "sent")

    expect(anna.page).to_have_title(re.compile(r"^\(1\) "))
    anna.page.get_by_role("link", name="Garden, 1 message for you").click()
    called = anna.message("hey @anna")
    expect(called).to_have_attribute("data-pinged", "true")
    called.hover()
    called.get_by_test_id("message-react").click()
    anna.get("emoji-search").fill("tomato")
    anna.get("emoji-picker").get_by_role("option", name="tomato").wait_for()
    anna.page.keyboard.press("Enter")

    pill = boris.get("reaction-🍅")
    expect(pill).to_have_attribute("aria-pressed", "false")
    pill.click()
    expect(pill).to_have_attribute("aria-pressed", "true")
    expect(anna.get("reaction-🍅")).to_contain_text("2")
    boris.get("message-input").hover()
    pill.hover()
    expect(boris.page.get_by_role("tooltip")).to_have_text("anna and boris")

    anna.page.goto(parley_server.address + "/mentions")
    expect(anna.get("mentions")).to_contain_text("hey @anna")
    anna.get("mention-jump").click()
    expect(anna.message("hey @anna")).to_be_visible()


def test_a_file_is_attached_shown_and_saved(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    seeds: FilePayload = {"name": "seeds.csv", "mimeType": "text/csv", "buffer": b"tomato,12\nbean,40\n"}
    anna.get("file-input").set_input_files(seeds)
    expect(anna.get("attachment-seeds.csv")).to_have_attribute("data-state", "done")
    anna.write("what we have", "what we have")
    expect(anna.get("attachments")).to_be_hidden()

    expect(boris.message("what we have").get_by_test_id("file")).to_contain_text("seeds.csv")
    with boris.page.expect_download() as download:
        boris.get("file-download").click()
    assert download.value.suggested_filename == "seeds.csv"
    with open(download.value.path(), "rb") as saved:
        assert saved.read() == b"tomato,12\nbean,40\n"


def test_messages_are_found_forwarded_and_marked_unread(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("the key is under the blue pot")
    for number in range(12):
        anna.write("\n".join(f"line {number}.{row}" for row in range(6)), f"line {number}.5")
    boris.expect_reads("line 11.5")

    boris.get("search-open").click()
    boris.get("search-input").fill("BLUE from:anna")
    boris.get("search-input").press("Enter")
    result = boris.get("result")
    expect(result).to_contain_text("under the blue pot")
    expect(result.locator("mark")).to_have_text("blue")
    result.get_by_test_id("result-jump").click()
    found = boris.message("under the blue pot")
    expect(found).to_be_in_viewport()

    boris.open_menu(found)
    boris.get("message-forward").click()
    boris.get("forward-general").click()
    boris.get("forward-comment").fill("remember?")
    boris.get("forward-send").click()
    forwarded = anna.message("remember?")
    expect(forwarded.get_by_test_id("forward")).to_contain_text("Forwarded from anna")
    forwarded.get_by_test_id("forward-origin").click()
    expect(anna.message("the key is under").first).to_be_in_viewport()

    boris.get("to-present").click()
    boris.open_menu(boris.message("line 11.5"))
    boris.get("message-unread").click()
    expect(boris.get("unread-general")).to_contain_text("1")
    expect(boris.page.locator("[data-row]", has=boris.get("unread-line"))).to_contain_text("line 11.0")
    boris.page.get_by_role("link", name="Home").click()
    expect(boris.page.get_by_role("link", name="Garden, 1 unread message")).to_be_visible()
