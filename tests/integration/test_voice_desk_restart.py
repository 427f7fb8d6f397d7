"""The media process of a real server is killed under people who talk: their calls come back by themselves."""

from __future__ import annotations

import os
import signal
from itertools import permutations

import psutil
import pytest
from playwright.sync_api import expect

from tests.support.browser import Person, chromium
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


UNTIL_ALL_ARE_NEW = """async ([old, count]) => {
    for (let tries = 0; tries < 600; tries++) {
        const now = Object.values(window.parley.state().voice.participants);
        if (now.length === count && !now.some((each) => old.includes(each))) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
}"""


def media_pid(server: ParleyServer) -> int:
    (child,) = [each for each in psutil.process_iter() if _is_media_of(each, server)]
    return child.pid


def _is_media_of(process: psutil.Process, server: ParleyServer) -> bool:
    try:
        return "media" in process.cmdline()[1:3] and process.ppid() == server.pid
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def test_calls_come_back_and_mutes_stay(parley_server: ParleyServer) -> None:
    with chromium(processes=2) as browsers:
        anna, boris = (
            Person(browsers[0], parley_server.address, "anna"),
            Person(browsers[1], parley_server.address, "boris"),
        )
        anna.sign_up()
        anna.make_group("Garden")
        boris.accept_as_stranger(anna.invite_link())
        for each in (anna, boris):
            each.join_voice()
        for one, other in permutations((anna, boris)):
            one.wait_until_hears(other.username)
        boris.toggle_mute()
        expect(anna.in_voice("boris")).to_have_attribute("data-muted", "true")
        before = anna.participants()

        killed = media_pid(parley_server)
        os.kill(killed, signal.SIGKILL)

        for each in (anna, boris):
            assert each.page.evaluate(UNTIL_ALL_ARE_NEW, [list(before.values()), 2])
            each.expect_voice("connected")
        boris.wait_until_hears("anna")
        assert media_pid(parley_server) != killed
        assert anna.participants().keys() == before.keys()
        expect(anna.in_voice("boris")).to_have_attribute("data-muted", "true")
        boris.toggle_mute()
        anna.wait_until_hears("boris")
