"""Coming in and going out: log-ins, invitations, members."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_one_logs_out_and_in_again(parley_server: ParleyServer, person: MakePerson) -> None:
    anna = gather(parley_server, person, "anna")[0]
    anna.write("still here?")
    place = anna.page.url
    anna.join_voice()
    anna.open_settings()
    anna.get("log-out").click()
    expect(anna.get("login-username")).to_be_visible()
    anna.page.goto(place)
    expect(anna.get("login-username")).to_be_visible()
    assert anna.message("still here?").count() == 0

    anna.get("login-username").fill("anna")
    anna.get("login-password").fill("a wrong password")
    anna.get("login-submit").click()
    expect(anna.page.get_by_role("alert")).to_be_visible()
    anna.get("login-password").fill("correct horse battery")
    anna.get("login-submit").click()
    anna.expect_reads("still here?")
    assert anna.page.url == place


def test_one_is_added_by_name_only_with_consent_and_can_be_removed(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna = gather(parley_server, person, "anna")[0]
    boris = person(parley_server.address, "boris")
    boris.sign_up()
    expect(boris.get("settings-open")).to_be_visible()

    anna.get("invite-open").click()
    anna.get("add-username").fill("nobody.here")
    anna.get("add-submit").click()
    expect(anna.page.get_by_role("alert")).to_be_visible()
    anna.get("add-username").fill("@Boris")
    anna.get("add-submit").click()
    expect(boris.get("addition-accept")).to_be_visible()
    expect(anna.get("members").get_by_text("boris")).to_be_hidden()
    anna.close_overlay()
    boris.get("addition-accept").click()
    expect(boris.get("message-input")).to_be_visible()
    boris.write("thanks")
    expect(anna.get("member-boris")).to_be_visible()

    anna.get("member-menu-boris").click()
    anna.get("member-remove").click()
    anna.get("confirm").click()
    expect(anna.get("member-boris")).to_be_hidden()
    expect(boris.get("message-input")).to_be_hidden()
    expect(boris.get("channel-general")).to_be_hidden()
    anna.expect_reads("thanks")


def test_an_invitation_for_one_is_used_up(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, chloe = (person(parley_server.address, name) for name in ("anna", "boris", "chloe"))
    anna.sign_up()
    anna.make_group("Garden")
    anna.get("invite-open").click()
    link = anna.get("invite-link")
    expect(link).to_have_value(re.compile("/invite/"))
    for_all = link.input_value()
    anna.page.get_by_label("How many people").select_option("1")
    expect(link).not_to_have_value(for_all)
    expect(link).to_have_value(re.compile("/invite/"))
    for_one = link.input_value()

    chloe.sign_up()
    expect(chloe.get("settings-open")).to_be_visible()
    chloe.page.goto(for_one)
    expect(chloe.get("invite-accept")).to_be_visible()
    boris.accept_as_stranger(for_one)
    chloe.get("invite-accept").click()
    expect(chloe.page.get_by_text("This invitation no longer works. Ask for a new link.")).to_be_visible()
    chloe.page.reload()
    expect(chloe.page.get_by_role("heading", name="This invitation no longer works")).to_be_visible()
    expect(chloe.page.get_by_text("was used up")).to_be_visible()
