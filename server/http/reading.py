"""What requests carry, read into structs. Everything that does not fit raises an error of docs/protocol.md."""

from __future__ import annotations

import asyncio
import functools
import operator
import types
from collections.abc import AsyncIterator, Collection, Hashable
from typing import Any, Final, TypeVar, Union, cast, get_args, get_origin

import msgspec
from aiohttp import web
from msgspec import UNSET, UnsetType

from server.domain import codec
from server.domain.errors import Invalid, NotFound, TooLarge
from server.domain.ids import Snowflake
from server.domain.names import clean_line

_T = TypeVar("_T")

BODY_MAX_BYTES: Final = 64 * 1024
"""More than the longest message in its longest spelling (4,000 code points as 12-byte escapes) and its frame."""

UPLOAD_PAUSE_S: Final = 30.0
"""An upload that brings nothing for so long is given up."""

BODY_WITHIN_S: Final = 20.0
"""A body that takes longer to come is given up."""


@functools.cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    """One for each kind of body there is."""
    return codec.decoder(kind)


async def body_of(request: web.Request, kind: type[_T]) -> _T:
    """The JSON body as ``kind``. Raises :class:`Invalid` (``bad_json``, ``bad_request``) or :class:`TooLarge`."""
    if request.content_type != "application/json":
        raise Invalid("bad_json", "Send JSON, with Content-Type: application/json.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Invalid("bad_request", "Send the body as it is, not compressed.", where="Content-Encoding")
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            raw = await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("too_large", f"At most {BODY_MAX_BYTES} bytes may be sent here.", max=BODY_MAX_BYTES) from None
    except TimeoutError:
        raise Invalid("bad_request", "The body did not come in time. Send it again.") from None
    except (web.RequestPayloadError, web.PayloadAccessError) as error:
        raise Invalid("bad_request", "The body cannot be read.") from error
    try:
        body: _T = _decoder(cast("Hashable", kind)).decode(raw)
    except msgspec.ValidationError as error:
        raise _unfit(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Invalid("bad_json", "The body is not JSON.") from None
    return body


async def upload_of(request: web.Request) -> AsyncIterator[bytes]:
    """The body as it comes. Raises :class:`Invalid` when it stops coming, or breaks off."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Invalid("bad_request", "Send the body as it is, not compressed.", where="Content-Encoding")
    try:
        while True:
            async with asyncio.timeout(UPLOAD_PAUSE_S):
                chunk = await request.content.readany()
            if not chunk:
                return
            yield chunk
    except TimeoutError:
        raise Invalid("bad_request", "The upload stopped coming. Send it again.") from None
    except (web.RequestPayloadError, ConnectionError) as error:
        raise Invalid("bad_request", "The upload broke off. Send it again.") from error


async def small_upload_of(request: web.Request, longest: int) -> bytes:
    """All of an upload, or so much of it that it is longer than ``longest``: the action says that it is too large."""
    body = bytearray()
    async for chunk in upload_of(request):
        body += chunk
        if len(body) > longest:
            break
    return bytes(body)


def query_of(request: web.Request, kind: type[_T], *, besides: Collection[str] = ()) -> _T:
    """The query as a struct with ``forbid_unknown_fields``; each name at most once, and not those ``besides``.

    Raises :class:`Invalid`.
    """
    values = dict(request.query)
    if len(values) != len(request.query):
        raise Invalid("bad_request", "A name in the query stands there more than once.", where="query")
    try:
        found = codec.convert(
            {name: value for name, value in values.items() if name not in besides}, _written(cast("Hashable", kind))
        )
    except msgspec.ValidationError as error:
        raise _unfit(error) from None
    given = {name: getattr(found, name) for name in found.__struct_fields__}
    return kind(**{name: value for name, value in given.items() if value is not UNSET})


@functools.cache
def _written(kind: Any) -> type[msgspec.Struct]:
    """``kind`` as it stands in a query: what is not given is not there, and ``null`` is a word like any other."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = []
    for field in msgspec.structs.fields(kind):
        is_union = get_origin(field.type) in (Union, types.UnionType)
        kinds = [each for each in (get_args(field.type) if is_union else (field.type,)) if each is not type(None)]
        written = functools.reduce(operator.or_, kinds)
        fields.append((field.name, written) if field.required else (field.name, written | UnsetType, UNSET))
    return msgspec.defstruct(kind.__name__, fields, kw_only=True, forbid_unknown_fields=True)


def id_of(request: web.Request, name: str, missing: str) -> Any:
    """The id in the path; ``missing`` is the code for one that cannot be, such as ``unknown_group``."""
    try:
        return codec.convert(request.match_info[name], Snowflake)
    except msgspec.ValidationError:
        raise NotFound(missing, "There is no such thing, or it is not for you.") from None


def reason_of(request: web.Request, longest: int) -> str | None:
    """``?reason=``: why a moderator does this. Raises :class:`Invalid` (bad_request, too_long, bad_name)."""
    given = request.query.getall("reason", [])
    if len(given) > 1:
        raise Invalid("bad_request", "One reason is enough.", where="reason")
    return clean_line(given[0], "reason", longest=longest, shortest=0) or None if given else None


def _unfit(error: msgspec.ValidationError) -> Invalid:
    what, where = codec.complaint(error)
    return Invalid("bad_request", f"{what}.", where=where)
