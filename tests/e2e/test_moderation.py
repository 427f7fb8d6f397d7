"""What moderators have beside kick and ban: reports, word filters, a pause for invitations, a way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather, open_settings
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_a_report_by_the_form_is_dismissed_and_a_filter_blocks(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("eat more cabbage")
    boris.open_menu(boris.message("eat more cabbage"))
    boris.get("message-report").click()
    expect(boris.get("report-send")).to_be_disabled()
    boris.get("report-reason").fill("an advertisement for cabbage")
    boris.get("report-send").click()
    expect(boris.page.get_by_text("Reported. Thank you.")).to_be_visible()

    anna.get("reports-badge").click()
    report = anna.get("report")
    expect(report).to_contain_text("an advertisement for cabbage")
    report.get_by_test_id("report-dismiss").click()
    expect(report).to_be_hidden()
    anna.page.get_by_text("Dismissed", exact=True).click()
    expect(report).to_contain_text("eat more cabbage")

    anna.get("section-filters").click()
    anna.get("filter-new").click()
    anna.get("filter-name").fill("Roots")
    anna.get("filter-words").fill("turnip\nswede")
    anna.get("filter-save").click()
    expect(anna.get("filter-Roots")).to_contain_text("2 words")
    box = boris.get("message-input")
    box.fill("have a TURNIP")
    box.press("Enter")
    refused = boris.message("have a TURNIP")
    expect(refused).to_have_attribute("data-state", "failed")
    expect(refused).to_contain_text("A word in it is not wanted")
    refused.get_by_test_id("message-discard").click()
    boris.write("have a carrot")


def test_a_pause_keeps_newcomers_out_and_a_ban_ends(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    link = anna.invite_link()
    anna.get("member-menu-boris").click()
    anna.get("member-ban").click()
    anna.get("reason").fill("too many snails")
    anna.get("confirm").click()
    expect(boris.get("channel-general")).to_be_hidden()
    boris.page.goto(link)
    boris.get("invite-accept").click()
    expect(boris.page.get_by_text("You are banned from this group.")).to_be_visible()

    open_settings(anna, "bans")
    expect(anna.get("ban-boris")).to_contain_text("too many snails")
    anna.get("unban-boris").click()
    anna.get("confirm").click()
    expect(anna.get("ban-boris")).to_be_hidden()

    anna.get("section-safety").click()
    anna.get("safety-pause-hour").click()
    expect(anna.page.get_by_text("Nobody can come in until")).to_be_visible()
    boris.get("invite-accept").click()
    expect(boris.page.get_by_text("This group takes nobody in for the moment.")).to_be_visible()
    anna.get("safety-resume").click()
    expect(anna.get("safety-pause-hour")).to_be_visible()
    boris.get("invite-accept").click()
    expect(boris.get("message-input")).to_be_visible()
