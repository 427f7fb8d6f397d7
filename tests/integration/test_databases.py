"""``parley run`` on databases that are servers: over TLS, with an account of its own and its password in a file."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certs.self_signed import make
from tests.support import mariadb as mariadb_programs
from tests.support import postgres as postgres_programs
from tests.support.database_door import Door
from tests.support.mariadb import mariadb_server
from tests.support.postgres import postgres_server
from tests.support.server import ParleyServer, clean_environment, free_port, running

pytestmark = pytest.mark.integration

PASSWORD = "p@ss word/:?#%"


@dataclass(frozen=True)
class Place:
    """A server with a database and a user that only TLS and a password let in."""

    url: str
    """Without the password."""
    certificate: bytes

    @property
    def second_url(self) -> str:
        """Of another database, which is empty."""
        return f"{self.url}2"


@contextmanager
def on_postgres(door: Door) -> Iterator[Place]:
    found = postgres_programs.programs()
    if found is None:
        pytest.skip("no PostgreSQL server is installed (apt install postgresql)")
    with postgres_server(found, door) as server:
        server.say(f"CREATE ROLE parley LOGIN PASSWORD '{PASSWORD}'")
        server.say("CREATE DATABASE parley OWNER parley")
        server.say("CREATE DATABASE parley2 OWNER parley")
        yield Place(f"postgresql://parley@localhost:{door.port}/parley", door.certificate)


@contextmanager
def on_mariadb(door: Door) -> Iterator[Place]:
    if not mariadb_programs.programs():
        pytest.skip("no MariaDB server is installed (apt install mariadb-server)")
    with mariadb_server(door) as server:
        server.create("parley")
        server.say(f"CREATE USER parley IDENTIFIED BY '{PASSWORD}' REQUIRE SSL")
        server.say("GRANT ALL ON parley.* TO parley")
        server.create("parley2")
        server.say("GRANT ALL ON parley2.* TO parley")
        yield Place(f"mysql://parley@localhost:{door.port}/parley", door.certificate)


Engine = Callable[[Door], AbstractContextManager[Place]]
ENGINES: dict[str, Engine] = {"postgresql": on_postgres, "mariadb": on_mariadb}


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    key, certificate = make(["localhost"], datetime.now(UTC))
    with ENGINES[request.param](Door(free_port(), key, certificate)) as found:
        yield found


def settings(place: Place, folder: Path) -> dict[str, str]:
    authority = folder / "authority.pem"
    authority.write_bytes(place.certificate)
    return {
        "PARLEY_DATABASE_URL": place.url,
        "PARLEY_DATABASE_PASSWORD": PASSWORD,
        "PARLEY_DATABASE_CA": str(authority),
    }


def write_and_read(server: ParleyServer, token: str, channel_id: str, nonce: str) -> list[str]:
    body = {"nonce": nonce, "sections": [{"kind": "text", "text": f"Grüße {nonce} 🌱"}]}
    status, _ = server.request("POST", f"/api/channels/{channel_id}/messages", body, token)
    assert status == 201
    status, page = server.request("GET", f"/api/channels/{channel_id}/messages", token=token)
    assert status == 200
    return [message["sections"][0]["text"] for message in page["messages"]]


def test_it_runs_there_and_what_was_written_is_still_there_after_a_kill(place: Place, tmp_path: Path) -> None:
    with running(tmp_path, **settings(place, tmp_path)) as server:
        token = server.sign_up("anna")
        _, view = server.request("POST", "/api/groups", {"name": "Garden"}, token)
        channel_id = next(channel["id"] for channel in view["channels"] if channel["kind"] == "text")
        assert write_and_read(server, token, channel_id, "one") == ["Grüße one 🌱"]
        server.kill()
        server.start()
        assert write_and_read(server, token, channel_id, "two") == ["Grüße one 🌱", "Grüße two 🌱"]
        assert not (tmp_path / "data" / "parley.db").exists()
        assert PASSWORD not in server.log.read_text() + "".join(server.lines)


def refusal(folder: Path, **variables: str) -> str:
    """What it says as it does not start."""
    environment = clean_environment(PARLEY_DATA=str(folder / "data"), PARLEY_PORT=str(free_port()), **variables)
    done = subprocess.run(
        [sys.executable, "-m", "parley", "run"], env=environment, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    (line,) = done.stderr.splitlines()
    assert PASSWORD not in line
    return line


def test_whoever_does_not_trust_the_other_is_named_in_one_line(place: Place, tmp_path: Path) -> None:
    right = settings(place, tmp_path)
    _, other = make(["localhost"], datetime.now(UTC))
    (tmp_path / "other.pem").write_bytes(other)
    port = str(urllib.parse.urlsplit(place.url).port)
    unreachable = "parley: The database cannot be reached: "
    for wrong, says in (
        ({"PARLEY_DATABASE_CA": str(tmp_path / "other.pem")}, unreachable),
        ({"PARLEY_DATABASE_CA": str(tmp_path / "none.pem")}, "none.pem cannot be read"),
        ({"PARLEY_DATABASE_PASSWORD": "nonsense"}, unreachable),
        ({"PARLEY_DATABASE_URL": place.url.replace(port, str(free_port()))}, unreachable),
    ):
        assert says in refusal(tmp_path, **(right | wrong))


def command(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "parley", *arguments],
        env=clean_environment(PARLEY_DATA=str(folder / "data"), **variables),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert PASSWORD not in done.stdout + done.stderr
    return done


def test_a_backup_of_a_running_server_becomes_another_one(place: Place, tmp_path: Path) -> None:
    variables = settings(place, tmp_path)
    with running(tmp_path, **variables) as server:
        token = server.sign_up("anna")
        _, view = server.request("POST", "/api/groups", {"name": "Garden"}, token)
        channel_id = next(channel["id"] for channel in view["channels"] if channel["kind"] == "text")
        write_and_read(server, token, channel_id, "one")
        made = command(tmp_path, "backup", "backup.tar", **variables)
        assert made.returncode == 0, made.stderr
        refused = command(tmp_path / "data", "restore", str(tmp_path / "backup.tar"), **variables)
        assert "is not empty" in refused.stderr
    variables["PARLEY_DATABASE_URL"] = place.second_url
    (tmp_path / "second").mkdir()
    restored = command(tmp_path / "second", "restore", str(tmp_path / "backup.tar"), **variables)
    assert restored.returncode == 0, restored.stderr
    with running(tmp_path / "second", **variables) as server:
        assert write_and_read(server, token, channel_id, "two") == ["Grüße one 🌱", "Grüße two 🌱"]


def test_the_doctor_sees_that_the_way_is_encrypted(place: Place, tmp_path: Path) -> None:
    ports = {"PARLEY_PORT": str(free_port()), "PARLEY_MEDIA_PORT": "0"}
    done = command(tmp_path, "doctor", "--json", **ports, **settings(place, tmp_path))
    said = [each["text"] for each in json.loads(done.stdout)["findings"] if each["part"] == "database"]
    assert "the connection is encrypted, and the server's certificate checked" in said
    assert any("reachable and empty" in text for text in said)
