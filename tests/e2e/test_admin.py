"""The operators' page: how the server is, who has an account, what everybody is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_an_operator_announces_something_and_bans_somebody(parley_server: ParleyServer, person: MakePerson) -> None:
    olga = person(parley_server.address, "olga")
    olga.sign_up(f"/signup?owner={parley_server.owner_token}")
    expect(olga.get("new-group")).to_be_visible()
    anna = person(parley_server.address, "anna")
    anna.sign_up()
    expect(anna.get("new-group")).to_be_visible()

    olga.page.goto(f"{parley_server.address}/admin")
    expect(olga.get("health-database")).to_have_attribute("data-state", "ok")
    olga.get("announcement-text").fill("The server restarts at noon.")
    olga.get("announce").click()
    expect(anna.get("announcement")).to_contain_text("The server restarts at noon.")
    anna.get("announcement").get_by_role("button").click()
    expect(anna.get("announcement")).to_be_hidden()
    anna.page.reload()
    expect(anna.get("new-group")).to_be_visible()
    expect(anna.get("announcement")).to_be_hidden()

    olga.get("accounts-search").fill("an")
    expect(olga.get("account-olga")).to_be_hidden()
    olga.get("ban-anna").click()
    olga.page.get_by_role("alertdialog").get_by_role("button", name="Ban").click()
    expect(anna.get("login-username")).to_be_visible()
    expect(olga.get("account-anna")).to_contain_text("Banned since")

    anna.page.goto(f"{parley_server.address}/admin")
    expect(anna.get("login-username")).to_be_visible()
