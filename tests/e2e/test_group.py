"""Looking after a group: roles, private channels, order, and what moderators do."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather, open_settings, save
from tests.support.browser import Person
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

BROWN = "#c26a1b"
"""One of the colours that are offered; its hue is kept where it is made legible."""


def give_role(person: Person, name: str, to: str) -> None:
    """A new role that stands by itself in the list of members."""
    open_settings(person, "roles")
    person.get("role-new").click()
    person.get("role-name").fill(name)
    person.get(f"colour-{BROWN}").check(force=True)
    person.page.get_by_role("switch", name="Show on its own").check()
    save(person)
    person.get("role-members").click()
    person.get("member-input").fill(to)
    person.get("member-option").click()
    expect(person.get(f"holder-{to}")).to_be_visible()
    person.get("settings-close").click()


def test_a_role_colours_a_name_and_lets_into_a_private_channel(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    boris.write("here I am")
    give_role(anna, "Beekeepers", to="boris")
    for each in (anna, boris):
        expect(each.get("members").get_by_role("heading", name="Beekeepers")).to_be_visible()
        expect(each.get("message-author")).to_have_css("color", re.compile(r"^rgb\((1[0-9]{2}|2[0-9]{2}), [4-9]"))

    anna.get("new-text-channel").click()
    anna.get("channel-name").fill("hives")
    anna.get("channel-private").check()
    anna.get("channel-save").click()
    expect(anna.page.get_by_role("heading", level=1)).to_have_text("hives")
    expect(boris.get("channel-hives")).to_be_hidden()

    anna.get("channel-hives").hover()
    anna.get("channel-edit-hives").click()
    anna.get("channel-rights").click()
    expect(anna.get("channel-private")).to_be_checked()
    anna.get("overwrite-add").click()
    anna.get("overwrite-role-Beekeepers").click()
    anna.get("overwrite-view_channel").get_by_label("Allow").check(force=True)
    save(anna)
    boris.get("channel-hives").click()
    boris.write("so many bees")

    anna.get("overwrite-view_channel").get_by_label("Deny").check(force=True)
    save(anna)
    expect(boris.get("channel-hives")).to_be_hidden()
    expect(boris.message("so many bees")).to_be_hidden()


def test_a_channel_is_dragged_into_a_category_that_can_be_folded(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.get("group-menu").click()
    anna.get("menu-new-category").click()
    anna.get("channel-name").fill("Beds")
    anna.get("channel-save").click()
    anna.get("channel-general").drag_to(anna.get("category-Beds"))
    for each in (anna, boris):
        beds = each.page.get_by_role("region", name="Beds")
        expect(beds.get_by_test_id("channel-general")).to_be_visible()
        expect(beds.get_by_test_id("channel-Voice")).to_be_hidden()

    # The keyboard has the same in the menu of the channel.
    anna.get("channel-general").click(button="right")
    anna.get("channel-up").click()
    for each in (anna, boris):
        expect(each.page.get_by_role("region", name="Beds").get_by_test_id("channel-general")).to_be_hidden()
        expect(each.get("channels").locator("li").nth(1)).to_contain_text("general")

    boris.get("channel-Voice").hover()
    anna.get("channel-Voice").drag_to(anna.get("category-Beds"))
    expect(boris.page.get_by_role("region", name="Beds").get_by_test_id("channel-Voice")).to_be_visible()
    boris.get("category-Beds").click()
    expect(boris.get("channel-Voice")).to_be_hidden()
    boris.page.reload()
    expect(boris.get("category-Beds")).to_have_attribute("aria-expanded", "false")
    expect(boris.get("channel-Voice")).to_be_hidden()


def test_a_moderator_times_out_and_bans_and_the_log_says_why(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, chloe = gather(parley_server, person, "anna", "boris", "chloe")
    chloe.write("spam, spam, spam")
    anna.get("member-menu-boris").click()
    anna.get("member-moderator").click()
    expect(anna.page.get_by_text("boris is a moderator now.")).to_be_visible()

    # Nobody is offered what they may not do: the owner stands above.
    boris.get("member-menu-chloe").click()
    expect(boris.get("member-ban")).to_be_visible()
    boris.page.keyboard.press("Escape")
    boris.get("member-menu-anna").click()
    expect(boris.page.get_by_role("menuitem", name="Message")).to_be_visible()
    expect(boris.get("member-ban")).to_be_hidden()
    boris.page.keyboard.press("Escape")

    boris.get("member-menu-chloe").click()
    boris.get("member-time-out").click()
    boris.get("reason").fill("think about it")
    boris.get("deed").click()
    expect(chloe.get("composer-closed")).to_contain_text("You are in time-out until")
    expect(boris.get("member-chloe").get_by_test_id("timed-out")).to_be_visible()

    boris.get("member-menu-chloe").click()
    boris.get("member-ban").click()
    boris.get("ban-clean-up").select_option(label="In the last day")
    boris.get("reason").fill("nothing but spam")
    boris.get("confirm").click()
    for each in (anna, boris):
        each.expect_reads("spam, spam", times=0)
        expect(each.get("member-chloe")).to_be_hidden()
    expect(chloe.get("channel-general")).to_be_hidden()

    open_settings(anna, "audit")
    entries = anna.get("audit-entry")
    expect(entries.first).to_contain_text("boris banned chloe")
    expect(entries.first).to_contain_text("nothing but spam")
    expect(entries.nth(1)).to_contain_text("boris put chloe in time-out")
    anna.get("audit-action").select_option("member.role")
    expect(entries).to_have_count(1)
    expect(entries).to_contain_text("anna gave boris the role Moderator")


def test_a_report_waits_for_moderators_until_it_is_handled(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, _ = gather(parley_server, person, "anna", "boris", "chloe")
    boris.write("buy cheap seeds")
    _report(parley_server, anna, "advertising")
    expect(anna.get("reports-badge")).to_be_visible()
    expect(boris.get("reports-badge")).to_be_hidden()
    anna.get("reports-badge").click()
    report = anna.get("report")
    expect(report).to_contain_text("advertising")
    expect(report).to_contain_text("buy cheap seeds")
    report.get_by_test_id("report-note").fill("told him")
    report.get_by_test_id("report-resolve").click()
    expect(report).to_be_hidden()
    anna.page.get_by_text("Resolved", exact=True).click()
    expect(report).to_contain_text("told him")
    anna.get("settings-back").click()
    expect(anna.get("message-input")).to_be_visible()
    expect(anna.get("reports-badge")).to_be_hidden()


def _report(server: ParleyServer, reader: Person, reason: str) -> None:
    """Somebody reports the newest message that ``reader`` sees."""
    status, session = server.request(
        "POST", "/api/auth/login", {"username": "chloe", "password": "correct horse battery", "tokens": "body"}
    )
    assert status == 200, session
    channel_id = reader.page.url.rsplit("/", 1)[1]
    message_id = reader.get("message").last.get_attribute("data-id")
    path = f"/api/channels/{channel_id}/messages/{message_id}/report"
    status, answer = server.request("POST", path, {"reason": reason}, session["access_token"])
    assert status == 201, answer
