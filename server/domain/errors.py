"""What can go wrong, for people.

    ParleyError
      ├── Invalid        400  the request cannot be understood or breaks a limit
      ├── Unauthenticated 401 nobody is logged in, or the credentials are wrong
      ├── Forbidden      403  logged in, but not allowed
      ├── NotFound       404  there is no such thing, or not for this reader
      ├── Conflict       409  it was changed or taken meanwhile
      ├── TooLarge       413
      ├── OutOfRange     416
      ├── TooMany        429  ``retry_after_s`` says when to try again
      └── Unavailable    503  a part of the server is down; try again

Each carries a stable ``code`` (snake case, part of the protocol), a message that says what to do, and data for programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Final


class ParleyError(Exception):
    status: ClassVar[int] = 500

    def __init__(self, code: str, message: str, /, **data: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data: Mapping[str, object] = data


class Invalid(ParleyError):
    status = 400


class Unauthenticated(ParleyError):
    status = 401


class Forbidden(ParleyError):
    status = 403


class NotFound(ParleyError):
    status = 404


class Conflict(ParleyError):
    status = 409


class TooLarge(ParleyError):
    status = 413


class OutOfRange(ParleyError):
    status = 416


class TooMany(ParleyError):
    status = 429

    def __init__(self, code: str, message: str, /, *, retry_after_s: float, **data: object) -> None:
        super().__init__(code, message, retry_after_s=retry_after_s, **data)
        self.retry_after_s = retry_after_s


class Unavailable(ParleyError):
    status = 503


CODES: Final[Mapping[str, type[ParleyError]]] = MappingProxyType(
    {
        "bad_email": Invalid,
        "bad_emoji": Invalid,
        "bad_image": Invalid,
        "bad_json": Invalid,
        "bad_name": Invalid,
        "bad_nonce": Invalid,
        "bad_request": Invalid,
        "bad_sdp": Invalid,
        "bad_search": Invalid,
        "bad_username": Invalid,
        "email_required": Invalid,
        "empty_message": Invalid,
        "nonce_reused": Invalid,
        "too_long": Invalid,
        "too_short": Invalid,
        "weak_password": Invalid,
        "word_filtered": Invalid,
        "wrong_channel_kind": Invalid,
        "bad_credentials": Unauthenticated,
        "session_revoked": Unauthenticated,
        "token_expired": Unauthenticated,
        "ticket_expired": Unauthenticated,
        "unauthenticated": Unauthenticated,
        "above_you": Forbidden,
        "account_disabled": Forbidden,
        "account_too_young": Forbidden,
        "bad_code": Forbidden,
        "bad_origin": Forbidden,
        "bad_link": Forbidden,
        "bad_owner_token": Forbidden,
        "bad_proof": Forbidden,
        "bad_passkey": Forbidden,
        "banned": Forbidden,
        "bots_not_allowed": Forbidden,
        "cannot_message": Forbidden,
        "missing_scope": Forbidden,
        "forbidden": Forbidden,
        "https_only": Forbidden,
        "invite_required": Forbidden,
        "invites_paused": Forbidden,
        "owner_cannot_leave": Forbidden,
        "proof_required": Forbidden,
        "signup_closed": Forbidden,
        "timed_out": Forbidden,
        "unknown_addition": NotFound,
        "unknown_ban": NotFound,
        "unknown_bot": NotFound,
        "unknown_token": NotFound,
        "unknown_channel": NotFound,
        "unknown_conversation": NotFound,
        "unknown_emoji": NotFound,
        "unknown_file": NotFound,
        "unknown_filter": NotFound,
        "unknown_group": NotFound,
        "unknown_image": NotFound,
        "unknown_invite": NotFound,
        "unknown_member": NotFound,
        "unknown_message": NotFound,
        "unknown_passkey": NotFound,
        "unknown_relation": NotFound,
        "unknown_report": NotFound,
        "unknown_role": NotFound,
        "unknown_route": NotFound,
        "unknown_session": NotFound,
        "unknown_upload": NotFound,
        "unknown_user": NotFound,
        "unknown_webhook": NotFound,
        "already_asked": Conflict,
        "last_operator": Conflict,
        "owns_groups": Conflict,
        "already_banned": Conflict,
        "already_handled": Conflict,
        "already_member": Conflict,
        "factor_exists": Conflict,
        "name_taken": Conflict,
        "no_factor": Conflict,
        "not_in_voice": Conflict,
        "offset_mismatch": Conflict,
        "too_many": Conflict,
        "upload_incomplete": Conflict,
        "username_taken": Conflict,
        "quota_exceeded": TooLarge,
        "too_large": TooLarge,
        "bad_range": OutOfRange,
        "rate_limited": TooMany,
        "slow_mode": TooMany,
        "too_many_joins": TooMany,
        "internal": ParleyError,
        "busy": Unavailable,
        "database_unavailable": Unavailable,
        "files_unavailable": Unavailable,
        "shutting_down": Unavailable,
        "voice_unavailable": Unavailable,
    }
)
"""Every code there is -> its kind; the table in docs/protocol.md has the same."""
