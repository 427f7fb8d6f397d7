"""People outside of groups: direct messages, friends, blocks, presence."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_two_people_write_to_each_other_directly(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("hello all")
    boris.get("message-author").first.click()
    expect(boris.get("profile-status")).to_have_text("Online")
    boris.get("profile-message").click()
    expect(boris.page).to_have_url(re.compile("/d/"))
    boris.write("psst, the shed")

    expect(anna.page).to_have_title(re.compile(r"^\(1\) "))
    anna.page.get_by_role("link", name=re.compile("^Home")).click()
    expect(anna.get("mentions-boris")).to_contain_text("1")
    entry = anna.get("conversation-boris")
    expect(entry).to_contain_text("psst, the shed")
    entry.click()
    anna.expect_reads("psst, the shed")
    expect(anna.page).to_have_title(re.compile("^boris"))
    anna.write("coming")
    boris.expect_reads("coming")

    anna.get("status-open").click()
    anna.get("status-dnd").click()
    anna.get("status-text").fill("digging")
    anna.get("status-save").click()
    expect(boris.page.locator(".conversation-head")).to_contain_text("digging")


def test_a_group_conversation_is_made_named_and_left(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, chloe = gather(parley_server, person, "anna", "boris", "chloe")
    anna.page.get_by_role("link", name="Home").click()
    anna.get("new-conversation").click()
    for name in ("boris", "chloe"):
        anna.get("people-input").fill(name)
        anna.get(f"pick-{name}").click()
    anna.get("conversation-name").fill("Shed")
    anna.get("conversation-start").click()
    anna.write("who has the key?")

    for each in (boris, chloe):
        each.page.get_by_role("link", name=re.compile("^Home")).click()
        each.get("conversation-Shed").click()
        each.expect_reads("who has the key?")
    boris.get("place-menu").click()
    boris.get("conversation-leave").click()
    boris.get("confirm").click()
    expect(boris.get("conversation-Shed")).to_be_hidden()
    expect(anna.get("members")).to_contain_text("2 members")


def test_friends_are_asked_and_one_who_is_blocked_is_kept_away(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    boris.write("look at me")
    channel = anna.page.url
    anna.page.goto(parley_server.address + "/friends")
    anna.get("friend-name").fill("boris")
    anna.get("friend-add").click()
    boris.page.get_by_role("link", name=re.compile("^Home, 1 thing")).click()
    boris.get("home-friends").click()
    boris.get("friend-accept").click()
    expect(anna.get("friend-boris")).to_contain_text("Online")

    anna.get("friend-message").click()
    anna.write("we are friends")
    boris.page.get_by_role("link", name=re.compile("^Home")).click()
    boris.get("conversation-anna").click()
    boris.expect_reads("we are friends")

    anna.page.goto(channel)
    anna.get("message-author").first.click()
    anna.get("profile-block").click()
    anna.get("confirm").click()
    expect(anna.get("message-hidden")).to_have_count(1)
    anna.expect_reads("look at me", times=0)

    box = boris.get("message-input")
    box.fill("do you hear me?")
    box.press("Enter")
    expect(boris.message("do you hear me?")).to_have_attribute("data-state", "failed")
    expect(boris.message("do you hear me?")).to_contain_text("takes no messages")
