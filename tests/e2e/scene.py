"""How tests begin: people with accounts, in one group."""

from __future__ import annotations

from collections.abc import Callable

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
