from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.errors import OutOfRange
from server.http.ranges import has_it, may_go_on, span_of


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("", None),
        ("bytes=0-", (0, 10)),
        ("bytes=0-0", (0, 1)),
        ("bytes = 2-5", (2, 6)),
        ("BYTES=9-99", (9, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
    ],
)
def test_which_part_is_asked_for(header: str | None, span: tuple[int, int] | None) -> None:
    assert span_of(header, 10) == span


@pytest.mark.parametrize(
    ("header", "size"), [("bytes=10-", 10), ("bytes=99-100", 10), ("bytes=-0", 10), ("bytes=0-", 0)]
)
def test_what_is_not_there_cannot_be_had(header: str, size: int) -> None:
    with pytest.raises(OutOfRange) as refused:
        span_of(header, size)
    assert (refused.value.code, refused.value.data) == ("bad_range", {"size_bytes": size})


@given(st.text(), st.integers(0, 1 << 62))
def test_a_part_lies_in_the_file(header: str, size: int) -> None:
    for written in (header, f"bytes={header}"):
        try:
            span = span_of(written, size)
        except OutOfRange:
            continue
        assert span is None or 0 <= span[0] < span[1] <= size


def test_what_a_client_has_already() -> None:
    assert has_it('"a"', '"a"')
    assert has_it('"b", W/"a"', '"a"')
    assert has_it("*", '"a"')
    assert not has_it('"b"', '"a"')
    assert not has_it(None, '"a"')
    assert may_go_on(None, '"a"')
    assert may_go_on('"a"', '"a"')
    assert not may_go_on("Tue, 01 Dec 2026 00:00:00 GMT", '"a"')
