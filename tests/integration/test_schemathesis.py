"""Schemathesis makes requests from the OpenAPI document, good ones and bad ones: the answers are those that it promises.

What it finds is mended in the application or in the declarations. Two of its checks are not ours. Limits count code points after
normalisation and are told by ``GET /api/server``: a schema cannot say them (``positive_data_acceptance``). And a method that a path
does not have is answered as an unknown route (``unsupported_method``).
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from copy import deepcopy
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import pytest
import requests
import schemathesis
from hypothesis import settings
from schemathesis.schemas import BaseSchema

from server.domain.rates import RATES, Rate
from tests.integration.test_walk import WALK
from tests.support.actions import open_house
from tests.support.conformance import DOCUMENT
from tests.support.door import open_door
from tests.support.world import furnish

pytestmark = pytest.mark.integration

Case: TypeAlias = "schemathesis.Case[Any]"
_T = TypeVar("_T")

THERE: Final = "there"
"""Stands in paths for a thing of the world, in the document that schemathesis reads."""


def schema(*, examples: int, coverage: bool) -> BaseSchema:
    """With an example for each operation that the walk has a line for: one request at least is such as people make."""
    document = deepcopy(DOCUMENT)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter |= {"schema": {"anyOf": [{"const": THERE}, parameter["schema"]]}, "example": THERE}
            body = WALK[f"{method.upper()} {path}"].body
            if isinstance(body, dict):
                operation["requestBody"]["content"]["application/json"]["example"] = body
    config = {
        "generation": {"max-examples": examples, "deterministic": True},
        "checks": {"positive_data_acceptance": {"enabled": False}, "unsupported_method": {"enabled": False}},
        "phases": {"coverage": {"enabled": coverage, "unexpected-methods": []}},
    }
    return schemathesis.openapi.from_dict(document, config=schemathesis.Config.from_dict(config))


class Stage:
    """The door on a port of its own, on an event loop in another thread; a new world whenever the old one was touched."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._stack = AsyncExitStack()
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self._operation = ""
        self._is_touched = True
        self._worlds = 0
        self.url, self.token = "", ""
        self.ids: dict[str, str] = {}

    def __enter__(self) -> Stage:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()
        self._run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _renew(self) -> None:
        await self._stack.aclose()
        self._worlds += 1
        folder = self._folder / str(self._worlds)
        folder.mkdir()
        house = await self._stack.enter_async_context(open_house(folder))
        house = house.with_rates({rule: Rate(10**9, 60) for rule in RATES})
        visitor = await self._stack.enter_async_context(open_door(house))
        world = await furnish(house)
        self.url, self.token, self.ids = visitor.origin, await world.token(world.owner), world.ids

    def ask(self, case: Case, *, logged_in: bool) -> None:
        """Raises what schemathesis finds wrong with the answer."""
        operation = case.operation.label
        if operation != self._operation and self._is_touched:
            self._run(self._renew())
        self._operation = operation
        self._is_touched = logged_in and case.method != "GET"
        path = case.path_parameters or {}
        for name in [name for name, value in path.items() if value == THERE]:
            path[name] = self.ids[name]
        headers = {"Authorization": f"Bearer {self.token}"} if logged_in else {}
        case.call_and_validate(base_url=self.url, session=self._session, headers=headers)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Stage(tmp_path_factory.mktemp("schemathesis")) as stage:
        yield stage


@schema(examples=4, coverage=True).parametrize()
@settings(deadline=None)
def test_the_owner_of_a_group_gets_what_is_promised(stage: Stage, case: Case) -> None:
    stage.ask(case, logged_in=True)


@schema(examples=2, coverage=False).parametrize()
@settings(deadline=None)
def test_nobody_gets_what_is_promised(stage: Stage, case: Case) -> None:
    stage.ask(case, logged_in=False)
