"""The main job: people sign up, come together by a link, write and talk."""

from __future__ import annotations

from itertools import permutations

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


def test_three_people_write_and_talk(parley_server: ParleyServer, person: MakePerson) -> None:
    people = gather(parley_server, person, "anna", "boris", "chloe")

    for each in people:
        each.write(f"hello from {each.username}")
    for reader in people:
        for writer in people:
            reader.expect_reads(f"hello from {writer.username}")

    for each in people:
        each.join_voice()
    for listener, speaker in permutations(people, 2):
        listener.wait_until_hears(speaker.username)
    for listener in people:
        assert listener.participants()[listener.username] not in listener.heard(), "nobody hears themselves"


def test_a_muted_person_is_silent_for_all_and_heard_again_after(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    people = gather(parley_server, person, "anna", "boris", "chloe")
    anna, boris, chloe = people
    for each in people:
        each.join_voice()
    anna.wait_until_hears("boris")
    chloe.wait_until_hears("boris")

    boris.toggle_mute()
    for listener in (anna, chloe):
        expect(listener.in_voice("boris")).to_have_attribute("data-muted", "true")
        # What was under way has come in once the others' sound goes on; from there on nothing of boris may arrive.
        listener.wait_until_hears("anna" if listener is chloe else "chloe")
        packets = listener.packets_of("boris")
        assert packets > 0
        listener.wait_until_hears("anna" if listener is chloe else "chloe")
        assert listener.packets_of("boris") == packets

    boris.toggle_mute()
    for listener in (anna, chloe):
        listener.wait_until_hears("boris")


def test_one_who_leaves_and_comes_back_is_heard_again(parley_server: ParleyServer, person: MakePerson) -> None:
    people = gather(parley_server, person, "anna", "boris", "chloe")
    anna, boris, chloe = people
    for each in people:
        each.join_voice()
    anna.wait_until_hears("boris")

    boris.leave_voice()
    for other in (anna, chloe):
        expect(other.in_voice("boris")).to_be_hidden()

    boris.join_voice()
    for other in (anna, chloe):
        other.wait_until_hears("boris")
        boris.wait_until_hears(other.username)


def test_one_who_was_offline_misses_nothing(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, _ = gather(parley_server, person, "anna", "boris", "chloe")
    boris.context.set_offline(True)
    expect(boris.get("connection-state")).to_have_attribute("data-state", "reconnecting")
    for number in range(3):
        anna.write(f"while you were away {number}")
    boris.context.set_offline(False)
    for number in range(3):
        boris.expect_reads(f"while you were away {number}", timeout_s=45)
    boris.write("I am back")
    anna.expect_reads("I am back")


def test_a_killed_server_that_starts_again_brings_all_back_without_a_click(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    people = gather(parley_server, person, "anna", "boris", "chloe")
    anna, boris, chloe = people
    for each in people:
        each.join_voice()
    boris.toggle_mute()
    expect(anna.in_voice("boris")).to_have_attribute("data-muted", "true")
    anna.write("before the fall")

    parley_server.kill()
    parley_server.start()

    for each in people:
        expect(each.get("connection-state")).to_have_attribute("data-state", "connected", timeout=60_000)
        each.expect_voice("connected", timeout_s=60)
    anna.wait_until_hears("chloe")
    chloe.wait_until_hears("anna")
    expect(anna.in_voice("boris")).to_have_attribute("data-muted", "true")
    boris.expect_reads("before the fall")
    boris.write("after the fall")
    for each in people:
        each.expect_reads("after the fall")
