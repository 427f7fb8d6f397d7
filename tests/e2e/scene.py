"""How tests begin: people with accounts, in one group; and the ways that many of them go."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.support.browser import Person
from tests.support.server import ParleyServer

MakePerson = Callable[..., Person]


def gather(server: ParleyServer, person: MakePerson, *names: str) -> list[Person]:
    """People in the group Garden: the first one made it, the others came by the link."""
    first, *others = [person(server.address, name) for name in names]
    first.sign_up()
    first.make_group("Garden")
    link = first.invite_link()
    for each in others:
        each.accept_as_stranger(link)
    return [first, *others]


def open_settings(person: Person, section: str) -> None:
    """Of the group in view."""
    person.get("group-menu").click()
    person.get("group-settings").click()
    person.get(f"section-{section}").click()


def save(person: Person) -> None:
    """What was changed in the settings of a group."""
    person.get("save-changes").click()
    expect(person.get("save-changes")).to_be_hidden()
