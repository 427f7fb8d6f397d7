from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import Invalid
from server.domain.mail import ADDRESS_MAX, clean_address, mail_key


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("anna@example.org", "anna@example.org"),
        ("  Anna.B+parley@Example.ORG ", "Anna.B+parley@example.org"),
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("o'hara_%@mail.example.org", "o'hara_%@mail.example.org"),
    ],
)
def test_an_address_as_mail_servers_write_it(written: str, address: str) -> None:
    assert clean_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "anna",
        "anna@",
        "@example.org",
        "anna@example",
        "anna@localhost",
        "anna@example..org",
        "anna@[192.0.2.1]",
        "anna @example.org",
        "anna@example.org, ben@example.org",
        "Anna <anna@example.org>",
        "anna@example.org\nBcc: everyone@example.org",
        "anna\r\n@example.org",
        '"anna\\"@x"@example.org',
        "zoë@example.org",
        "anna@exam\0ple.org",
        f"{'a' * 65}@example.org",
        f"anna@{'a.' * 130}org",
        "\ud800@example.org",
        "a" * 1_000_000 + "@example.org",
    ],
)
def test_what_is_none(written: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean_address(written)
    assert caught.value.code == "bad_email"


@given(st.text() | st.from_regex(r"[a-z.\"@\\<>\[\]\r\n -]{0,30}@[a-z0-9.\[\]-]{0,30}", fullmatch=True))
def test_whatever_is_written_an_address_is_one_line_of_ascii(written: str) -> None:
    try:
        address = clean_address(written)
    except Invalid:
        return
    assert address.isascii()
    assert address.isprintable()
    assert " " not in address
    assert len(address) <= ADDRESS_MAX
    assert clean_address(address) == address


def test_letter_case_makes_no_other_address() -> None:
    assert mail_key("Anna@Example.org") == mail_key("anna@example.org")
