"""What keeps one's account safe."""

from __future__ import annotations

from typing import Final

from server.actions.proof import do_prove
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Account",
    Endpoint(
        "POST",
        "/api/users/@me/proof",
        do_prove,
        "Show once more who you are",
        errors=("bad_proof",),
        note="Requests that change something sensitive answer `proof_required` when that was too long ago.",
    ),
)
