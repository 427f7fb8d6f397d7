"""What a page says of itself in its head: Open Graph, Twitter cards, ``title`` and ``description``.

A page comes from a stranger. A parser of whole documents takes quadratic time over some of them (deep nesting, many attributes), so
a scan in linear time cuts out the few tags that count, each of bounded length, and only these are parsed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec
from selectolax.lexbor import LexborHTMLParser

TITLE_MAX: Final = 200
DESCRIPTION_MAX: Final = 400
SITE_NAME_MAX: Final = 80
IMAGE_URL_MAX: Final = 2000
TAGS_MAX: Final = 200
TAG_MAX: Final = 4096
"""Characters of one tag; a longer one is passed over."""

_TAG: Final = re.compile(r"<(?:(?P<comment>!--)|(?P<name>meta|title|script|style|body|/head)(?=[\s/>]))", re.IGNORECASE)
_END_OF_META: Final = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
_CLOSING: Final = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("title", "script", "style")}
_META_CHARSET: Final = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]{1,40})""", re.IGNORECASE)
_CHARSETS: Final = frozenset(
    (
        *("utf-8", "utf8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "ascii", "latin1", "macintosh", "tis-620"),
        *(f"iso-8859-{number}" for number in range(1, 17) if number != 12),
        *(f"windows-{number}" for number in range(1250, 1259)),
        *("koi8-r", "koi8-u", "shift_jis", "euc-jp", "iso-2022-jp", "gb2312", "gbk", "gb18030", "big5", "euc-kr"),
    )
)
"""What pages are written in. Python knows more codecs, some of which are not about text at all."""
_HIDDEN: Final = frozenset({"Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_DIRECTIONS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""They could turn what stands around them."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    description: str
    site_name: str
    image: str
    """Its address as it stands there; empty for none."""


def read_card(body: bytes, charset: str | None) -> Card:
    """Of the beginning of an HTML page. Raises nothing."""
    parser = LexborHTMLParser("".join(_tags(_decoded(body, charset))))
    named: dict[str, str] = {}
    for meta in parser.css("meta"):
        attributes = meta.attributes
        name = (attributes.get("property") or attributes.get("name") or "").strip().lower()
        content = attributes.get("content")
        if name and content:
            named.setdefault(name, content)
    title = parser.css_first("title")

    def first(*names: str) -> str:
        return next((text for name in names if (text := named.get(name, "").strip())), "")

    return Card(
        title=clean(first("og:title", "twitter:title") or ("" if title is None else title.text()), TITLE_MAX),
        description=clean(first("og:description", "twitter:description", "description"), DESCRIPTION_MAX),
        site_name=clean(first("og:site_name", "application-name"), SITE_NAME_MAX),
        image=first("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")[
            : IMAGE_URL_MAX + 1
        ],
    )


def clean(text: str, longest: int) -> str:
    """One line of plain text, without what is not seen or turns the line around; what is cut off is marked."""
    normal = unicodedata.normalize("NFC", text[: 8 * longest])
    seen = (one for one in normal if one.isspace() or not (unicodedata.category(one) in _HIDDEN or one in _DIRECTIONS))
    line = " ".join("".join(seen).split())
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _decoded(body: bytes, charset: str | None) -> str:
    if body.startswith(b"\xef\xbb\xbf"):
        return body[3:].decode("utf-8", "replace")
    found = _META_CHARSET.search(body[:2048])
    for name in (charset, found[1].decode("ascii") if found else None):
        if name is not None and name.strip().lower() in _CHARSETS:
            return body.decode(name.strip().lower(), "replace")
    return body.decode("utf-8", "replace")


def _tags(html: str) -> Iterator[str]:
    """``meta`` and ``title`` of the head, outside of comments, scripts and styles."""
    position, count = 0, 0
    while count < TAGS_MAX and (tag := _TAG.search(html, position)) is not None:
        position = tag.end()
        if tag["comment"] is not None:
            end = html.find("-->", position)
            if end < 0:
                return
            position = end
            continue
        name = tag["name"].lower()
        if name in ("body", "/head"):
            return
        if name == "meta":
            count += 1
            end_of_tag = _END_OF_META.match(html, position, position + TAG_MAX)
            if end_of_tag is not None:
                position = end_of_tag.end()
                yield html[tag.start() : position]
            continue
        closing = _CLOSING[name].search(html, position)
        if closing is None:
            return
        position = closing.start()
        if name == "title":
            count += 1
            yield f"{html[tag.start() : min(position, tag.start() + TAG_MAX)]}</title>"
