"""Second factors in a real browser: an authenticator app, recovery codes, and passkeys by Chromium's own virtual authenticator."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from server.domain.factors import step_at, totp_code
from tests.e2e.scene import MakePerson
from tests.support.browser import PASSWORD, Person
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def settled(server: ParleyServer, person: MakePerson) -> Person:
    """In her settings; by a name, since passkeys do not go with an address."""
    anna = person(server.address.replace("127.0.0.1", "localhost"), "anna")
    anna.sign_up()
    anna.open_settings("factors")
    return anna


def give_authenticator(anna: Person) -> None:
    cdp = anna.context.new_cdp_session(anna.page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def shown_codes(anna: Person) -> list[str]:
    codes: Locator = anna.get("recovery-codes").locator("li")
    expect(codes).to_have_count(10)
    return codes.all_inner_texts()


def log_out(anna: Person) -> None:
    anna.get("log-out").click()
    expect(anna.get("login-username")).to_be_visible()


def is_in(anna: Person) -> None:
    expect(anna.get("settings-open")).to_be_visible()


def code(secret: bytes, steps: int = 0) -> str:
    return totp_code(secret, step_at(int(time.time() * 1000)) + steps)


def test_an_app_and_recovery_codes(parley_server: ParleyServer, person: MakePerson, tmp_path: Path) -> None:
    anna = settled(parley_server, person)
    anna.get("app-begin").click()
    secret = base64.b32decode(anna.get("app-secret").inner_text().replace(" ", ""))
    image = anna.page.get_by_role("img", name="QR code")
    assert image.evaluate("image => image.naturalWidth") > 0, "the content policy lets it be drawn"
    anna.get("factor-code-totp").fill("000000")
    anna.get("app-confirm").click()
    expect(anna.page.get_by_role("alert")).to_be_visible()
    anna.get("factor-code-totp").fill(code(secret))
    anna.get("app-confirm").click()
    codes = shown_codes(anna)
    with anna.page.expect_download() as download:
        anna.get("codes-download").click()
    download.value.save_as(tmp_path / "codes.txt")
    assert codes[0] in (tmp_path / "codes.txt").read_text()
    anna.get("codes-done").click()

    log_out(anna)
    anna.log_in()
    anna.get("factor-code-totp").fill("000000")
    anna.get("factor-submit").click()
    expect(anna.page.get_by_role("alert")).to_be_visible()
    anna.get("factor-code-totp").fill(code(secret, +1))
    anna.get("factor-submit").click()
    is_in(anna)
    anna.open_settings("factors")
    log_out(anna)
    anna.log_in()
    anna.get("factor-recovery").click()
    anna.get("factor-code-recovery").fill(codes[0])
    anna.get("factor-submit").click()
    is_in(anna)
    anna.open_settings("factors")
    expect(anna.get("codes-left")).to_contain_text("9")
    anna.get("app-remove").click()
    anna.get("confirm").click()
    expect(anna.get("app-begin")).to_be_visible()


def test_a_passkey_signs_in_alone_and_after_the_password(parley_server: ParleyServer, person: MakePerson) -> None:
    anna = settled(parley_server, person)
    give_authenticator(anna)
    anna.get("passkey-add").click()
    anna.get("passkey-name").fill("Laptop")
    anna.get("passkey-create").click()
    shown_codes(anna)
    anna.get("codes-done").click()
    expect(anna.get("passkeys")).to_contain_text("Laptop")
    anna.get("passkey-add").click()
    anna.get("passkey-name").fill("The same again")
    anna.get("passkey-create").click()
    expect(anna.page.get_by_role("alert")).to_contain_text("already")

    log_out(anna)
    anna.get("passkey-sign-in").click()
    is_in(anna)
    anna.open_settings("factors")
    expect(anna.get("passkeys")).to_contain_text("Last used")
    log_out(anna)
    anna.get("login-username").fill("anna")
    anna.get("login-password").fill(PASSWORD)
    anna.get("login-submit").click()
    anna.get("factor-submit").click()
    is_in(anna)

    anna.open_settings("factors")
    anna.page.get_by_role("button", name="Rename Laptop").click()
    anna.page.get_by_label("Name of the passkey").fill("Old laptop")
    anna.page.keyboard.press("Enter")
    expect(anna.get("passkeys")).to_contain_text("Old laptop")
    anna.page.get_by_role("button", name="Remove Old laptop").click()
    anna.get("confirm").click()
    expect(anna.get("passkeys").locator("li")).to_have_count(0)
