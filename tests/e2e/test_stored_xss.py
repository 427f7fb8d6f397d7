"""Script in every field that people fill and in files of every kind: whoever looks at it runs none of it.

``Person.complaints`` makes the test fail for a dialog, an error of the page and whatever the content security policy refused.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any, Final

import pytest

from server.domain.permissions import Permission
from tests.e2e.scene import MakePerson
from tests.support.browser import PASSWORD, Person
from tests.support.server import ParleyServer

pytestmark = pytest.mark.timeout(240)

SCRIPT: Final = '"><img src=x onerror=alert(1)>'
"""Short enough for every name."""
TEXTS: Final = (
    SCRIPT,
    "<script>alert(1)</script>",
    "[a](javascript:alert(1)) [b](data:text/html,<script>alert(1)</script>) ![c](x onerror=alert(1))",
    "<javascript:alert(1)> https://example.org/\"onmouseover=alert(1) //evil.example'onload='",
    "<svg/onload=alert(1)><iframe srcdoc='<script>alert(1)</script>'>",
    "||<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)>||",
)
PAGE: Final = b"<!doctype html><script>document.title='ran';parent.postMessage('ran','*');alert(1)</script>"
FILES: Final[dict[str, bytes]] = {
    "page.html": PAGE,
    "page.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>',
    "picture.svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>',
    "sheet.xml": b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#s"?><x><script>alert(1)</script></x>',
    "script.js": b"alert(1)",
    "picture.png": PAGE,
    "picture.gif": b"GIF89a/*" + PAGE + b"*/=1;alert(1)//",
    "sound.mp3": PAGE,
    "paper.pdf": b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n" + PAGE,
    f"{SCRIPT.replace('/', '')}.txt": PAGE,
}
PAGES_MAX: Final = 60

DANGEROUS: Final = """() => {
    const found = [];
    for (const each of document.querySelectorAll("*")) {
        if (each.localName === "script" && !each.src) found.push("script");
        if (["iframe", "object", "embed", "base"].includes(each.localName)) found.push(each.localName);
        for (const { name, value } of each.attributes) {
            if (name.startsWith("on")) found.push(`${each.localName} ${name}`);
            if (/^\\s*(javascript|vbscript):/i.test(value) && ["href", "src", "action"].includes(name)) found.push(value);
            if (name === "src" && value === "x") found.push("the picture of the script");
        }
    }
    return found;
}"""


class Mallory:
    """Fills every field by the API, where no form looks at what is typed."""

    def __init__(self, server: ParleyServer) -> None:
        self.server = server
        self.token = server.sign_up("mallory", display_name=SCRIPT)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        status, answer = self.server.request(method, path, body, self.token)
        assert status < 300, (method, path, answer)
        return answer

    def upload(self, name: str, data: bytes) -> str | None:
        """None: it says that it is a picture, and is refused as none."""
        request = urllib.request.Request(
            f"{self.server.address}/api/files?name={urllib.parse.quote(name)}",
            data=data,
            method="POST",
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/octet-stream"},
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                found: str = json.load(response)["file_id"]
        except urllib.error.HTTPError as error:
            with error:
                refused = json.load(error)["error"]["code"]
            if refused != "bad_image":
                raise
            return None
        return found

    def fill_a_group(self) -> dict[str, Any]:
        view: dict[str, Any] = self.ask("POST", "/api/groups", {"name": SCRIPT})
        group = f"/api/groups/{view['group']['id']}"
        category = self.ask("POST", f"{group}/channels", {"name": SCRIPT, "kind": "category"})
        made = {"name": SCRIPT, "kind": "text", "topic": SCRIPT, "category_id": category["id"]}
        view["text"] = self.ask("POST", f"{group}/channels", made)
        self.ask("POST", f"{group}/channels", {"name": SCRIPT, "kind": "voice"})
        self.ask("PATCH", group, {"description": SCRIPT} if "description" in view["group"] else {"name": SCRIPT})
        self.ask("POST", f"{group}/roles?reason={urllib.parse.quote(SCRIPT)}", {"name": SCRIPT, "mentionable": True})
        self.ask("PATCH", f"{group}/members/@me", {"nickname": SCRIPT})
        self.ask("POST", f"{group}/filters", {"name": SCRIPT, "words": ["<b>"], "action": "report"})
        self.ask("PATCH", "/api/users/@me", {"status_text": SCRIPT, "status": "online"})
        return view

    def write(self, channel_id: str) -> list[str]:
        """Messages of every kind of section; their ids."""
        sections: list[list[dict[str, Any]]] = [[{"kind": "text", "text": text}] for text in TEXTS]
        sections.append([{"kind": "code", "language": "html", "code": SCRIPT}])
        sent = [self.upload(name, data) for name, data in FILES.items()]
        sections += [[{"kind": "file", "file_id": file_id}] for file_id in sent if file_id is not None]
        assert len(sections) > len(TEXTS) + 6
        ids: list[str] = []
        for number, each in enumerate(sections):
            body = {"nonce": f"x{number}", "sections": each}
            ids.append(self.ask("POST", f"/api/channels/{channel_id}/messages", body)["message"]["id"])
        reply = {"kind": "reply", "message_id": ids[0]}
        self.ask("POST", f"/api/channels/{channel_id}/messages", {"nonce": "r", "sections": [reply, sections[0][0]]})
        self.ask("POST", f"/api/channels/{channel_id}/messages/{ids[1]}/report", {"reason": SCRIPT})
        self.ask("PUT", f"/api/channels/{channel_id}/pins/{ids[0]}")
        return ids


def links(page: Person) -> list[str]:
    """Pages of this server that the page leads to."""
    found: list[str] = page.page.eval_on_selector_all("a[href^='/']", "all => all.map((each) => each.pathname)")
    return [each for each in found if not each.startswith("/api/")]


def walked(person: Person, start: list[str]) -> Iterator[str]:
    """Every page that links lead to, once."""
    waiting, seen = list(start), set(start)
    while waiting and len(seen) <= PAGES_MAX:
        path = waiting.pop(0)
        person.page.goto(person.address + path)
        person.page.wait_for_load_state("networkidle")
        yield path
        fresh = [each for each in dict.fromkeys(links(person)) if each not in seen]
        seen.update(fresh)
        waiting += fresh


def test_what_people_write_and_send_runs_nowhere(parley_server: ParleyServer, person: MakePerson) -> None:
    mallory = Mallory(parley_server)
    view = mallory.fill_a_group()
    channel, group = view["text"]["id"], view["group"]["id"]
    mallory.write(channel)
    anna = person(parley_server.address, "anna")
    anna.accept_as_stranger(
        f"{parley_server.address}/invite/{mallory.ask('POST', f'/api/groups/{group}/invites', {})['code']}"
    )
    me = parley_server.request("POST", "/api/auth/login", {"username": "anna", "password": PASSWORD, "tokens": "body"})
    anna_id = me[1]["me"]["id"]
    chief = mallory.ask(
        "POST", f"/api/groups/{group}/roles", {"name": "chief", "permissions": int(Permission.ADMINISTRATOR)}
    )
    mallory.ask("PUT", f"/api/groups/{group}/members/{anna_id}/roles/{chief['id']}")
    pages = [f"/g/{group}/c/{channel}", f"/g/{group}/settings", "/home", "/friends", "/mentions", "/settings"]
    seen = set[str]()
    for path in walked(anna, pages):
        assert anna.page.evaluate(DANGEROUS) == [], path
        seen.add(path)
    assert {f"/g/{group}/settings/{part}" for part in ("audit", "filters", "reports", "roles")} <= seen
    assert "/settings/profile" in seen
    assert not anna.complaints
