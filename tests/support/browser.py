"""People with real browsers: Chromium driven by Playwright, each person in a context (cookies, storage) of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, expect, sync_playwright

CHROMIUM: Final = "/usr/bin/chromium"

ALLOW_ALL: Final = "--use-fake-ui-for-media-stream"

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    ALLOW_ALL,
    "--autoplay-policy=no-user-gesture-required",
)

PASSWORD: Final = "correct horse battery"

DESKTOP: Final = (1280, 800)
PHONE: Final = (390, 844)


@contextmanager
def chromium(processes: int = 1, *, asks: bool = False) -> Iterator[list[Browser]]:
    """Browser processes whose microphones beep once a second; those that ask give them only to contexts with permission."""
    flags = [each for each in FLAGS if not (asks and each == ALLOW_ALL)]
    with sync_playwright() as playwright, ExitStack() as stack:
        browsers = []
        for _ in range(processes):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=flags)
            stack.callback(browser.close)
            browsers.append(browser)
        yield browsers


# One call that waits inside the page: the content security policy forbids Playwright's own wait_for_function (it uses eval).
_WAIT_FOR_SOUND: Final = """async ([username, timeoutMs]) => {
    const end = performance.now() + timeoutMs;
    let before;
    while (performance.now() < end) {
        const participant = window.parley.state().voice.participants[username];
        const slots = participant ? await window.parley.voiceStats() : [];
        const slot = slots.find((each) => each.participant === participant);
        const energy = slot ? slot.totalAudioEnergy : 0;
        if (before !== undefined && before.participant === participant && energy > before.energy + 1e-4) return true;
        before ??= { participant, energy };
        if (before.participant !== participant) before = { participant, energy };
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
}"""


# Microphones here beep once a second, so that whoever is silent for longer is silent.
_WAIT_FOR_SILENCE: Final = """async ([username, timeoutMs]) => {
    const end = performance.now() + timeoutMs;
    let energy = -1;
    let since = 0;
    while (performance.now() < end) {
        const participant = window.parley.state().voice.participants[username];
        const slot = (await window.parley.voiceStats()).find((each) => each.participant === participant);
        const now = slot ? slot.totalAudioEnergy : 0;
        if (Math.abs(now - energy) > 1e-4) [energy, since] = [now, performance.now()];
        else if (performance.now() - since > 2500) return true;
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
    return false;
}"""


class Person:
    """Somebody with an account and a browser window. Methods return when the page shows that the step is done."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        username: str,
        *,
        size: tuple[int, int] = DESKTOP,
        scheme: str = "light",
        context: BrowserContext | None = None,
    ) -> None:
        """``context``: a profile there is already, for one more tab in it."""
        self.username = username
        self.address = address
        self.context: BrowserContext = context or browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            locale="en-GB",
            permissions=["microphone", "clipboard-read", "clipboard-write"],
        )
        self.browser = browser
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        """Uncaught errors, refused content and dialogs of the page."""
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda line: self._hear(line.type, line.text))
        self.page.on("dialog", self._refuse)

    def _hear(self, kind: str, text: str) -> None:
        if kind == "error" and "Content Security Policy" in text:
            self.complaints.append(text)

    def _refuse(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def second_tab(self) -> Person:
        """The same account in another tab of the same browser."""
        return Person(self.browser, self.address, self.username, context=self.context)

    def get(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    # ------------------------------------------------------------------------------------------------ accounts, groups

    def sign_up(self, path: str = "/signup") -> None:
        self.page.goto(self.address + path)
        self.get("signup-username").fill(self.username)
        self.get("signup-password").fill(PASSWORD)
        self.get("signup-submit").click()

    def log_in(self) -> None:
        self.page.goto(self.address + "/login")
        self.get("login-username").fill(self.username)
        self.get("login-password").fill(PASSWORD)
        self.get("login-submit").click()

    def make_group(self, name: str) -> None:
        self.get("new-group").click()
        self.get("group-name").fill(name)
        self.get("group-create").click()
        expect(self.get("message-input")).to_be_visible()

    def invite_link(self) -> str:
        self.get("invite-open").click()
        link = self.get("invite-link")
        expect(link).to_have_value(re.compile("/invite/"))
        address = link.input_value()
        self.page.keyboard.press("Escape")
        expect(link).to_be_hidden()
        return address

    def accept_as_stranger(self, link: str) -> None:
        """Opens the link without an account and makes one there, which joins."""
        self.page.goto(link)
        self.get("signup-username").fill(self.username)
        self.get("signup-password").fill(PASSWORD)
        self.get("signup-submit").click()
        expect(self.get("message-input")).to_be_visible()

    # ------------------------------------------------------------------------------------------------------------ text

    def write(self, text: str, shown: str | None = None) -> None:
        """``shown`` is a part of what can be read once Markdown is drawn; the text itself where it has none."""
        box = self.get("message-input")
        box.fill(text)
        box.press("Enter")
        expect(self.message(shown or text)).to_have_attribute("data-state", "sent")

    def message(self, text: str) -> Locator:
        return self.get("message").filter(has_text=text)

    def open_menu(self, message: Locator) -> None:
        """What can be done with a message: the menu beside it."""
        message.hover()
        message.get_by_test_id("message-more").click()
        expect(self.page.get_by_role("menu")).to_be_visible()

    def expect_reads(self, text: str, times: int = 1, timeout_s: float = 15) -> None:
        expect(self.message(text)).to_have_count(times, timeout=timeout_s * 1000)

    # ----------------------------------------------------------------------------------------------------------- voice

    def join_voice(self, channel: str = "Voice") -> None:
        self.get(f"channel-{channel}").click()
        self.expect_voice("connected")

    def expect_voice(self, state: str, timeout_s: float = 30) -> None:
        expect(self.get("voice-state")).to_have_attribute("data-state", state, timeout=timeout_s * 1000)

    def leave_voice(self) -> None:
        self.get("voice-leave").click()
        expect(self.get("voice-dock")).to_be_hidden()

    def toggle_mute(self) -> None:
        self.get("voice-mute").click()

    def in_voice(self, username: str) -> Locator:
        return self.get(f"voice-person-{username}").first

    def heard(self) -> dict[int, dict[str, float]]:
        """What each receiving slot that carries somebody got until now, by participant."""
        stats: list[dict[str, Any]] = self.page.evaluate("() => window.parley.voiceStats()")
        return {int(slot["participant"]): slot for slot in stats if slot["participant"]}

    def participants(self) -> dict[str, int]:
        """User name -> participant number, of the voice channel one is in."""
        found: dict[str, int] = self.page.evaluate("() => window.parley.state().voice.participants")
        return found

    def wait_until_hears(self, username: str, timeout_s: float = 30) -> None:
        """Returns once sound of ``username`` comes in: the energy of the received audio has grown."""
        if not self.page.evaluate(_WAIT_FOR_SOUND, [username, timeout_s * 1000]):
            raise AssertionError(f"{self.username} does not hear {username}: {self.heard()} of {self.participants()}")

    def packets_of(self, username: str) -> float:
        """Packets received of one person until now."""
        slot = self.heard().get(self.participants()[username])
        return slot["packetsReceived"] if slot else 0

    def wait_until_silent(self, username: str, timeout_s: float = 15) -> None:
        """Returns once nothing of ``username`` was heard for longer than the pause between two beeps."""
        if not self.page.evaluate(_WAIT_FOR_SILENCE, [username, timeout_s * 1000]):
            raise AssertionError(f"{self.username} still hears {username}: {self.heard()} of {self.participants()}")

    def packets(self) -> float:
        """Packets received of all people until now."""
        stats: list[dict[str, Any]] = self.page.evaluate("() => window.parley.voiceStats()")
        return float(sum(slot["packetsReceived"] for slot in stats))

    def open_person(self, username: str) -> None:
        """The card with volume and "mute for me"."""
        self.in_voice(username).get_by_role("button").click()
        expect(self.page.get_by_role("slider")).to_be_visible()

    def open_settings(self, section: str = "profile") -> None:
        self.get("settings-open").click()
        self.get(f"section-{section}").click()
        expect(self.get(f"settings-{section}")).to_be_visible()

    def close_settings(self) -> None:
        self.get("settings-close").click()
        expect(self.get("settings-close")).to_be_hidden()

    def close_overlay(self) -> None:
        self.page.keyboard.press("Escape")
        expect(self.page.get_by_role("dialog")).to_be_hidden()

    def close(self) -> None:
        self.context.close()
