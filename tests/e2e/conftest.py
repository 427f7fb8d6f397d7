"""Real browsers against a real server: three Chromium processes for all tests, each person in one with a fresh profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import DESKTOP, Person, chromium

expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def browsers() -> Iterator[list[Browser]]:
    with chromium(processes=3, asks=True) as running:
        yield running


@pytest.fixture
def person(browsers: list[Browser], request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Makes people; a failed test leaves a picture of each of their windows in ``tests/e2e/artifacts``."""
    people: list[Person] = []

    def make(address: str, username: str, size: tuple[int, int] = DESKTOP, scheme: str = "light") -> Person:
        people.append(Person(browsers[len(people) % len(browsers)], address, username, size=size, scheme=scheme))
        return people[-1]

    failed_before = request.session.testsfailed
    yield make
    complaints = {each.username: each.complaints for each in people if each.complaints}
    if request.session.testsfailed > failed_before or complaints:
        folder = Path(__file__).parent / "artifacts"
        folder.mkdir(exist_ok=True)
        for each in people:
            each.page.screenshot(path=folder / f"{request.node.name}-{each.username}.png")
    for each in people:
        each.close()
    assert not complaints, f"the page complained: {complaints}"
