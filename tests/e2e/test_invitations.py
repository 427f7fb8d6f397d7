"""An invitation by mail to somebody without an account, into the right channel."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def mailed_link(server: ParleyServer, to: str, within_s: float = 20) -> str:
    """From the mail that the server shows its operator, as it has no mail server."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        printed = "".join(server.lines)
        found = re.search(r"\| (http\S+/invite/\S+)", printed.partition(f"| To: {to}\n")[2])
        if found is not None:
            return found[1]
        time.sleep(0.05)
    raise AssertionError("".join(server.lines))


def test_a_mailed_invitation_leads_a_stranger_into_its_channel(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, dora = (person(parley_server.address, name) for name in ("anna", "dora"))
    anna.sign_up()
    anna.make_group("Garden")
    anna.get("new-text-channel").click()
    anna.get("channel-name").fill("plots")
    anna.get("channel-save").click()
    expect(anna.page.get_by_role("heading", level=1)).to_have_text("plots")
    anna.write("this one is yours")
    anna.get("channel-general").click()
    expect(anna.page.get_by_role("heading", level=1)).to_have_text("general")

    anna.get("channel-plots").click(button="right")
    anna.page.get_by_role("menuitem", name="Invite").click()
    expect(anna.get("invite-channel").locator("option:checked")).to_have_text("#plots")
    anna.get("invite-email").fill("dora@example.org")
    anna.get("invite-email-send").click()
    expect(anna.page.get_by_text("An invitation was sent to dora@example.org.")).to_be_visible()

    dora.page.goto(mailed_link(parley_server, "dora@example.org"))
    dora.get("signup-username").fill("dora")
    dora.get("signup-password").fill("correct horse battery")
    dora.get("signup-submit").click()
    expect(dora.page.get_by_role("heading", level=1)).to_have_text("plots")
    dora.expect_reads("this one is yours")
    dora.write("thank you")
    anna.close_overlay()
    anna.get("channel-plots").click()
    anna.expect_reads("thank you")
