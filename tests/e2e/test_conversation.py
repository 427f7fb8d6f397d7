"""What people do with messages, seen from both sides."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.scene import MakePerson, gather
from tests.support.server import ParleyServer

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

TALL = "\n".join(["line"] * 30)
"""A message that fills the window."""


def test_a_reply_leads_to_what_it_answers(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("shall we meet?")
    answered = boris.page.locator(f"[data-id='{anna.message('shall we meet?').get_attribute('data-id')}']")
    answered.hover()
    answered.get_by_test_id("message-reply").click()
    for number in range(3):
        anna.write(f"{TALL}\nend {number}", shown=f"end {number}")
    boris.write("yes, at noon")

    quote = boris.get("quote")
    expect(quote).to_contain_text("shall we meet?")
    expect(answered).not_to_be_in_viewport()
    quote.click()
    expect(answered).to_be_in_viewport()
    expect(answered).to_have_attribute("data-flash", "true")


def test_the_last_message_is_edited_with_the_up_key(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("teh cat")
    anna.get("message-input").press("ArrowUp")
    box = anna.get("edit-input")
    expect(box).to_have_value("teh cat")
    box.fill("the cat")
    box.press("Enter")
    expect(box).to_be_hidden()
    for each in (anna, boris):
        each.expect_reads("the cat")
        expect(each.message("the cat")).to_contain_text("(edited)")
        each.expect_reads("teh cat", times=0)

    anna.get("message-input").press("ArrowUp")
    box.fill("never mind")
    box.press("Escape")
    expect(box).to_be_hidden()
    anna.expect_reads("the cat")


def test_a_deleted_message_is_gone_for_all_and_its_quote_says_so(
    parley_server: ParleyServer, person: MakePerson
) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("a secret")
    secret = boris.message("a secret").first
    boris.open_menu(secret)
    expect(boris.get("message-forward")).to_be_visible()
    expect(boris.get("message-delete")).to_be_hidden()
    boris.page.keyboard.press("Escape")
    secret.hover()
    secret.get_by_test_id("message-reply").click()
    boris.write("what?")

    anna.open_menu(anna.message("a secret").first)
    anna.get("message-delete").click()
    anna.get("confirm").click()
    for each in (anna, boris):
        expect(each.message("what?")).to_contain_text("The message was deleted")
        each.expect_reads("a secret", times=0)


def test_code_is_shown_as_it_was_typed(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write('look:\n```py\nif a < b:\n    print("**x**")\n```', shown="look:")
    code = boris.message("look:").locator("figure")
    expect(code.locator("figcaption")).to_contain_text("py")
    assert code.locator("pre").inner_text() == 'if a < b:\n    print("**x**")'

    # Enter inside a fence begins a line and sends nothing.
    box = anna.get("message-input")
    box.fill("```")
    box.press("Enter")
    expect(box).to_have_value("```\n")


def test_what_came_meanwhile_is_counted_and_marked(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    anna.write("seen")
    boris.expect_reads("seen")
    channel = boris.page.url
    boris.page.get_by_role("link", name="Home").click()
    for number in range(3):
        anna.write(f"news {number}")
    expect(boris.page).to_have_title(re.compile("^• "))
    expect(boris.page.get_by_role("link", name=re.compile("Garden.*3"))).to_be_visible()

    boris.page.goto(channel)
    expect(boris.page.locator("[data-row]", has=boris.get("unread-line"))).to_contain_text("news 0")
    expect(boris.page).to_have_title(re.compile(r"^#general"))
    boris.page.reload()
    boris.expect_reads("news 2")
    expect(boris.page).to_have_title(re.compile(r"^#general"))
    expect(boris.get("unread-line")).to_be_hidden()


def test_one_sees_who_types(parley_server: ParleyServer, person: MakePerson) -> None:
    anna, boris = gather(parley_server, person, "anna", "boris")
    boris.get("message-input").press_sequentially("hm")
    expect(anna.get("typing")).to_have_text("boris is typing…")
    expect(boris.get("typing")).to_be_empty()
    boris.get("message-input").press("Enter")
    anna.expect_reads("hm")
    expect(anna.get("typing")).to_be_empty()


SCRIPT = "<img src=x onerror=alert(1)>"


def test_names_and_messages_stay_text(parley_server: ParleyServer, person: MakePerson) -> None:
    """A dialog or a refused script would fail the test: see ``Person.complaints``."""
    anna = person(parley_server.address, "anna")
    boris = person(parley_server.address, "boris")
    anna.sign_up()
    anna.make_group(SCRIPT)
    anna.open_settings()
    anna.get("display-name").fill(SCRIPT)
    anna.get("display-name").press("Enter")
    expect(anna.page.get_by_text("Saved")).to_be_visible()
    anna.close_settings()
    link = anna.invite_link()
    boris.page.goto(link)
    expect(boris.page.get_by_role("heading", name=SCRIPT)).to_be_visible()
    boris.accept_as_stranger(link)

    anna.get("new-text-channel").click()
    anna.get("channel-name").fill(SCRIPT)
    anna.get("channel-topic").fill(SCRIPT)
    anna.get("channel-save").click()
    expect(anna.page.get_by_role("heading", level=1)).to_contain_text("onerror")
    boris.page.get_by_test_id(re.compile("^channel-<img")).click()
    expect(boris.page.get_by_role("heading", level=1)).to_contain_text(SCRIPT)
    box = anna.get("message-input")
    for text in (SCRIPT, "<script>alert(1)</script>", "[click](javascript:alert(1))", f"```{SCRIPT}\n{SCRIPT}\n```"):
        box.fill(text)
        box.press("Enter")
    expect(boris.get("message")).to_have_count(4)
    expect(boris.message(SCRIPT).first).to_be_visible()
    boris.expect_reads("[click](javascript:alert(1))")
    boris.get("message-input").fill(SCRIPT)
    boris.page.keyboard.press("Control+k")
    expect(boris.page.get_by_role("dialog")).to_contain_text("onerror")
    for each in (anna, boris):
        assert each.page.locator("img, script:not([src]), a[href^=javascript]").count() == 0
