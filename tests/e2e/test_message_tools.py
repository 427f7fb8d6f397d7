"""What stands in the menu beside a message, and what goes with one: versions, reactions, pins, cards, many deleted at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather, open_settings
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_a_message_tells_its_versions_who_reacted_and_is_pinned(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    boris.write("meet at nine")
    boris.get("message-input").press("ArrowUp")
    boris.get("edit-input").fill("meet at ten")
    boris.get("edit-input").press("Enter")
    message = anna.message("meet at ten")
    expect(message).to_contain_text("(edited)")

    anna.open_menu(message)
    anna.get("message-edits").click()
    versions = anna.get("edits").get_by_role("listitem")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text("meet at nine")
    expect(versions.last).to_contain_text("meet at ten")
    anna.close_overlay()

    message.hover()
    message.get_by_test_id("message-react").click()
    anna.get("emoji-search").fill("tomato")
    anna.get("emoji-picker").get_by_role("option", name="tomato").wait_for()
    anna.page.keyboard.press("Enter")
    boris.get("reaction-🍅").click()
    expect(anna.get("reaction-🍅")).to_contain_text("2")
    anna.open_menu(message)
    anna.page.get_by_role("menuitem", name="Reactions").click()
    people = anna.page.get_by_role("dialog").get_by_role("listitem")
    expect(people).to_have_count(2)
    # Whoever looks after the messages takes somebody else's away.
    people.filter(has_text="@boris").get_by_role("button").click()
    expect(people).to_have_count(1)
    anna.close_overlay()
    expect(boris.get("reaction-🍅")).to_contain_text("1")

    anna.open_menu(message)
    anna.get("message-pin").click()
    boris.get("pins-open").click()
    expect(boris.get("pins")).to_contain_text("meet at ten")
    anna.open_menu(message)
    expect(anna.get("message-pin")).to_have_text("Unpin")
    anna.get("message-pin").click()
    expect(boris.page.get_by_text("Nothing is pinned here yet.")).to_be_visible()


def test_cards_lead_to_people_and_groups_and_many_messages_go_at_once(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    garden = anna.page.url
    anna.make_group("Shed")
    anna.page.goto(garden)

    anna.get("composer-more").click()
    anna.get("share-contact").click()
    anna.get("people-input").fill("boris")
    anna.get("pick-boris").click()
    anna.get("contact-send").click()
    expect(boris.get("contact")).to_contain_text("@boris")

    anna.get("composer-more").click()
    anna.get("share-invite").click()
    anna.get("share-Shed").click()
    anna.get("invite-send").click()
    card = boris.get("invite-card")
    expect(card).to_contain_text("Shed")
    card.get_by_test_id("invite-join").click()
    expect(boris.get("group-menu")).to_have_text("Shed")
    expect(boris.get("member-anna")).to_be_visible()
    boris.page.goto(garden)
    expect(boris.get("invite-join")).to_have_text("Open")

    for number in range(3):
        boris.write(f"spam {number}")
    anna.open_menu(anna.message("spam 0"))
    anna.get("message-select").click()
    anna.message("spam 1").get_by_test_id("message-tick").check()
    expect(anna.page.get_by_text("2 messages selected")).to_be_visible()
    anna.get("select-delete").click()
    anna.get("reason").fill("nobody wants this")
    anna.get("confirm").click()
    for each in (anna, boris):
        each.expect_reads("spam", times=1)
    expect(anna.get("message-input")).to_be_visible()
    open_settings(anna, "audit")
    expect(anna.get("audit-entry").first).to_contain_text("nobody wants this")
