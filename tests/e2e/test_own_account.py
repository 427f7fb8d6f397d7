"""One's own account: what is asked before a change, log-ins elsewhere, the way back in by mail."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

FRESH = "a fresh horse battery"


def test_a_new_password_ends_the_log_ins_elsewhere(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, elsewhere = person(parley_server.address, "anna"), person(parley_server.address, "anna")
    anna.sign_up()
    expect(anna.get("settings-open")).to_be_visible()
    elsewhere.page.goto(f"{parley_server.address}/login")
    elsewhere.get("login-username").fill("anna")
    elsewhere.get("login-password").fill("correct horse battery")
    elsewhere.get("login-submit").click()
    expect(elsewhere.get("settings-open")).to_be_visible()

    anna.open_settings("security")
    expect(anna.get("log-in-other")).to_have_count(1)
    expect(anna.get("log-in-current")).to_contain_text("Chrome on Linux")
    anna.get("new-password").fill("password")
    expect(anna.get("strength")).to_contain_text("choose another")
    anna.get("new-password").fill(FRESH)
    expect(anna.get("strength")).to_contain_text("ood.")
    anna.get("password-save").click()
    expect(anna.page.get_by_text("The password was changed.")).to_be_visible()
    expect(elsewhere.get("login-username")).to_be_visible()

    elsewhere.get("login-username").fill("anna")
    elsewhere.get("login-password").fill(FRESH)
    elsewhere.get("login-submit").click()
    expect(elsewhere.get("settings-open")).to_be_visible()
    anna.page.reload()
    anna.get("log-in-end").click()
    expect(elsewhere.get("login-username")).to_be_visible()
    expect(anna.get("log-in-other")).to_have_count(0)


def link(server: ParleyServer, kind: str) -> str:
    """The one that was mailed: without a mail server, mails are shown to the operator."""
    token = server.prints(rf"/{kind}/([\w-]+)")
    return f"{server.address}/{kind}/{token}"


def test_a_forgotten_password_is_made_anew_by_mail(parley_server: ParleyServer, person: MakePerson) -> None:
    anna = person(parley_server.address, "anna")
    anna.sign_up()
    anna.open_settings("account")
    anna.get("email-address").fill("anna@example.org")
    anna.get("email-save").click()
    expect(anna.get("email-pending")).to_be_visible()
    anna.page.goto(link(parley_server, "verify"))
    anna.get("verify-confirm").click()
    anna.get("verify-done").click()
    anna.open_settings("account")
    expect(anna.get("email-current")).to_have_text("anna@example.org")
    anna.get("log-out").click()

    anna.get("forgot").click()
    anna.get("recover-email").fill("anna@example.org")
    anna.get("recover-ask").click()
    expect(anna.page.get_by_text("a link is on its way")).to_be_visible()
    anna.page.goto(link(parley_server, "recover"))
    anna.get("recover-password").fill(FRESH)
    anna.get("recover-finish").click()
    anna.page.get_by_role("link", name="Log in").click()
    anna.get("login-username").fill("anna")
    anna.get("login-password").fill(FRESH)
    anna.get("login-submit").click()
    expect(anna.get("settings-open")).to_be_visible()
