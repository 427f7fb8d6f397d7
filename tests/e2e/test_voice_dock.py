"""A call's controls: who hears whom after each of them was used."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather
from tests.support.browser import Person
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def in_call(server: ParleyServer, person: MakePerson, *names: str) -> list[Person]:
    people = gather(server, person, *names)
    for each in people:
        each.join_voice()
    for each in people[1:]:
        people[0].wait_until_hears(each.username)
    return people


def volume_of(listener: Person, speaker: str) -> float:
    return listener.heard()[listener.participants()[speaker]]["volume"]


def test_push_to_talk_is_heard_while_the_key_is_held(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, chloe = in_call(parley_server, person, "anna", "boris", "chloe")
    boris.open_settings("voice")
    boris.page.get_by_text("Push to talk").click()
    boris.close_settings()
    note = boris.get("voice-dock").get_by_text("Hold ControlRight to speak")
    expect(note).to_be_visible()
    anna.wait_until_silent("boris")

    boris.page.keyboard.down("ControlRight")
    anna.wait_until_hears("boris")
    chloe.wait_until_hears("boris")

    boris.page.keyboard.up("ControlRight")
    expect(note).to_be_visible()
    anna.wait_until_silent("boris")
    anna.wait_until_hears("chloe")


def test_one_who_is_muted_for_me_is_not_sent_to_me_and_heard_by_others(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna, _, chloe = in_call(parley_server, person, "anna", "boris", "chloe")
    anna.open_person("boris")
    switch = anna.page.get_by_role("switch", name="Mute for me")
    switch.check()
    anna.close_overlay()
    expect(anna.in_voice("boris")).to_contain_text("muted for me")
    anna.wait_until_hears("chloe")
    packets = anna.packets_of("boris")
    chloe.wait_until_hears("boris")
    anna.wait_until_hears("chloe")
    assert anna.packets_of("boris") <= packets
    expect(chloe.in_voice("boris")).to_have_attribute("data-muted", "false")

    anna.open_person("boris")
    switch.uncheck()
    anna.close_overlay()
    anna.wait_until_hears("boris")


def test_one_person_is_played_more_quietly_and_stays_so(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, *_ = in_call(parley_server, person, "anna", "boris", "chloe")
    assert volume_of(anna, "boris") == volume_of(anna, "chloe") == 1
    anna.open_person("boris")
    anna.page.get_by_role("slider").fill("30")
    expect(anna.page.get_by_role("dialog").get_by_text("30%")).to_be_visible()
    anna.close_overlay()
    anna.wait_until_hears("boris")
    assert volume_of(anna, "boris") == pytest.approx(0.3)
    assert volume_of(anna, "chloe") == 1

    anna.page.reload()
    anna.join_voice()
    anna.wait_until_hears("boris")
    assert volume_of(anna, "boris") == pytest.approx(0.3)


def test_a_deafened_person_is_sent_nothing(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris, chloe = in_call(parley_server, person, "anna", "boris", "chloe")
    anna.get("voice-deafen").click()
    expect(chloe.in_voice("anna")).to_have_attribute("data-deafened", "true")
    expect(chloe.in_voice("anna")).to_have_attribute("data-muted", "true")
    chloe.wait_until_hears("boris")
    packets = anna.packets()
    boris.wait_until_hears("chloe")
    chloe.wait_until_hears("boris")
    assert anna.packets() == packets > 0

    anna.get("voice-deafen").click()
    anna.wait_until_hears("boris")
    chloe.wait_until_hears("anna")


def test_the_call_goes_on_with_another_microphone(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = in_call(parley_server, person, "anna", "boris")
    boris.open_settings("voice")
    microphones = boris.page.get_by_label("Microphone", exact=True)
    expect(microphones.get_by_role("option")).not_to_have_count(1)
    names = microphones.get_by_role("option").all_inner_texts()
    microphones.select_option(names[-1])

    level = boris.page.get_by_role("meter")
    boris.page.get_by_role("button", name="Test", exact=True).click()
    expect(level).not_to_have_js_property("value", 0)

    boris.page.get_by_label("Loudspeaker", exact=True).select_option(index=1)
    boris.close_settings()
    boris.expect_voice("connected")
    anna.wait_until_hears("boris")
    boris.wait_until_hears("anna")


def test_one_whose_microphone_is_blocked_listens_and_is_told_why(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    boris.context.clear_permissions()
    anna.join_voice()
    boris.join_voice()
    expect(boris.get("voice-dock")).to_contain_text("The browser blocks the microphone")
    boris.wait_until_hears("anna")
    expect(anna.in_voice("boris")).to_have_attribute("data-muted", "true")

    boris.context.grant_permissions(["microphone"])
    boris.get("voice-dock").get_by_role("button", name="Try again").click()
    anna.wait_until_hears("boris")
    expect(anna.in_voice("boris")).to_have_attribute("data-muted", "false")


def test_voice_moves_to_the_tab_that_joined_last(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = in_call(parley_server, person, "anna", "boris")
    boris.wait_until_hears("anna")
    second = anna.second_tab()
    second.page.goto(anna.page.url)
    second.join_voice()
    expect(anna.page.get_by_text(re.compile("the call goes on there"))).to_be_visible()
    expect(anna.get("voice-dock")).to_be_hidden()
    second.expect_voice("connected")
    boris.wait_until_hears("anna")
    second.wait_until_hears("boris")
    assert not second.complaints
