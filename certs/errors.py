"""What can be wrong with a certificate, for people."""

from __future__ import annotations


class CertificateError(Exception):
    """``str()`` is one line: which file, what is wrong, what to do."""
