"""The command line of the child process; what it serves is in tests/integration/test_media_node.py."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from media.__main__ import main
from media.control import FromNodeReader, NodeConfig, Ready, Start, encode


@pytest.mark.parametrize("arguments", [[], ["--control-fd", "x"], ["--control-fd", "987654"]])
def test_bad_arguments_are_explained(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "--control-fd" in capsys.readouterr().err


def test_interrupts_are_the_services_business_and_terminate_is_a_clean_end() -> None:
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            command = [sys.executable, "-m", "media", "--control-fd", str(theirs.fileno())]
            process = subprocess.Popen(command, pass_fds=(theirs.fileno(),), stderr=subprocess.PIPE)
        ours.sendall(encode(Start(NodeConfig(port=0, bind=("127.0.0.1",)))))
        (ready,) = FromNodeReader().feed(ours.recv(65_536))
        assert isinstance(ready, Ready)
        os.kill(process.pid, signal.SIGINT)
        os.kill(process.pid, signal.SIGTERM)
        _, errors = process.communicate()
    assert process.returncode == 0
    assert b"media node ready" in errors
    assert b"Traceback" not in errors
