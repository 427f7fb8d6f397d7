"""The other side of a DTLS association, on plain pyOpenSSL with a context of its own."""

from __future__ import annotations

from aiortc.rtcdtlstransport import SRTP_PROFILES, RTCCertificate
from OpenSSL import SSL

from media.control import Fingerprint


class OpenSslPeer:
    """A client or server that is handed datagrams and says what it sends."""

    def __init__(
        self, *, client: bool, mtu: int = 1200, profiles: bytes | None = None, ciphers: bytes | None = None
    ) -> None:
        certificate = RTCCertificate.generateCertificate()
        digest = certificate.getFingerprints()[0]
        self.fingerprint = Fingerprint(digest.algorithm, digest.value)
        context = certificate._create_ssl_context(SRTP_PROFILES)
        if profiles is not None:
            context.set_tlsext_use_srtp(profiles)
        if ciphers is not None:
            context.set_cipher_list(ciphers)
        self.connection = SSL.Connection(context)
        self.connection.set_ciphertext_mtu(mtu)
        if client:
            self.connection.set_connect_state()
        else:
            self.connection.set_accept_state()
        self.done = False
        self.closed = False

    def start(self) -> list[bytes]:
        return self._step()

    def receive(self, datagram: bytes) -> list[bytes]:
        self.connection.bio_write(datagram)
        return self._step()

    def close(self) -> list[bytes]:
        self.connection.shutdown()
        return self._written()

    def send(self, data: bytes) -> list[bytes]:
        self.connection.send(data)
        return self._written()

    @property
    def material(self) -> bytes:
        return self.connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 88)

    def _step(self) -> list[bytes]:
        try:
            if not self.done:
                self.connection.do_handshake()
                self.done = True
            self.connection.recv(2048)
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.Error:
            pass
        return self._written()

    def _written(self) -> list[bytes]:
        """One record to a datagram, which is as good as any other cut."""
        records = b""
        while True:
            try:
                records += self.connection.bio_read(1 << 16)
            except SSL.Error:
                break
        datagrams = []
        while records:
            end = 13 + int.from_bytes(records[11:13], "big")
            datagrams.append(records[:end])
            records = records[end:]
        return datagrams
