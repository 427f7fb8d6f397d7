"""The settings of a group from end to end: a channel, a role, and who owns it all."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather, open_settings, save
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_a_channel_gets_slow_and_a_role_is_dragged_and_called(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.get("channel-general").hover()
    anna.get("channel-edit-general").click()
    expect(anna.page.get_by_role("main")).to_have_css(
        "flex-grow", "1"
    )  # it has its layout, though no other page was open
    anna.get("channel-topic").fill("Slugs and snails")
    anna.get("channel-slow-mode").select_option("60")
    save(anna)
    expect(boris.page.locator(".conversation-head")).to_contain_text("Slugs and snails")
    expect(boris.get("slow-mode")).to_have_attribute("data-waiting", "false")

    anna.get("section-roles").click()
    anna.get("role-new").click()
    anna.get("role-name").fill("Beekeepers")
    anna.page.get_by_role("switch", name="mention").check()
    save(anna)
    anna.get("role-members").click()
    anna.get("member-input").fill("anna")
    anna.get("member-option").click()
    expect(anna.get("holder-anna")).to_be_visible()
    anna.get("roles-back").click()
    rows = anna.page.locator("[data-testid^='role-']", has=anna.page.locator(".drag-handle"))
    order = rows.all_inner_texts()
    first, last = rows.first, rows.last
    last.drag_to(first, target_position={"x": 100, "y": 2})
    expect(rows.first).to_contain_text(order[-1].splitlines()[0])
    anna.get("settings-close").click()

    box = boris.get("message-input")
    box.press_sequentially("come, @Bee")
    boris.get("suggest-@Beekeepers").wait_for()
    box.press("Enter")
    box.press("Enter")
    expect(anna.message("come, @Beekeepers")).to_have_attribute("data-pinged", "true")
    expect(boris.get("slow-mode")).to_have_attribute("data-waiting", "true")


def test_a_group_changes_hands_is_left_and_deleted(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    open_settings(anna, "overview")
    expect(anna.get("group-leave")).to_be_hidden()
    anna.get("member-input").fill("boris")
    anna.get("member-option").click()
    anna.get("transfer").click()
    anna.get("reason").fill("moving away")
    anna.get("confirm").click()
    anna.get("group-leave").click()
    anna.get("confirm").click()
    expect(anna.get("group-menu")).to_be_hidden()
    expect(boris.get("member-anna")).to_be_hidden()

    open_settings(boris, "audit")
    expect(boris.get("audit-entry").filter(has_text="moving away")).to_be_visible()
    boris.get("section-overview").click()
    boris.get("group-delete").click()
    boris.get("confirm").click()
    expect(boris.get("group-menu")).to_be_hidden()
    boris.page.reload()
    expect(boris.get("new-group")).to_be_visible()
    expect(boris.page.get_by_role("link", name="Garden")).to_be_hidden()
