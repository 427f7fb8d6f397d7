from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.adapters.file_links import SignedFileLinks
from server.domain.errors import Unauthenticated
from server.domain.ids import FileId, SessionId, Snowflake, UserId
from server.ports import LinkClaims

LINKS = SignedFileLinks(b"s" * 32)
CLAIMS = LinkClaims(user_id=UserId(Snowflake(7)), session_id=SessionId(Snowflake(8)))
FILE, OTHER = FileId(Snowflake(1)), FileId(Snowflake(2))


def refused(ticket: str, file_id: FileId = FILE, now_ms: int = 0, links: SignedFileLinks = LINKS) -> str:
    with pytest.raises(Unauthenticated) as found:
        links.read(file_id, ticket, now_ms)
    return found.value.code


def test_a_link_says_who_until_it_ends() -> None:
    ticket = LINKS.sign(FILE, CLAIMS, 100)
    assert LINKS.read(FILE, ticket, 99_999) == CLAIMS
    assert refused(ticket, now_ms=100_000) == "token_expired"


def test_it_is_for_one_file_and_of_one_server() -> None:
    ticket = LINKS.sign(FILE, CLAIMS, 100)
    assert refused(ticket, OTHER) == "unauthenticated"
    assert refused(ticket, links=SignedFileLinks(b"t" * 32)) == "unauthenticated"


def test_no_bit_of_it_may_be_another() -> None:
    raw = base64.urlsafe_b64decode(LINKS.sign(FILE, CLAIMS, 100) + "==")
    for place in range(len(raw)):
        changed = bytearray(raw)
        changed[place] ^= 1
        assert refused(base64.urlsafe_b64encode(changed).decode().rstrip("=")) == "unauthenticated"


@given(st.text())
def test_nothing_else_is_one(ticket: str) -> None:
    assert refused(ticket) == "unauthenticated"
