"""What keeps one's account safe."""

from __future__ import annotations

from typing import Final

from server.actions.account_sessions import do_end_other_sessions, do_end_session, get_sessions
from server.actions.emails import do_remove_email, do_resend_email, do_set_email, get_email
from server.actions.password_change import do_change_password
from server.actions.proof import do_ask_for_proof, do_prove
from server.http.endpoint import Endpoint, tagged

BAD_PASSWORD: Final = ("too_short", "too_long", "weak_password")

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
    Endpoint(
        "PUT",
        "/api/users/@me/password",
        do_change_password,
        "Change your password",
        errors=("proof_required", *BAD_PASSWORD),
        note="Unless `end_others` is false, every other log-in ends.",
    ),
    Endpoint("GET", "/api/users/@me/sessions", get_sessions, "List your log-ins"),
    Endpoint(
        "DELETE",
        "/api/users/@me/sessions",
        do_end_other_sessions,
        "End all log-ins but this one",
        errors=("proof_required",),
    ),
    Endpoint("DELETE", "/api/users/@me/sessions/{session}", do_end_session, "End a log-in", errors=("proof_required",)),
    Endpoint("GET", "/api/users/@me/email", get_email, "Look at your mail address"),
    Endpoint(
        "PUT",
        "/api/users/@me/email",
        do_set_email,
        "Change your mail address",
        errors=("proof_required", "bad_email"),
        note="It counts once the link that is sent there has been opened.",
    ),
    Endpoint("POST", "/api/users/@me/email/resend", do_resend_email, "Send the link to the new address again"),
    Endpoint(
        "DELETE",
        "/api/users/@me/email",
        do_remove_email,
        "Remove your mail address",
        errors=("proof_required", "email_required"),
    ),
)
