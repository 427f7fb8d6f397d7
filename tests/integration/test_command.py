"""``parley`` as people run it: a real process, its words, its exit codes, its signals."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from certs.self_signed import make
from tests.support.authority import Authority
from tests.support.server import ParleyServer, clean_environment, free_port, running

pytestmark = pytest.mark.integration

RSS_MAX_MIB = 130


def parley(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs to its end."""
    defaults = {
        "PARLEY_DATA": str(folder / "data"),
        "PARLEY_PORT": str(free_port()),
        "PARLEY_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM)),
    }
    return subprocess.run(
        [sys.executable, "-m", "parley", *arguments],
        env=clean_environment(**(defaults | variables)),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def until(done: Callable[[], bool], within_s: float = 20) -> None:
    """For what another process does and cannot tell us."""
    end = time.monotonic() + within_s
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def assert_one_line(result: subprocess.CompletedProcess[str], code: int, *says: str) -> None:
    assert result.returncode == code, result.stderr
    (line,) = result.stderr.splitlines()
    assert line.startswith("parley: ")
    for words in says:
        assert words in line
    assert "Traceback" not in result.stderr + result.stdout


# ------------------------------------------------------------------------------------------------------------ it works


def test_first_start_makes_an_operator_and_the_next_one_offers_it_no_more(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        token = server.owner_token
        assert token is not None
        access = server.sign_up("anna", owner_token=token)
        assert server.request("GET", "/api/users/@me", token=access)[1]["operator"] is True
        status, answer = server.request(
            "POST", "/api/auth/signup", {"username": "boris", "password": "correct horse battery", "owner_token": token}
        )
        assert (status, answer["error"]["code"]) == (403, "bad_owner_token")
        server.stop()
        server.lines.clear()
        server.start()
        assert server.owner_token is None
        assert server.request("GET", "/api/users/@me", token=access)[1]["username"] == "anna"


def test_the_link_stays_until_it_is_used(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        first = server.owner_token
        server.sign_up("nobody")
        server.kill()
        server.lines.clear()
        server.start()
        assert server.owner_token == first


def test_secrets_are_this_users_alone(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        data = server.folder / "data"
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        kept = list((data / "secrets").iterdir())
        assert {path.name for path in kept} == {"tokens.key", "owner.key", "factors.key"}
        for path in kept:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
        printed = "".join(server.lines) + server.log.read_text()
        assert not any(path.read_bytes().hex() in printed for path in kept)


def test_everything_written_survives_a_kill(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        token = server.sign_up("anna")
        group = server.request("POST", "/api/groups", {"name": "Garden"}, token)[1]
        server.kill()
        server.start()
        status, view = server.request("GET", f"/api/groups/{group['group']['id']}", token=token)
        assert (status, view["group"]["name"]) == (200, "Garden")


class _TellsModules(ParleyServer):
    command = (
        "-c",
        "import atexit, sys; atexit.register(lambda: print('MODULES', *sys.modules)); "
        "from parley.__main__ import main; main(['run'])",
    )


def test_the_service_does_without_the_media_libraries(tmp_path: Path) -> None:
    server = _TellsModules(tmp_path)
    server.start()
    server.sign_up("anna")
    assert server.stop() == 0
    (line,) = [line for line in server.lines if line.startswith("MODULES")]
    loaded = {name.partition(".")[0] for name in line.split()}
    assert {"aiohttp", "sqlalchemy", "signaling"} <= loaded
    assert not loaded & {"aiortc", "av", "numpy", "pylibsrtp"}


def test_the_idle_service_is_small(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        for number in range(6):  # each hash takes 19 MiB for a moment
            server.sign_up(f"person{number}")
        server.stop()
        server.start()
        assert psutil.Process(server.pid).memory_info().rss < RSS_MAX_MIB * 2**20
        for number in range(6, 12):
            server.sign_up(f"person{number}")
        assert psutil.Process(server.pid).memory_info().rss < RSS_MAX_MIB * 2**20


# --------------------------------------------------------------------------------------------------------------- signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_and_its_media_process(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as server:
        children = psutil.Process(server.pid).children()
        assert len(children) == 1
        assert server.stop(number) == 0
        assert "Stopped.\n" in server.lines
        assert not any(child.is_running() for child in children)
        assert "Traceback" not in server.log.read_text()


def ask_without_a_body(stranger: socket.socket) -> None:
    """Returns when the server waits for the body, which never comes."""
    stranger.sendall(
        b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 50\r\nExpect: 100-continue\r\n\r\n"
    )
    assert stranger.recv(100).startswith(b"HTTP/1.1 100")


def test_a_body_that_never_comes_does_not_hold_it_up(tmp_path: Path) -> None:
    with running(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port)) as stranger:
        ask_without_a_body(stranger)
        before = time.monotonic()
        assert server.stop(signal.SIGINT) == 0
        assert time.monotonic() - before < 8


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with running(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as stranger:
        ask_without_a_body(stranger)  # the stop gives it some seconds
        psutil.Process(server.pid).terminate()
        until(lambda: "Stopping ...\n" in server.lines)
        began = time.monotonic()
        assert server.stop(signal.SIGTERM) == 128 + signal.SIGTERM
        assert time.monotonic() - began < 2
        assert "Stopped.\n" not in server.lines


def test_sockets_that_never_identified_do_not_hold_it_up(tmp_path: Path) -> None:
    upgrade = (
        "GET /gateway HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    with running(tmp_path) as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as silent:
        silent.sendall(upgrade.encode())
        assert silent.recv(12) == b"HTTP/1.1 101"
        before = time.monotonic()
        assert server.stop(signal.SIGINT) == 0
        assert time.monotonic() - before < 4


def test_each_thing_is_said_once_and_in_the_logs_form(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        children = psutil.Process(server.pid).children()
        children[0].kill()
        until(lambda: server.request("GET", "/health")[0] == 200 and not children[0].is_running())
        server.stop()
        said = [json.loads(line)["event"] for line in server.log.read_text().splitlines()]
    assert any("it is started again" in event for event in said)
    assert not any("media node ready" in event for event in said)


def test_a_killed_service_takes_its_media_process_along(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        (child,) = psutil.Process(server.pid).children()
        server.kill()
        until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_killed_media_process_comes_back(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        (child,) = psutil.Process(server.pid).children()
        child.kill()
        service = psutil.Process(server.pid)
        until(lambda: [each.pid for each in service.children()] not in ([], [child.pid]))
        until(lambda: server.request("GET", "/health")[0] == 200)


# --------------------------------------------------------------------------------------------------------------- it says


def test_a_taken_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = parley(tmp_path, "run", PARLEY_PORT=str(port))
    assert_one_line(result, 1, f"Port {port} on 127.0.0.1 is taken", "PARLEY_PORT")
    assert not (tmp_path / "data").exists()


def test_a_taken_media_port(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        port = taken.getsockname()[1]
        result = parley(tmp_path, "run", PARLEY_MEDIA_PORT=str(port))
    assert_one_line(result, 1, str(port))


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = parley(tmp_path, "run", "--data", str(tmp_path / "file" / "data"))
    assert_one_line(result, 1, "cannot be written", "PARLEY_DATA")


def test_a_database_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "parley.db").write_bytes(b"this is no database, whatever its name says" * 100)
    assert_one_line(parley(tmp_path, "run"), 1, "database")


def test_a_second_server_on_one_folder(tmp_path: Path) -> None:
    with running(tmp_path):
        assert_one_line(parley(tmp_path, "run"), 1, "Another Parley uses the data folder")


def test_an_address_that_this_machine_has_not(tmp_path: Path) -> None:
    assert_one_line(parley(tmp_path, "run", PARLEY_HOST="203.0.113.77"), 1, "no address 203.0.113.77", "PARLEY_HOST")


def test_a_bad_setting(tmp_path: Path) -> None:
    assert_one_line(parley(tmp_path, "run", PARLEY_PORT="http"), 2, "PARLEY_PORT: 'http' is not a port")
    assert_one_line(parley(tmp_path, "run", "--port", "http"), 2, "--port: ")
    assert_one_line(parley(tmp_path, "run", PARLEY_WEB=str(tmp_path)), 1, "PARLEY_WEB", "no index.html")


def test_a_certificate_that_is_not_there(tmp_path: Path) -> None:
    result = parley(tmp_path, "run", PARLEY_TLS_FULLCHAIN="/none.pem", PARLEY_TLS_PRIVKEY="/none.key")
    assert_one_line(result, 1, "/none.pem is not there")


def test_version_and_help(tmp_path: Path) -> None:
    assert parley(tmp_path, "--version").stdout.startswith("parley, version ")
    assert "--server-name" in parley(tmp_path, "run", "--help").stdout


def test_health_from_the_command_line(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        well = parley(tmp_path, "health", PARLEY_PORT=str(server.port))
        assert (well.returncode, well.stdout) == (0, "status: ok media: ok database: ok\n")
    ill = parley(tmp_path, "health", PARLEY_PORT=str(server.port))
    assert ill.returncode == 1
    assert "no answer from http://127.0.0.1" in ill.stderr


def test_the_doctor_beside_a_server_and_without_one(tmp_path: Path) -> None:
    with running(tmp_path) as server:
        ports = {"PARLEY_PORT": str(server.port), "PARLEY_MEDIA_PORT": str(server.media_port)}
        well = parley(tmp_path, "doctor", "--json", **ports)
        assert (well.returncode, well.stderr) == (0, "")
        texts = {each["part"]: each["text"] for each in json.loads(well.stdout)["findings"] if each["level"] == "pass"}
        assert "this server answers" in texts["page port"]
        assert "the media process is well" in texts["voice port"]
        assert "read and deleted" in texts["file store"]
    ill = parley(tmp_path, "doctor", PARLEY_PROT="1", PARLEY_REDIS_URL="redis://:hunter2@127.0.0.1:1/0")
    assert ill.returncode == 1
    assert "Did you mean PARLEY_PORT?" in ill.stdout
    assert "\x1b" not in ill.stdout, "no colours where there is no terminal"
    assert "hunter2" not in ill.stdout + ill.stderr
    assert_one_line(parley(tmp_path, "doctor", PARLEY_PORT="http"), 2, "PARLEY_PORT: 'http' is not a port")


# ----------------------------------------------------------------------------------------------------------------- HTTPS


def test_other_addresses_get_https_by_a_certificate_of_its_own(tmp_path: Path) -> None:
    with running(tmp_path, PARLEY_HOST="0.0.0.0") as server:
        assert server.address.startswith("https://")
        assert "self-signed" in "".join(server.lines)
        trusted = ssl.create_default_context(cafile=str(tmp_path / "data" / "certs" / "self-signed.pem"))
        with urllib.request.urlopen(f"{server.address}/health", context=trusted, timeout=10) as response:
            assert response.status == 200
            assert "Strict-Transport-Security" not in response.headers
        assert parley(tmp_path, "health", PARLEY_HOST="0.0.0.0", PARLEY_PORT=str(server.port)).returncode == 0


def given_certificate(folder: Path) -> dict[str, str]:
    return {
        "PARLEY_HOST": "127.0.0.1",
        "PARLEY_TLS_FULLCHAIN": str(folder / "fullchain.pem"),
        "PARLEY_TLS_PRIVKEY": str(folder / "privkey.pem"),
    }


def test_a_given_certificate_is_served_and_its_renewal_taken_in(tmp_path: Path) -> None:
    authority = Authority()
    authority.write(tmp_path, "localhost", "chat.example.org")
    trusted = ssl.create_default_context(cadata=authority.root_pem.decode())
    with running(tmp_path, **given_certificate(tmp_path)) as server:

        def shown() -> object:
            with (
                socket.create_connection(("127.0.0.1", server.port), timeout=10) as plain,
                trusted.wrap_socket(plain, server_hostname="localhost") as line,
            ):
                return line.getpeercert()

        with urllib.request.urlopen(f"{server.address}/health", context=trusted, timeout=10) as response:
            assert response.headers["Strict-Transport-Security"] == "max-age=31536000"
        first = shown()
        authority.write(tmp_path, "localhost", "chat.example.org")
        until(lambda: shown() != first)
        assert "the certificate was exchanged" in server.log.read_text()


def test_a_given_certificate_that_is_self_signed_binds_no_browser(tmp_path: Path) -> None:
    key, certificate = make(["localhost"], datetime.now(UTC))
    (tmp_path / "fullchain.pem").write_bytes(certificate)
    (tmp_path / "privkey.pem").write_bytes(key)
    trusted = ssl.create_default_context(cafile=tmp_path / "fullchain.pem")
    with (
        running(tmp_path, **given_certificate(tmp_path)) as server,
        urllib.request.urlopen(f"{server.address}/health", context=trusted, timeout=10) as response,
    ):
        assert response.status == 200
        assert "Strict-Transport-Security" not in response.headers


def test_plain_http_is_sent_on_to_https(tmp_path: Path) -> None:
    Authority().write(tmp_path, "localhost")
    port = free_port()
    variables = {"PARLEY_REDIRECT_PORT": str(port), "PARLEY_SERVER_NAME": "localhost"}
    with running(tmp_path, **given_certificate(tmp_path), **variables) as server:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with closing(line):
            line.request("GET", "/invite/abc?x=1", headers={"Host": "localhost"})
            answer = line.getresponse()
            assert (answer.status, answer.headers["Location"]) == (308, f"{server.address}/invite/abc?x=1")
    taken = parley(tmp_path, "run", **given_certificate(tmp_path), **variables | {"PARLEY_PORT": str(port)})
    assert_one_line(taken, 2, "PARLEY_REDIRECT_PORT", "the port of HTTPS")


def test_behind_a_proxy_it_speaks_plain_http_and_believes_it(tmp_path: Path) -> None:
    with running(tmp_path, PARLEY_TRUSTED_PROXIES="127.0.0.1,::1", PARLEY_SERVER_NAME="chat.example.org") as server:
        assert "https://chat.example.org\n" in "".join(server.lines)
        far = {"X-Forwarded-For": "198.51.100.7"}
        status, answer = server.request("GET", "/api/server", **far)
        assert (status, answer["error"]["code"]) == (403, "https_only")
        status, answer = server.request("GET", "/api/server", **far, X_Forwarded_Proto="https")
        assert (status, answer["name"]) == (200, "chat.example.org")
