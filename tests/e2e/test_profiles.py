"""People show themselves: what one chooses in the settings is seen by others at once, on old messages too."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather
from tests.support.pictures import picture
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def test_an_avatar_and_a_banner_are_cropped_and_seen_by_others(
    parley_server: ParleyServer, person: MakePerson, tmp_path: Path
) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("before I had a face", "before I had")
    message = boris.get("message").filter(has_text="before I had a face")
    expect(message.locator(".avatar")).to_be_visible()
    expect(message.locator(".avatar img")).to_have_count(0)
    file = tmp_path / "face.png"
    file.write_bytes(picture(300))
    anna.page.goto(f"{parley_server.address}/settings/profile")
    for kind in ("avatar", "banner"):
        anna.get(f"{kind}-file").set_input_files(file)
        anna.get("crop").press("+")
        anna.get("crop").press("ArrowLeft")
        anna.get("crop-save").click()
        expect(anna.get("crop")).to_have_count(0)
    anna.get("bio").fill("I grow **tomatoes**.")
    anna.get("field-add").click()
    anna.get("field-name").fill("Pronouns")
    anna.get("field-value").fill("she/her")
    anna.get("about-save").click()
    expect(message.locator(".avatar img")).to_be_visible()
    message.get_by_test_id("message-author").click()
    expect(boris.get("profile").get_by_test_id("banner")).to_be_visible()
    expect(boris.get("about").locator("strong")).to_have_text("tomatoes")
    expect(boris.get("about")).to_contain_text("she/her")
    anna.get("avatar-remove").click()
    expect(message.locator(".avatar img")).to_have_count(0)
