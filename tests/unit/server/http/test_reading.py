from __future__ import annotations

from typing import Annotated, Literal

import msgspec
import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from server.actions.messages import PageQuery
from server.actions.requests import Request
from server.domain import codec
from server.domain.errors import Invalid, NotFound
from server.domain.ids import Snowflake
from server.http.reading import _unfit, id_of, query_of, reason_of


class Sent(Request, frozen=True, kw_only=True):
    name: str
    numbers: dict[str, list[int]] = msgspec.field(default_factory=dict)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b'{"name": 1}', "name"),
        (b'{"name": "x", "numbers": {"a": [1, "b"]}}', "numbers[...][1]"),
        (b"{}", ""),
        (b'{"name": "x", "other": 1}', ""),
        (b"7", ""),
    ],
)
def test_where_a_body_does_not_fit(body: bytes, where: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        codec.decoder(Sent).decode(body)
    error = _unfit(caught.value)
    assert error.code == "bad_request"
    assert error.data == {"where": where}
    assert "$" not in error.message
    assert "`" not in error.message


def test_a_query_is_read_by_its_kind() -> None:
    query = query_of(make_mocked_request("GET", "/?before=12&limit=7"), PageQuery)
    assert (query.before, query.after, query.limit) == (Snowflake(12), None, 7)


@pytest.mark.parametrize("query", ["?before=x", "?limit=", "?limit=1&limit=1", "?other=1", "?before=" + "9" * 20])
def test_a_query_that_does_not_fit(query: str) -> None:
    with pytest.raises(Invalid):
        query_of(make_mocked_request("GET", f"/{query}"), PageQuery)


class Search(Request, frozen=True, kw_only=True):
    q: str | None = None
    colour: Literal["red", "null"] | None = None
    count: int | msgspec.UnsetType = msgspec.UNSET
    exact: bool = False
    must: Annotated[int, msgspec.Meta(ge=1)]


def test_null_is_a_word_like_any_other_in_a_query() -> None:
    query = query_of(make_mocked_request("GET", "/?q=null&must=1"), Search)
    assert query == Search(q="null", must=1)
    query = query_of(make_mocked_request("GET", "/?colour=null&count=3&exact=true&must=2"), Search)
    assert query == Search(colour="null", count=3, exact=True, must=2)


@pytest.mark.parametrize(
    "query", ["", "must=null", "must=0", "must=1&count=null", "must=1&exact=null", "must=1&q=&x=1"]
)
def test_only_what_the_query_has_is_taken(query: str) -> None:
    with pytest.raises(Invalid) as caught:
        query_of(make_mocked_request("GET", f"/?{query}"), Search)
    assert caught.value.code == "bad_request"


def test_a_query_may_have_a_name_that_is_read_elsewhere() -> None:
    request = make_mocked_request("GET", "/?limit=7&reason=spam")
    assert query_of(request, PageQuery, besides=("reason",)).limit == 7
    with pytest.raises(Invalid):
        query_of(request, PageQuery)


@pytest.mark.parametrize(("query", "reason"), [("", None), ("?reason=", None), ("?reason=+too++loud+", "too loud")])
def test_a_reason_may_be_given(query: str, reason: str | None) -> None:
    assert reason_of(make_mocked_request("DELETE", f"/{query}"), 8) == reason


@pytest.mark.parametrize(
    ("query", "code"),
    [("?reason=a&reason=b", "bad_request"), ("?reason=much+too+loud", "too_long"), ("?reason=%00", "bad_name")],
)
def test_a_reason_that_does_not_fit(query: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        reason_of(make_mocked_request("DELETE", f"/{query}"), 8)
    assert caught.value.code == code


@given(st.text(max_size=25))
def test_what_is_no_id_is_not_there(text: str) -> None:
    request = make_mocked_request("GET", "/", match_info={"group": text})
    try:
        found = id_of(request, "group", "unknown_group")
    except NotFound as error:
        assert error.code == "unknown_group"  # noqa: PT017
    else:
        assert str(int(found)) == text.lstrip("0") or int(found) == 0
