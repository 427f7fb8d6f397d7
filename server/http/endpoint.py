"""An endpoint of REST, declared once: what serves it, describes it (OpenAPI) and walks it in tests is made from this.

Its handler is an action as it stands, or a thin function around one, and says by the names of its parameters what it wants:

=============  ======================================================================================================
``actions``    :class:`Actions`
``user_id``    who asks, and ``caller``: the whole :class:`Authenticated`; either one makes the endpoint need an account
``reader_id``  who asks, also by a signed link (``?t=``) to the file that the path names first; it needs an account too
``origin``     :class:`Origin`: address and device
``site``       :class:`Site`: the name of this server as the visitor has it
``request``    the JSON body as the struct of its annotation; ``| None``: there may be none
``query``      the query as the struct of its annotation
``reason``     ``str | None``: why a moderator does this, for the audit log: ``?reason=``
``http``       :class:`web.Request` itself: an upload reads its body from there
anything else  the placeholders of the path, in their order: a NewType of :class:`Snowflake`, or ``str``
=============  ======================================================================================================

What it returns is the answer: a struct, None (204), or a :class:`web.StreamResponse` of its own making.
"""

from __future__ import annotations

import functools
import inspect
import re
import types
import typing
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, Final, Literal

from aiohttp import web

from server.domain.errors import CODES
from server.domain.ids import Snowflake

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Handler = Callable[..., Awaitable[object]]

JSON: Final = "application/json"

ANYWHERE: Final = ("https_only", "rate_limited", "internal", "busy", "database_unavailable", "shutting_down")
"""Codes that every endpoint may answer with."""
WITH_ACCOUNT: Final = ("unauthenticated", "token_expired", "session_revoked", "bots_not_allowed", "missing_scope")
"""Codes of those that need an account."""

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_GIVEN: Final = frozenset(
    {"actions", "user_id", "caller", "reader_id", "origin", "site", "request", "query", "reason", "http"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wants:
    """What a handler's signature asks for."""

    given: frozenset[str]
    """Parameters that mean the same for every handler."""
    path: Mapping[str, Any]
    """The other parameters -> their types, in their order."""
    body: Any = None
    body_optional: bool = False
    query: Any = None
    answer: Any = None
    """The annotation of what is returned."""


@functools.cache
def wants(handler: Handler) -> Wants:
    """Raises :class:`TypeError` for a handler that lacks an annotation."""
    hints = typing.get_type_hints(handler)
    parameters = inspect.signature(handler).parameters
    lacking = [name for name in (*parameters, "return") if name not in hints]
    if lacking:
        raise TypeError(f"{handler.__qualname__} does not say what {', '.join(lacking)} is")
    body, optional = _without_none(hints.get("request"))
    return Wants(
        given=_GIVEN & parameters.keys(),
        path={name: hints[name] for name in parameters if name not in _GIVEN},
        body=body,
        body_optional=optional,
        query=hints.get("query"),
        answer=None if hints["return"] is type(None) else hints["return"],
    )


def _without_none(kind: Any) -> tuple[Any, bool]:
    if not isinstance(kind, types.UnionType):
        return kind, False
    (kept,) = (each for each in typing.get_args(kind) if each is not type(None))
    return kept, True


def is_id(kind: Any) -> bool:
    """Whether a type is :class:`Snowflake` or a NewType of it."""
    return getattr(kind, "__supertype__", kind) is Snowflake


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``Endpoint("PATCH", "/api/groups/{group}", do_update_group, "Rename a group", errors=("bad_name",))``

    Raises :class:`TypeError` or :class:`ValueError` for one that cannot be.
    """

    method: Method
    path: str
    """Where a placeholder ``{x}`` is an id, what cannot be one is answered with ``unknown_x``."""
    handler: Handler
    summary: str
    """One line, in the imperative."""
    _: KW_ONLY
    errors: tuple[str, ...] = ()
    """Codes particular to this endpoint; :attr:`codes` has the others too."""
    status: int = 0
    """Of success; unless given, 200, or 204 where nothing is answered."""
    also: tuple[int, ...] = ()
    """Further statuses with the same answer."""
    answer: Any = None
    """Of what kind it is, where the handler makes the response itself; otherwise the handler's annotation says it."""
    instead: Mapping[int, Any] = field(default_factory=dict)
    """Further statuses, each with an answer of its own kind."""
    media_type: str = JSON
    """Of the answer."""
    upload: str = ""
    """Media type of a body that the handler reads itself."""
    takes_cookie: bool = False
    """Whether the refresh cookie may stand for who asks."""
    note: str = ""
    """What one should know beyond the summary, for the documentation."""
    tag: str = ""
    """Given by :func:`tagged`."""

    def __post_init__(self) -> None:
        wanted = self.wants
        if len(self.placeholders) != len(wanted.path):
            raise TypeError(f"{self.handler.__qualname__} does not take the ids of {self.path}")
        if self.method == "GET" and (wanted.body is not None or self.upload):
            raise TypeError(f"GET {self.path} has no body")
        unknown = [code for code in self.errors if code not in CODES]
        if unknown:
            raise ValueError(f"{self.method} {self.path}: server.domain.errors does not know {', '.join(unknown)}")

    @property
    def wants(self) -> Wants:
        return wants(self.handler)

    @property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(_PLACEHOLDER.findall(self.path))

    @property
    def needs_account(self) -> bool:
        return bool(self.wants.given & {"user_id", "caller", "reader_id"})

    @property
    def answers(self) -> Any:
        """The type of the answer, or None."""
        made_itself = isinstance(self.wants.answer, type) and issubclass(self.wants.answer, web.StreamResponse)
        return self.answer if made_itself else self.wants.answer

    @property
    def success(self) -> tuple[int, ...]:
        """Statuses; the first one is that of an answer whose response the handler does not make itself."""
        return (self.status or (204 if self.answers is None else 200), *self.also)

    @property
    def codes(self) -> frozenset[str]:
        """All errors that may come."""
        return frozenset((*self.errors, *self._common()))

    def _common(self) -> Iterator[str]:
        wanted = self.wants
        yield from ANYWHERE
        if self.method != "GET":
            yield "bad_origin"
        if self.needs_account:
            yield from WITH_ACCOUNT
            if wanted.path:
                yield "forbidden"
                if self.method != "GET":
                    yield "timed_out"
        if wanted.body is not None or self.upload:
            yield from ("bad_json", "bad_request", "too_large")
        if wanted.query is not None:
            yield "bad_request"
        if "reason" in wanted.given:
            yield from ("bad_request", "bad_name", "too_long")
        for name, kind in zip(self.placeholders, wanted.path.values(), strict=True):
            if is_id(kind):
                yield f"unknown_{name}"


def tagged(tag: str, *endpoints: Endpoint) -> tuple[Endpoint, ...]:
    """The endpoints of one resource, under its heading in the documentation."""
    return tuple(replace(endpoint, tag=tag) for endpoint in endpoints)
