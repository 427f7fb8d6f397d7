"""What keeps one's account safe."""

from __future__ import annotations

from typing import Final

from server.actions.proof import do_ask_for_proof, do_prove
from server.http.endpoint import Endpoint, tagged

ENDPOINTS: Final = tagged(
    "Account",
    Endpoint(
        "POST",
        "/api/users/@me/proof",
        do_prove,
        "Show once more who you are",
        errors=("bad_proof", "bad_code", "bad_passkey"),
        note="Requests that change something sensitive answer `proof_required` when that was too long ago. "
        "The password; where there is a second factor, that and one of the others, or a passkey alone.",
    ),
    Endpoint(
        "POST",
        "/api/users/@me/proof/passkey",
        do_ask_for_proof,
        "Ask for what a passkey signs to show who you are",
    ),
)
