"""The command's end of ``parley admin``."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any, Final

from parley.admin.place import socket_path

WITHIN_S: Final = 30.0
_ANSWER_MAX_BYTES: Final = 16 << 20


class AdminError(Exception):
    """``str()`` is one line: what is wrong and what to do about it."""


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, folder: Path) -> None:
        super().__init__("localhost", timeout=WITHIN_S)
        self._folder = folder

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WITHIN_S)
        with socket_path(self._folder) as path:
            self.sock.connect(path)


def give(folder: Path, order: str, **request: object) -> Any:
    """What the server that runs on the data folder answers. Raises :class:`AdminError`."""
    connection = _UnixConnection(folder)
    try:
        connection.request("POST", f"/{order}", json.dumps(request), {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read(_ANSWER_MAX_BYTES))
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        raise AdminError(
            f"No server runs on the data folder {folder}. Start it, or name its folder with --data or PARLEY_DATA."
        ) from None
    except PermissionError:
        raise AdminError(f"This user may not open {folder}. Run this as the user that runs the server.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise AdminError(f"The server did not answer ({str(error) or type(error).__name__}). See its log.") from None
    finally:
        connection.close()
    if response.status != 200:
        raise AdminError(str(answer["error"]["message"]))
    return answer
