"""Takes the README's pictures: a real server, three people in real browsers. ``make pictures`` writes docs/images."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from tests.support.browser import PHONE, Person, chromium
from tests.support.server import running

IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"

# Who writes what, and a part of it as it is drawn.
TALK: Final = (
    ("anna", "Morning! The seed order came in: **tomatoes**, beans and far too many courgettes.", "Morning!"),
    ("boris", "There is no such thing as too many courgettes", "no such thing"),
    ("chloe", "There is. Ask my neighbours.", "Ask my neighbours"),
    ("anna", "What we said about watering:\n> every second evening, more when it is hot", "every second evening"),
    ("anna", "and the timer on the tap runs\n```sh\n0 19 */2 * *  open-tap --minutes 20\n```", "open-tap"),
    ("boris", "Works for me. Voice in five minutes?", "Voice in five"),
    ("chloe", "Already there, with *tea*", "Already there"),
)


def take() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server, chromium(processes=3) as browsers:
        anna, boris, chloe = (
            Person(browser, server.address, name)
            for browser, name in zip(browsers, ("anna", "boris", "chloe"), strict=True)
        )
        anna.sign_up()
        anna.get("new-group").wait_for()
        anna.page.emulate_media(reduced_motion="reduce")
        anna.page.screenshot(path=IMAGES / "empty.png")
        anna.make_group("Garden club")
        link = anna.invite_link()
        chloe.page.goto(link)
        chloe.get("signup-username").wait_for()
        chloe.page.screenshot(path=IMAGES / "invitation.png")
        boris.accept_as_stranger(link)
        chloe.accept_as_stranger(link)
        people = {"anna": anna, "boris": boris, "chloe": chloe}
        for name, text, shown in TALK:
            people[name].write(text, shown)
        for each in people.values():
            each.join_voice()
        anna.wait_until_hears("boris")
        anna.wait_until_hears("chloe")
        anna.get("channel-general").click()
        anna.get("message-input").wait_for()
        for scheme in ("light", "dark"):
            anna.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            anna.page.screenshot(path=IMAGES / f"desktop-{scheme}.png")
            anna.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
            anna.page.screenshot(path=IMAGES / f"phone-{scheme}.png")
            anna.page.set_viewport_size({"width": 1280, "height": 800})


if __name__ == "__main__":
    take()
