from __future__ import annotations

from xml.etree import ElementTree

from server.adapters.qr_codes import SegnoQrCodes
from server.domain.factors import totp_uri


async def test_a_code_is_drawn_as_paths_alone() -> None:
    adapter = SegnoQrCodes()
    svg = await adapter.svg(totp_uri(b"s" * 20, "anna", "talk.example.org"))
    adapter.close()
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {child.tag.rpartition("}")[2] for child in root} == {"path"}
    _, _, width, height = root.attrib["viewBox"].split()
    assert width == height
    assert "style" not in svg


async def test_whatever_is_in_it_is_not_in_the_image() -> None:
    adapter = SegnoQrCodes()
    assert "script" not in await adapter.svg("<script>alert(1)</script>")
    adapter.close()
