"""Second factors of one's own account."""

from __future__ import annotations

from typing import Final

from server.actions.factors import (
    do_begin_app,
    do_confirm_app,
    do_remove_app,
    do_renew_recovery_codes,
    get_factors,
)
from server.actions.passkeys import do_add_passkey, do_begin_passkey, do_remove_passkey, do_rename_passkey
from server.http.endpoint import Endpoint, tagged

_MINE: Final = "/api/users/@me/factors"
_NAMES: Final = ("bad_name", "too_long", "too_short")

ENDPOINTS: Final = tagged(
    "Second factors",
    Endpoint("GET", _MINE, get_factors, "Look at your second factors"),
    Endpoint(
        "POST",
        f"{_MINE}/app",
        do_begin_app,
        "Begin to set up an authenticator app",
        errors=("proof_required", "factor_exists"),
        note="It counts once a code of it was shown, within half an hour.",
    ),
    Endpoint(
        "PUT",
        f"{_MINE}/app",
        do_confirm_app,
        "Show the first code of an authenticator app",
        errors=("proof_required", "bad_code", "factor_exists", "no_factor"),
        note="With the first factor come ten recovery codes, shown this once.",
    ),
    Endpoint(
        "DELETE",
        f"{_MINE}/app",
        do_remove_app,
        "Turn the authenticator app off",
        errors=("proof_required", "no_factor"),
    ),
    Endpoint(
        "POST",
        f"{_MINE}/recovery-codes",
        do_renew_recovery_codes,
        "Make new recovery codes",
        errors=("proof_required", "no_factor"),
        note="The earlier ones are of no use any more.",
    ),
    Endpoint(
        "POST",
        f"{_MINE}/passkeys/challenge",
        do_begin_passkey,
        "Begin to make a passkey",
        errors=("proof_required", "too_many"),
    ),
    Endpoint(
        "POST",
        f"{_MINE}/passkeys",
        do_add_passkey,
        "Add a passkey",
        status=201,
        errors=("proof_required", "bad_passkey", "factor_exists", "too_many", *_NAMES),
        note="With the first factor come ten recovery codes, shown this once.",
    ),
    Endpoint("PATCH", f"{_MINE}/passkeys/{{passkey}}", do_rename_passkey, "Rename a passkey", errors=_NAMES),
    Endpoint(
        "DELETE", f"{_MINE}/passkeys/{{passkey}}", do_remove_passkey, "Remove a passkey", errors=("proof_required",)
    ),
)
